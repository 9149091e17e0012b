import { getoptLong, type OptionGrammar } from './getopt.ts'

/** One option of a tool, declared once. */
interface OptionSpec {
  readonly kind: 'flag' | 'value' | 'optional' | 'list'
  /** Letter, if it has one. */
  readonly short?: string
  /** Long names; the first is the one that help shows. */
  readonly long?: string
  readonly alias?: string
  /** Placeholder of the argument in help. */
  readonly arg?: string
  readonly help?: string
}

/** A tool's options, by the name under which their values are asked for. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ValueOf<S extends OptionSpec> = S['kind'] extends 'flag'
  ? number
  : S['kind'] extends 'list'
    ? readonly string[]
    : string | undefined

/** What a command line gave for a tool's options. */
export interface Parsed<O extends OptionSpecs> {
  /** Flags count how often they were given; lists keep the order. */
  readonly values: { readonly [K in keyof O]: ValueOf<O[K]> }
  readonly args: string[]
  /** Options in the order in which they were given, for tools where the last one wins. */
  readonly order: readonly (readonly [string, string])[]
  /** Text of --help or --version when asked for. */
  readonly help?: string
}

/** `flag('n', 'number', 'number all output lines')`; '' when there is no letter. */
export const flag = (short: string, long?: string, help?: string) => ({ kind: 'flag', short, long, help }) as const
/** An option with an argument. */
export const value = (short: string, long?: string, arg = 'ARG', help?: string) =>
  ({ kind: 'value', short, long, arg, help }) as const
/** An option whose argument may be left out (only attached). */
export const optional = (short: string, long?: string, arg = 'WHEN', help?: string) =>
  ({ kind: 'optional', short, long, arg, help }) as const
/** An option with an argument that may be repeated. */
export const list = (short: string, long?: string, arg = 'ARG', help?: string) =>
  ({ kind: 'list', short, long, arg, help }) as const

/** Wrong options; rendered with "Try 'NAME --help' for more information." */
export class UsageError extends Error {}

interface Spec<O extends OptionSpecs> {
  readonly name: string
  readonly summary: string
  readonly usage?: string
  readonly options?: O
  readonly ordered?: boolean
  readonly version?: string
}

/** getopt_long with GNU's messages. */
export function parseOptions<O extends OptionSpecs>(spec: Spec<O>, argv: readonly string[]): Parsed<O> {
  const specs = (spec.options ?? {}) as OptionSpecs
  const values: Record<string, number | string | string[] | undefined> = {}
  for (const [key, s] of Object.entries(specs)) values[key] = s.kind === 'flag' ? 0 : s.kind === 'list' ? [] : undefined
  const args: string[] = []
  const order: [string, string][] = []
  const put = (key: string, s: OptionSpec, text: string): void => {
    if (s.kind === 'flag') values[key] = (values[key] as number) + 1
    else if (s.kind === 'list') (values[key] as string[]).push(text)
    else values[key] = text
    order.push([key, text])
  }
  for (const [key, text] of getoptLong(argv, grammarOf(specs, spec.ordered))) {
    if (key === undefined) args.push(text)
    else if (key === HELP || key === VERSION)
      return { values: values as Parsed<O>['values'], args, order, help: (key === HELP ? helpText : versionText)(spec) }
    else put(key, specs[key], text)
  }
  return { values: values as Parsed<O>['values'], args, order }
}

/** Keys of the options that every tool has unless it declares its own. */
const HELP = '--help'
const VERSION = '--version'

function grammarOf(specs: OptionSpecs, ordered: boolean | undefined): OptionGrammar {
  const takes = (s: OptionSpec) => (s.kind === 'flag' ? 'none' : s.kind === 'optional' ? 'optional' : 'value')
  const byShort = new Map(Object.entries(specs).flatMap(([k, s]) => [...(s.short ?? '')].map((c) => [c, k] as const)))
  const long = Object.entries(specs).flatMap(([key, s]) =>
    [s.long, s.alias].flatMap((name) => (name ? [{ name, key, takes: takes(s), option: key } as const] : [])),
  )
  for (const key of [HELP, VERSION]) {
    const name = key.slice(2)
    if (!long.some((l) => l.name === name)) long.push({ name, key, takes: 'none', option: key })
  }
  return {
    short: (letter) => {
      const key = byShort.get(letter)
      return key === undefined ? undefined : { key, takes: takes(specs[key]) }
    },
    long,
    ordered,
    wrong: (message) => new UsageError(message),
  }
}

function helpText<O extends OptionSpecs>(spec: Spec<O>): string {
  const usage = (spec.usage ?? '[OPTION]...')
    .split('\n')
    .map((u, i) => `${i === 0 ? 'Usage: ' : '  or:  '}${spec.name} ${u}\n`)
  const rows = Object.values((spec.options ?? {}) as OptionSpecs)
    .filter((s) => s.help)
    .map((s) => {
      const long = s.long
        ? `--${s.long}${s.kind === 'flag' ? '' : s.kind === 'optional' ? `[=${s.arg}]` : `=${s.arg}`}`
        : ''
      const names = s.short
        ? `  -${s.short}${long ? `, ${long}` : s.kind === 'flag' ? '' : ` ${s.arg}`}`
        : `      ${long}`
      return names.length > 27 ? `${names}\n${' '.repeat(29)}${s.help}\n` : `${names.padEnd(29)}${s.help}\n`
    })
  const own = [
    '      --help        display this help and exit\n',
    '      --version     output version information and exit\n',
  ]
  return `${usage.join('')}${spec.summary}\n\n${rows.join('')}${own.join('')}`
}

const versionText = <O extends OptionSpecs>(spec: Spec<O>): string =>
  `${spec.version ?? `${spec.name} (GNU coreutils) 9.4`}\n`
