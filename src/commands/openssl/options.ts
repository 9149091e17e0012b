import type { Tool } from './tool.ts'

/** What an option takes: nothing, a text, a number, or a text that may come several times. */
type OptionType = 'flag' | 'text' | 'number' | 'positive' | 'list'

/** What a command's options take, by name without the dash. */
export type OptionSpec = Readonly<Record<string, OptionType>>

/** The options and operands that were given. */
export interface Options {
  has(name: string): boolean
  get(name: string): string | undefined
  number(name: string): number | undefined
  all(name: string): readonly string[]
  /** Names in the order in which they came: several outputs print in this order. */
  readonly order: readonly string[]
  readonly rest: readonly string[]
  /** An option that named no option, but may name a digest. */
  readonly digest: string | undefined
}

/** How a subcommand takes what is not in its table: as the name of a digest or cipher (found out later), or not at all. */
type Unknown = 'digest' | 'refuse'

/** apps/lib/opt.c: options first, then positional arguments. */
export function parseOptions(
  tool: Tool,
  args: readonly string[],
  spec: OptionSpec,
  unknown: Unknown = 'refuse',
): Options {
  const values = new Map<string, string[]>()
  const order: string[] = []
  let digest: string | undefined
  let i = 0
  const usage = (text: string): never => tool.fail(`${tool.name}: ${text}\n${tool.name}: Use -help for summary.\n`)
  for (; i < args.length; i++) {
    const arg = args[i]
    if (!arg.startsWith('-') || arg === '-') break
    if (arg === '--') {
      i++
      break
    }
    const name = arg.replace(/^--?/, '')
    const cut = name.indexOf('=')
    const plain = spec[name] === undefined && cut > 0 ? name.slice(0, cut) : name
    const type = spec[plain]
    if (type === undefined) {
      if (unknown === 'refuse') usage(`Unknown option: ${arg}`)
      digest = name
      continue
    }
    order.push(plain)
    if (type === 'flag') {
      values.set(plain, [])
      continue
    }
    const value = plain === name ? args[++i] : name.slice(cut + 1)
    if (value === undefined) return usage(`Option -${plain} needs a value`)
    if ((type === 'number' || type === 'positive') && !/^-?(0x[0-9a-f]+|\d+)$/i.test(value))
      usage(`Can't parse "${value}" as a number`)
    if (type === 'positive' && Number(value) < 0) usage(`Non-positive number "${value}" for option -${plain}`)
    if (type === 'list') values.set(plain, [...(values.get(plain) ?? []), value])
    else values.set(plain, [value])
  }
  return {
    has: (name) => values.has(name),
    get: (name) => values.get(name)?.[0],
    number: (name) => {
      const value = values.get(name)?.[0]
      return value === undefined ? undefined : Number(value)
    },
    all: (name) => values.get(name) ?? [],
    order,
    rest: args.slice(i),
    digest,
  }
}
