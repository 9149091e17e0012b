import { compareBytes } from './go-value.ts'

/** How encoding/json writes a float64. */
function jsonNumber(value: number): string {
  if (value === 0) return '0'
  const abs = Math.abs(value)
  if (abs >= 1e-6 && abs < 1e21) {
    const text = String(value)
    return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text
  }
  return value
    .toExponential()
    .replace(/e([-+])(\d)$/, 'e$1$2')
    .replace(/e([-+])0(\d)$/, 'e$1$2')
}

/** A JSON string with Go's default HTML escaping (`<`, `>`, `&`, U+2028, U+2029). */
export function jsonString(text: string, escapeHtml = true): string {
  const quoted = JSON.stringify(text).replace(/[\u2028\u2029\u007f]/g, (c) =>
    c === '\u007f' ? c : `\\u${c.charCodeAt(0).toString(16)}`,
  )
  return escapeHtml ? quoted.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : quoted
}

export interface JsonStyle {
  /** Go's maps print sorted keys; Go's structs print in field order. Default true. */
  readonly sortKeys?: boolean
  /** Indentation of one level; none gives the compact form. */
  readonly indent?: string
  readonly escapeHtml?: boolean
}

/** encoding/json's text of a JSON value, without a final line feed. */
export function toGoJson(value: unknown, style: JsonStyle = {}): string {
  const { sortKeys = true, indent = '', escapeHtml = true } = style
  const colon = indent ? ': ' : ':'
  const write = (v: unknown, margin: string): string => {
    if (v === null || v === undefined) return 'null'
    if (typeof v === 'string') return jsonString(v, escapeHtml)
    if (typeof v === 'number') return jsonNumber(v)
    if (typeof v !== 'object') return String(v)
    const inner = margin + indent
    const wrap = (open: string, close: string, parts: string[]): string => {
      if (parts.length === 0) return open + close
      if (!indent) return open + parts.join(',') + close
      return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
    }
    if (Array.isArray(v))
      return wrap(
        '[',
        ']',
        v.map((item) => write(item, inner)),
      )
    const keys = Object.keys(v).filter((key) => (v as any)[key] !== undefined)
    if (sortKeys) keys.sort(compareBytes)
    return wrap(
      '{',
      '}',
      keys.map((key) => jsonString(key, escapeHtml) + colon + write((v as any)[key], inner)),
    )
  }
  return write(value, '')
}

/** `kubectl -o json`: four blanks a level, with a final line feed. */
export const toKubectlJson = (value: unknown, sortKeys = true): string =>
  `${toGoJson(value, { indent: '    ', sortKeys })}\n`
