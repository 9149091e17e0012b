import { FSRSAlgorithm, generatorParameters } from 'ts-fsrs'
import { RATINGS, type Rating } from './rating.ts'
import type { DrillState, Level, SkillRecord, Streak } from './record.ts'

/** Nothing that an exam may ask is put off for longer, however well it is known (days). */
const LONGEST = 60

/** Whole days and no chance: the same answers on the same days give the same schedule. */
const FSRS = new FSRSAlgorithm(
  generatorParameters({ maximum_interval: LONGEST, enable_fuzz: false, enable_short_term: false }),
)

/** Days gone by; none when the clock was moved back. */
const daysSince = (day: number, today: number): number => Math.max(0, today - day)

/** Chance from 0 to 1 that it is still known. */
export const retrievability = ({ last, stability }: Pick<SkillRecord, 'last' | 'stability'>, today: number): number =>
  FSRS.forgetting_curve(daysSince(last, today), stability)

/** How well something is known, 0 to 1: what failed last time is not. */
export const strengthOf = (record: SkillRecord, today: number, held = record.rating !== 'again'): number =>
  held ? retrievability(record, today) : 0

/** One task that was rated. */
export interface Review {
  readonly skill: string
  readonly task: string
  readonly seed: number
  readonly difficulty: number
  readonly rating: Rating
}

/** The state after a review. A clock that went back changes neither the day of the latest review nor the streak. */
export function withReview(state: DrillState, review: Review, today: number): DrillState {
  const old = state.skills[review.skill]
  const elapsed = old ? daysSince(old.last, today) : 0
  const memory = FSRS.next_state(old ?? null, elapsed, RATINGS.indexOf(review.rating) + 1)
  const last = Math.max(today, old?.last ?? 0)
  const level = String(review.difficulty) as Level
  const skill: SkillRecord = {
    first: old?.first ?? today,
    last,
    due: last + FSRS.next_interval(memory.stability, elapsed),
    stability: memory.stability,
    difficulty: memory.difficulty,
    times: (old?.times ?? 0) + 1,
    rating: review.rating,
    task: review.task,
    seed: review.seed,
    levels: {
      ...old?.levels,
      [level]: { times: (old?.levels[level]?.times ?? 0) + 1, held: review.rating !== 'again' },
    },
  }
  return { ...practised(state, today), skills: { ...state.skills, [review.skill]: skill } }
}

/** The state after something was done today. */
export function practised(state: DrillState, today: number): DrillState {
  const { days, last, best } = state.streak
  if (days > 0 && today <= last) return state
  const now = days > 0 && today === last + 1 ? days + 1 : 1
  return { ...state, streak: { days: now, last: today, best: Math.max(best, now) } }
}

/** Days on end up to today, or up to yesterday; undefined when the clock is behind what was done, so that none can tell. */
export const streakOn = ({ days, last }: Streak, today: number): number | undefined =>
  days === 0 ? 0 : today < last ? undefined : today - last <= 1 ? days : 0

/** The latest day on which something was done, when the clock is behind it. */
export function aheadOf(state: DrillState, today: number): number | undefined {
  const latest = Math.max(state.streak.last, ...Object.values(state.skills).map(({ last }) => last))
  return latest > today ? latest : undefined
}
