import type { TaskCard } from '../game/task-card.ts'
import { type ContentFile, ContentIndex, yamlBelow } from './content-index.ts'

/** A task's file with its card. */
export type TaskFile = ContentFile<TaskCard>

/** Every task file of the package, in order. */
export const taskPaths = (): string[] => yamlBelow('content/tasks')

/** What the exam and the drill draw from. */
export const TASKS = new ContentIndex<TaskCard>(
  'tasks.json',
  taskPaths,
  async () => (await import('./scenarios.ts')).taskFile,
)
