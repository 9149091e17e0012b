/** Go's text/tabwriter with kubeadm's settings (minimum 10, padding 3); the last cell is written as it is. */
export function tabbed(rows: readonly (readonly string[])[], minimums: readonly number[] = []): string {
  const columns = rows[0].length - 1
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(minimums[i] ?? 10, ...rows.map((row) => row[i].length + 3)),
  )
  return rows.map((row) => `${row.map((cell, i) => (i < columns ? cell.padEnd(widths[i]) : cell)).join('')}\n`).join('')
}
