import type { Workloads } from '../acts.ts'
import { type Bench, type Proof, playThrough, proveFileBy, traps } from '../prove.ts'
import { loadTask, scenarioOfTask } from './load.ts'

/** Proves one task file: every check unmet at the start, all met by the solution and other honest ways, by no decoy. */
export const proveTask = (file: string, content: string, workloads: Workloads, seed?: number): Proof =>
  proveFileBy(file, () => scenarioOfTask(loadTask(file, content, seed)), claims, workloads, seed)

function claims(bench: Bench): void {
  traps(bench)
  const { atFirst, atLast } = playThrough(bench.fresh())
  bench.isOpen(atFirst)
  bench.isSolved(atLast, 'solved by its solution', 'solution')
  bench.otherWays()
}
