import { formatNumber } from './go-value.ts'
import { analyzeScalar, isBreak, isPrintable, resolvesToNonString } from './yaml-scalar.ts'

/** go-yaml's best_width: a blank after this column becomes a line break. */
const WIDTH = 80
/** A key of more bytes is written in the explicit `? key` form. */
const SIMPLE_KEY = 128

const ESCAPES: Record<string, string> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

const isDigit = (c: string): boolean => c >= '0' && c <= '9'
const LETTER = /\p{L}/u
const isLetter = (c: string): boolean => LETTER.test(c)
const isAsciiLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** Order of map keys in YAML output: go-yaml's "natural" order, where `a2` precedes `a10` and signs precede letters. */
export function compareYamlKeys(left: string, right: string): number {
  if (left === right) return 0
  let first = 0
  while (first < left.length && left.charCodeAt(first) === right.charCodeAt(first)) first++
  // Nearly all keys differ in a letter, or in their length.
  if (first === left.length || first === right.length) return left.length - right.length
  const [x, y] = [left.charCodeAt(first), right.charCodeAt(first)]
  if (isAsciiLetter(x) && isAsciiLetter(y)) return x - y
  const a = [...left]
  const b = [...right]
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    if (a[i] === b[i]) continue
    const [la, lb] = [isLetter(a[i]), isLetter(b[i])]
    if (la && lb) return a[i].codePointAt(0)! - b[i].codePointAt(0)!
    if (la || lb) return lb ? -1 : 1
    let [na, nb] = [0, 0]
    if (a[i] === '0' || b[i] === '0')
      for (let j = i - 1; j >= 0 && isDigit(a[j]); j--)
        if (a[j] !== '0') {
          na = nb = 1
          break
        }
    let [ea, eb] = [i, i]
    while (ea < a.length && isDigit(a[ea])) na = na * 10 + Number(a[ea++])
    while (eb < b.length && isDigit(b[eb])) nb = nb * 10 + Number(b[eb++])
    if (na !== nb) return na - nb
    if (ea !== eb) return ea - eb
    return a[i].codePointAt(0)! - b[i].codePointAt(0)!
  }
  return a.length - b.length
}

/** Lays text out as go-yaml v2's emitter does. `column` counts characters, as there. */
class Emitter {
  private readonly parts: string[] = []
  private column = 0

  toString(): string {
    return this.parts.join('')
  }

  private put(text: string): void {
    this.parts.push(text)
    this.column += text.length
  }

  private newline(indent: number): void {
    this.parts.push(`\n${' '.repeat(indent)}`)
    this.column = indent
  }

  /** Writes a value; the cursor is where it may start on the line. `indent` is that of the value's own lines. */
  value(value: unknown, indent: number) {
    if (Array.isArray(value)) {
      if (value.length === 0) return this.put('[]')
      value.forEach((item, i) => {
        if (i > 0) this.newline(indent)
        this.put('- ')
        this.value(item, indent + 2)
      })
    } else if (value !== null && typeof value === 'object') {
      const keys = Object.keys(value).filter((key) => (value as any)[key] !== undefined)
      if (keys.length === 0) return this.put('{}')
      keys.sort(compareYamlKeys).forEach((key, i) => {
        if (i > 0) this.newline(indent)
        this.member(key, (value as Record<string, unknown>)[key], indent)
      })
    } else this.scalar(value, indent, false)
  }

  private member(key: string, value: unknown, indent: number): void {
    const simple = utf8Length(key) <= SIMPLE_KEY && !analyzeScalar(key).multiline
    if (simple) this.scalar(key, indent, true)
    else {
      this.put('? ')
      this.scalar(key, indent + 2, false)
      this.newline(indent)
    }
    this.put(':')
    const nested = value !== null && typeof value === 'object'
    if (!nested || isEmpty(value)) {
      this.put(' ')
      this.value(value, indent + 2)
    } else if (!simple) {
      this.put(' ')
      this.value(value, indent + 2)
    } else if (Array.isArray(value)) {
      this.newline(indent)
      this.value(value, indent)
    } else {
      this.newline(indent + 2)
      this.value(value, indent + 2)
    }
  }

  private scalar(value: unknown, indent: number, key: boolean) {
    if (value === null || value === undefined) return this.put('null')
    if (typeof value === 'number') return this.put(formatNumber(value))
    if (typeof value !== 'string') return this.put(String(value))
    const analysis = analyzeScalar(value)
    if (key && analysis.multiline) return this.double(value, indent, key)
    if (value.includes('\n')) {
      if (analysis.blockAllowed && !key) return this.literal(value, indent)
      return this.double(value, indent, key)
    }
    if (resolvesToNonString(value)) return this.double(value, indent, key)
    if (analysis.plainAllowed) return this.plain(value, indent, key)
    if (analysis.singleQuotedAllowed) return this.single(value, indent, key)
    return this.double(value, indent, key)
  }

  private plain(value: string, indent: number, key: boolean): void {
    if (!value.includes(' ')) return this.put(value)
    let spaces = false
    const chars = [...value]
    chars.forEach((c, i) => {
      if (c !== ' ') {
        this.put1(c)
        spaces = false
        return
      }
      if (!key && !spaces && this.column > WIDTH && chars[i + 1] !== ' ') this.newline(indent)
      else this.put1(c)
      spaces = true
    })
  }

  private single(value: string, indent: number, key: boolean): void {
    this.put("'")
    let spaces = false
    let breaks = false
    const chars = [...value]
    chars.forEach((c, i) => {
      if (c === ' ') {
        const inside = i > 0 && i < chars.length - 1
        if (!key && !spaces && this.column > WIDTH && inside && chars[i + 1] !== ' ') this.newline(indent)
        else this.put1(c)
        spaces = true
      } else if (isBreak(c)) {
        this.parts.push(c)
        this.column = 0
        breaks = true
      } else {
        if (breaks) {
          this.parts.push(' '.repeat(indent))
          this.column = indent
        }
        if (c === "'") this.put1("'")
        this.put1(c)
        spaces = breaks = false
      }
    })
    this.put("'")
  }

  private double(value: string, indent: number, key: boolean): void {
    this.put('"')
    let spaces = false
    const chars = [...value]
    chars.forEach((c, i) => {
      const code = c.codePointAt(0)!
      if (!isPrintable(code) || isBreak(c) || c === '"' || c === '\\') {
        this.put(ESCAPES[c] ?? escapeCode(code))
        spaces = false
      } else if (c === ' ') {
        if (!key && !spaces && this.column > WIDTH && i > 0 && i < chars.length - 1) {
          this.newline(indent)
          if (chars[i + 1] === ' ') this.put('\\')
        } else this.put1(c)
        spaces = true
      } else {
        this.put1(c)
        spaces = false
      }
    })
    this.put('"')
  }

  private literal(value: string, indent: number): void {
    const hint = value[0] === ' ' || isBreak(value[0]) ? '2' : ''
    const chomp = !isBreak(value.at(-1)) ? '-' : value.length === 1 || isBreak(value.at(-2)) ? '+' : ''
    this.put(`|${hint}${chomp}`)
    const lines = value.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      this.parts.push(line === '' ? '\n' : `\n${' '.repeat(indent)}${line}`)
    }
    this.column = 0
  }

  private put1(c: string): void {
    this.parts.push(c)
    this.column++
  }
}

function escapeCode(code: number): string {
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

function utf8Length(text: string): number {
  let length = 0
  for (const c of text) {
    const code = c.codePointAt(0)!
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}

const isEmpty = (value: object): boolean => (Array.isArray(value) ? value : Object.keys(value)).length === 0

/** A JSON value as `sigs.k8s.io/yaml` marshals it (the text of `kubectl -o yaml`), ending in a line feed. */
export function toYaml(value: unknown): string {
  const emitter = new Emitter()
  emitter.value(value, 0)
  return `${emitter}\n`
}
