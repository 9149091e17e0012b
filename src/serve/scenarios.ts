import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cardOf } from '../game/card.ts'
import { taskCardOf } from '../game/task-card.ts'
import { ContentError } from '../scenario/errors.ts'
import { loadScenario, type Scenario } from '../scenario/load.ts'
import { loadTask, type Task } from '../scenario/task/load.ts'
import { root } from './content-index.ts'
import { type MissionFile, scenarioPaths } from './missions.ts'
import { type TaskFile, taskPaths } from './tasks.ts'

/** Workloads of content/workloads: name → manifest text. */
export function workloads(name: string): string | undefined {
  const file = root && join(root, 'content', 'workloads', `${name}.yaml`)
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** A file that was read: what it says, or why it cannot be used. */
interface Opened<T> {
  readonly file: string
  readonly value?: T
  readonly error?: string
}

/** A scenario's file, read. */
export interface ScenarioFile {
  readonly file: string
  readonly scenario?: Scenario
  /** Why it cannot be played. */
  readonly error?: string
}

/** Every scenario of the package, in the order of their files; broken ones too. */
export const scenarioFiles = (): ScenarioFile[] => scenarioPaths().map((file) => read(file))

function open<T>(file: string, load: (file: string, content: string, seed?: number) => T, seed?: number): Opened<T> {
  try {
    return { file, value: load(file, readFileSync(file, 'utf8'), seed) }
  } catch (error) {
    if (error instanceof ContentError) return { file, error: error.message }
    return { file, error: `${file}: ${(error as Error).message}` }
  }
}

function read(file: string, seed?: number): ScenarioFile {
  const { value: scenario, error } = open(file, loadScenario, seed)
  return { file, scenario, error }
}

/** The menu's view of a file, by parsing it. */
export function missionFile(file: string): MissionFile {
  const { scenario, error } = read(file)
  return { file, card: scenario && cardOf(scenario), error }
}

/** The same of a task. */
export function taskFile(file: string): TaskFile {
  const { value: task, error } = open(file, loadTask)
  return { file, card: task && taskCardOf(task), error }
}

/** The file of a task of the package, by its id: a file is called after its task. */
export const taskPath = (id: string): string | undefined => taskPaths().find((file) => basename(file) === `${id}.yaml`)

/** A task of the package by id. Throws ContentError when it has mistakes. */
export function findTask(id: string, seed?: number): Task | undefined {
  const file = taskPath(id)
  return file === undefined ? undefined : loadTask(file, readFileSync(file, 'utf8'), seed)
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
