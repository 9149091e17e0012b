/** What a piece of a replacement adds: text, a group of the match, or a change of case from here on. */
type Piece = { literal: string } | { group: number } | { mode: string }

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }

/**
 * Compiles the right side of `s`: `\1`, `&`, `\n`, and the case conversions \U \L \u \l \E.
 * `fail` is told of a reference beyond `groups`.
 */
export function replacement(
  text: string,
  groups: number,
  fail: (what: string) => never,
): (m: RegExpMatchArray) => string {
  const pieces = parse(text, groups, fail)
  if (pieces.every((p) => !('mode' in p))) return (m) => pieces.map((p) => plain(p, m)).join('')
  return (m) => withCase(pieces, m)
}

function parse(text: string, groups: number, fail: (what: string) => never): Piece[] {
  const pieces: Piece[] = []
  const add = (literal: string): void => {
    const last = pieces.at(-1)
    if (last && 'literal' in last) last.literal += literal
    else pieces.push({ literal })
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '&') pieces.push({ group: 0 })
    else if (c === '\\' && i + 1 < text.length) {
      const n = text[++i]
      if (/\d/.test(n)) {
        if (Number(n) > groups) fail(`invalid reference \\${n} on \`s' command's RHS`)
        pieces.push({ group: Number(n) })
      } else if (/[ULulE]/.test(n)) pieces.push({ mode: n })
      else add(ESCAPES[n] ?? n)
    } else add(c)
  }
  return pieces
}

const plain = (p: Piece, m: RegExpMatchArray): string =>
  'literal' in p ? p.literal : 'group' in p ? (m[p.group] ?? '') : ''

function withCase(pieces: readonly Piece[], m: RegExpMatchArray): string {
  let mode = ''
  let once = ''
  let out = ''
  for (const p of pieces) {
    if ('mode' in p) {
      if (p.mode === 'u' || p.mode === 'l') once = p.mode
      else mode = p.mode === 'E' ? '' : p.mode
      continue
    }
    let piece = plain(p, m)
    if (mode === 'U') piece = piece.toUpperCase()
    else if (mode === 'L') piece = piece.toLowerCase()
    if (once !== '' && piece !== '') {
      piece = (once === 'u' ? piece[0].toUpperCase() : piece[0].toLowerCase()) + piece.slice(1)
      once = ''
    }
    out += piece
  }
  return out
}
