import type { Text } from '../scenario/language.ts'
import type { Task } from '../scenario/task/load.ts'

/** What is known of a task before it is loaded: enough to draw it. */
export interface TaskCard {
  readonly id: string
  readonly title: Text
  readonly skill: string
  readonly domain: string
  readonly difficulty: number
  readonly minutes: number
  readonly reflex: boolean
  /** How many variants there are: seeds from 0 choose one each. */
  readonly variants: number
}

/** What is shown of a task before it is opened. */
export const taskCardOf = (t: Task): TaskCard => ({
  id: t.id,
  title: t.title,
  skill: t.skill,
  domain: t.domain,
  difficulty: t.difficulty,
  minutes: t.minutes,
  reflex: t.reflex,
  variants: t.variants?.length ?? 1,
})
