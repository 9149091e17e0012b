/** Points lost for a check that found something unmet. */
const FAILED_CHECK = 5
/** Points lost for each started par time beyond the first. */
const OVERTIME = 10

interface Run {
  readonly seconds: number
  readonly parMinutes: number
  /** Cost of each hint that was shown. */
  readonly hintCosts: readonly number[]
  readonly failedChecks: number
}

/** 0 to 100. */
export function score(run: Run): number {
  const over = Math.max(0, Math.ceil(run.seconds / (run.parMinutes * 60)) - 1)
  const lost = run.hintCosts.reduce((a, b) => a + b, 0) + run.failedChecks * FAILED_CHECK + over * OVERTIME
  return Math.max(0, 100 - lost)
}
