/** A regular expression that the tool must refuse, with GNU's words. */
export class RegexError extends Error {}

const CLASSES: Record<string, string> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~\\u00a0-\\ud7ff\\ue000-\\u{10ffff}',
  graph: '!-~\\u00a1-\\ud7ff\\ue000-\\u{10ffff}',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
}

const SPECIAL = /[\\^$.*+?()[\]{}|/]/

/** A literal character as regular-expression source. */
export const literal = (ch: string): string => (SPECIAL.test(ch) ? `\\${ch}` : ch === '-' ? '-' : ch)

/** Escapes a whole text. */
export const escapeRegex = (text: string): string => [...text].map(literal).join('')

/**
 * Translates the bracket expression that begins at `i` (`[`). Returns its source and the index after `]`, or undefined
 * when it is not closed. Shared by globs and regular expressions (`!` negates only in globs).
 */
export function bracket(pattern: string, i: number, glob: boolean): { source: string; end: number } | undefined {
  let at = i + 1
  let negated = false
  if (pattern[at] === '^' || (glob && pattern[at] === '!')) {
    negated = true
    at++
  }
  let body = ''
  let first = true
  const one = (ch: string): string =>
    /[\\\]^[\-&~|#@!%*+,.:;<=>?`$"'/(){}]/.test(ch) && /[\\\]^[\-/|(){}]/.test(ch) ? `\\${ch}` : ch
  for (;;) {
    if (at >= pattern.length) return undefined
    const ch = String.fromCodePoint(pattern.codePointAt(at)!)
    if (ch === ']' && !first) break
    first = false
    if (ch === '[' && (pattern[at + 1] === ':' || pattern[at + 1] === '.' || pattern[at + 1] === '=')) {
      const kind = pattern[at + 1]
      const close = pattern.indexOf(`${kind}]`, at + 2)
      if (close > 0) {
        const name = pattern.slice(at + 2, close)
        if (kind === ':') {
          if (!(name in CLASSES)) throw new RegexError('Invalid character class name')
          body += CLASSES[name]
        } else body += [...name].map(one).join('')
        at = close + 2
        continue
      }
    }
    let from = ch
    at += ch.length
    if (glob && ch === '\\' && at < pattern.length) {
      from = String.fromCodePoint(pattern.codePointAt(at)!)
      at += from.length
    }
    if (pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      let to = String.fromCodePoint(pattern.codePointAt(at + 1)!)
      at += 1 + to.length
      if (glob && to === '\\' && at < pattern.length) {
        to = String.fromCodePoint(pattern.codePointAt(at)!)
        at += to.length
      }
      if (to.codePointAt(0)! < from.codePointAt(0)!) {
        if (glob) continue
        throw new RegexError('Invalid range end')
      }
      body += `${one(from)}-${one(to)}`
    } else body += one(from)
  }
  const source = body === '' ? (negated ? '[^]' : '[]') : `[${negated ? '^' : ''}${body}]`
  return { source, end: at + 1 }
}

interface RegexOptions {
  /** ERE instead of BRE. */
  readonly extended?: boolean
  readonly icase?: boolean
  /** `.` and `[^x]` match newlines, `^`/`$` match at line ends as well (sed's M). */
  readonly multiline?: boolean
  /** JavaScript flags to add: g, d, y. */
  readonly flags?: string
}

/** Compiles a POSIX (GNU) regular expression. Throws RegexError. */
export function posixRegex(pattern: string, options: RegexOptions = {}): RegExp {
  const source = posixSource(pattern, options.extended ?? false, options.multiline ?? false)
  try {
    return new RegExp(source, `u${options.icase ? 'i' : ''}${options.multiline ? 'm' : ''}s${options.flags ?? ''}`)
  } catch {
    throw new RegexError('Invalid regular expression')
  }
}

const ESCAPES: Record<string, string> = {
  w: '[\\p{L}\\p{N}_]',
  W: '[^\\p{L}\\p{N}_]',
  s: '\\s',
  S: '\\S',
  b: '\\b',
  B: '\\B',
  '<': '\\b(?=[\\p{L}\\p{N}_])',
  '>': '\\b(?<=[\\p{L}\\p{N}_])',
  '`': '(?<![^])',
  "'": '(?![^])',
  n: '\\n',
  t: '\\t',
  r: '\\r',
  f: '\\f',
  v: '\\v',
  a: '\\x07',
}

function posixSource(p: string, extended: boolean, multiline: boolean): string {
  let out = ''
  let groups = 0
  const open: number[] = []
  // Where the last atom begins in `out`; -1 when there is none (a `*` is then literal in BRE).
  let atom = -1
  const anchorBefore = (i: number): boolean =>
    extended || i === 0 || p.startsWith('\\(', i - 2) || p.startsWith('\\|', i - 2) || (i > 0 && p[i - 1] === '\n')
  const anchorAfter = (i: number): boolean =>
    extended || i === p.length - 1 || p.startsWith('\\)', i + 1) || p.startsWith('\\|', i + 1) || p[i + 1] === '\n'
  const put = (source: string): void => {
    atom = out.length
    out += source
  }
  const repeat = (source: string): void => {
    // POSIX allows a** and a*{2}: wrap what is already repeated.
    if (/[*+?}]$/.test(out.slice(atom)) && !out.slice(atom).endsWith('\\')) {
      const last = out.slice(atom)
      if (!/\\[*+?}]$/.test(last)) out = `${out.slice(0, atom)}(?:${last})`
    }
    out += source
  }
  for (let i = 0; i < p.length; ) {
    const ch = String.fromCodePoint(p.codePointAt(i)!)
    const next = p[i + 1]
    const operator =
      ch === '\\' && next !== undefined
        ? extended
          ? undefined
          : '(){}|+?'.includes(next)
            ? next
            : undefined
        : extended && '(){}|+?'.includes(ch)
          ? ch
          : undefined
    const width = operator && ch === '\\' ? 2 : ch.length
    if (operator === '(') {
      groups++
      open.push(out.length)
      out += '('
      atom = -1
      i += width
    } else if (operator === ')') {
      if (open.length === 0) {
        if (extended) put('\\)')
        else throw new RegexError('Unmatched ) or \\)')
      } else {
        out += ')'
        atom = open.pop()!
      }
      i += width
    } else if (operator === '|') {
      out += '|'
      atom = -1
      i += width
    } else if (operator === '{' && (atom >= 0 || !extended)) {
      const close = extended ? p.indexOf('}', i) : p.indexOf('\\}', i)
      const body = close < 0 ? '' : p.slice(i + width, close)
      if (!/^(\d+(,\d*)?|,\d+)$/.test(body)) {
        if (!extended) throw new RegexError(close < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}')
        put('\\{')
        i += width
        continue
      }
      if (Number(body.split(',')[0]) > 32767) throw new RegexError('Regular expression too big')
      repeat(`{${body.startsWith(',') ? `0${body}` : body}}`)
      i = close + (extended ? 1 : 2)
    } else if (operator === '}') {
      put('\\}')
      i += width
    } else if (operator === '+' || operator === '?') {
      if (atom < 0) {
        if (!extended) put(`\\${operator}`)
      } else repeat(operator)
      i += width
    } else if (operator === '{') {
      put('\\{')
      i += width
    } else if (ch === '*') {
      if (atom < 0) {
        if (!extended || out === '') put('\\*')
      } else repeat('*')
      i++
    } else if (ch === '\\') {
      if (next === undefined) throw new RegexError('Trailing backslash')
      if (/[1-9]/.test(next)) {
        if (Number(next) > groups) throw new RegexError('Invalid back reference')
        put(`(?:\\${next})`)
      } else put(ESCAPES[next] ?? literal(next))
      i += 2
    } else if (ch === '[') {
      const b = bracket(p, i, false)
      if (!b) throw new RegexError('Unmatched [, [^, [:, [., or [=')
      put(b.source)
      i = b.end
    } else if (ch === '.') {
      put('.')
      i++
    } else if (ch === '^' && anchorBefore(i)) {
      out += multiline ? '^' : '(?<![^])'
      atom = -1
      i++
    } else if (ch === '$' && anchorAfter(i)) {
      out += multiline ? '$' : '(?![^])'
      atom = -1
      i++
    } else {
      put(literal(ch))
      i += ch.length
    }
  }
  if (open.length > 0) throw new RegexError('Unmatched ( or \\(')
  return out
}
