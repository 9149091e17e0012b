import { compareBytes } from './go-value.ts'

/** A JSON string with Go's default HTML escaping (`<`, `>`, `&`, U+2028, U+2029). */
const jsonString = (text: string, escapeHtml = true): string => escapeGo(JSON.stringify(text), escapeHtml)

const escapeGo = (json: string, html: boolean): string =>
  json.replace(
    html ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

interface JsonStyle {
  /** Go's maps print sorted keys; Go's structs print in field order. Default true. */
  readonly sortKeys?: boolean
  /** Indentation of one level; none gives the compact form. */
  readonly indent?: string
  readonly escapeHtml?: boolean
}

/** encoding/json's text of a JSON value, without a final line feed. */
export function toGoJson(value: unknown, style: JsonStyle = {}): string {
  return natively(value, style) ?? byHand(value, style)
}

/** What JSON.stringify leaves as it is and Go escapes; beyond U+D800 the two also sort keys differently. */
const ESCAPED = /[<>&\u2028\u2029\ud800-\uffff]/
const SORTED_OTHERWISE = /[\ud800-\uffff]/

/** By JSON.stringify, which is several times faster, where it writes the same; undefined elsewhere. */
function natively(value: unknown, { sortKeys = true, indent, escapeHtml = true }: JsonStyle): string | undefined {
  let same = true
  /** The value with sorted keys; itself where they are. Most objects are left as they are, so nothing is made for them. */
  const ordered = (v: unknown): unknown => {
    if (typeof v !== 'object' || v === null) {
      if (typeof v === 'bigint') same = false
      return v
    }
    if (Array.isArray(v)) {
      let items: unknown[] | undefined
      for (let i = 0; i < v.length; i++) {
        const item = ordered(v[i])
        if (item !== v[i]) (items ??= v.slice())[i] = item
      }
      return items ?? v
    }
    const from = v as Record<string, unknown>
    const keys = Object.keys(from)
    // Objects keep numbers before other keys, and in numeric order.
    const head = keys.length > 1 ? keys[0]!.charCodeAt(0) : 0
    if (head >= 48 && head <= 57) same = false
    let out: Record<string, unknown> | undefined
    if (sortKeys && keys.some((key, i) => i > 0 && keys[i - 1]! > key)) {
      out = {}
      for (const key of keys.sort()) out[key] = ordered(from[key])
    } else
      for (const key of keys) {
        const before = from[key]
        const after = ordered(before)
        if (after !== before) (out ??= { ...from })[key] = after
      }
    if (out && Object.hasOwn(from, '__proto__')) same = false
    return out ?? from
  }
  const copy = ordered(value)
  if (!same || value === undefined) return undefined
  const text = JSON.stringify(copy, undefined, indent)
  if (!ESCAPED.test(text)) return text
  if (SORTED_OTHERWISE.test(text)) return undefined
  return escapeGo(text, escapeHtml)
}

function byHand(value: unknown, style: JsonStyle): string {
  const { sortKeys = true, indent = '', escapeHtml = true } = style
  const colon = indent ? ': ' : ':'
  const write = (v: unknown, margin: string): string => {
    if (v === null || v === undefined) return 'null'
    if (typeof v === 'string') return jsonString(v, escapeHtml)
    // Numbers too: encoding/json writes a float64 as JavaScript does.
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
