import { helpPage, realOptions, type ValueKind } from './help-pages.ts'
import { Exit, type Tool } from './tool.ts'

/** What a simulated option takes: nothing, a text, a number, or a text that may come several times. */
type OptionType = 'flag' | 'text' | 'number' | 'list'

/** What a command's simulated options take, by name without the dash. */
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

/** Says that something is beyond the simulation, and ends. */
export function notSimulated(tool: Tool, what: string): never {
  tool.err(`openssl: not simulated: ${what}\n`)
  throw new Exit(127)
}

/**
 * apps/lib/opt.c: options first, then positional arguments. The real command's own table (its help page) says what there
 * is and what it takes; what is there but not in `spec` says that it is not simulated.
 */
export function parseOptions(
  tool: Tool,
  args: readonly string[],
  spec: OptionSpec,
  unknown: Unknown = 'refuse',
): Options {
  const values = new Map<string, string[]>()
  const order: string[] = []
  const real = realOptions(tool.name)
  let digest: string | undefined
  let missing: string | undefined
  const isOption = (word: string): boolean => spec[word] !== undefined || real.has(word)
  let i = 0
  for (; i < args.length; i++) {
    const arg = args[i]
    if (!arg.startsWith('-') || arg === '-') break
    if (arg === '--') {
      i++
      break
    }
    const name = arg.replace(/^--?/, '')
    if (name === 'help' || (name === 'h' && !isOption(name))) {
      tool.err(helpPage(tool.name))
      throw new Exit(0)
    }
    const cut = name.indexOf('=')
    const plain = !isOption(name) && cut > 0 ? name.slice(0, cut) : name
    if (!isOption(plain)) {
      if (unknown === 'refuse') refuse(tool, `Unknown option: -${name}`)
      digest = name
      continue
    }
    if (spec[plain] === undefined) missing ??= plain
    order.push(plain)
    const kind = real.get(plain) ?? (spec[plain] === 'number' ? 'int' : spec[plain] === 'list' ? 'text' : spec[plain])
    if (kind === 'flag') {
      values.set(plain, [])
      continue
    }
    const value = plain === name ? args[++i] : name.slice(cut + 1)
    if (value === undefined) return refuse(tool, `Option -${plain} needs a value`)
    checkValue(tool, plain, kind, value)
    if (spec[plain] === 'list') values.set(plain, [...(values.get(plain) ?? []), value])
    else values.set(plain, [value])
  }
  if (missing !== undefined) notSimulated(tool, `${tool.name} -${missing}`)
  return {
    has: (name) => values.has(name),
    get: (name) => values.get(name)?.[0],
    number: (name) => {
      const value = values.get(name)?.[0]
      return value === undefined ? undefined : readNumber(value)
    },
    all: (name) => values.get(name) ?? [],
    order,
    rest: args.slice(i),
    digest,
  }
}

/** A mistake on the command line: what it is, and where help is. */
export const refuse = (tool: Tool, text: string): never =>
  tool.fail(`${tool.name}: ${text}\n${tool.name}: Use -help for summary.\n`)

/** strtol(3) with base 0 over the whole text; undefined: not a number. */
function readNumber(text: string): number | undefined {
  const match = /^([+-]?)(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9]\d*))$/i.exec(text)
  if (!match) return undefined
  const [, sign, hex, octal, decimal] = match
  const size = hex ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal, 8) : Number(decimal)
  return sign === '-' ? -size : size
}

/** opt_int: reads a number, or ends the program. */
export function parseNumber(tool: Tool, text: string): number {
  const value = readNumber(text)
  if (value !== undefined && Number.isSafeInteger(value)) return value
  const base = /^0x/i.test(text) ? ' a hexadecimal' : text.startsWith('0') ? ' an octal' : ' a'
  return refuse(tool, `Can't parse "${text}" as${base} number`)
}

function checkValue(tool: Tool, name: string, kind: ValueKind, value: string): void {
  if (kind === 'int' || kind === 'positive' || kind === 'nonnegative') {
    const number = parseNumber(tool, value)
    if (kind === 'positive' && number <= 0) refuse(tool, `Non-positive number "${value}" for option -${name}`)
    if (kind === 'nonnegative' && number < 0) refuse(tool, `Negative number "${value}" for option -${name}`)
  }
  if (kind === 'directory' && !tool.isDirectory(value)) refuse(tool, `Not a directory: ${value}`)
  if (kind !== 'PEM|DER' && kind !== 'format') return
  const bad = badFormat(value, kind === 'PEM|DER')
  if (bad !== undefined)
    refuse(tool, `Bad format "${value}"${bad}\n${tool.name}: Invalid format "${value}" for option -${name}`)
}

/** opt_format: what is wrong with the name of a format; undefined: nothing. */
export function badFormat(value: string, pemOrDer: boolean): string | undefined {
  const known = /^(d|der|t|text|n|nss|s|smime|m|msblob|e|engine|h|http|1|p|p12|pkcs12|pem|pvk)$/i
  if (!known.test(value)) return ''
  return pemOrDer && !/^(d|der|p|pem)$/i.test(value) ? '; must be pem or der' : undefined
}
