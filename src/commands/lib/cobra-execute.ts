import { type Process, type Program, put } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { type Call, type Command, command } from './cobra-command.ts'
import { complete } from './cobra-complete.ts'
import { findCommand, words } from './cobra-find.ts'
import { type Flags, HelpRequested, parseFlags, UsageError } from './cobra-flags.ts'
import { cobraHelp, cobraUsage } from './cobra-help.ts'
import { kubectlHelp, kubectlUsage, wrapLimit } from './cobra-help-kubectl.ts'
import { didYouMean } from './cobra-suggest.ts'

/** What a tool does otherwise than cobra does. */
export interface CobraOptions {
  /** Template of help pages; a function returns the whole page. Default `cobra`. */
  readonly style?: 'cobra' | 'kubectl' | ((command: Command) => string)
  /** Rewrites the text of a flag error (kubectl appends `See 'kubectl get --help' for usage.`). */
  readonly flagError?: (command: Command, message: string) => string
  /**
   * Prints an error that ended the command and returns the exit status. The default is cobra's: `Error: …`, the usage
   * for mistakes on the command line, 1.
   */
  readonly onError?: (call: { p: Process; command: Command; flags?: Flags }, error: unknown) => Coro<number>
  /** Applied to long flag names (kubectl: `_` → `-`). */
  readonly normalize?: (name: string) => string
  /** Adds `help [command]`. Default true when there are subcommands. */
  readonly helpCommand?: boolean
  /** Called with the parsed flags before arguments are checked and the command runs (kuberc defaults, `-v`). */
  readonly before?: (call: Call) => Coro<void>
  /** Asked when no subcommand has that name, before the error; returns an exit status when it took over (plugins). */
  readonly unknownCommand?: (p: Process, command: Command, args: readonly string[]) => Coro<number | undefined>
}

/** The help page of a command in the root's style. */
export function helpPage(p: Process | undefined, target: Command, style: CobraOptions['style'] = 'cobra'): string {
  if (typeof style === 'function') return style(target)
  return style === 'kubectl' ? kubectlHelp(target, limitOf(p)) : cobraHelp(target)
}

function usagePage(p: Process | undefined, target: Command, style: CobraOptions['style'] = 'cobra'): string {
  if (typeof style === 'function') return style(target)
  return style === 'kubectl' ? kubectlUsage(target, limitOf(p)) : cobraUsage(target)
}

const limitOf = (p: Process | undefined): number | undefined =>
  p?.stdout.isTty ? wrapLimit(Number(p.env.COLUMNS) || 80) : undefined

function unknownCommandError(root: Command, rest: readonly string[]): UsageError | undefined {
  const at = words(root, rest)[0]
  if (at === undefined || root.children.length === 0) return undefined
  const word = rest[at]
  return new UsageError(`unknown command ${goQuote(word)} for ${goQuote(root.path)}${didYouMean(root, word)}`)
}

function checkFlags(target: Command, flags: Flags): void {
  const missing = target.allFlags.filter((spec) => spec.required && !flags.changed(spec.name))
  if (missing.length > 0)
    throw new UsageError(`required flag(s) ${missing.map((spec) => `"${spec.name}"`).join(', ')} not set`)
  for (const set of target.spec.oneRequired ?? [])
    if (!set.some((name) => flags.changed(name)))
      throw new UsageError(`at least one of the flags in the group [${set.join(' ')}] is required`)
  for (const set of target.spec.exclusive ?? []) {
    const given = set.filter((name) => flags.changed(name)).sort()
    if (given.length > 1)
      throw new UsageError(
        `if any flags in the group [${set.join(' ')}] are set none of the others can be; [${given.join(' ')}] were all set`,
      )
  }
}

function* defaultError(
  { p, command: target }: { p: Process; command: Command },
  error: unknown,
  style: CobraOptions['style'],
): Coro<number> {
  if (!(error instanceof Error)) throw error
  const usage = error instanceof UsageError ? `${usagePage(p, target, style)}\n` : ''
  yield* put(p.stderr, `Error: ${error.message}\n${usage}`)
  return 1
}

/** Runs a command line (without the program's own name) and returns the exit status. */
export function* execute(root: Command, p: Process, argv: readonly string[], options: CobraOptions = {}): Coro<number> {
  const withHelp = options.helpCommand ?? root.children.length > 0
  if (withHelp && !root.find('help')) addHelpCommand(root, options)
  if (argv[0] === '__complete' || argv[0] === '__completeNoDesc')
    return yield* complete(root, p, argv.slice(1), argv[0] === '__complete', options)
  let target = root
  let flags: Flags | undefined
  try {
    const { found, rest } = findCommand(root, argv)
    target = found
    const taken = yield* options.unknownCommand?.(p, found, rest) ?? none()
    if (taken !== undefined) return taken
    if (found === root && !root.spec.args) {
      const error = unknownCommandError(root, rest)
      if (error) throw error
    }
    if (found.spec.deprecated !== undefined)
      p.stderr.write(`Command "${found.name}" is deprecated, ${found.spec.deprecated}\n`)
    flags = parse(found, rest, options)
    for (const warning of flags.warnings) p.stderr.write(`${warning}\n`)
    if (flags.bool('help') || !found.spec.run) throw new HelpRequested()
    const call: Call = { p, command: found, flags, args: flags.args }
    if (options.before) yield* options.before(call)
    found.spec.args?.(found, flags.args)
    checkFlags(found, flags)
    return yield* found.spec.run(call)
  } catch (error) {
    if (error instanceof HelpRequested) {
      yield* put(p.stdout, helpPage(p, target, options.style))
      return 0
    }
    const report = options.onError ?? ((call, e) => defaultError(call, e, options.style))
    return yield* report({ p, command: target, flags }, error)
  }
}

function* none(): Coro<undefined> {
  return undefined
}

function parse(target: Command, rest: readonly string[], options: CobraOptions): Flags {
  if (target.spec.disableFlagParsing) return parseFlags(target.allFlags, ['--', ...rest])
  try {
    return parseFlags(target.allFlags, rest, { normalize: options.normalize })
  } catch (error) {
    if (error instanceof UsageError && options.flagError) throw new UsageError(options.flagError(target, error.message))
    throw error
  }
}

function addHelpCommand(root: Command, options: CobraOptions): void {
  const help = command({
    use: 'help [command]',
    short: 'Help about any command',
    long: `Help provides help for any command in the application.\nSimply type ${root.name} help [path to command] for full details.`,
    *run({ p, args }) {
      const { found, rest } = findCommand(root, args)
      if (found === root && unknownCommandError(root, rest)) {
        p.stderr.write(`Unknown help topic [${args.map((a) => `\`${a}\``).join(' ')}]\n`)
        // A template of its own writes where it likes, which is stdout.
        yield* put(typeof options.style === 'function' ? p.stdout : p.stderr, usagePage(p, root, options.style))
      } else yield* put(p.stdout, helpPage(p, found, options.style))
      return 0
    },
  })
  help.parent = root
  root.children.push(help)
  root.children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** A program from a command tree. */
export const cobraProgram = (root: Command, options: CobraOptions = {}): Program => ({
  name: root.name,
  main: (p) => execute(root, p, p.argv.slice(1), options),
})
