import type { Progress } from './progress.ts'
import { list, record, type Shape, truth, words } from './shape.ts'

/** What is kept of a player's reading of one lesson. */
export interface LessonRecord {
  readonly read: boolean
  /** Ids of the exercises that were done. */
  readonly exercises: readonly string[]
}

const shape: Shape<LessonRecord> = { read: truth, exercises: list(words) }

/** Throws Error when it is something else. */
export const parseLessons = (data: object): Progress['lessons'] =>
  Object.fromEntries(Object.entries(data).map(([id, value]) => [id, record(value, shape, id)]))

const change = (progress: Progress, id: string, how: (old: LessonRecord) => LessonRecord): Progress => ({
  ...progress,
  lessons: { ...progress.lessons, [id]: how(progress.lessons[id] ?? { read: false, exercises: [] }) },
})

/** Progress with one more exercise of a lesson done. */
export const withExercise = (progress: Progress, lesson: string, exercise: string): Progress =>
  change(progress, lesson, (old) => ({ ...old, exercises: [...new Set([...old.exercises, exercise])] }))

/** Progress with a lesson marked as read, or not. */
export const withLessonRead = (progress: Progress, lesson: string, read: boolean): Progress =>
  change(progress, lesson, (old) => ({ ...old, read }))
