import { type Process, shellStatus } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { lookup, startProgram } from '../../shell/run-program.ts'
import type { Command } from '../lib/cobra.ts'
import type { Definition } from './lib/define.ts'
import { CliError } from './lib/errors.ts'
import { defaultSubcommand } from './lib/help.ts'
import type { Kube } from './lib/kube.ts'
import { pages } from './pages/plugin.ts'

const pathDirs = (p: Process): string[] => [
  ...new Set((p.env.PATH ?? '').split(':').filter((dir) => dir.trim() !== '')),
]

/** Models kubectl/pkg/cmd/plugin/plugin.go. */
const list: Definition = {
  page: pages.list,
  *run(k) {
    const { p } = k
    const problems: string[] = []
    const seen = new Map<string, string>()
    let found = 0
    const lines: (readonly [text: string, error: boolean])[] = []
    for (const dir of pathDirs(p)) {
      const node = p.fs.find(dir, p.cwd)
      if (node?.kind !== 'dir') continue
      for (const [name, file] of p.fs.readdir(dir, p.cwd, p.creds)) {
        if (!name.startsWith('kubectl-') || file.kind === 'dir') continue
        if (found++ === 0) lines.push(['The following compatible plugins are available:\n\n', false])
        const path = `${dir.replace(/\/$/, '')}/${name}`
        lines.push([`${k.flags.bool('name-only') ? name : path}\n`, false])
        const warnings = warningsFor(k, path, name, (file.mode & 0o111) !== 0, seen)
        for (const warning of warnings) lines.push([`  - ${warning}\n`, true])
        problems.push(...warnings)
        if (!seen.has(name)) seen.set(name, path)
      }
    }
    if (found === 0) throw new CliError('unable to find any kubectl plugins in your PATH')
    for (const [text, error] of lines) {
      if (error) k.err(text)
      else yield* k.out(text)
    }
    if (problems.length > 0)
      throw new CliError(
        problems.length === 1 ? 'one plugin warning was found' : `${problems.length} plugin warnings were found`,
      )
    return 0
  },
}

function warningsFor(
  k: Kube,
  path: string,
  name: string,
  executable: boolean,
  seen: ReadonlyMap<string, string>,
): string[] {
  const out: string[] = []
  const words = name.replace(/^kubectl-/, '').split('-')
  const root = k.call.command.root
  if (words.length === 1 && root.children.some((c: Command) => c.name === words[0]))
    out.push(`warning: ${name} overwrites existing command: "kubectl ${words[0]}"`)
  if (!executable) out.unshift(`warning: ${path} identified as a kubectl plugin, but it is not executable`)
  const earlier = seen.get(name)
  if (earlier) out.push(`warning: ${path} is overshadowed by a similarly named plugin: ${earlier}`)
  return out
}

export const plugin: Definition = { page: pages.plugin, run: defaultSubcommand, commands: [list] }

/** Runs `kubectl-foo-bar` of the PATH for `kubectl foo bar`. Undefined: there is no such plugin. */
export function* runPlugin(p: Process, args: readonly string[]): Coro<number | undefined> {
  const words: string[] = []
  for (const arg of args) {
    if (arg.startsWith('-')) break
    words.push(arg.replaceAll('-', '_'))
  }
  for (let n = words.length; n > 0; n--) {
    const name = `kubectl-${words.slice(0, n).join('-')}`
    if (!('program' in lookup(p, [name]))) continue
    const child = startProgram(p, [name, ...args.slice(n)], { name: 'kubectl' })
    return typeof child === 'number' ? child : shellStatus(yield* child.wait())
  }
  return undefined
}
