import { between, count, type Guard, oneOf, record, type Shape, truth, words } from '../shape.ts'
import { RATINGS, type Rating } from './rating.ts'

/** How hard tasks are. */
export const LEVELS = ['1', '2', '3', '4', '5'] as const

/** Degrees of difficulty that a skill is drilled in. */
export type Level = (typeof LEVELS)[number]

/** What is kept of a skill's tasks of one difficulty. */
interface LevelRecord {
  readonly times: number
  /** The last one was not rated `again`. */
  readonly held: boolean
}

/** What is kept of a skill. Days are counted from 1 January 1970 by the player's calendar. */
export interface SkillRecord {
  /** Day of the first task, of the latest, and from which the next is wanted. */
  readonly first: number
  readonly last: number
  readonly due: number
  /** FSRS: days until it is remembered with 90 %; 1 to 10. */
  readonly stability: number
  readonly difficulty: number
  readonly times: number
  /** How the latest task went. */
  readonly rating: Rating
  /** What came up last: the same is not asked twice running when there is something else. */
  readonly task: string
  readonly seed: number
  readonly levels: Readonly<Partial<Record<Level, LevelRecord>>>
}

/** Days on end with a task at least. */
export interface Streak {
  readonly days: number
  readonly last: number
  readonly best: number
}

/** What is kept of the reflexes. */
interface ReflexRecord {
  readonly runs: number
  /** Best seconds by task. */
  readonly best: Readonly<Record<string, number>>
  /** Best run without a gap: its time in per cent of par; 0 when there was none. */
  readonly bestRun: number
}

/** `drill.json` */
export interface DrillState {
  readonly version: 1
  readonly skills: Readonly<Record<string, SkillRecord>>
  readonly streak: Streak
  readonly reflexes: ReflexRecord
}

/** Of somebody who has never drilled. */
export const noDrill = (): DrillState => ({
  version: 1,
  skills: {},
  streak: { days: 0, last: 0, best: 0 },
  reflexes: { runs: 0, best: {}, bestRun: 0 },
})

/** Beyond this no calendar goes: the year 4707. */
const day = count(1_000_000)

/** An object with names of any kind, each value checked by `guard`. */
const dictionary =
  <T>(guard: Guard<T>): Guard<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(record<Record<string, unknown>>(value, undefined, path)).map(([name, inner]) => [
        name,
        guard(inner, `${path}.${name}`),
      ]),
    )

const shaped =
  <T extends object>(shape: Shape<T>): Guard<T> =>
  (value, path) =>
    record(value, shape, path)

const levels: Guard<SkillRecord['levels']> = (value, path) =>
  Object.fromEntries(
    Object.entries(dictionary(shaped<LevelRecord>({ times: count(), held: truth }))(value, path)).map(
      ([level, inner]) => [oneOf(LEVELS)(level, path), inner],
    ),
  )

const shape: Shape<DrillState> = {
  version: oneOf([1]),
  skills: dictionary(
    shaped<SkillRecord>({
      first: day,
      last: day,
      due: day,
      stability: between(0.001, 36_500),
      difficulty: between(1, 10),
      times: count(),
      rating: oneOf(RATINGS),
      task: words,
      seed: count(),
      levels,
    }),
  ),
  streak: shaped<Streak>({ days: count(), last: day, best: count() }),
  reflexes: shaped<ReflexRecord>({ runs: count(), best: dictionary(count()), bestRun: count() }),
}

/** Throws Error when it is something else. */
export const parseDrill = (data: unknown): DrillState => record(data, shape, 'the file')
