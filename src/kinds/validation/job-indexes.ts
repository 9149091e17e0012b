// Ranges of indexes, `0,2-4`, as Jobs write them down. Models validateIndexesFormat of pkg/apis/batch/validation.

/** The first and last index of an interval, or what is wrong with it. */
function interval(text: string, completions: number): [number, number] | string {
  const parts = text.split('-')
  if (parts.length > 2) {
    return `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`
  }
  const bounds: number[] = []
  for (const part of parts) {
    if (!/^[+-]?\d+$/.test(part)) return `cannot convert string to integer for index: ${JSON.stringify(part)}`
    if (Number(part) >= completions) return `too large index: ${JSON.stringify(part)}`
    bounds.push(Number(part))
  }
  const [from = 0, to = from] = bounds
  if (parts.length > 1 && from >= to) return `non-increasing order, previous: ${from}, current: ${to}`
  return [from, to]
}

/** What is wrong with a list of intervals; undefined when nothing is. */
export function indexesProblem(text: string, completions: number): string | undefined {
  if (text === '') return undefined
  let last: number | undefined
  for (const part of text.split(',')) {
    const found = interval(part, completions)
    if (typeof found === 'string') return found
    if (last !== undefined && last >= found[0]) {
      return `non-increasing order, previous: ${last}, current: ${found[0]}`
    }
    last = found[1]
  }
  return undefined
}

/** Whether an index is in both lists. Intervals that are none are told elsewhere. */
export function overlapProblem(completed: string, failed: string, completions: number): string | undefined {
  if (completed === '' || failed === '') return undefined
  const intervals = (text: string) =>
    text
      .split(',')
      .map((part) => interval(part, completions))
      .filter((found) => typeof found !== 'string')
  const failures = intervals(failed)
  for (const [from, to] of intervals(completed)) {
    const hit = failures.find(([first, last]) => from <= last && first <= to)
    if (hit) return `failedIndexes and completedIndexes overlap at index: ${Math.max(from, hit[0])}`
  }
  return undefined
}
