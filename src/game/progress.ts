import { type LessonRecord, parseLessons } from './lesson-progress.ts'
import { diagnosedLast, parseRuns, type Run, withRun } from './runs.ts'
import { count, oneOf, record, type Shape, truth } from './shape.ts'

/** What is kept of a player's attempts at one mission. */
export interface MissionRecord {
  readonly solved: number
  readonly bestPoints: number
  readonly bestSeconds: number
  readonly attempts: number
  /** The root cause was named rightly, once at least. */
  readonly diagnosed: boolean
}

/** What is kept of a player between games. */
export interface Progress {
  readonly version: 1
  readonly missions: Readonly<Record<string, MissionRecord>>
  readonly lessons: Readonly<Record<string, LessonRecord>>
  /** The latest runs of missions, the oldest first. */
  readonly runs: readonly Run[]
}

const missionShape: Shape<MissionRecord> = {
  solved: count(),
  bestPoints: count(100),
  bestSeconds: count(),
  attempts: count(),
  diagnosed: truth,
}

/** Throws Error when it is something else. */
export function parseProgress(data: unknown): Progress {
  const any = (value: unknown): any => record(value, undefined)
  // Files from before there were lessons or runs say nothing of them.
  const { version, missions, lessons, runs } = record<Progress>(
    typeof data === 'object' && data ? { lessons: {}, runs: [], ...data } : data,
    { version: oneOf([1]), missions: any, lessons: any, runs: parseRuns },
    'the file',
  )
  return {
    version,
    missions: Object.fromEntries(
      Object.entries(missions).map(([id, m]) => [id, record({ diagnosed: false, ...(m as object) }, missionShape, id)]),
    ),
    lessons: parseLessons(lessons),
    runs,
  }
}

/** Of somebody who has played nothing. */
export const noProgress = (): Progress => ({ version: 1, missions: {}, lessons: {}, runs: [] })

const neverTried: MissionRecord = { solved: 0, bestPoints: 0, bestSeconds: 0, attempts: 0, diagnosed: false }

/** Progress with a mission whose root cause was named. */
export const withDiagnosis = (progress: Progress, id: string): Progress => ({
  ...progress,
  missions: { ...progress.missions, [id]: { ...(progress.missions[id] ?? neverTried), diagnosed: true } },
  runs: diagnosedLast(progress.runs, id),
})

/** Progress with a mission that was repaired once more. */
export const withRepair = (progress: Progress, run: Run): Progress => {
  const { mission, points, seconds } = run
  return { ...withAttempt(progress, mission, { points, seconds }), runs: withRun(progress.runs, run) }
}

/** Progress with one more attempt at a mission. */
export function withAttempt(
  progress: Progress,
  id: string,
  result: { points: number; seconds: number } | undefined,
): Progress {
  const old = progress.missions[id] ?? neverTried
  const better =
    result !== undefined &&
    (old.solved === 0 ||
      result.points > old.bestPoints ||
      (result.points === old.bestPoints && result.seconds < old.bestSeconds))
  return {
    ...progress,
    missions: {
      ...progress.missions,
      [id]: {
        solved: old.solved + (result ? 1 : 0),
        attempts: old.attempts + 1,
        bestPoints: better ? result.points : old.bestPoints,
        bestSeconds: better ? result.seconds : old.bestSeconds,
        diagnosed: old.diagnosed,
      },
    },
  }
}

/** How the player wants the game. */
export interface Settings {
  readonly version: 1
  readonly language: 'auto' | 'en' | 'fr'
  readonly theme: 'dark' | 'light' | 'mono'
  readonly speed: (typeof SPEEDS)[number]
  readonly screenReader: boolean
}

/** Virtual seconds a real second. */
export const SPEEDS = [1, 2, 5, 10] as const

const settingsShape: Shape<Settings> = {
  version: oneOf([1]),
  language: oneOf(['auto', 'en', 'fr']),
  theme: oneOf(['dark', 'light', 'mono']),
  speed: oneOf(SPEEDS),
  screenReader: truth,
}

/** What holds until somebody changes it. */
export const defaultSettings = (): Settings => ({
  version: 1,
  language: 'auto',
  theme: 'dark',
  speed: 1,
  screenReader: false,
})

/** Settings that a file does not mention have their defaults. Throws Error when it is something else. */
export const parseSettings = (data: unknown): Settings =>
  record(typeof data === 'object' && data ? { ...defaultSettings(), ...data } : data, settingsShape, 'the file')
