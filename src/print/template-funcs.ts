import { compareBytes, formatGo, goQuote } from './go-value.ts'

/** No value at all: a missing key, or a field of one. */
export const NO_VALUE = Symbol('<no value>')

class FuncError extends Error {}
const fail = (message: string): never => {
  throw new FuncError(message)
}

const isMap = (v: unknown): v is Record<string, unknown> => v !== null && typeof v === 'object' && !Array.isArray(v)
const isNone = (v: unknown): boolean => v === NO_VALUE || v === null || v === undefined

/** Truth as `if` and `and` see it: not empty, not zero, not nil. */
export function truth(v: unknown): boolean {
  if (isNone(v)) return false
  if (Array.isArray(v)) return v.length > 0
  if (isMap(v)) return Object.keys(v).length > 0
  return Boolean(v)
}

function goTypeName(v: unknown): string {
  if (isNone(v)) return 'nil'
  if (typeof v === 'string') return 'string'
  if (typeof v === 'boolean') return 'bool'
  if (typeof v === 'number') return Number.isInteger(v) ? 'int64' : 'float64'
  return Array.isArray(v) ? '[]interface {}' : 'map[string]interface {}'
}

/** fmt.Sprint of one value. */
export const sprint = (v: unknown): string => (v === NO_VALUE ? '<no value>' : formatGo(v))

function printAll(values: readonly unknown[]): string {
  return values
    .map((v, i) => {
      const spaced = i > 0 && typeof v !== 'string' && typeof values[i - 1] !== 'string'
      return (spaced ? ' ' : '') + argText(v)
    })
    .join('')
}

const argText = (v: unknown): string => (isNone(v) ? '<nil>' : formatGo(v))

function comparable(v: unknown): string {
  if (isNone(v)) return fail('invalid type for comparison')
  if (typeof v === 'number') return Number.isInteger(v) ? 'int' : 'float'
  if (typeof v === 'string' || typeof v === 'boolean') return typeof v
  return fail('invalid type for comparison')
}

function equal(a: unknown, rest: readonly unknown[]): boolean {
  if (rest.length === 0) fail('missing argument for comparison')
  return rest.some((b) => {
    if (isNone(a) || isNone(b)) return isNone(a) && isNone(b)
    if (typeof a === 'object' || typeof b === 'object')
      return fail(`non-comparable type ${argText(a)}: ${goTypeName(a)}`)
    if (comparable(a) !== comparable(b)) return fail('incompatible types for comparison')
    return a === b
  })
}

function less(a: unknown, b: unknown): boolean {
  const [ka, kb] = [comparable(a), comparable(b)]
  if (ka !== kb) fail('incompatible types for comparison')
  if (ka === 'boolean') fail('invalid type for comparison')
  return ka === 'string' ? compareBytes(a as string, b as string) < 0 : (a as number) < (b as number)
}

function index(item: unknown, keys: readonly unknown[]): unknown {
  let v = item
  if (isNone(v)) return fail('index of untyped nil')
  for (const key of keys) {
    if (isNone(v)) return fail('index of nil pointer')
    if (Array.isArray(v) || typeof v === 'string') {
      if (typeof key !== 'number' || !Number.isInteger(key))
        return fail(
          isNone(key) ? 'cannot index slice/array with nil' : `cannot index slice/array with type ${goTypeName(key)}`,
        )
      if (key < 0 || key >= v.length) return fail(`index out of range: ${key}`)
      v = typeof v === 'string' ? v.charCodeAt(key) : v[key]
    } else if (isMap(v)) {
      if (typeof key !== 'string')
        return fail(`value has type ${goTypeName(key) === 'int64' ? 'int' : goTypeName(key)}; should be string`)
      v = Object.hasOwn(v, key) ? v[key] : NO_VALUE
    } else return fail(`can't index item of type ${goTypeName(v)}`)
  }
  return v
}

function sprintf(format: unknown, args: readonly unknown[]): string {
  let i = 0
  const used = (): { value: unknown; missing: boolean } => {
    const missing = i >= args.length
    return { value: args[i++], missing }
  }
  const out = String(format).replace(
    /%([-+# 0]*)(\d*|\*)(?:\.(\d*))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const size = width === '*' ? Number(used().value) : Number(width || 0)
      const { value, missing } = used()
      if (missing) return `%!${verb}(MISSING)`
      const text = formatVerb(verb, value, flags, precision)
      if (flags.includes('-')) return text.padEnd(size)
      if (flags.includes('0') && /^[dfx]$/.test(verb))
        return text.startsWith('-') ? `-${text.slice(1).padStart(size - 1, '0')}` : text.padStart(size, '0')
      return text.padStart(size)
    },
  )
  const extra = args.slice(i)
  if (extra.length === 0) return out
  return `${out}%!(EXTRA ${extra.map((v) => `${isNone(v) ? '<nil>' : `${printfType(v)}=${argText(v)}`}`).join(', ')})`
}

const printfType = (v: unknown): string => goTypeName(v)

function formatVerb(verb: string, value: unknown, flags: string, precision: string | undefined): string {
  const bad = (): string => (isNone(value) ? `%!${verb}(<nil>)` : `%!${verb}(${printfType(value)}=${argText(value)})`)
  switch (verb) {
    case 'v':
    case 's':
      if (verb === 's' && (typeof value === 'number' || typeof value === 'boolean' || isNone(value))) return bad()
      return precision !== undefined && typeof value === 'string' ? value.slice(0, Number(precision)) : argText(value)
    case 'q':
      return typeof value === 'string' ? goQuote(value) : bad()
    case 'd':
      return typeof value === 'number' && Number.isInteger(value)
        ? (flags.includes('+') && value >= 0 ? '+' : '') + String(value)
        : bad()
    case 'x':
      if (typeof value === 'string')
        return [...value].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')
      return typeof value === 'number' && Number.isInteger(value) ? value.toString(16) : bad()
    case 'f':
      return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(Number(precision ?? 6)) : bad()
    case 't':
      return typeof value === 'boolean' ? String(value) : bad()
    case 'T':
      return isNone(value) ? '<nil>' : goTypeName(value)
    default:
      return bad()
  }
}

function decodeBase64(value: unknown): string {
  const text = String(value).replace(/[\r\n]/g, '')
  const bad = /[^A-Za-z0-9+/=]/.exec(text)
  const padded = /^[A-Za-z0-9+/]*={0,2}$/.exec(text)
  if (bad || !padded || text.length % 4 !== 0) {
    const at = bad ? bad.index : text.includes('=') && !padded ? text.indexOf('=') : text.length - (text.length % 4)
    return fail(`base64 decode failed: illegal base64 data at input byte ${at}`)
  }
  return bytesToString(base64Bytes(text))
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes of standard base64 text. */
export function base64Bytes(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '')
  const out = new Uint8Array((digits.length * 6) >> 3)
  let buffer = 0
  let bits = 0
  let n = 0
  for (const c of digits) {
    buffer = (buffer << 6) | ALPHABET.indexOf(c)
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out[n++] = (buffer >> bits) & 255
    }
  }
  return out
}

const bytesToString = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const HTML: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\uFFFD',
}

type Fn = (args: readonly unknown[]) => unknown
const need =
  (name: string, n: number, fn: Fn): Fn =>
  (args) =>
    args.length === n ? fn(args) : fail(`!wrong number of args for ${name}: want ${n} got ${args.length}`)

/** Functions of text/template and kubectl's `exists` and `base64decode`. `and` and `or` are evaluated lazily elsewhere. */
export const FUNCTIONS: Record<string, Fn> = {
  not: need('not', 1, ([v]) => !truth(v)),
  len: need('len', 1, ([v]) => {
    if (isNone(v)) return fail('reflect: call of reflect.Value.Type on zero Value')
    if (Array.isArray(v)) return v.length
    if (typeof v === 'string') return new TextEncoder().encode(v).length
    return isMap(v) ? Object.keys(v).length : fail(`len of type ${goTypeName(v)}`)
  }),
  index: ([item, ...keys]) => index(item, keys),
  slice: ([item, from = 0, to]) => {
    if (typeof item !== 'string' && !Array.isArray(item)) return fail(`can't slice item of type ${goTypeName(item)}`)
    const end = (to ?? item.length) as number
    if ((from as number) > item.length || end > item.length)
      return fail(`index out of range: ${end > item.length ? end : from}`)
    return item.slice(from as number, end)
  },
  print: (args) => printAll(args),
  println: (args) => `${args.map(argText).join(' ')}\n`,
  printf: ([format, ...args]) => sprintf(format, args),
  html: (args) => printAll(args).replace(/[&<>"'\0]/g, (c) => HTML[c]),
  js: (args) =>
    printAll(args).replace(/[\\'"<>&=]/g, (c) =>
      /[\\'"]/.test(c) ? `\\${c}` : `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  urlquery: (args) =>
    encodeURIComponent(printAll(args))
      .replace(/%20/g, '+')
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  eq: ([a, ...rest]) => equal(a, rest),
  ne: need('ne', 2, ([a, b]) => !equal(a, [b])),
  lt: need('lt', 2, ([a, b]) => less(a, b)),
  le: need('le', 2, ([a, b]) => less(a, b) || equal(a, [b])),
  gt: need('gt', 2, ([a, b]) => !(less(a, b) || equal(a, [b]))),
  ge: need('ge', 2, ([a, b]) => !less(a, b)),
  exists: ([item, ...keys]) => {
    try {
      return !isNone(index(item, keys))
    } catch {
      return false
    }
  },
  base64decode: need('base64decode', 1, ([v]) => {
    if (isNone(v)) return fail('!invalid value; expected string')
    return typeof v === 'string'
      ? decodeBase64(v)
      : fail(`!wrong type for value; expected string; got ${goTypeName(v)}`)
  }),
}

export const FUNCTION_NAMES: ReadonlySet<string> = new Set([...Object.keys(FUNCTIONS), 'and', 'or', 'call'])
