import { hash } from '../kernel/index.ts'
import type { Scenario } from '../scenario/index.ts'
import type { Text } from '../scenario/language.ts'

/** One of the plausible root causes. */
export interface Cause {
  readonly say: Text
  readonly right: boolean
}

/** The causes to choose from, shuffled by the seed: authors write the right one first, and few missions start at another seed than 0. */
export function causesOf(scenario: Scenario, seed: number): readonly Cause[] {
  const causes = (scenario.causes ?? []).map(({ say, right = false }, i) => ({
    cause: { say, right },
    rank: hash(`${scenario.id}/${seed}/${i}`),
  }))
  return causes.sort((a, b) => a.rank - b.rank).map(({ cause }) => cause)
}
