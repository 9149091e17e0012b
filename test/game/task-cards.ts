import type { TaskCard } from '../../src/game/task-card.ts'

/** A task as the drill sees it, called after its id. */
export const taskCard = (id: string, skill: string, more: Partial<TaskCard> = {}): TaskCard => ({
  id,
  title: id,
  skill,
  domain: '',
  difficulty: 1,
  minutes: 1,
  reflex: false,
  variants: 3,
  ...more,
})
