/** How well something went: FSRS's four grades, worst first. */
export const RATINGS = ['again', 'hard', 'good', 'easy'] as const

/** FSRS's four grades of recall. */
export type Rating = (typeof RATINGS)[number]

/** What can be said of an attempt at a task without asking the player. */
interface Evidence {
  /** Virtual seconds that were used. */
  readonly seconds: number
  /** Time that a fluent person needs, in seconds. */
  readonly par: number
  readonly hints: number
  readonly failedChecks: number
  /** Left before everything was met. */
  readonly gaveUp: boolean
}

/** Shares of par: more than this is slow, is not known, is fluent. */
const SLOW = 1.5
const LOST = 3
const FLUENT = 0.5

/** The rating that an attempt deserves. */
export function ratingOf({ seconds, par, hints, failedChecks, gaveUp }: Evidence): Rating {
  if (gaveUp || seconds > LOST * par) return 'again'
  if (hints > 0 || failedChecks > 0 || seconds > SLOW * par) return 'hard'
  return seconds <= FLUENT * par ? 'easy' : 'good'
}
