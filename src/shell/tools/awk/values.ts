import { formatFloat } from '../../text/printf.ts'

/** A fault of the running program: awk ends with status 2. */
export class AwkError extends Error {}

/** A file for output that cannot be opened. */
export class CannotOpen extends Error {}

/** Input that looks like a number: compares as one, prints as it was read. */
class StrNum {
  constructor(
    readonly s: string,
    readonly n: number,
  ) {}
}

/** undefined is awk's uninitialised value: 0 and "" at once. */
export type Value = number | string | StrNum | undefined

const NUMERIC = /^\s*[-+]?(0x[\da-f]+|\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|infinity|nan)\s*$/i

/** strtod: what a text begins with that is a number. */
function leadingNumber(s: string): number {
  const m = /^\s*([-+]?)(0x[\da-f]+|\d+\.?\d*(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|inf|nan)/i.exec(s)
  if (!m) return 0
  const n = /^i/i.test(m[2]) ? Number.POSITIVE_INFINITY : Number(m[2])
  return m[1] === '-' ? -n : n
}

/** A field, getline result or command-line value. */
export const fromInput = (s: string): Value => (NUMERIC.test(s) ? new StrNum(s, leadingNumber(s)) : s)

/** The number with which the text begins, else 0. */
export function toNumber(v: Value): number {
  if (typeof v === 'number') return v
  if (v === undefined) return 0
  if (v instanceof StrNum) return v.n
  return leadingNumber(v)
}

/** Whole numbers as they are, others by `format` (CONVFMT or OFMT). */
export function toText(v: Value, format = '%.6g'): string {
  if (typeof v === 'string') return v
  if (v === undefined) return ''
  if (v instanceof StrNum) return v.s
  if (Number.isInteger(v) && Math.abs(v) < 2 ** 53) return String(v === 0 ? 0 : v)
  if (Number.isNaN(v)) return v < 0 ? '-nan' : 'nan'
  if (!Number.isFinite(v)) return v < 0 ? '-inf' : 'inf'
  const m = /^%\.?(\d*)([efgEFG])$/.exec(format)
  return m ? formatFloat(m[2], v, m[1] === '' ? undefined : Number(m[1])) : formatFloat('g', v, 6)
}

/** Is the value true as a condition? Input that looks like a number counts as one. */
export const truth = (v: Value): boolean =>
  typeof v === 'number' ? v !== 0 : v instanceof StrNum ? v.n !== 0 : v !== undefined && v !== ''

const isNumeric = (v: Value): boolean => typeof v === 'number' || v instanceof StrNum || v === undefined

/** Numbers and strings that look like numbers compare numerically, everything else as text. */
export function compare(a: Value, b: Value): number {
  if (isNumeric(a) && isNumeric(b)) {
    const x = toNumber(a)
    const y = toNumber(b)
    return x < y ? -1 : x > y ? 1 : 0
  }
  const x = toText(a)
  const y = toText(b)
  return x < y ? -1 : x > y ? 1 : 0
}

/** sprintf of awk. */
export function sprintf(format: string, args: readonly Value[], caller = 'sprintf'): string {
  let next = 0
  return format.replace(
    /%(%|([-+ #0']*)(\*|\d+)?(?:\.(\*|\d*))?[hlLjzt]*([a-zA-Z]))/g,
    (whole, spec: string, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
      if (spec === '%') return '%'
      let w = width === '*' ? toNumber(args[next++]) : Number(width ?? 0)
      let f = flags
      if (w < 0) {
        f += '-'
        w = -w
      }
      const p =
        precision === undefined ? undefined : precision === '*' ? toNumber(args[next++]) : Number(precision || 0)
      if (next >= args.length) throw new AwkError(`not enough arguments passed to ${caller}("${format}")`)
      const arg = args[next++]
      let text: string
      let zero = f.includes('0') && !f.includes('-')
      switch (kind) {
        case 'd':
        case 'i': {
          const n = Math.trunc(toNumber(arg))
          if (!Number.isFinite(n)) {
            text = toText(n)
            break
          }
          const digits = BigInt(Math.abs(n))
            .toString()
            .padStart(p ?? 0, '0')
          text = `${n < 0 ? '-' : f.includes('+') ? '+' : f.includes(' ') ? ' ' : ''}${digits}`
          if (p !== undefined) zero = false
          break
        }
        case 'o':
        case 'x':
        case 'X':
        case 'u': {
          const n = BigInt.asUintN(64, BigInt(Math.trunc(toNumber(arg)) || 0))
          text = n.toString(kind === 'o' ? 8 : kind === 'u' ? 10 : 16)
          if (kind === 'X') text = text.toUpperCase()
          if (f.includes('#') && n !== 0n) text = (kind === 'o' ? '0' : `0${kind}`) + text
          break
        }
        case 'c':
          text =
            typeof arg === 'number'
              ? String.fromCodePoint(Math.max(0, Math.min(0x10ffff, Math.trunc(arg))))
              : ([...toText(arg)][0] ?? '')
          zero = false
          break
        case 's':
          text = toText(arg)
          if (p !== undefined) text = [...text].slice(0, p).join('')
          zero = false
          break
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
          text = formatFloat(kind, toNumber(arg), p, f)
          break
        default:
          return whole
      }
      const missing = Math.min(w, 1 << 20) - [...text].length
      if (missing <= 0) return text
      if (f.includes('-')) return text + ' '.repeat(missing)
      if (!zero) return ' '.repeat(missing) + text
      const sign = /^[-+ ]?(0[xX])?/.exec(text)![0]
      return sign + '0'.repeat(missing) + text.slice(sign.length)
    },
  )
}

/** `a op b` of two numbers. */
export function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    default:
      return a ** b
  }
}
