import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cardOf } from '../game/card.ts'
import { ContentError } from '../scenario/errors.ts'
import { loadScenario, type Scenario } from '../scenario/load.ts'
import { type MissionFile, root, scenarioPaths } from './missions.ts'

/** Workloads of content/workloads: name → manifest text. */
export function workloads(name: string): string | undefined {
  const file = root && join(root, 'content', 'workloads', `${name}.yaml`)
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export interface ScenarioFile {
  readonly file: string
  readonly scenario?: Scenario
  /** Why it cannot be played. */
  readonly error?: string
}

/** Every scenario of the package, in the order of their files; broken ones too. */
export const scenarioFiles = (): ScenarioFile[] => scenarioPaths().map((file) => read(file))

function read(file: string, seed?: number): ScenarioFile {
  try {
    return { file, scenario: loadScenario(file, readFileSync(file, 'utf8'), seed) }
  } catch (error) {
    if (error instanceof ContentError) return { file, error: error.message }
    return { file, error: `${file}: ${(error as Error).message}` }
  }
}

/** The menu's view of a file, by parsing it. */
export function missionFile(file: string): MissionFile {
  const { scenario, error } = read(file)
  return { file, card: scenario && cardOf(scenario), error }
}

/** A scenario by id, or by path of a file. */
export function findScenario(name: string, seed?: number): ScenarioFile | undefined {
  if (/[./]/.test(name)) return existsSync(name) ? read(name, seed) : undefined
  // A file is called after its scenario, as a rule.
  const [likely] = scenarioPaths().filter((file) => basename(file) === `${name}.yaml`)
  const first = likely && read(likely, seed)
  if (first && (first.error || first.scenario?.id === name)) return first
  const found = scenarioFiles().find((s) => s.scenario?.id === name)
  return found && read(found.file, seed)
}
