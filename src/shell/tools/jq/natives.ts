import { utf8Length } from '../../../kernel/index.ts'
import { formatDate } from '../../text/date.ts'
import { brokenDown, strptime, toMs } from './dates.ts'
import { compare, equal, type Json, JsonError, parseJson, print, typeOf } from './json.ts'
import { deletePaths, setPath } from './paths.ts'
import { match } from './regex.ts'
import { describe, indices, JqError, needArray, needNumber, needString, text, truthy } from './values.ts'

type Native = (v: Json, ...args: Json[]) => Json

function contains(a: Json, b: Json): boolean {
  if (a instanceof Map && b instanceof Map) return [...b].every(([k, v]) => a.has(k) && contains(a.get(k)!, v))
  if (Array.isArray(a) && Array.isArray(b)) return b.every((y) => a.some((x) => contains(x, y)))
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b)
  if (typeOf(a) !== typeOf(b))
    throw new JqError(`${describe(a)} and ${describe(b)} cannot have their containment checked`)
  return equal(a, b)
}

function flatten(v: Json[], depth: number): Json[] {
  return v.flatMap((x) => (Array.isArray(x) && depth > 0 ? flatten(x, depth - 1) : [x]))
}

const math =
  (f: (n: number) => number): Native =>
  (v) =>
    f(needNumber(v))

/** Functions on values alone, by name and arity. */
export const natives: Record<string, Native> = {
  'null/0': () => null,
  'true/0': () => true,
  'false/0': () => false,
  'length/0': (v) => {
    if (v === null) return 0
    if (typeof v === 'number') return Math.abs(v)
    if (typeof v === 'string') return [...v].length
    if (typeof v === 'boolean') throw new JqError(`${describe(v)} has no length`)
    return Array.isArray(v) ? v.length : v.size
  },
  'utf8bytelength/0': (v) => utf8Length(needString(v, 'only strings have UTF-8 byte length')),
  'keys/0': (v) => keysOf(v, true),
  'keys_unsorted/0': (v) => keysOf(v, false),
  'has/1': (v, k) => {
    if (v instanceof Map && typeof k === 'string') return v.has(k)
    if (Array.isArray(v) && typeof k === 'number') return k >= 0 && k < v.length
    throw new JqError(`Cannot check whether ${typeOf(v)} has a ${typeof k === 'string' ? 'string' : typeOf(k)} key`)
  },
  'contains/1': (v, b) => contains(v, b),
  'delpaths/1': (v, paths) => deletePaths(v, paths as Json[][]),
  'setpath/2': (v, p, value) => setPath(v, p as Json[], value),
  'tostring/0': (v) => text(v),
  '_tojson/0': (v) => print(v, { indent: '' }),
  'fromjson/0': (v) => {
    const s = needString(v, 'only strings can be parsed')
    try {
      return parseJson(s)
    } catch (error) {
      if (error instanceof JsonError) throw new JqError(`${error.message} (while parsing '${s}')`)
      throw error
    }
  },
  'tonumber/0': (v) => {
    if (typeof v === 'number') return v
    const s = needString(v, 'cannot be parsed as a number')
    if (!/^\s*-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(s))
      throw new JqError(`${describe(v)} cannot be parsed as a number`)
    return Number(s)
  },
  'type/0': (v) => typeOf(v),
  'sort/0': (v) => [...needArray(v)].sort(compare),
  'unique/0': (v) => [...needArray(v)].sort(compare).filter((x, i, all) => i === 0 || !equal(x, all[i - 1])),
  'min/0': (v) =>
    needArray(v, 'cannot be iterated over').reduce<Json | undefined>(
      (a, x) => (a === undefined || compare(x, a) < 0 ? x : a),
      undefined,
    ) ?? null,
  'max/0': (v) =>
    needArray(v, 'cannot be iterated over').reduce<Json | undefined>(
      (a, x) => (a === undefined || compare(x, a) >= 0 ? x : a),
      undefined,
    ) ?? null,
  'reverse/0': (v) =>
    v === null
      ? []
      : typeof v === 'string'
        ? [...v].reverse().join('')
        : [...needArray(v, 'cannot be reversed, as it is not an array')].reverse(),
  'flatten/0': (v) => flatten(needArray(v, 'cannot be flattened'), 1e9),
  'flatten/1': (v, d) => {
    if ((d as number) < 0) throw new JqError('flatten depth must not be negative')
    return flatten(needArray(v, 'cannot be flattened'), d as number)
  },
  'startswith/1': (v, s) => {
    if (typeof v !== 'string' || typeof s !== 'string') throw new JqError('startswith() requires string inputs')
    return v.startsWith(s)
  },
  'endswith/1': (v, s) => {
    if (typeof v !== 'string' || typeof s !== 'string') throw new JqError('endswith() requires string inputs')
    return v.endsWith(s)
  },
  'ltrimstr/1': (v, s) => (typeof v === 'string' && typeof s === 'string' && v.startsWith(s) ? v.slice(s.length) : v),
  'rtrimstr/1': (v, s) =>
    typeof v === 'string' && typeof s === 'string' && s !== '' && v.endsWith(s) ? v.slice(0, -s.length) : v,
  'trim/0': (v) => needString(v, 'cannot be trimmed').trim(),
  'ltrim/0': (v) => needString(v, 'cannot be trimmed').trimStart(),
  'rtrim/0': (v) => needString(v, 'cannot be trimmed').trimEnd(),
  'explode/0': (v) => [...needString(v, 'cannot be exploded')].map((c) => c.codePointAt(0)!),
  'implode/0': (v) =>
    needArray(v, 'cannot be imploded')
      .map((n) => String.fromCodePoint(n as number))
      .join(''),
  '_down/0': (v) => needString(v, 'cannot be lowercased').replace(/[A-Z]/g, (c) => c.toLowerCase()),
  '_up/0': (v) => needString(v, 'cannot be uppercased').replace(/[a-z]/g, (c) => c.toUpperCase()),
  'split/1': (v, s) => {
    if (typeof v !== 'string' || typeof s !== 'string') throw new JqError('split input and separator must be strings')
    return v === '' ? [] : v.split(s)
  },
  'join/1': (v, s) => {
    const list = needArray(v, 'cannot be iterated over')
    if (list.length === 0) return ''
    if (typeof s !== 'string') throw new JqError(`${describe(s)} cannot be added to a string`)
    return list
      .map((x) => {
        if (x !== null && typeof x === 'object') throw new JqError(`${describe('')} and ${describe(x)} cannot be added`)
        return x === null ? '' : text(x)
      })
      .join(s)
  },
  'indices/1': (v, k) => indices(v, k),
  'index/1': (v, k) => (indices(v, k) as Json[] | null)?.[0] ?? null,
  'rindex/1': (v, k) => (indices(v, k) as Json[] | null)?.at(-1) ?? null,
  'transpose/0': (v) => {
    const rows = v as Json[][]
    return Array.from({ length: Math.max(0, ...rows.map((r) => r.length)) }, (_, c) => rows.map((r) => r[c] ?? null))
  },
  'floor/0': math(Math.floor),
  'ceil/0': math(Math.ceil),
  'round/0': math((n) => (n < 0 ? -Math.round(-n) : Math.round(n))),
  'sqrt/0': math(Math.sqrt),
  'fabs/0': math(Math.abs),
  'exp/0': math(Math.exp),
  'exp2/0': math((n) => 2 ** n),
  'exp10/0': math((n) => 10 ** n),
  'log/0': math(Math.log),
  'log2/0': math(Math.log2),
  'log10/0': math(Math.log10),
  'trunc/0': math(Math.trunc),
  'sin/0': math(Math.sin),
  'cos/0': math(Math.cos),
  'pow/2': (_v, a, b) => needNumber(a) ** needNumber(b),
  'infinite/0': () => Number.POSITIVE_INFINITY,
  'nan/0': () => Number.NaN,
  'isinfinite/0': (v) => Math.abs(needNumber(v)) === Number.POSITIVE_INFINITY,
  'isnan/0': (v) => Number.isNaN(needNumber(v)),
  'isnormal/0': (v) => Number.isFinite(needNumber(v)) && v !== 0,
  'gmtime/0': (v) => brokenDown(needNumber(v) * 1000),
  'localtime/0': (v) => brokenDown(needNumber(v) * 1000),
  'mktime/0': (v) => Math.floor(toMs(needArray(v, 'mktime requires array of 6 numbers')) / 1000),
  'strftime/1': (v, f) => {
    if (typeof v !== 'number' && !Array.isArray(v)) throw new JqError('strftime/1 requires parsed datetime inputs')
    return formatDate(needString(f, 'strftime/1 requires a string format'), toMs(v), 0)
  },
  'strflocaltime/1': (v, f) => formatDate(text(f), toMs(v), 0),
  'strptime/1': (v, f) => strptime(needString(v, 'strptime/1 requires string inputs and arguments'), text(f)),
  '_match/3': (v, re, flags, test) => {
    if (typeof v !== 'string') throw new JqError(`${describe(v)} cannot be matched, as it is not a string`)
    return match(v, re, flags, truthy(test))
  },
  'tojson/0': (v) => print(v, { indent: '' }),
  'builtins/0': () => Object.keys(natives).filter((k) => !k.startsWith('_')),
  'halt/0': () => {
    throw new Halt(0, '')
  },
  'halt_error/1': (v, status) => {
    throw new Halt(needNumber(status), typeof v === 'string' ? v : `${print(v, { indent: '' })}\n`)
  },
  'significand/0': math((n) => n / 2 ** Math.floor(Math.log2(Math.abs(n) || 1))),
}

/** halt and halt_error: ends jq at once. */
export class Halt extends Error {
  constructor(
    readonly status: number,
    readonly output: string,
  ) {
    super('halt')
  }
}

function keysOf(v: Json, sorted: boolean): Json {
  if (Array.isArray(v)) return v.map((_, i) => i)
  if (!(v instanceof Map)) throw new JqError(`${describe(v)} has no keys`)
  const keys = [...v.keys()]
  return sorted ? keys.sort() : keys
}
