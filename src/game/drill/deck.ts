import { hash } from '../../kernel/index.ts'
import { CURRICULUM, type Curriculum } from '../../scenario/curriculum.ts'
import type { TaskCard } from '../task-card.ts'
import type { DrillState, SkillRecord } from './record.ts'

/** A card of the drill: a skill with everything that trains it. */
export interface SkillCard {
  readonly skill: string
  readonly domain: string
  readonly tasks: readonly TaskCard[]
}

/** Skills that come up for the first time, at most so many a day. */
export const NEW_A_DAY = 4

/** Every skill in the order in which skills are introduced: by the domains' weight, then as the curriculum has them. */
export function deckOf(tasks: readonly TaskCard[], { domains, skills }: Curriculum = CURRICULUM): SkillCard[] {
  const weight = (domain: string): number => domains[domain]?.weight ?? 0
  return Object.entries(skills)
    .map(([skill, { domain }]) => ({ skill, domain, tasks: tasks.filter((task) => task.skill === skill) }))
    .sort((a, b) => weight(b.domain) - weight(a.domain))
}

/** What a session consists of: what is due, longest overdue first; then what is new. */
interface Session {
  readonly due: readonly string[]
  readonly fresh: readonly string[]
}

/** The session of a day. What has no task cannot come up. */
export function sessionOn(deck: readonly SkillCard[], state: DrillState, today: number): Session {
  const able = deck.filter(({ tasks }) => tasks.length > 0).map(({ skill }) => skill)
  const due = able.filter((skill) => state.skills[skill] && state.skills[skill].due <= today)
  const begun = Object.values(state.skills).filter(({ first }) => first === today).length
  return {
    due: due.sort((a, b) => state.skills[a].due - state.skills[b].due),
    fresh: able.filter((skill) => !state.skills[skill]).slice(0, Math.max(0, NEW_A_DAY - begun)),
  }
}

/** A task and the seed that chooses its variant and its world. */
export interface Choice {
  readonly task: TaskCard
  readonly seed: number
}

/** From this stability on (days), a skill is asked at the next difficulty. */
const STEPS = [3, 8, 20, 45]

/** The difficulty that a skill has grown to. */
export const levelOf = (record: SkillRecord | undefined): number =>
  1 + STEPS.filter((step) => (record?.stability ?? 0) >= step).length

/**
 * What comes up for a skill: not what came up last, if there is anything else, and of that a task about as hard as the
 * skill is firm. Where there is only one task, it is another variant.
 */
export function pickFor({ skill, tasks }: SkillCard, record: SkillRecord | undefined): Choice | undefined {
  if (tasks.length === 0) return undefined
  const level = levelOf(record)
  const times = record?.times ?? 0
  const far = (task: TaskCard): number => Math.abs(task.difficulty - level)
  const others = tasks.length > 1 ? tasks.filter(({ id }) => id !== record?.task) : tasks
  const nearest = Math.min(...others.map(far))
  const near = others.filter((task) => far(task) === nearest)
  const task = near[hash(`${skill}/${times}`) % near.length]
  const again = record?.task === task.id && (record.seed - times) % task.variants === 0
  return { task, seed: again ? times + 1 : times }
}
