import { count, list, record, type Shape, truth, words } from './shape.ts'

/** A mission that was repaired, once. */
export interface Run {
  readonly mission: string
  /** Which variant it was, in which world. */
  readonly seed: number
  /** Real time at which it was repaired, ISO 8601. */
  readonly at: string
  /** Virtual seconds. */
  readonly seconds: number
  readonly points: number
  readonly hints: number
  /** Checks too early. */
  readonly checks: number
  /** The root cause was named rightly. */
  readonly diagnosed: boolean
}

/** So many are kept, the latest. */
const MOST = 500

const runShape: Shape<Run> = {
  mission: words,
  seed: count(),
  at: words,
  seconds: count(),
  points: count(100),
  hints: count(),
  checks: count(),
  diagnosed: truth,
}

/** Throws Error when it is something else. */
export const parseRuns = list((value, path) => record<Run>(value, runShape, path), MOST)

/** With one more run; the oldest give way. */
export const withRun = (runs: readonly Run[], run: Run): readonly Run[] => [...runs, run].slice(-MOST)

/** The same when the latest run of a mission was diagnosed. */
export function diagnosedLast(runs: readonly Run[], mission: string): readonly Run[] {
  const last = runs.findLastIndex((run) => run.mission === mission)
  return runs.map((run, i) => (i === last ? { ...run, diagnosed: true } : run))
}
