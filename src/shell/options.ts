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

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ValueOf<S extends OptionSpec> = S['kind'] extends 'flag'
  ? number
  : S['kind'] extends 'list'
    ? readonly string[]
    : string | undefined

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
  const byShort = new Map(Object.entries(specs).flatMap(([k, s]) => [...(s.short ?? '')].map((c) => [c, k] as const)))
  const help = (text: string): Parsed<O> => ({ values: values as Parsed<O>['values'], args, order, help: text })
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--') {
      args.push(...argv.slice(i + 1))
      break
    }
    if (arg === '-' || !arg.startsWith('-')) {
      if (spec.ordered) {
        args.push(...argv.slice(i))
        break
      }
      args.push(arg)
      continue
    }
    if (arg.startsWith('--')) {
      const at = arg.indexOf('=')
      const name = at < 0 ? arg.slice(2) : arg.slice(2, at)
      const attached = at < 0 ? undefined : arg.slice(at + 1)
      const key = longOption(specs, name, arg)
      if (key === '--help') return help(helpText(spec))
      if (key === '--version') return help(versionText(spec))
      const s = specs[key]
      if (s.kind === 'flag') {
        if (attached !== undefined) throw new UsageError(`option '--${s.long}' doesn't allow an argument`)
        put(key, s, '')
      } else if (s.kind === 'optional') put(key, s, attached ?? '')
      else if (attached !== undefined) put(key, s, attached)
      else if (i + 1 < argv.length) put(key, s, argv[++i])
      else throw new UsageError(`option '--${s.long}' requires an argument`)
      continue
    }
    for (let j = 1; j < arg.length; j++) {
      const key = byShort.get(arg[j])
      if (key === undefined) throw new UsageError(`invalid option -- '${arg[j]}'`)
      const s = specs[key]
      if (s.kind === 'flag') {
        put(key, s, '')
        continue
      }
      const rest = arg.slice(j + 1)
      if (rest !== '' || s.kind === 'optional') put(key, s, rest)
      else if (i + 1 < argv.length) put(key, s, argv[++i])
      else throw new UsageError(`option requires an argument -- '${arg[j]}'`)
      break
    }
  }
  return { values: values as Parsed<O>['values'], args, order }
}

function longOption(specs: OptionSpecs, name: string, arg: string): string {
  const names = new Map<string, string>()
  for (const [key, s] of Object.entries(specs)) {
    if (s.long) names.set(s.long, key)
    if (s.alias) names.set(s.alias, key)
  }
  for (const n of ['help', 'version']) if (!names.has(n)) names.set(n, `--${n}`)
  const exact = names.get(name)
  if (exact) return exact
  const hits = [...names.keys()].filter((n) => n.startsWith(name))
  if (hits.length === 1 || (hits.length > 1 && new Set(hits.map((h) => names.get(h))).size === 1))
    return names.get(hits[0])!
  if (hits.length > 1)
    throw new UsageError(`option '${arg}' is ambiguous; possibilities: ${hits.map((h) => `'--${h}'`).join(' ')}`)
  throw new UsageError(`unrecognized option '${arg.replace(/=.*/s, '')}'`)
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
