import { compareBytes, isPrint } from './go-value.ts'
import { toGoJson } from './json.ts'
import { isInteger, isTimestamp } from './yaml-scalar.ts'

const FOLD = '\\\n'
const indentOf = (level: number): string => '  '.repeat(level)

const NAMED = /^(?:null|~|true|y|yes|on|false|n|no|off|t|f|[.][i]nf|[-+][.]inf|[.]nan|[-+]?(?:inf|infinity)|nan)$/i
const SEXAGESIMAL = /^[+-]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

/** Keys stay bare only when no YAML reader could take them for something else. */
function needsQuotes(key: string): boolean {
  if (key === '' || NAMED.test(key) || SEXAGESIMAL.test(key) || isTimestamp(key)) return true
  const digits = key.replaceAll('_', '')
  if (isInteger(digits) || NUMBER.test(digits)) return true
  const chars = [...key]
  return !chars.every((c, i) => /[\p{L}\p{N}_]/u.test(c) || (i > 0 && i < chars.length - 1 && /[-./]/.test(c)))
}

const ESCAPES: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\v': '\\v',
  '\0': '\\0',
  '\x1b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '"': '\\"',
  '\\': '\\\\',
}

function escaped(c: string): string {
  if (ESCAPES[c]) return ESCAPES[c]
  if (isPrint(c)) return c
  const code = c.codePointAt(0)!
  const hex = code.toString(16)
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** A quoted string; several lines are folded one a line, so that they read as text. */
function string(text: string, level: number): string {
  if (!text.includes('\n')) return `"${[...text].map((c) => (c === '\t' ? c : escaped(c))).join('')}"`
  let out = `"${FOLD}`
  for (const c of text) {
    if (out.endsWith('\n')) out += indentOf(level) + (/\s/.test(c) && c !== '\n' ? '\\' : ' ')
    out += c === '\n' ? `\\n${FOLD}` : c === '\t' ? c : escaped(c)
  }
  if (!out.endsWith('\n')) out += FOLD
  return `${out}${indentOf(level)}"`
}

const key = (name: string): string =>
  needsQuotes(name)
    ? `"${[...name].map((c) => (c === '\n' ? '\\n' : c === '\t' ? '\\t' : escaped(c))).join('')}"`
    : name

function render(value: unknown, level: number, sorted: boolean): string {
  if (typeof value === 'string') return string(value, level + 1)
  if (value === null || typeof value !== 'object') return toGoJson(value)
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every((item) => item !== null && typeof item === 'object'))
      return `[${value.map((item) => render(item, level, sorted)).join(', ')}]`
    const inner = indentOf(level + 1)
    return `[\n${value.map((item) => `${inner}${render(item, level + 1, sorted)},\n`).join('')}${indentOf(level)}]`
  }
  const names = Object.keys(value).filter((name) => (value as any)[name] !== undefined)
  if (names.length === 0) return '{}'
  const inner = indentOf(level + 1)
  if (sorted) names.sort(compareBytes)
  const members = names.map((name) => `${inner}${key(name)}: ${render((value as any)[name], level + 1, sorted)},\n`)
  return `{\n${members.join('')}${indentOf(level)}}`
}

/** `kubectl -o kyaml`: the brace-and-quote dialect of sigs.k8s.io/yaml/kyaml. Fields of a Go struct keep their order. */
export const toKyaml = (value: unknown, sorted = true): string => `---\n${render(value, 0, sorted)}\n`
