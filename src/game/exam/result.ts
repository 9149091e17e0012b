import { CURRICULUM, DOMAINS } from '../../scenario/curriculum.ts'
import type { Verdict } from '../../scenario/index.ts'
import { count, list, oneOf, record, type Shape, truth, words } from '../shape.ts'
import type { DrawnTask } from './draw.ts'
import type { Exam } from './exam.ts'

/** What came of one task. */
export interface TaskResult {
  readonly id: string
  readonly kind: DrawnTask['kind']
  readonly domain: string
  readonly seed: number
  readonly host: string
  /** Per cent of the exam. */
  readonly worth: number
  /** Somebody was on its machine. */
  readonly entered: boolean
  /** Everything is still there that had to stay. */
  readonly kept: boolean
  /** Whether each of its checks was met. */
  readonly checks: readonly boolean[]
  readonly points: number
  /** Of its points. */
  readonly earned: number
}

/** An exam that was marked, as it is kept. */
export interface ExamResult {
  /** Real time at which it was begun, as ISO 8601. No two exams have the same. */
  readonly begun: string
  readonly seed: number
  readonly practice: boolean
  /** How long it might last. */
  readonly minutes: number
  readonly seconds: number
  readonly tasks: readonly TaskResult[]
}

type Goals = readonly { readonly id: string; readonly points?: number }[]

/** `verdict` is undefined for a task on whose machine nobody was. */
function resultOf(task: DrawnTask, goals: Goals, verdict: Verdict | undefined): TaskResult {
  const { id, kind, domain, seed, host, worth } = task
  const kept = verdict?.kept.every(Boolean) ?? true
  const checks = goals.map((_, i) => verdict?.objectives[i]?.met ?? false)
  const points = goals.map((goal) => goal.points ?? 1)
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
  const earned = kept ? sum(points.filter((_, i) => checks[i])) : 0
  return {
    id,
    kind,
    domain,
    seed,
    host,
    worth,
    entered: verdict !== undefined,
    kept,
    checks,
    points: sum(points),
    earned,
  }
}

/**
 * Marks an exam that has ended, in pieces; tells how many tasks are done. `failed` is told of mistakes of the
 * simulation; nothing is earned on such a cluster.
 */
export function* mark(exam: Exam, failed: (error: Error) => void): Generator<number, readonly TaskResult[]> {
  const results: TaskResult[] = []
  for (const [n, task] of exam.tasks.entries()) {
    yield n
    const { goals } = exam.scenario(n)
    let verdict: Verdict | undefined
    try {
      while (exam.worked(n)?.prepare() === false) yield n
      verdict = exam.worked(n)?.check()
    } catch (error) {
      failed(error as Error)
    }
    results.push(resultOf(task, goals, verdict))
  }
  return results
}

/** Per cent of the exam that some of its tasks earned. */
export const earnedBy = (tasks: readonly TaskResult[]): number =>
  tasks.reduce((sum, { worth, points, earned }) => sum + (worth * earned) / points, 0)

/** Points that could be had. */
export const worthOf = (tasks: readonly TaskResult[]): number => tasks.reduce((sum, { worth }) => sum + worth, 0)

/** Whole per cent, rounded down: nobody is told 66 who has not got it. */
export const scoreOf = ({ tasks }: ExamResult): number => Math.floor(earnedBy(tasks) + 1e-9)

/** The score reached what the curriculum asks for. */
export const hasPassed = (result: ExamResult): boolean => scoreOf(result) >= CURRICULUM.exam.pass

/** Its tasks by domain, heaviest first; domains without any are left out. */
export const byDomain = ({ tasks }: ExamResult): readonly (readonly [domain: string, tasks: readonly TaskResult[]])[] =>
  [...new Set([...DOMAINS, ...tasks.map((t) => t.domain)])].flatMap((domain) => {
    const of = tasks.filter((t) => t.domain === domain)
    return of.length > 0 ? [[domain, of] as const] : []
  })

/** All exams of a player, the oldest first. */
export interface ExamHistory {
  readonly version: 1
  readonly exams: readonly ExamResult[]
}

const taskShape: Shape<TaskResult> = {
  id: words,
  kind: oneOf(['task', 'mission']),
  domain: words,
  seed: count(),
  host: words,
  worth: count(100),
  entered: truth,
  kept: truth,
  checks: list(truth, 20),
  points: (value, path) => Math.max(1, count(1000)(value, path)),
  earned: count(1000),
}

const examShape: Shape<ExamResult> = {
  begun: words,
  seed: count(),
  practice: truth,
  minutes: count(),
  seconds: count(),
  tasks: list((value, path) => record(value, taskShape, path), 100),
}

/** Exams of earlier versions do not say how long they were: all lasted as long as the curriculum wants. */
export const withMinutes = (data: unknown): unknown =>
  typeof data === 'object' && data !== null ? { minutes: CURRICULUM.exam.minutes, ...data } : data

const historyShape: Shape<ExamHistory> = {
  version: oneOf([1]),
  exams: list((value, path) => record(withMinutes(value), examShape, path), 100_000),
}

/** Throws Error when it is something else. */
export const parseHistory = (data: unknown): ExamHistory => record(data, historyShape, 'the file')

/** Of somebody who has sat no exam. */
export const noHistory = (): ExamHistory => ({ version: 1, exams: [] })

/** With one more; the same exam, marked again after a crash, stands there once. */
export const withResult = (history: ExamHistory, result: ExamResult): ExamHistory => ({
  version: 1,
  exams: [...history.exams.filter(({ begun }) => begun !== result.begun), result],
})
