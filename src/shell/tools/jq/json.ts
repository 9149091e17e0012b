/** JSON as jq sees it. Objects are maps, so that keys keep their order whatever they look like. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** Keys stay in the order in which they were first set. */
export type JsonObject = Map<string, Json>

/** The text is no JSON; the message is jq's. */
export class JsonError extends Error {}

const MAX_DEPTH = 10_000

/** Reads the JSON values of a text one after the other, with jq's error texts. */
export class JsonReader {
  private i = 0

  constructor(private readonly s: string) {}

  /** Number of newlines before the current position: what errors call the line. */
  get line(): number {
    let n = 0
    for (let at = this.s.indexOf('\n'); at >= 0 && at < this.i; at = this.s.indexOf('\n', at + 1)) n++
    return n
  }

  /** The next value; undefined at the end. */
  next(): Json | undefined {
    this.blanks()
    if (this.i >= this.s.length) return undefined
    const value = this.value(0)
    // A value is complete at the blank that follows it.
    if (this.s[this.i] === '\n') this.i++
    return value
  }

  private fail(what: string, at = this.i): never {
    const before = this.s.slice(0, at)
    const line = before.split('\n').length
    const column = at - (before.lastIndexOf('\n') + 1)
    throw new JsonError(`${what} at line ${line}, column ${column}`)
  }

  private unfinished(): never {
    const lines = this.s.split('\n')
    throw new JsonError(`Unfinished JSON term at EOF at line ${lines.length}, column ${lines[lines.length - 1].length}`)
  }

  private blanks(): void {
    while (' \t\r\n\u001e\ufeff'.includes(this.s[this.i] ?? 'x')) this.i++
  }

  private value(depth: number): Json {
    if (depth > MAX_DEPTH) this.fail('Exceeds depth limit for parsing')
    this.blanks()
    const c = this.s[this.i]
    if (c === undefined) this.unfinished()
    if (c === '"') return this.string()
    if (c === '{') return this.object(depth)
    if (c === '[') return this.array(depth)
    if (c === '}') this.fail("Unmatched '}'", this.i + 1)
    if (c === ']') this.fail("Unmatched ']'", this.i + 1)
    if (c === ',') this.fail("Expected value before ','", this.i + 1)
    if (c === ':') this.fail("':' not as part of an object", this.i + 1)
    const m = /^[^\s,:[\]{}"]+/.exec(this.s.slice(this.i, this.i + 400))
    const word = m?.[0] ?? c
    this.i += word.length
    if (word === 'null') return null
    if (word === 'true') return true
    if (word === 'false') return false
    if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word)) return clamp(Number(word))
    if (word === 'nan' || word === 'NaN') return Number.NaN
    return this.fail(
      /^[tfn]/.test(word) ? 'Invalid literal' : 'Invalid numeric literal',
      this.i >= this.s.length ? this.i : this.i + 1,
    )
  }

  private array(depth: number): Json[] {
    this.i++
    const out: Json[] = []
    this.blanks()
    if (this.s[this.i] === ']') {
      this.i++
      return out
    }
    for (;;) {
      this.blanks()
      if (this.s[this.i] === ']') this.fail('Expected another array element', this.i + 1)
      out.push(this.value(depth + 1))
      this.blanks()
      const c = this.s[this.i++]
      if (c === undefined) this.unfinished()
      if (c === ']') return out
      if (c !== ',') this.fail(c === '}' ? "Unmatched '}'" : 'Expected separator between values', this.i)
    }
  }

  private object(depth: number): JsonObject {
    this.i++
    const out: JsonObject = new Map()
    this.blanks()
    if (this.s[this.i] === '}') {
      this.i++
      return out
    }
    for (;;) {
      this.blanks()
      if (this.i >= this.s.length) this.unfinished()
      if (this.s[this.i] !== '"') {
        if (this.s[this.i] === '}') this.fail('Objects must consist of key:value pairs', this.i + 1)
        const m = /^[^\s,:[\]{}"]+/.exec(this.s.slice(this.i, this.i + 100))
        if (m && !/^(null|true|false|-?\d[\d.eE+-]*)$/.test(m[0]))
          this.fail('Invalid literal', this.i + m[0].length + 1)
        this.fail('Object keys must be strings', this.i + 1)
      }
      const key = this.string()
      this.blanks()
      if (this.s[this.i] !== ':') {
        if (this.i >= this.s.length) this.unfinished()
        this.fail('Objects must consist of key:value pairs', this.i + 1)
      }
      this.i++
      out.set(key, this.value(depth + 1))
      this.blanks()
      const c = this.s[this.i++]
      if (c === undefined) this.unfinished()
      if (c === '}') return out
      if (c !== ',') this.fail(c === ']' ? "Unmatched ']'" : 'Expected separator between values', this.i)
    }
  }

  private string(): string {
    let end = this.i + 1
    for (; end < this.s.length; end++) {
      if (this.s[end] === '\\') end++
      else if (this.s[end] === '"') break
    }
    if (end >= this.s.length) this.unfinished()
    const raw = this.s.slice(this.i, end + 1)
    this.i = end + 1
    if (!raw.includes('\\') && !/[\x00-\x1f]/.test(raw)) return raw.slice(1, -1)
    try {
      return JSON.parse(
        raw.replace(/[\x00-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ) as string
    } catch {
      return this.fail('Invalid escape', this.i)
    }
  }
}

/** jq has no infinities in its output. */
const clamp = (n: number): number =>
  n === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : n === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : n

/** Exactly one value. Throws JsonError. */
export function parseJson(text: string): Json {
  const reader = new JsonReader(text)
  const value = reader.next()
  if (value === undefined) throw new JsonError('Expected JSON value')
  if (reader.next() !== undefined) throw new JsonError('Unexpected extra JSON values')
  return value
}

/** Shortest digits that give the same number; with an exponent when zeros would outnumber them by far (jv_dtoa.c). */
function numberText(n: number): string {
  if (Number.isNaN(n)) return 'null'
  const c = clamp(n)
  if (Object.is(c, -0)) return '-0'
  if (c === 0) return '0'
  const [, sign, first, rest, exponent] = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(c.toExponential())!
  const digits = first + (rest ?? '')
  const point = Number(exponent) + 1
  if (point <= -4 || point > digits.length + 15) {
    const power = String(Math.abs(point - 1)).padStart(2, '0')
    return `${sign}${first}${rest ? `.${rest}` : ''}e${point < 1 ? '-' : '+'}${power}`
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** How --indent, -S, -a and -C want it. */
export interface PrintOptions {
  /** '' for one line. */
  readonly indent: string
  readonly sortKeys?: boolean
  readonly ascii?: boolean
  readonly color?: boolean
}

const COLORS = {
  null: '1;30',
  false: '0;39',
  true: '0;39',
  number: '0;39',
  string: '0;32',
  array: '1;39',
  object: '1;39',
  key: '34;1',
}

const quote = (s: string, ascii = false): string => {
  const text = JSON.stringify(s).replace(/\x7f/g, '\\u007f')
  return ascii ? text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
}

/** A value as jq prints it, without a line break at the end. */
export function print(value: Json, options: PrintOptions): string {
  return options.color ? colored(value, options, '') : plain(value, options, '')
}

const entries = (v: JsonObject, sort: boolean | undefined): [string, Json][] => {
  const list = [...v]
  return sort ? list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)) : list
}

function plain(v: Json, o: PrintOptions, pad: string): string {
  if (v === null) return 'null'
  if (typeof v === 'string') return quote(v, o.ascii)
  if (typeof v === 'number') return numberText(v)
  if (typeof v === 'boolean') return String(v)
  const inner = pad + o.indent
  const nl = o.indent === '' ? '' : `\n${inner}`
  const end = o.indent === '' ? '' : `\n${pad}`
  if (Array.isArray(v)) return v.length === 0 ? '[]' : `[${nl}${v.map((x) => plain(x, o, inner)).join(`,${nl}`)}${end}]`
  if (v.size === 0) return '{}'
  const colon = o.indent === '' ? ':' : ': '
  return `{${nl}${entries(v, o.sortKeys)
    .map(([k, x]) => quote(k, o.ascii) + colon + plain(x, o, inner))
    .join(`,${nl}`)}${end}}`
}

/** jq's default colours, with its way of resetting after every token. */
function colored(v: Json, o: PrintOptions, pad: string): string {
  const paint = (code: string, text: string): string => `\x1b[${code}m${text}\x1b[0m`
  if (v === null || typeof v !== 'object') {
    const kind =
      v === null
        ? 'null'
        : typeof v === 'boolean'
          ? v
            ? 'true'
            : 'false'
          : typeof v === 'number'
            ? 'number'
            : 'string'
    return paint(COLORS[kind], plain(v, o, ''))
  }
  const inner = pad + o.indent
  const nl = o.indent === '' ? '' : `\n${inner}`
  const end = o.indent === '' ? '' : `\n${pad}`
  if (Array.isArray(v)) {
    const c = COLORS.array
    if (v.length === 0) return paint(c, '[]')
    return `\x1b[${c}m[${nl}${v.map((x, i) => `${i > 0 ? `\x1b[${c}m,${nl}` : ''}\x1b[0m${colored(x, o, inner)}`.replace(/^\x1b\[0m/, i === 0 ? '' : '')).join('')}\x1b[${c}m${end}\x1b[${c}m]\x1b[0m`
  }
  const c = COLORS.object
  if (v.size === 0) return paint(c, '{}')
  const body = entries(v, o.sortKeys)
    .map(
      ([k, x]) =>
        `\x1b[0m${paint(COLORS.key, quote(k, o.ascii))}\x1b[${c}m:${o.indent === '' ? '' : ' '}\x1b[0m${colored(x, o, inner)}`,
    )
    .join(`\x1b[${c}m,${nl}`)
  return `\x1b[${c}m{${nl}${body}\x1b[${c}m${end}\x1b[${c}m}\x1b[0m`
}

/** What jq's `type` answers. */
export const typeOf = (v: Json): string =>
  v === null ? 'null' : Array.isArray(v) ? 'array' : v instanceof Map ? 'object' : typeof v

const RANK = ['null', 'false', 'true', 'number', 'string', 'array', 'object']
const rank = (v: Json): number => RANK.indexOf(typeof v === 'boolean' ? String(v) : typeOf(v))

/** jq's total order. */
export function compare(a: Json, b: Json): number {
  const d = rank(a) - rank(b)
  if (d !== 0) return d
  if (typeof a === 'number' && typeof b === 'number') return a < b || Number.isNaN(a) ? -1 : a === b ? 0 : 1
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const c = compare(a[i], b[i])
      if (c !== 0) return c
    }
    return a.length - b.length
  }
  if (a instanceof Map && b instanceof Map) {
    const ka = [...a.keys()].sort()
    const kb = [...b.keys()].sort()
    const c = compare(ka, kb)
    if (c !== 0) return c
    for (const k of ka) {
      const e = compare(a.get(k)!, b.get(k)!)
      if (e !== 0) return e
    }
  }
  return 0
}

/** jq's `==`. */
export const equal = (a: Json, b: Json): boolean => compare(a, b) === 0
