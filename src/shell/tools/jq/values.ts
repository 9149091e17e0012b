import { compare, equal, type Json, type JsonObject, print, typeOf } from './json.ts'

/** An error that jq programs can catch: `error(…)` and failed operations. */
export class JqError extends Error {
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : print(value, { indent: '' }))
  }
}

/** Where a value was found: keys and indices from the input down. */
export type Path = readonly Json[]

/** Everything but null and false. */
export const truthy = (v: Json): boolean => v !== null && v !== false

/** As error messages quote a value. */
export const short = (v: Json): string => {
  const text = print(v, { indent: '' })
  return text.length > 11 ? `${text.slice(0, 10)}...` : text
}

/** `number (5)` in error messages. */
export const describe = (v: Json): string => `${typeOf(v)} (${short(v)})`

/** `.[k]`; null where there is nothing. Throws JqError for types that cannot be indexed so. */
export function index(v: Json, k: Json): Json {
  if (v instanceof Map && typeof k === 'string') return v.get(k) ?? null
  if (Array.isArray(v) && typeof k === 'number') {
    const i = Math.floor(k)
    return v[i < 0 ? v.length + i : i] ?? null
  }
  if (k instanceof Map && (v === null || Array.isArray(v) || typeof v === 'string'))
    return slice(v, k.get('start') ?? null, k.get('end') ?? null)
  if (v === null && (typeof k === 'string' || typeof k === 'number' || k === null)) return null
  if (Array.isArray(v) && Array.isArray(k)) return indices(v, k)
  if (typeof k === 'string') throw new JqError(`Cannot index ${typeOf(v)} with string "${k}"`)
  throw new JqError(`Cannot index ${typeOf(v)} with ${typeOf(k)}`)
}

/** `.[from:to]` of an array or string. Throws JqError for others. */
export function slice(v: Json, from: Json, to: Json): Json {
  if (v === null) return null
  if (!Array.isArray(v) && typeof v !== 'string') throw new JqError(`Cannot index ${typeOf(v)} with object`)
  const list = typeof v === 'string' ? [...v] : v
  const at = (n: Json, fallback: number): number => {
    if (n === null) return fallback
    if (typeof n !== 'number') throw new JqError(`Start and end indices of an array slice must be numbers`)
    return Math.max(0, Math.min(list.length, n < 0 ? n + list.length : n))
  }
  const part = list.slice(Math.floor(at(from, 0)), Math.ceil(at(to, list.length)))
  return typeof v === 'string' ? part.join('') : (part as Json[])
}

/** Where `k` stands in a string or an array: `indices(k)`. */
export function indices(v: Json, k: Json): Json {
  if (v === null) return null
  if (typeof v === 'string' && typeof k === 'string') {
    const out: number[] = []
    if (k !== '') for (let at = v.indexOf(k); at >= 0; at = v.indexOf(k, at + 1)) out.push([...v.slice(0, at)].length)
    return out
  }
  if (Array.isArray(v) && Array.isArray(k)) {
    const out: number[] = []
    if (k.length > 0)
      for (let i = 0; i + k.length <= v.length; i++) if (k.every((x, j) => equal(x, v[i + j]))) out.push(i)
    return out
  }
  if (Array.isArray(v)) return v.flatMap((x, i) => (equal(x, k) ? [i] : []))
  throw new JqError(`Cannot determine indices of ${typeOf(k)} in ${typeOf(v)}`)
}

/** The binary operators. */
export function operate(op: string, a: Json, b: Json): Json {
  switch (op) {
    case '==':
      return equal(a, b)
    case '!=':
      return !equal(a, b)
    case '<':
      return compare(a, b) < 0
    case '<=':
      return compare(a, b) <= 0
    case '>':
      return compare(a, b) > 0
    case '>=':
      return compare(a, b) >= 0
    case '+':
      if (a === null) return b
      if (b === null) return a
      if (typeof a === 'number' && typeof b === 'number') return a + b
      if (typeof a === 'string' && typeof b === 'string') return a + b
      if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
      if (a instanceof Map && b instanceof Map) return new Map([...a, ...b])
      throw new JqError(`${describe(a)} and ${describe(b)} cannot be added`)
    case '-':
      if (typeof a === 'number' && typeof b === 'number') return a - b
      if (Array.isArray(a) && Array.isArray(b)) return a.filter((x) => !b.some((y) => equal(x, y)))
      throw new JqError(`${describe(a)} and ${describe(b)} cannot be subtracted`)
    case '*':
      if (typeof a === 'number' && typeof b === 'number') return a * b
      if (typeof a === 'string' && typeof b === 'number') return repeat(a, b)
      if (typeof a === 'number' && typeof b === 'string') return repeat(b, a)
      if (a instanceof Map && b instanceof Map) return merge(a, b)
      throw new JqError(`${describe(a)} and ${describe(b)} cannot be multiplied`)
    case '/':
      if (typeof a === 'number' && typeof b === 'number') {
        if (b === 0)
          throw new JqError(`${describe(a)} and ${describe(b)} cannot be divided because the divisor is zero`)
        return a / b
      }
      if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b)
      throw new JqError(`${describe(a)} and ${describe(b)} cannot be divided`)
    default: {
      if (typeof a !== 'number' || typeof b !== 'number')
        throw new JqError(`${describe(a)} and ${describe(b)} cannot be divided`)
      const divisor = Math.abs(Math.trunc(b))
      if (divisor === 0)
        throw new JqError(`${describe(a)} and ${describe(b)} cannot be divided because the divisor is zero`)
      return Math.trunc(a) % divisor
    }
  }
}

const repeat = (text: string, n: number): Json =>
  n <= 0 ? null : text.repeat(Math.min(Math.max(1, Math.ceil(n)), Math.floor((1 << 26) / Math.max(1, text.length))))

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const out = new Map(a)
  for (const [k, v] of b) {
    const old = out.get(k)
    out.set(k, old instanceof Map && v instanceof Map ? merge(old, v) : v)
  }
  return out
}

/** A value as `@text` and `tostring` write it: strings as they are, all else as JSON. */
export const text = (v: Json): string => (typeof v === 'string' ? v : print(v, { indent: '' }))

/** The value as a string, or jq's error `… what`. */
export const needString = (v: Json, what: string): string => {
  if (typeof v !== 'string') throw new JqError(`${describe(v)} ${what}`)
  return v
}

/** The value as an array, or jq's error `… what`. */
export const needArray = (v: Json, what = 'cannot be sorted, as it is not an array'): Json[] => {
  if (!Array.isArray(v)) throw new JqError(`${describe(v)} ${what}`)
  return v
}

/** The value as a number, or jq's error. */
export const needNumber = (v: Json): number => {
  if (typeof v !== 'number') throw new JqError(`${describe(v)} number required`)
  return v
}
