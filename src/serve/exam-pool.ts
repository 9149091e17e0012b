import type { Candidate, DrawnTask } from '../game/exam/draw.ts'
import { ContentError, type Scenario, scenarioOfTask, type Text } from '../scenario/index.ts'
import { MISSIONS } from './missions.ts'
import { findScenario, findTask } from './scenarios.ts'
import { TASKS } from './tasks.ts'

/** Longer missions would eat the exam. */
const MAX_MINUTES = 15

/** What exams are drawn from. */
export interface ExamPool {
  readonly candidates: readonly Candidate[]
  readonly titles: ReadonlyMap<string, Text>
  /** Why files were left out, with file:line:column. */
  readonly broken: readonly string[]
}

/** Tasks that are more than a reflex, and missions that are not too long. */
export async function examPool(): Promise<ExamPool> {
  const [tasks, missions] = [await TASKS.files(), await MISSIONS.files()]
  const candidates = [
    ...tasks.flatMap(({ card }): Candidate[] => {
      if (!card || card.reflex) return []
      const { id, domain, skill, minutes } = card
      return [{ id, kind: 'task', domain, skill, minutes }]
    }),
    ...missions.flatMap(({ card }): Candidate[] => {
      if (!card || card.minutes > MAX_MINUTES) return []
      const { id, domain, minutes } = card
      return [{ id, kind: 'mission', domain, skill: id, minutes }]
    }),
  ]
  const cards = [...tasks, ...missions].flatMap(({ card }) => card ?? [])
  return {
    candidates,
    titles: new Map(cards.map(({ id, title }) => [id, title])),
    broken: [...tasks, ...missions].flatMap(({ error }) => error ?? []),
  }
}

/** What a drawn task says. Throws ContentError when it cannot be read any more. */
export function openDrawn({ id, kind, seed }: Pick<DrawnTask, 'id' | 'kind' | 'seed'>): Scenario {
  if (kind === 'task') {
    const task = findTask(id, seed)
    if (task) return scenarioOfTask(task)
  } else {
    const found = findScenario(id, seed)
    if (found?.scenario) return found.scenario
  }
  throw new ContentError(id, 1, 1, 'it cannot be read')
}
