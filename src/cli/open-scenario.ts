import { ContentError, Stage } from '../scenario/index.ts'
import { findScenario, workloads } from '../serve/scenarios.ts'

/** Sets a scenario up, to begin at `epoch` (ms since 1970); `error` says why it cannot be. */
export function openScenario(
  name: string,
  seed?: number,
  epoch?: number,
): { game: Stage } | { error: string } | { missing: true } {
  const found = findScenario(name, seed)
  if (!found) return { missing: true }
  if (!found.scenario) return { error: found.error ?? 'unreadable' }
  try {
    return { game: new Stage(found.scenario, workloads, seed, epoch) }
  } catch (error) {
    if (error instanceof ContentError) return { error: error.message }
    throw error
  }
}
