import { type Process, put } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Command } from './cobra-command.ts'
import type { CobraOptions } from './cobra-execute.ts'
import { findCommand } from './cobra-find.ts'
import { type FlagSpec, Flags, noOptDefault, parseFlags } from './cobra-flags.ts'

/** cobra's ShellCompDirective bits. */
export const DIRECTIVE = { default: 0, error: 1, noSpace: 2, noFileComp: 4, filterFileExt: 8, filterDirs: 16 } as const

const NAMES: readonly (readonly [number, string])[] = [
  [DIRECTIVE.error, 'ShellCompDirectiveError'],
  [DIRECTIVE.noSpace, 'ShellCompDirectiveNoSpace'],
  [DIRECTIVE.noFileComp, 'ShellCompDirectiveNoFileComp'],
  [DIRECTIVE.filterFileExt, 'ShellCompDirectiveFilterFileExt'],
  [DIRECTIVE.filterDirs, 'ShellCompDirectiveFilterDirs'],
]

const directiveText = (directive: number): string =>
  NAMES.filter(([bit]) => directive & bit)
    .map(([, name]) => name)
    .join(', ') || 'ShellCompDirectiveDefault'

interface Candidates {
  readonly words: readonly string[]
  readonly directive: number
}

/** A flag whose value is being completed, if that is what the cursor stands on. */
function flagUnderCursor(
  specs: readonly FlagSpec[],
  before: readonly string[],
  word: string,
): { spec: FlagSpec; prefix: string } | undefined {
  const at = word.indexOf('=')
  if (word.startsWith('-') && at > 0) {
    const name = word.slice(0, at).replace(/^-+/, '')
    const spec = specs.find((s) => s.name === name || (!word.startsWith('--') && s.short === name))
    return spec && { spec, prefix: word.slice(at + 1) }
  }
  const last = before.at(-1)
  if (!last?.startsWith('-') || last.includes('=') || last === '--' || before.slice(0, -1).includes('--'))
    return undefined
  const spec = last.startsWith('--')
    ? specs.find((s) => s.name === last.slice(2))
    : specs.find((s) => s.short === last.at(-1))
  return spec && noOptDefault(spec) === '' ? { spec, prefix: word } : undefined
}

/** Completion of a flag's value that no fixed list covers (namespaces, contexts). */
export type FlagCompleter = (
  call: { p: Process; command: Command; flags: Flags; args: readonly string[] },
  prefix: string,
) => Coro<Candidates>
const flagCompleters = new WeakMap<Command, Map<string, FlagCompleter>>()

/** Registers value completion for a flag of the whole tree under `root`. */
export function completeFlag(root: Command, name: string, completer: FlagCompleter): void {
  const map = flagCompleters.get(root) ?? new Map<string, FlagCompleter>()
  map.set(name, completer)
  flagCompleters.set(root, map)
}

function flagNames(target: Command, flags: Flags, word: string): string[] {
  const repeatable = (spec: FlagSpec): boolean => ['stringSlice', 'stringArray', 'stringToString'].includes(spec.type)
  const out: string[] = []
  for (const spec of [...target.inheritedFlags, ...target.localFlags]) {
    if (spec.hidden || spec.deprecated !== undefined || (flags.changed(spec.name) && !repeatable(spec))) continue
    if (`--${spec.name}`.startsWith(word)) out.push(`--${spec.name}\t${spec.usage}`)
    if (spec.short && `-${spec.short}`.startsWith(word)) out.push(`-${spec.short}\t${spec.usage}`)
  }
  return out
}

/** Candidates for the last word of `argv`. */
function* candidates(
  root: Command,
  p: Process,
  argv: readonly string[],
  normalize?: (name: string) => string,
): Coro<Candidates> {
  const word = argv.at(-1) ?? ''
  const before = argv.slice(0, -1)
  const { found, rest } = findCommand(root, before)
  const specs = found.allFlags
  const cursor = flagUnderCursor(specs, rest, word)
  const parsed = cursor && !word.includes('=') ? rest.slice(0, -1) : rest
  let flags: Flags
  try {
    flags = parseFlags(specs, parsed, { ignoreUnknown: true, normalize })
  } catch {
    flags = new Flags(new Map(specs.map((spec) => [spec.name, spec])))
  }
  const call = { p, command: found, flags, args: flags.args }
  if (cursor) {
    const completer = flagCompleters.get(root)?.get(cursor.spec.name)
    if (completer) return yield* completer(call, cursor.prefix)
    const fixed = cursor.spec.complete
    if (Array.isArray(fixed))
      return { words: fixed.filter((w: string) => w.startsWith(cursor.prefix)), directive: DIRECTIVE.noFileComp }
    return { words: [], directive: fixed === 'dir' ? DIRECTIVE.filterDirs : DIRECTIVE.default }
  }
  if (word.startsWith('-') && !rest.includes('--'))
    return { words: flagNames(found, flags, word), directive: DIRECTIVE.noFileComp }
  const words: string[] = []
  let directive: number = DIRECTIVE.default
  if (flags.args.length === 0 && found.children.length > 0) {
    for (const child of found.children)
      if ((child.available || child.name === 'help') && child.name.startsWith(word))
        words.push(`${child.name}\t${child.spec.short}`)
    directive = DIRECTIVE.noFileComp
  }
  if (found.spec.complete) {
    const more = yield* found.spec.complete(call, word)
    words.push(...more.words)
    directive = more.directive ?? DIRECTIVE.noFileComp
  }
  return { words, directive }
}

/** `__complete`: prints the candidates, the directive and its explanation, as cobra does for the shells' scripts. */
export function* complete(
  root: Command,
  p: Process,
  argv: readonly string[],
  descriptions: boolean,
  options: CobraOptions,
): Coro<number> {
  const { words, directive } = yield* candidates(root, p, argv, options.normalize)
  const lines = words.map((word) => (descriptions ? word : word.split('\t')[0]).split('\n')[0].trim())
  yield* put(p.stdout, `${lines.map((line) => `${line}\n`).join('')}:${directive}\n`)
  p.stderr.write(`Completion ended with directive: ${directiveText(directive)}\n`)
  return 0
}
