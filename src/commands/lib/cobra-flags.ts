import { goDuration, goQuote, parseGoDuration } from '../../print/index.ts'

/**
 * Types of pflag values. `string`-like upstream types with a name of their own (`Level`, `moduleSpec`, `mapStringString`)
 * use `string` with `typeName`.
 */
type FlagType =
  | 'bool'
  | 'string'
  | 'int'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint16'
  | 'float64'
  | 'duration'
  | 'stringSlice'
  | 'stringArray'
  | 'stringToString'

type FlagValue = boolean | string | number | string[] | Record<string, string>

/** A flag, declared once: the parser, the help pages and completion derive from it. */
export interface FlagSpec {
  readonly name: string
  /** One letter. */
  readonly short?: string
  readonly type: FlagType
  /** Type name shown by plain cobra help pages instead of the type's own. */
  readonly typeName?: string
  /** Durations in ms. Zero value of the type when left out. */
  readonly default?: FlagValue
  /** Text shown as the default where it differs from the value's own. */
  readonly defaultText?: string
  /** Value when the flag stands without `=value` (pflag's NoOptDefVal). Booleans have `true`. */
  readonly noOptDefault?: string
  readonly usage: string
  readonly deprecated?: string
  readonly shorthandDeprecated?: string
  readonly hidden?: boolean
  readonly required?: boolean
  /** Refuses a value: returns the error text of the type's Set, else undefined. */
  readonly check?: (text: string) => string | undefined
  /** Completion candidates are file names of this kind, or these words. */
  readonly complete?: readonly string[] | 'file' | 'dir'
}

/** A mistake on the command line: unknown flag, bad value, wrong number of arguments. */
export class UsageError extends Error {}

/** The command line asked for help (`-h`, `--help`). */
export class HelpRequested extends Error {}

const INTEGER_BITS: Partial<Record<FlagType, number>> = { int: 64, int64: 64, int32: 32 }
const UNSIGNED_BITS: Partial<Record<FlagType, number>> = { uint: 64, uint16: 16 }

function parseInteger(text: string, bits: number, signed: boolean): number {
  const fn = signed ? 'strconv.ParseInt' : 'strconv.ParseUint'
  const fail = (why: string): never => {
    throw new UsageError(`${fn}: parsing ${goQuote(text)}: ${why}`)
  }
  const m = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9_]*)$/.exec(text)
  if (!m || (!signed && m[1] !== '')) return fail('invalid syntax')
  const digits = m[2].replaceAll('_', '')
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits) * (m[1] === '-' ? -1n : 1n)
  const max = 1n << BigInt(signed ? bits - 1 : bits)
  if (value >= max || value < (signed ? -max : 0n)) return fail('value out of range')
  return Number(value)
}

/** The fields of one CSV record as encoding/csv reads them (pflag's StringSlice). */
function splitCsv(text: string): string[] {
  if (text === '') return []
  const fields: string[] = []
  let i = 0
  for (;;) {
    let field = ''
    if (text[i] === '"') {
      i++
      for (;;) {
        if (i >= text.length)
          throw new UsageError(`parse error on line 1, column ${i + 1}: extraneous or missing " in quoted-field`)
        if (text[i] === '"' && text[i + 1] === '"') {
          field += '"'
          i += 2
        } else if (text[i] === '"') {
          i++
          break
        } else field += text[i++]
      }
      if (i < text.length && text[i] !== ',')
        throw new UsageError(`parse error on line 1, column ${i}: extraneous or missing " in quoted-field`)
    } else {
      while (i < text.length && text[i] !== ',') {
        if (text[i] === '"') throw new UsageError(`parse error on line 1, column ${i + 1}: bare " in non-quoted-field`)
        field += text[i++]
      }
    }
    fields.push(field)
    if (i >= text.length) return fields
    i++
  }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** Turns the text of one occurrence into a value; lists grow from `before`. */
function parseValue(spec: FlagSpec, text: string, before: FlagValue | undefined): FlagValue {
  const problem = spec.check?.(text)
  if (problem !== undefined) throw new UsageError(problem)
  switch (spec.type) {
    case 'bool':
      if (TRUE.has(text)) return true
      if (FALSE.has(text)) return false
      throw new UsageError(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`)
    case 'string':
      return text
    case 'duration':
      return parseGoDuration(text)
    case 'float64':
      if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text))
        throw new UsageError(`strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`)
      return Number(text)
    case 'stringArray':
      return [...((before as string[]) ?? []), text]
    case 'stringSlice':
      return [...((before as string[]) ?? []), ...splitCsv(text)]
    case 'stringToString': {
      const out = { ...((before as Record<string, string>) ?? {}) }
      for (const pair of (text.match(/=/g) ?? []).length === 1 ? [text.replace(/^"|"$/g, '')] : splitCsv(text)) {
        const at = pair.indexOf('=')
        if (at < 0) throw new UsageError(`${pair} must be formatted as key=value`)
        out[pair.slice(0, at)] = pair.slice(at + 1)
      }
      return out
    }
    default: {
      const bits = INTEGER_BITS[spec.type]
      return bits ? parseInteger(text, bits, true) : parseInteger(text, UNSIGNED_BITS[spec.type]!, false)
    }
  }
}

const ZERO: Record<FlagType, FlagValue> = {
  bool: false,
  string: '',
  int: 0,
  int32: 0,
  int64: 0,
  uint: 0,
  uint16: 0,
  float64: 0,
  duration: 0,
  stringSlice: [],
  stringArray: [],
  stringToString: {},
}

/** The value of a flag that is not given. */
export const flagDefault = (spec: FlagSpec): FlagValue => spec.default ?? ZERO[spec.type]

/** pflag's DefValue: the default as text. */
export function defaultText(spec: FlagSpec): string {
  if (spec.defaultText !== undefined) return spec.defaultText
  const value = flagDefault(spec)
  if (spec.type === 'duration') return goDuration(value as number)
  if (Array.isArray(value)) return `[${value.join(',')}]`
  if (typeof value === 'object')
    return `[${Object.entries(value)
      .map(([k, v]) => `${k}=${v}`)
      .join(',')}]`
  return String(value)
}

/** The value of a flag that is given without one (pflag NoOptDefVal); '' when it needs one. */
export const noOptDefault = (spec: FlagSpec): string => spec.noOptDefault ?? (spec.type === 'bool' ? 'true' : '')

/** The flags of one call: what was given, else the defaults. Reading a flag that was not declared is a bug and throws. */
export class Flags {
  private readonly values = new Map<string, FlagValue>()
  private readonly given = new Map<string, string>()
  /** Positional arguments, without `--`. */
  readonly args: string[] = []
  /** Number of positional arguments before `--`, or -1 when there was none. */
  argsLenAtDash = -1
  /** `Flag --x has been deprecated, …` lines for stderr. */
  readonly warnings: string[] = []

  constructor(private readonly specs: ReadonlyMap<string, FlagSpec>) {}

  private read(name: string): FlagValue {
    const spec = this.specs.get(name)
    if (!spec) throw new Error(`flag --${name} is not declared`)
    return this.values.get(name) ?? flagDefault(spec)
  }

  has(name: string): boolean {
    return this.specs.has(name)
  }

  string(name: string): string {
    return this.read(name) as string
  }

  bool(name: string): boolean {
    return this.read(name) as boolean
  }

  int(name: string): number {
    return this.read(name) as number
  }

  /** In ms. */
  duration(name: string): number {
    return this.read(name) as number
  }

  strings(name: string): string[] {
    return this.read(name) as string[]
  }

  map(name: string): Record<string, string> {
    return this.read(name) as Record<string, string>
  }

  /** True when the flag stood on the command line. */
  changed(name: string): boolean {
    return this.given.has(name)
  }

  /** Names given, in order, with their last text. */
  get changes(): ReadonlyMap<string, string> {
    return this.given
  }

  /** Sets a flag as if it had been given (kuberc defaults, kubeconfig-like overrides). */
  set(name: string, text: string): void {
    const spec = this.specs.get(name)
    if (!spec) throw new UsageError(`no such flag -${name}`)
    this.assign(spec, text)
  }

  /** Sets a flag for somebody who does not look at errors: what does not parse leaves the zero of its type behind. */
  setOrZero(name: string, text: string): void {
    try {
      this.set(name, text)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      const spec = this.specs.get(name)
      if (spec && !Array.isArray(flagDefault(spec))) this.values.set(name, ZERO[spec.type])
    }
  }

  /** @internal */
  assign(spec: FlagSpec, text: string): void {
    try {
      this.values.set(
        spec.name,
        parseValue(spec, text, this.given.has(spec.name) ? this.values.get(spec.name) : undefined),
      )
    } catch (error) {
      const name = spec.short && !spec.shorthandDeprecated ? `-${spec.short}, --${spec.name}` : `--${spec.name}`
      throw new UsageError(`invalid argument ${goQuote(text)} for ${goQuote(name)} flag: ${(error as Error).message}`)
    }
    this.given.set(spec.name, text)
    if (spec.deprecated !== undefined) this.warnings.push(`Flag --${spec.name} has been deprecated, ${spec.deprecated}`)
  }
}

interface ParseOptions {
  /** Applied to long names before look-up (kubectl: `_` → `-`). */
  readonly normalize?: (name: string) => string
  /** Flags may follow positional arguments. Default true. */
  readonly interspersed?: boolean
  /** Unknown flags are skipped, as cobra's FParseErrWhitelist does. */
  readonly ignoreUnknown?: boolean
}

/** Parses arguments as pflag's FlagSet.Parse. Throws UsageError or HelpRequested. */
export function parseFlags(specs: readonly FlagSpec[], argv: readonly string[], options: ParseOptions = {}): Flags {
  const normalize = options.normalize ?? ((name: string) => name)
  const byName = new Map(specs.map((spec) => [spec.name, spec]))
  const byShort = new Map(specs.filter((spec) => spec.short).map((spec) => [spec.short!, spec]))
  const flags = new Flags(byName)
  const rest = [...argv]

  const long = (arg: string): void => {
    const body = arg.slice(2)
    if (body === '' || body[0] === '-' || body[0] === '=') throw new UsageError(`bad flag syntax: ${arg}`)
    const at = body.indexOf('=')
    const name = normalize(at < 0 ? body : body.slice(0, at))
    const spec = byName.get(name)
    if (!spec) {
      if (name === 'help') throw new HelpRequested()
      if (options.ignoreUnknown) {
        if (at < 0 && rest.length > 0 && !rest[0].startsWith('-')) rest.shift()
        return
      }
      throw new UsageError(`unknown flag: --${name}`)
    }
    if (at >= 0) flags.assign(spec, body.slice(at + 1))
    else if (noOptDefault(spec) !== '') flags.assign(spec, noOptDefault(spec))
    else if (rest.length > 0) flags.assign(spec, rest.shift()!)
    else throw new UsageError(`flag needs an argument: ${arg}`)
  }

  const short = (arg: string): void => {
    let letters = arg.slice(1)
    while (letters !== '') {
      const letter = letters[0]
      const spec = byShort.get(letter)
      const all = letters
      letters = letters.slice(1)
      if (!spec) {
        if (letter === 'h') throw new HelpRequested()
        if (options.ignoreUnknown) return
        throw new UsageError(`unknown shorthand flag: '${letter}' in -${all}`)
      }
      if (spec.shorthandDeprecated)
        flags.warnings.push(`Flag shorthand -${spec.short} has been deprecated, ${spec.shorthandDeprecated}`)
      if (letters.length > 1 && letters[0] === '=') {
        flags.assign(spec, letters.slice(1))
        return
      }
      if (noOptDefault(spec) !== '') flags.assign(spec, noOptDefault(spec))
      else if (letters !== '') {
        flags.assign(spec, letters)
        return
      } else if (rest.length > 0) flags.assign(spec, rest.shift()!)
      else throw new UsageError(`flag needs an argument: '${letter}' in -${all}`)
    }
  }

  while (rest.length > 0) {
    const arg = rest.shift()!
    if (arg.length < 2 || arg[0] !== '-') {
      if (options.interspersed === false) {
        flags.args.push(arg, ...rest)
        break
      }
      flags.args.push(arg)
    } else if (arg === '--') {
      flags.argsLenAtDash = flags.args.length
      flags.args.push(...rest)
      break
    } else if (arg[1] === '-') long(arg)
    else short(arg)
  }
  return flags
}
