import { bytesToText, textToBytes } from '../kernel/index.ts'

/** How Go prints a float64 with %v (strconv 'g', shortest): with an exponent below -4 and from 6 places on, as in `1e+06`. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [digits, exponent] = value.toExponential().split('e')
  const exp = Number(exponent)
  if (exp >= -4 && exp < 6) return String(value)
  return `${digits}e${exp < 0 ? '-' : '+'}${String(Math.abs(exp)).padStart(2, '0')}`
}

/** A number as it comes out of an API object: whole numbers are int64 there, others float64. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64 ? String(value) : formatFloat(value)
}

/** Numbers in the value that follows are all float64, as after a round trip through encoding/json. */
export interface GoFormat {
  readonly floats?: boolean
}

/** Go's %v of a JSON value held in interface{}: `map[a:1 b:[x y]]`, `<nil>`, sorted keys. */
export function formatGo(value: unknown, format: GoFormat = {}): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return format.floats ? formatFloat(value) : formatNumber(value)
  if (Array.isArray(value)) return `[${value.map((item) => formatGo(item, format)).join(' ')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => compareBytes(a, b))
    return `map[${members.map(([k, v]) => `${k}:${formatGo(v, format)}`).join(' ')}]`
  }
  return String(value)
}

/** Go's string order (by bytes of UTF-8, which is the order of code points). */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x === y) continue
    const surrogate = (c: number): boolean => c >= 0xd800 && c <= 0xdfff
    if (surrogate(x) !== surrogate(y)) return surrogate(x) ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

const QUOTED: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** strconv.Quote: Go's %q. */
export function goQuote(text: string): string {
  // Nearly all there is to quote.
  if (/^[ -~]*$/.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`
  let out = '"'
  for (const c of text) {
    const code = c.codePointAt(0)!
    if (QUOTED[c]) out += QUOTED[c]
    // A byte that is no UTF-8.
    else if (code >= 0xdc80 && code <= 0xdcff) out += `\\x${(code - 0xdc00).toString(16)}`
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (isPrint(c)) out += c
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`
    else out += `\\U${code.toString(16).padStart(8, '0')}`
  }
  return `${out}"`
}

const UNQUOTED = Object.fromEntries(Object.entries(QUOTED).map(([c, quoted]) => [quoted[1], c]))

/** strconv.Unquote of a text in double quotes or backquotes, '' being ''; undefined when its syntax is wrong. */
export function goUnquote(quoted: string): string | undefined {
  if (quoted === '' || quoted[0] === '`') return quoted.slice(1, -1)
  let wrong = /\n/.test(quoted)
  const text = quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g, (_, x, o, u, U, c) => {
      if (c !== undefined) {
        if (!(c in UNQUOTED)) wrong = true
        return UNQUOTED[c] ?? ''
      }
      const code = o ? Number.parseInt(o, 8) : Number.parseInt(x ?? u ?? U, 16)
      if (code > ((x ?? o) ? 0xff : 0x10ffff)) {
        wrong = true
        return ''
      }
      // Bytes, unlike code points, may only together be a character.
      return String.fromCodePoint((x ?? o) && code >= 0x80 ? 0xdc00 + code : code)
    })
  return wrong ? undefined : bytesToText(textToBytes(text))
}

/** unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII blank. */
export const isPrint = (c: string): boolean => c === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(c)
