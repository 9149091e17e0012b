import { CURRICULUM } from '../curriculum.ts'
import { loadVariant, type Scenario, type Variant } from '../load.ts'
import { type TaskSource, taskSchema } from './schema.ts'

/** A checked task with its variables filled in for one seed. */
export interface Task extends TaskSource, Variant {
  readonly domain: string
}

/** Parses and checks a task, like `loadScenario`. */
export function loadTask(file: string, content: string, seed?: number): Task {
  const task = loadVariant(file, content, taskSchema, seed)
  return { ...task, domain: CURRICULUM.skills[task.skill].domain }
}

/** A task as a scenario: the stage, the game and the proofs need nothing else. */
export const scenarioOfTask = (task: Task): Scenario => ({
  ...task,
  brief: task.ask,
  symptoms: [],
  debrief: task.explain,
})
