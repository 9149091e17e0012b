import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { type FlagSpec, type Flags, UsageError } from './cobra-flags.ts'

/** What a command's `run` gets. */
export interface Call {
  readonly p: Process
  readonly command: Command
  readonly flags: Flags
  readonly args: readonly string[]
}

/** Checks the positional arguments; throws UsageError. */
export type ArgRule = (command: Command, args: readonly string[]) => void

/** A command as cobra.Command declares it. */
export interface CommandSpec {
  /** Usage line; the first word is the name, e.g. `get [flags]`. */
  readonly use: string
  readonly aliases?: readonly string[]
  /** Words that suggest this command though they do not resemble its name. */
  readonly suggestFor?: readonly string[]
  readonly short: string
  readonly long?: string
  readonly example?: string
  /** `Command "x" is deprecated, …` */
  readonly deprecated?: string
  readonly hidden?: boolean
  readonly flags?: readonly FlagSpec[]
  /** Flags that subcommands inherit. */
  readonly persistentFlags?: readonly FlagSpec[]
  readonly args?: ArgRule
  /** Keeps `[flags]` out of the usage line. */
  readonly disableFlagsInUseLine?: boolean
  /** Everything after the name is an argument (plugins, wrappers). */
  readonly disableFlagParsing?: boolean
  readonly commands?: readonly (CommandSpec | Command)[]
  /** Headed groups of subcommands on the help page, by name. */
  readonly groups?: readonly { readonly title: string; readonly commands: readonly string[] }[]
  /** Names left out of the help page of a `kubectl`-style root. */
  readonly filtered?: readonly string[]
  /** Sets of flags of which at most one may be given. */
  readonly exclusive?: readonly (readonly string[])[]
  /** Sets of flags of which one must be given. */
  readonly oneRequired?: readonly (readonly string[])[]
  /** Of the root: a word that begins the name of one command only is that command (cobra.EnablePrefixMatching). */
  readonly prefixMatching?: boolean
  readonly run?: (call: Call) => Coro<number>
  /** Candidates for the next positional argument. Lines may carry a description after a tab. */
  readonly complete?: (call: Call, toComplete: string) => Coro<{ words: readonly string[]; directive?: number }>
}

/** A command in its tree. */
export class Command {
  parent: Command | undefined
  readonly name: string
  readonly children: Command[]
  // A tree is built once and then run many times.
  private local: readonly FlagSpec[] | undefined
  private all: readonly FlagSpec[] | undefined

  constructor(readonly spec: CommandSpec) {
    this.name = spec.use.split(' ')[0]
    this.children = (spec.commands ?? []).map((child) => (child instanceof Command ? child : new Command(child)))
    this.children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    for (const child of this.children) child.parent = this
  }

  get root(): Command {
    return this.parent ? this.parent.root : this
  }

  /** `kubectl create secret`. */
  get path(): string {
    return this.parent ? `${this.parent.path} ${this.name}` : this.name
  }

  get runnable(): boolean {
    return this.spec.run !== undefined
  }

  /** Shown on help pages. */
  get available(): boolean {
    if (this.spec.deprecated !== undefined || this.spec.hidden) return false
    return this.runnable || this.children.some((child) => child.available)
  }

  /** Neither runnable nor with runnable subcommands: an additional help topic. */
  get isHelpTopic(): boolean {
    if (this.runnable || this.spec.deprecated !== undefined || this.spec.hidden) return false
    return this.children.every((child) => child.isHelpTopic)
  }

  get hasAvailableSubcommands(): boolean {
    return this.children.some((child) => child.available)
  }

  /** Flags of this command and its own persistent ones, with `--help`, sorted by name. */
  get localFlags(): readonly FlagSpec[] {
    this.local ??= this.sortedFlags()
    return this.local
  }

  private sortedFlags(): readonly FlagSpec[] {
    const own = [...(this.spec.flags ?? []), ...(this.spec.persistentFlags ?? [])]
    if (!own.some((flag) => flag.name === 'help')) own.push(this.helpFlag())
    return own.sort(byName)
  }

  /** Persistent flags of the parents, sorted by name. */
  get inheritedFlags(): readonly FlagSpec[] {
    const own = new Set(this.localFlags.map((flag) => flag.name))
    const out: FlagSpec[] = []
    for (let c = this.parent; c; c = c.parent)
      for (const flag of c.spec.persistentFlags ?? [])
        if (!own.has(flag.name)) {
          own.add(flag.name)
          out.push(flag)
        }
    return out.sort(byName)
  }

  get allFlags(): readonly FlagSpec[] {
    this.all ??= [...this.localFlags, ...this.inheritedFlags]
    return this.all
  }

  private helpFlag(): FlagSpec {
    const taken = (this.spec.flags ?? []).some((flag) => flag.short === 'h')
    return { name: 'help', short: taken ? undefined : 'h', type: 'bool', usage: `help for ${this.name}` }
  }

  get useLine(): string {
    const line = this.parent ? `${this.parent.path} ${this.spec.use}` : this.spec.use
    if (this.spec.disableFlagsInUseLine || line.includes('[flags]')) return line
    return this.allFlags.some((flag) => !flag.hidden) ? `${line} [flags]` : line
  }

  find(name: string): Command | undefined {
    const exact = this.children.find((child) => child.name === name || child.spec.aliases?.includes(name))
    if (exact || !this.root.spec.prefixMatching) return exact
    const like = this.children.filter((child) =>
      [child.name, ...(child.spec.aliases ?? [])].some((n) => n.startsWith(name)),
    )
    return like.length === 1 ? like[0] : undefined
  }
}

const byName = (a: FlagSpec, b: FlagSpec): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** Declares a command; see cobra.ts. */
export const command = (spec: CommandSpec): Command => new Command(spec)

/** cobra.NoArgs. */
export const noArgs: ArgRule = (command, args) => {
  if (args.length > 0) throw new UsageError(`unknown command ${goQuote(args[0])} for ${goQuote(command.path)}`)
}

/** cobra.ExactArgs. */
export const exactArgs =
  (n: number): ArgRule =>
  (_, args) => {
    if (args.length !== n) throw new UsageError(`accepts ${n} arg(s), received ${args.length}`)
  }

/** cobra.MaximumNArgs. */
export const maxArgs =
  (n: number): ArgRule =>
  (_, args) => {
    if (args.length > n) throw new UsageError(`accepts at most ${n} arg(s), received ${args.length}`)
  }

/** cobra.MatchAll(ExactArgs(1), OnlyValidArgs). */
export const exactlyOneOf =
  (...valid: readonly string[]): ArgRule =>
  (command, args) => {
    exactArgs(1)(command, args)
    if (!valid.includes(args[0]))
      throw new UsageError(`invalid argument ${goQuote(args[0])} for ${goQuote(command.path)}`)
  }
