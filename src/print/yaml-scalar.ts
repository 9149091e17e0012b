/**
 * Which style go-yaml v2 (behind sigs.k8s.io/yaml, hence every `-o yaml`) gives a string.
 * Follows resolve.go and the scalar analysis of emitterc.go.
 */

const RESOLVED = new Set(
  (
    '~ null Null NULL true True TRUE false False FALSE y Y n N yes Yes YES no No NO on On ON off Off OFF ' +
    '.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'
  ).split(' '),
)
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d{2}):(\d{2})))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/

/** Texts that go-yaml reads as a point in time. */
export function isTimestamp(text: string): boolean {
  const m = TIMESTAMP.exec(text)
  if (!m) return false
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])]
  const [hour, minute, second] = [m[4] ?? m[9], m[5] ?? m[10], m[6] ?? m[11]].map((part) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(2000, month, 0)).getUTCDate()) return false
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return false
  return hour < 24 && minute < 60 && second < 60 && Number(m[7] ?? 0) <= 24 && Number(m[8] ?? 0) < 60
}

/** strconv.ParseInt/ParseUint with base 0, after the underscores are gone. */
export function isInteger(text: string): boolean {
  const m = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9][0-9]*|0)$/.exec(text)
  if (!m) return false
  const digits = /^0[0-7]/.test(m[2]) ? `0o${m[2].slice(1)}` : m[2].toLowerCase()
  const value = BigInt(digits)
  if (m[1] === '-') return value <= 1n << 63n
  return value < (m[1] === '+' ? 1n << 63n : 1n << 64n)
}

/** True when the plain text would be read back as something else than a string. */
export function resolvesToNonString(text: string): boolean {
  if (text === '' || RESOLVED.has(text)) return true
  const first = text[0]
  if (first === '.') return /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/.test(text)
  if (!/[-+0-9]/.test(first)) return false
  if (isTimestamp(text) || BASE60.test(text)) return true
  const plain = text.replaceAll('_', '')
  return isInteger(plain) || (FLOAT.test(plain) && Number.isFinite(Number(plain)))
}

const isBlankOrBreak = (c: string | undefined): boolean => c === undefined || /[ \t\n\r\u0085\u2028\u2029]/.test(c)

/** A line break, as YAML 1.1 has them. */
export const isBreak = (c: string | undefined): boolean => c !== undefined && /[\n\r\u0085\u2028\u2029]/.test(c)

/** go-yaml's is_printable; everything else is escaped in double quotes. */
export function isPrintable(code: number): boolean {
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e) || code === 0x85) return true
  return (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
}

interface ScalarAnalysis {
  readonly multiline: boolean
  readonly plainAllowed: boolean
  readonly singleQuotedAllowed: boolean
  readonly blockAllowed: boolean
}

/** What most scalars are: nothing in them could be an indicator, a blank or a break. */
const PLAIN = /^[A-Za-z0-9+/=_.][A-Za-z0-9+/=_.-]*$/

/** yaml_emitter_analyze_scalar, for block context. */
export function analyzeScalar(text: string): ScalarAnalysis {
  if (PLAIN.test(text) && !text.startsWith('...'))
    return { multiline: false, plainAllowed: true, singleQuotedAllowed: true, blockAllowed: true }
  if (text === '') return { multiline: false, plainAllowed: false, singleQuotedAllowed: true, blockAllowed: false }
  let indicators = text.startsWith('---') || text.startsWith('...')
  let special = false
  let multiline = false
  let leadingSpace = false
  let leadingBreak = false
  let trailingSpace = false
  let trailingBreak = false
  let breakSpace = false
  let spaceBreak = false
  let previousSpace = false
  let previousBreak = false
  let afterBlank = true
  const chars = [...text]
  chars.forEach((c, i) => {
    const beforeBlank = isBlankOrBreak(chars[i + 1])
    if (i === 0) {
      if (`#,[]{}&*!|>'"%@\``.includes(c)) indicators = true
      else if ('?:-'.includes(c) && beforeBlank) indicators = true
    } else if (c === ':' && beforeBlank) indicators = true
    else if (c === '#' && afterBlank) indicators = true
    if (!isPrintable(c.codePointAt(0)!)) special = true
    const last = i === chars.length - 1
    if (c === ' ') {
      if (i === 0) leadingSpace = true
      if (last) trailingSpace = true
      if (previousBreak) breakSpace = true
      previousSpace = true
      previousBreak = false
    } else if (isBreak(c)) {
      multiline = true
      if (i === 0) leadingBreak = true
      if (last) trailingBreak = true
      if (previousSpace) spaceBreak = true
      previousSpace = false
      previousBreak = true
    } else {
      previousSpace = false
      previousBreak = false
    }
    afterBlank = isBlankOrBreak(c)
  })
  const bad = spaceBreak || special
  return {
    multiline,
    plainAllowed: !(
      leadingSpace ||
      leadingBreak ||
      trailingSpace ||
      trailingBreak ||
      breakSpace ||
      bad ||
      multiline ||
      indicators
    ),
    singleQuotedAllowed: !(breakSpace || bad),
    blockAllowed: !(trailingSpace || bad),
  }
}
