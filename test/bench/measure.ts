export interface Result {
  /** Milliseconds, one a run. */
  readonly ms: readonly number[]
  readonly name?: string
  readonly note?: string
}

export type Row = Result & { readonly name: string }

/** One or several rows of the table. The first of all is the bare start of node. */
export interface Measurement {
  readonly name: string
  run(): Promise<Result[]>
}

/** How long `fn` takes, `runs` times, after one run that is not counted (unless it is only run once). */
export function timed(fn: () => void, runs: number): number[] {
  if (runs > 1) fn()
  return Array.from({ length: runs }, () => {
    const start = performance.now()
    fn()
    return performance.now() - start
  })
}

/** The value below which the share `q` of the runs lies. */
export function quantile(ms: readonly number[], q: number): number {
  const sorted = [...ms].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

export function table(rows: readonly Row[]): string {
  const base = quantile(rows[0].ms, 0.5)
  const cells = rows.map((r) => {
    const median = quantile(r.ms, 0.5)
    return [r.name, median.toFixed(1), `${(median / base).toFixed(2)}×`, String(r.ms.length), r.note ?? '']
  })
  const all = [['what', 'median ms', '÷ node', 'runs', 'note'], ...cells]
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)))
  const line = (row: string[]): string =>
    row
      .map((cell, i) => (i === 0 || i === 4 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd()
  return `${all.map(line).join('\n')}\n`
}
