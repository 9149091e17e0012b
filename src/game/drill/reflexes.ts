import { hash } from '../../kernel/index.ts'
import type { TaskCard } from '../task-card.ts'
import type { Choice } from './deck.ts'
import type { DrillState } from './record.ts'
import { practised } from './schedule.ts'

/** Reflexes of one run. */
const RUN = 10

/** One reflex that was tried. */
export interface ReflexResult {
  readonly task: TaskCard
  /** Undefined when it was given up. */
  readonly seconds: number | undefined
  readonly hints: number
}

/**
 * The reflexes of the n-th run: every task before any comes a second time, and then with another variant; fewer than ten
 * where there are no more.
 */
export function reflexRun(tasks: readonly TaskCard[], n: number): Choice[] {
  const shuffled = <T>(of: readonly T[], key: (item: T) => string): T[] =>
    [...of].sort((a, b) => hash(`${n}/${key(a)}`) - hash(`${n}/${key(b)}`))
  const reflexes = shuffled(
    tasks.filter(({ reflex }) => reflex),
    ({ id }) => id,
  )
  const rounds = Math.max(0, ...reflexes.map(({ variants }) => variants))
  return Array.from({ length: rounds }, (_, round) =>
    reflexes
      .filter(({ variants }) => round < variants)
      .map((task) => ({ task, seed: (hash(`${n}/${task.id}`) % task.variants) + round })),
  )
    .flat()
    .slice(0, RUN)
}

/** A result that can be a best one: done, and without help. */
const counts = ({ seconds, hints }: ReflexResult): boolean => seconds !== undefined && hints === 0

/** Time of a whole run in per cent of par; undefined when something of it does not count. */
export function runShare(results: readonly ReflexResult[]): number | undefined {
  if (results.length === 0 || !results.every(counts)) return undefined
  const sum = (of: (r: ReflexResult) => number): number => results.reduce((all, r) => all + of(r), 0)
  return Math.max(1, Math.round((100 * sum((r) => r.seconds ?? 0)) / sum((r) => r.task.minutes * 60)))
}

/** The state after one reflex: the best time of its task. */
export function withReflex(state: DrillState, result: ReflexResult, today: number): DrillState {
  const { seconds, task } = result
  if (seconds === undefined) return state
  const { best } = state.reflexes
  const better = counts(result) && seconds < (best[task.id] ?? Number.POSITIVE_INFINITY)
  return {
    ...practised(state, today),
    reflexes: { ...state.reflexes, best: better ? { ...best, [task.id]: seconds } : best },
  }
}

/** The state after a run that went to its end. */
export function withRun(state: DrillState, results: readonly ReflexResult[]): DrillState {
  const { runs, bestRun } = state.reflexes
  const share = runShare(results)
  const best = share !== undefined && (bestRun === 0 || share < bestRun) ? share : bestRun
  return { ...state, reflexes: { ...state.reflexes, runs: runs + 1, bestRun: best } }
}
