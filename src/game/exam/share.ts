/**
 * Shares `total` out as whole numbers, as near to the weights as can be (largest remainder; of equal ones the first).
 * `limits`: most that each can take; what it cannot take goes to the others by the same rule.
 */
export function share(total: number, weights: readonly number[], limits?: readonly number[]): number[] {
  const out = weights.map(() => 0)
  let left = total
  for (;;) {
    const open = weights.map((w, i) => (out[i] < (limits?.[i] ?? Number.POSITIVE_INFINITY) ? w : 0))
    const sum = open.reduce((a, b) => a + b, 0)
    if (left <= 0 || sum <= 0) return out
    const exact = open.map((w) => (left * w) / sum)
    const floors = exact.map(Math.floor)
    let rest = left - floors.reduce((a, b) => a + b, 0)
    const byRemainder = exact
      .map((x, i) => ({ i, remainder: x - floors[i] }))
      .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
    for (const { i } of byRemainder) if (rest > 0 && open[i] > 0) floors[i] += rest-- > 0 ? 1 : 0
    for (const [i, n] of floors.entries()) {
      const taken = Math.min(n, (limits?.[i] ?? Number.POSITIVE_INFINITY) - out[i])
      out[i] += taken
      left -= taken
    }
  }
}
