import type { Buffer, Spot } from './buffer.ts'

/** Where a motion leads, and what of the way an operator takes. */
export interface Motion {
  readonly to: Spot
  /** Whole lines, as with j and G. */
  readonly lines: boolean
  /** The character at `to` belongs to the range. */
  readonly inclusive: boolean
}

const kind = (c: string | undefined, big: boolean): number =>
  c === undefined || /\s/.test(c) ? 0 : big || /[\p{L}\p{N}_]/u.test(c) ? 1 : 2

/** Start of the next word (w, W). */
export function wordForward(b: Buffer, at: Spot, big: boolean): Spot {
  let { row, col } = at
  const start = kind(b.line(row)[col], big)
  while (col < b.line(row).length && start !== 0 && kind(b.line(row)[col], big) === start) col++
  for (;;) {
    const line = b.line(row)
    while (col < line.length && kind(line[col], big) === 0) col++
    if (col < line.length) return { row, col }
    if (row + 1 >= b.size) return { row, col: line.length }
    row++
    col = 0
    if (b.line(row) === '') return { row, col: 0 }
  }
}

/** End of the word (e, E). */
export function wordEnd(b: Buffer, at: Spot, big: boolean): Spot {
  let { row } = at
  let col = at.col + 1
  for (;;) {
    const line = b.line(row)
    while (col < line.length && kind(line[col], big) === 0) col++
    if (col < line.length) break
    if (row + 1 >= b.size) return { row, col: Math.max(0, line.length - 1) }
    row++
    col = 0
  }
  const line = b.line(row)
  const k = kind(line[col], big)
  while (col + 1 < line.length && kind(line[col + 1], big) === k) col++
  return { row, col }
}

/** Start of the word before (b, B). */
export function wordBack(b: Buffer, at: Spot, big: boolean): Spot {
  let { row, col } = at
  col--
  for (;;) {
    const line = b.line(row)
    while (col >= 0 && kind(line[col], big) === 0) col--
    if (col >= 0) break
    if (row === 0) return { row: 0, col: 0 }
    row--
    col = b.line(row).length - 1
    if (b.line(row) === '') return { row, col: 0 }
  }
  const line = b.line(row)
  const k = kind(line[col], big)
  while (col > 0 && kind(line[col - 1], big) === k) col--
  return { row, col }
}

/** The column of `^`. */
export const firstNonBlank = (line: string): number => Math.max(0, line.search(/\S|$/))

/** Empty lines separate paragraphs ({ and }). */
export function paragraph(b: Buffer, row: number, direction: 1 | -1): number {
  let r = row
  while (r + direction >= 0 && r + direction < b.size && b.line(r) === '') r += direction
  while (r + direction >= 0 && r + direction < b.size) {
    r += direction
    if (b.line(r) === '') return r
  }
  return r
}

/** f, F, t, T on one line; undefined when the character is not there. */
export function findInLine(line: string, col: number, how: string, c: string, count: number): number | undefined {
  const forward = how === 'f' || how === 't'
  let at = col
  for (let i = 0; i < count; i++) {
    const from = forward ? at + 1 + (how === 't' && i === 0 && line[at + 1] === c ? 1 : 0) : at - 1
    at = forward ? line.indexOf(c, from) : from < 0 ? -1 : line.lastIndexOf(c, from)
    if (at < 0) return undefined
  }
  return how === 't' ? at - 1 : how === 'T' ? at + 1 : at
}

const PAIRS: Record<string, string> = { '(': ')', '[': ']', '{': '}' }

/** % */
export function matching(b: Buffer, at: Spot): Spot | undefined {
  const line = b.line(at.row)
  let col = at.col
  while (col < line.length && !'()[]{}'.includes(line[col])) col++
  const c = line[col]
  if (c === undefined) return undefined
  const open = c in PAIRS ? c : Object.keys(PAIRS).find((k) => PAIRS[k] === c)!
  const close = PAIRS[open]
  const step = c === open ? 1 : -1
  let depth = 0
  let row = at.row
  for (;;) {
    const x = b.line(row)[col]
    if (x === open) depth += step
    else if (x === close) depth -= step
    if (depth === 0 && x !== undefined) return { row, col }
    col += step
    while (col < 0 || col >= b.line(row).length) {
      row += step
      if (row < 0 || row >= b.size) return undefined
      col = step > 0 ? 0 : b.line(row).length - 1
      if (b.line(row).length > 0) break
    }
  }
}

/** Text objects: iw aw i" a" i( … as a range (end exclusive); undefined when there is none. */
export function textObject(
  b: Buffer,
  at: Spot,
  around: boolean,
  what: string,
): { from: Spot; to: Spot; lines?: boolean } | undefined {
  const line = b.line(at.row)
  if (what === 'w' || what === 'W') {
    const big = what === 'W'
    const k = kind(line[at.col], big)
    let [a, z] = [at.col, at.col]
    while (a > 0 && kind(line[a - 1], big) === k) a--
    while (z < line.length && kind(line[z], big) === k) z++
    if (around) {
      const before = z
      while (z < line.length && kind(line[z], big) === 0) z++
      if (z === before) while (a > 0 && kind(line[a - 1], big) === 0) a--
    }
    return { from: { row: at.row, col: a }, to: { row: at.row, col: z } }
  }
  if (what === '"' || what === "'" || what === '`') {
    const quotes = [...line].flatMap((c, i) => (c === what && line[i - 1] !== '\\' ? [i] : []))
    for (let i = 0; i + 1 < quotes.length; i += 2) {
      if (quotes[i + 1] < at.col) continue
      return {
        from: { row: at.row, col: quotes[i] + (around ? 0 : 1) },
        to: { row: at.row, col: quotes[i + 1] + (around ? 1 : 0) },
      }
    }
    return undefined
  }
  if (what === 'p') {
    let [a, z] = [at.row, at.row]
    const blank = b.line(at.row) === ''
    while (a > 0 && (b.line(a - 1) === '') === blank) a--
    while (z + 1 < b.size && (b.line(z + 1) === '') === blank) z++
    if (around) while (z + 1 < b.size && (b.line(z + 1) === '') !== blank) z++
    return { from: { row: a, col: 0 }, to: { row: z, col: 0 }, lines: true }
  }
  const open = { '(': '(', ')': '(', b: '(', '[': '[', ']': '[', '{': '{', '}': '{', B: '{' }[what]
  if (!open) return undefined
  let { row, col } = at
  let depth = 0
  for (;;) {
    const c = b.line(row)[col]
    if (c === PAIRS[open] && !(row === at.row && col === at.col)) depth++
    if (c === open && depth-- === 0) break
    col--
    while (col < 0) {
      if (--row < 0) return undefined
      col = b.line(row).length - 1
    }
  }
  const end = matching(b, { row, col })
  if (!end) return undefined
  return around
    ? { from: { row, col }, to: { row: end.row, col: end.col + 1 } }
    : { from: { row, col: col + 1 }, to: end }
}
