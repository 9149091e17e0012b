import wrapAnsi from 'wrap-ansi'
import { widthOf } from '../scrollback.ts'

const GAP = '   '
/** Narrower columns cannot be read. */
const NARROW = 6

/** A table in at most `width` columns as long as that is possible: the widest columns give way and wrap. */
export function tableLines(
  rows: readonly (readonly string[])[],
  width: number,
  head: (text: string) => string,
  rule: (text: string) => string,
): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))))
  const room = width - GAP.length * (widths.length - 1)
  while (widths.reduce((a, b) => a + b, 0) > room && Math.max(...widths) > NARROW)
    widths[widths.indexOf(Math.max(...widths))]--
  const lines = (row: readonly string[]): string[] => {
    const cells = widths.map((w, i) => wrapAnsi(row[i] ?? '', w).split('\n'))
    return Array.from({ length: Math.max(...cells.map((c) => c.length)) }, (_, n) =>
      cells
        .map((cell, i) => (cell[n] ?? '') + ' '.repeat(Math.max(0, widths[i] - widthOf(cell[n] ?? ''))))
        .join(GAP)
        .trimEnd(),
    )
  }
  const [first, ...rest] = rows
  return [...lines(first).map(head), rule(widths.map((w) => '─'.repeat(w)).join('───')), ...rest.flatMap(lines)]
}
