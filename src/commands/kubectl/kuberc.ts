import { parse } from 'yaml'
import { type Process, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goYamlError } from '../../print/index.ts'
import { type Command, findCommand, words } from '../lib/cobra.ts'
import type { Definition } from './lib/define.ts'
import { PlainError } from './lib/errors.ts'
import { defaultSubcommand } from './lib/help.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/kuberc.ts'

interface Option {
  readonly name: string
  readonly default: string
}

interface Alias {
  readonly name: string
  readonly command: string
  readonly prependArgs?: readonly string[]
  readonly appendArgs?: readonly string[]
  readonly options?: readonly Option[]
}

interface Preferences {
  readonly aliases?: readonly Alias[]
  readonly defaults?: readonly { readonly command: string; readonly options?: readonly Option[] }[]
}

/** The file named by --kuberc, else by KUBERC, else ~/.kube/kuberc. Undefined when preferences are off. */
function kubercFile(p: Process, given: string | undefined): { path: string; explicit: boolean } | undefined {
  if (given) return { path: given, explicit: true }
  if (p.env.KUBERC === 'off' || p.env.KUBECTL_KUBERC === 'false') return undefined
  if (p.env.KUBERC) return { path: p.env.KUBERC, explicit: true }
  return { path: `${p.env.HOME ?? '/root'}/.kube/kuberc`, explicit: false }
}

const failure = (problem: string): PlainError =>
  new PlainError(`error occurred while applying preferences kuberc error kuberc: ${problem}`)

function preferences(p: Process, given: string | undefined): Preferences | undefined {
  const file = kubercFile(p, given)
  if (!file || (!file.explicit && !p.fs.exists(file.path, p.cwd))) return undefined
  let text: string
  try {
    text = p.fs.readFile(file.path, p.cwd, p.creds)
  } catch (error) {
    if (error instanceof SysError) throw failure(error.goMessage)
    throw error
  }
  const problem = goYamlError(text)
  if (problem) throw failure(problem)
  const value: unknown = parse(text)
  return typeof value === 'object' && value !== null ? (value as Preferences) : undefined
}

/** Names of the flags that stand in an argument list. */
function flagsGiven(command: Command, args: readonly string[]): Set<string> {
  const out = new Set<string>()
  for (const arg of args) {
    if (arg === '--') break
    if (arg.startsWith('--')) out.add(arg.slice(2).split('=')[0])
    else if (/^-[^-]/.test(arg))
      for (const spec of command.allFlags) if (spec.short && arg[1] === spec.short) out.add(spec.name)
  }
  return out
}

const asFlags = (options: readonly Option[] | undefined, given: ReadonlySet<string>): string[] =>
  (options ?? []).filter((o) => !given.has(o.name)).map((o) => `--${o.name}=${o.default}`)

/**
 * The command line with the user's aliases and default flags put in. Throws PlainError for a file that cannot be read.
 * Models kubectl/pkg/kuberc/kuberc.go.
 */
export function withPreferences(p: Process, root: Command, argv: readonly string[]): readonly string[] {
  const dash = argv.indexOf('--')
  const own = dash < 0 ? argv : argv.slice(0, dash)
  const at = own.findIndex((arg) => arg === '--kuberc' || arg.startsWith('--kuberc='))
  const given = at < 0 ? undefined : own[at] === '--kuberc' ? own[at + 1] : own[at].slice('--kuberc='.length)
  const prefs = preferences(p, given)
  if (!prefs) return argv
  let args = [...argv]
  const first = words(root, args)[0]
  const alias = (prefs.aliases ?? []).find((a) => a.name === args[first])
  if (alias && first !== undefined && !root.find(alias.name)) {
    const before = [...args.slice(0, first), ...alias.command.split(' ')]
    const rest = args.slice(first + 1)
    const { found } = findCommand(root, [...before, ...rest])
    args = [
      ...before,
      ...(alias.prependArgs ?? []),
      ...asFlags(alias.options, flagsGiven(found, rest)),
      ...rest,
      ...(alias.appendArgs ?? []),
    ]
  }
  const { found } = findCommand(root, args)
  const path = found.path.split(' ').slice(1)
  const defaults = (prefs.defaults ?? []).find((d) => d.command === path.join(' '))
  if (!defaults || path.length === 0) return args
  const last = words(root, args)[path.length - 1]
  const options = asFlags(defaults.options, flagsGiven(found, args))
  return [...args.slice(0, last + 1), ...options, ...args.slice(last + 1)]
}

export const kuberc: Definition = {
  page: pages.kuberc,
  run: defaultSubcommand,
  commands: [
    {
      page: pages.set,
      *run(_k: Kube): Coro<number> {
        yield* []
        throw new PlainError('kubectl: kuberc set not simulated', 127)
      },
    },
    {
      page: pages.view,
      *run(k) {
        const prefs = preferences(k.p, k.flags.string('kuberc'))
        if (!prefs) throw failure('no kuberc file')
        yield* printerFor(k).print(prefs)
        return 0
      },
    },
  ],
}
