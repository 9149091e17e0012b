import stringWidth from '../ui/width.ts'

/** Rows of cells as lines, each column as wide as its widest cell; the last one is as long as it is. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, stringWidth(cell))),
    [],
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell + ' '.repeat(widths[i] - stringWidth(cell)))
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}
