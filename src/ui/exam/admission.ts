import type { Exam } from '../../game/exam/exam.ts'
import { lasting } from '../../scenario/curriculum.ts'
import type { ExamPool } from '../../serve/exam-pool.ts'
import type { ExamHead } from '../../serve/exam-storage.ts'

/** What is only loaded for an exam. */
export type Library = typeof import('./library.ts')

const SEEDS = 1_000_000

/** What a new exam is to be like. */
interface Wishes {
  readonly practice: boolean
  /** Otherwise each exam has its own. */
  readonly seed: number | undefined
  readonly minutes: number
}

/** An exam that can be sat. */
interface Admission {
  readonly head: ExamHead
  exam(): Exam
}

/**
 * Draws an exam: a new one, or that which was left. `gone` when other tasks would be drawn now than were drawn then,
 * `none` when there is nothing to draw from.
 */
export function admit(
  library: Library,
  { candidates }: ExamPool,
  saved: ExamHead | undefined,
  wishes: Wishes,
): Admission | 'gone' | 'none' {
  if (candidates.length === 0) return 'none'
  const seed = saved?.seed ?? wishes.seed ?? Math.floor(Math.random() * SEEDS)
  const minutes = saved?.minutes ?? wishes.minutes
  const tasks = library.draw(candidates, seed, lasting(minutes))
  const drawn = tasks.map(({ id }) => id).join()
  if (saved && saved.drawn !== drawn) return 'gone'
  const { practice, begun } = saved ?? { practice: wishes.practice, begun: new Date().toISOString() }
  const { openDrawn: open, workloads } = library
  return {
    head: { seed, practice, minutes, begun, drawn },
    exam: () => new library.Exam({ seed, practice, minutes, tasks, open, workloads }),
  }
}
