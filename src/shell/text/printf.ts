import { utf8Length } from '../../kernel/index.ts'
import { decodeAnsiC, decodeEcho } from './escape.ts'

interface PrintfHost {
  /** Reports `abc: invalid number`; the status becomes 1. */
  complain(message: string): void
  /** Quotes for %q. */
  quote(text: string): string
  /** Formats a time for %(…)T; seconds since the epoch, -1 now, -2 start of the shell. */
  time?(format: string, seconds: number): string
}

/** What is left of the arguments: a long list is not moved for each that is taken. */
class Arguments {
  private at = 0
  constructor(private readonly list: readonly string[]) {}

  get left(): number {
    return this.list.length - this.at
  }

  next(): string | undefined {
    return this.left > 0 ? this.list[this.at++] : undefined
  }
}

/** printf(1): the format is reused while arguments are left. Returns the text and whether \c ended the output. */
export function printf(format: string, args: readonly string[], host: PrintfHost): string {
  const rest = new Arguments(args)
  let out = ''
  for (;;) {
    const before = rest.left
    const round = once(format, rest, host)
    out += round.text
    if (round.stop || rest.left === 0 || rest.left === before) return out
    if (out.length > 64 << 20) return out
  }
}

const SPEC = /%(%|([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?([hlLjzt]*)(?:\(([^)]*)\)T|([a-zA-Z])))/y

function once(format: string, args: Arguments, host: PrintfHost): { text: string; stop: boolean } {
  let out = ''
  for (let i = 0; i < format.length; ) {
    if (format[i] === '\\') {
      const m = /^\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|[\s\S])/.exec(
        format.slice(i, i + 12),
      )
      if (!m) {
        out += '\\'
        i++
        continue
      }
      if (m[1] === 'c') return { text: out, stop: true }
      out += m[1] === '"' ? '"' : decodeAnsiC(m[0])
      i += m[0].length
      continue
    }
    if (format[i] !== '%') {
      out += format[i++]
      continue
    }
    SPEC.lastIndex = i
    const m = SPEC.exec(format)
    if (!m) {
      const bad = /^%[-+ #0'*\d.]*[hlLjzt]*(.?)/s.exec(format.slice(i))!
      host.complain(bad[1] ? `\`${bad[1]}': invalid format character` : `\`${bad[0]}': missing format character`)
      return { text: out, stop: true }
    }
    i += m[0].length
    if (m[1] === '%') {
      out += '%'
      continue
    }
    const done = conversion(m, args, host)
    out += done.text
    if (done.stop) return { text: out, stop: true }
  }
  return { text: out, stop: false }
}

function conversion(m: RegExpExecArray, args: Arguments, host: PrintfHost): { text: string; stop: boolean } {
  let flags = m[2] ?? ''
  let width = m[3] === '*' ? toNumber(args.next() ?? '0', host) : Number(m[3] ?? 0)
  if (width < 0) {
    flags += '-'
    width = -width
  }
  const precision =
    m[4] === undefined ? undefined : m[4] === '*' ? toNumber(args.next() ?? '0', host) : Number(m[4] || 0)
  const pad = (text: string, zero = false): string => padTo(text, Math.min(width, 1 << 20), flags, zero)
  if (m[6] !== undefined) {
    const seconds = args.left > 0 ? toNumber(args.next()!, host) : -1
    return { text: pad(host.time?.(m[6] || '%X', seconds) ?? ''), stop: false }
  }
  const kind = m[7]
  switch (kind) {
    case 's': {
      const text = args.next() ?? ''
      return { text: pad(precision === undefined || precision < 0 ? text : text.slice(0, precision)), stop: false }
    }
    case 'b': {
      const decoded = decodeEcho(args.next() ?? '', false)
      return { text: pad(decoded.text), stop: decoded.stop }
    }
    case 'q':
      return { text: pad(host.quote(args.next() ?? '')), stop: false }
    case 'c':
      return { text: pad([...(args.next() ?? '')][0] ?? '\0'), stop: false }
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return { text: integer(kind, args.next(), flags, precision, pad, host), stop: false }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
      return {
        text: pad(formatFloat(kind, toFloat(args.next() ?? '0', host), precision, flags), flags.includes('0')),
        stop: false,
      }
    default:
      host.complain(`\`${kind}': invalid format character`)
      return { text: '', stop: true }
  }
}

function padTo(text: string, width: number, flags: string, zero: boolean): string {
  const missing = width - (/[^\x00-\x7f]/.test(text) ? Math.min(utf8Length(text), text.length * 4) : text.length)
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!zero) return ' '.repeat(missing) + text
  const m = /^([-+ ]?(?:0[xX])?)(.*)$/s.exec(text)!
  return m[1] + '0'.repeat(missing) + m[2]
}

function integer(
  kind: string,
  arg: string | undefined,
  flags: string,
  precision: number | undefined,
  pad: (text: string, zero?: boolean) => string,
  host: PrintfHost,
): string {
  let n = toBig(arg ?? '0', host)
  const signed = kind === 'd' || kind === 'i'
  if (!signed && n < 0n) n = BigInt.asUintN(64, n)
  const negative = n < 0n
  const radix = kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10
  let digits = (negative ? -n : n).toString(radix)
  if (kind === 'X') digits = digits.toUpperCase()
  if (precision !== undefined) digits = digits.padStart(Math.min(precision, 1 << 16), '0')
  if (flags.includes("'")) digits = digits.replace(/\B(?=(\d{3})+$)/g, '')
  if (flags.includes('#') && n !== 0n) {
    if (radix === 16) digits = `0${kind}${digits}`
    else if (radix === 8 && !digits.startsWith('0')) digits = `0${digits}`
  }
  const sign = negative ? '-' : signed && flags.includes('+') ? '+' : signed && flags.includes(' ') ? ' ' : ''
  return pad(sign + digits, flags.includes('0') && !flags.includes('-') && precision === undefined)
}

function toBig(text: string, host: PrintfHost): bigint {
  const s = text.trimStart()
  if (s === '') return 0n
  if (s[0] === '"' || s[0] === "'") return BigInt(s.codePointAt(1) ?? 0)
  const m = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(s)
  if (!m) {
    host.complain(`${text}: invalid number`)
    return 0n
  }
  if (m[0].length < s.length) host.complain(`${text}: invalid ${/^[-+]?0\d/.test(s) ? 'octal ' : ''}number`)
  const digits = /^0\d/.test(m[2]) ? `0o${m[2].slice(1)}` : m[2]
  const value = BigInt(digits) * (m[1] === '-' ? -1n : 1n)
  if (value > 0x7fffffffffffffffn) {
    host.complain(`warning: ${text}: Numerical result out of range`)
    return 0x7fffffffffffffffn
  }
  return value
}

const toNumber = (text: string, host: PrintfHost): number => Number(toBig(text, host))

function toFloat(text: string, host: PrintfHost): number {
  const s = text.trim()
  if (s === '') return 0
  if (s[0] === '"' || s[0] === "'") return s.codePointAt(1) ?? 0
  const m = /^[-+]?(inf(inity)?|nan|0[xX][0-9a-fA-F]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)/i.exec(s)
  if (!m) {
    host.complain(`${text}: invalid number`)
    return 0
  }
  if (m[0].length < s.length) host.complain(`${text}: invalid number`)
  if (/inf/i.test(m[0])) return m[0].startsWith('-') ? -Infinity : Infinity
  return Number(m[0])
}

/** C's %e, %f, %g. */
export function formatFloat(kind: string, n: number, precision: number | undefined, flags = ''): string {
  const upper = kind === kind.toUpperCase()
  const sign = n < 0 || Object.is(n, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const abs = Math.abs(n)
  const finish = (text: string): string => sign + (upper ? text.toUpperCase() : text)
  if (Number.isNaN(n)) return upper ? 'NAN' : 'nan'
  if (abs === Infinity) return finish('inf')
  const p = Math.min(precision === undefined || precision < 0 ? 6 : precision, 100)
  switch (kind.toLowerCase()) {
    case 'f':
      return finish(fixed(abs, p) + (flags.includes('#') && p === 0 ? '.' : ''))
    case 'e':
      return finish(exponent(abs.toExponential(p)))
    case 'a':
      return finish(`0x${abs.toString(16)}p+0`)
    default: {
      const digits = p === 0 ? 1 : p
      if (abs === 0) return finish('0')
      const e = Number(abs.toExponential(digits - 1).split('e')[1])
      let text =
        e < -4 || e >= digits ? exponent(abs.toExponential(digits - 1)) : fixed(abs, Math.max(0, digits - 1 - e))
      if (!flags.includes('#')) text = text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '')
      return finish(text)
    }
  }
}

/** toFixed is exact only below 1e21; beyond, C still prints every digit. */
const fixed = (n: number, p: number): string =>
  n < 1e21 ? n.toFixed(p) : BigInt(n).toString() + (p > 0 ? `.${'0'.repeat(p)}` : '')

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2')
