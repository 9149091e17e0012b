import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ContentError, loadScenario, type Scenario, Stage, type Workloads } from '../scenario/index.ts'

/** Folder of the package: the bundle lies in dist/, the sources in src/serve/. */
const root = [1, 2]
  .map((up) => join(dirname(fileURLToPath(import.meta.url)), ...Array(up).fill('..')))
  .find((d) => existsSync(join(d, 'scenarios')))

/** Workloads of content/workloads. */
export const workloads: Workloads = (name) => {
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
export function scenarioFiles(): ScenarioFile[] {
  if (!root) return []
  const base = join(root, 'scenarios')
  const files = readdirSync(base)
    .filter((d) => statSync(join(base, d)).isDirectory())
    .flatMap((d) => readdirSync(join(base, d)).map((f) => join(base, d, f)))
    .filter((f) => f.endsWith('.yaml'))
    .sort()
  return files.map((file) => read(file))
}

function read(file: string, seed?: number): ScenarioFile {
  try {
    return { file, scenario: loadScenario(file, readFileSync(file, 'utf8'), seed) }
  } catch (error) {
    if (error instanceof ContentError) return { file, error: error.message }
    return { file, error: `${file}: ${(error as Error).message}` }
  }
}

/** A scenario by id, or by path of a file. */
export function findScenario(name: string, seed?: number): ScenarioFile | undefined {
  if (/[./]/.test(name)) return existsSync(name) ? read(name, seed) : undefined
  const found = scenarioFiles().find((s) => s.scenario?.id === name)
  return found && read(found.file, seed)
}

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
