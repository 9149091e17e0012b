import type { YamlCursor } from './yaml-cursor.ts'

const ESCAPES = '0abt\tnvfre "\'/\\N_LP\n\r'
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 }

/** Passes over `|` or `>` and its lines. `parentIndent` is the column of the block it stands in, -1 at the top. */
export function skipBlockScalar(c: YamlCursor, parentIndent: number): void {
  c.skip()
  let increment = 0
  for (let i = 0; i < 2; i++) {
    if (c.at() === '+' || c.at() === '-') c.skip()
    else if (/\d/.test(c.at())) {
      if (c.at() === '0') c.fail('found an indentation indicator equal to 0')
      increment = Number(c.at())
      c.skip()
    }
  }
  while (c.blank()) c.skip()
  if (c.at() === '#') c.skipToBreak()
  if (c.at() !== '' && !c.breaks()) c.fail('did not find expected comment or line break')
  if (c.breaks()) c.skipLine()
  const given = increment > 0 ? Math.max(parentIndent, 0) + increment : 0
  const indent = skipEmptyLines(c, given, parentIndent)
  while (c.column === indent && c.at() !== '') {
    c.skipToBreak()
    if (c.breaks()) c.skipLine()
    skipEmptyLines(c, indent, parentIndent)
  }
}

/** Empty lines of a block scalar; finds its indentation where none was given (0). */
function skipEmptyLines(c: YamlCursor, given: number, parentIndent: number): number {
  let deepest = 0
  for (;;) {
    while ((given === 0 || c.column < given) && c.at() === ' ') c.skip()
    deepest = Math.max(deepest, c.column)
    if ((given === 0 || c.column < given) && c.at() === '\t')
      c.fail('found a tab character where an indentation space is expected')
    if (!c.breaks()) break
    c.skipLine()
  }
  return given > 0 ? given : Math.max(deepest, parentIndent + 1, 1)
}

/** What means nothing but itself, in quotes and without. Texts are long: they are not looked at letter by letter. */
const QUOTED: Record<string, RegExp> = {
  '"': /[^"\\\n\r\u0085\u2028\u2029]+/y,
  "'": /[^'\n\r\u0085\u2028\u2029]+/y,
}
const PLAIN = /[^ \t\n\r\u0085\u2028\u2029:,?[\]{}]+/y

/** Passes over a text in single or double quotes. */
export function skipQuoted(c: YamlCursor): void {
  const quote = c.at()
  c.skip()
  for (;;) {
    if (c.documentMark()) c.fail('found unexpected document indicator')
    const here = c.at()
    if (here === '') {
      c.endLine()
      c.fail('found unexpected end of stream')
    }
    if (c.breaks()) c.skipLine()
    else if (quote === "'" && here === "'" && c.at(1) === "'") c.skip(2)
    else if (here === quote) break
    else if (quote === '"' && here === '\\') skipEscape(c)
    else c.skipRun(QUOTED[quote])
  }
  c.skip()
}

function skipEscape(c: YamlCursor): void {
  if (c.breaks(1)) {
    c.skip()
    c.skipLine()
    return
  }
  const digits = HEX_DIGITS[c.at(1)]
  if (digits === undefined) {
    if (!ESCAPES.includes(c.at(1))) c.fail('found unknown escape character')
    return c.skip(2)
  }
  c.skip(2)
  for (let i = 0; i < digits; i++) if (!/[0-9A-Fa-f]/.test(c.at(i))) c.fail('did not find expected hexdecimal number')
  c.skip(digits)
}

/** Passes over a text without quotes and the white space after it; tells whether it ended at the beginning of a line. */
export function skipPlain(c: YamlCursor, parentIndent: number, inFlow: boolean): boolean {
  let leading = false
  while (!c.documentMark() && c.at() !== '#') {
    while (!c.blankOrEnd()) {
      if (c.at() === ':' && c.blankOrEnd(1)) break
      if (inFlow && ',?[]{}'.includes(c.at())) break
      leading = false
      c.skip()
      c.skipRun(PLAIN)
    }
    if (!(c.blank() || c.breaks())) break
    while (c.blank() || c.breaks()) {
      if (c.breaks()) {
        c.skipLine()
        leading = true
      } else {
        if (leading && c.column <= parentIndent && c.at() === '\t')
          c.fail('found a tab character that violates indentation')
        c.skip()
      }
    }
    if (!inFlow && c.column <= parentIndent) break
  }
  return leading
}
