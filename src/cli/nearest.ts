/** The name that was probably meant: at most two edits away. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const distance = (a: string, b: string): number => {
    const row = Array.from({ length: b.length + 1 }, (_, i) => i)
    for (let i = 1; i <= a.length; i++) {
      let before = row[0]
      row[0] = i
      for (let j = 1; j <= b.length; j++) {
        const keep = row[j]
        row[j] = Math.min(row[j] + 1, row[j - 1] + 1, before + (a[i - 1] === b[j - 1] ? 0 : 1))
        before = keep
      }
    }
    return row[b.length]
  }
  return names
    .map((known) => [distance(name, known), known] as const)
    .filter(([d]) => d <= 2)
    .sort(([a], [b]) => a - b)[0]?.[1]
}
