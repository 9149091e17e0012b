import type { Scenario } from '../scenario/index.ts'
import type { Text } from '../scenario/language.ts'

/** One of the plausible root causes. */
export interface Cause {
  readonly say: Text
  readonly right: boolean
}

/** The causes to choose from: their order is the seed's, because authors write the right one first. */
export function causesOf(scenario: Scenario, seed: number): readonly Cause[] {
  const causes = (scenario.causes ?? []).map(({ say, right = false }) => ({ say, right }))
  const at = seed % Math.max(1, causes.length)
  return [...causes.slice(at), ...causes.slice(0, at)]
}
