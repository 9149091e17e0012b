import { DOMAINS } from '../../scenario/curriculum.ts'
import type { SkillCard } from './deck.ts'
import { type DrillState, LEVELS, type Level } from './record.ts'
import { strengthOf } from './schedule.ts'

/** How well a domain's tasks of one difficulty are known. */
export interface Cell {
  /** Skills that have such tasks, or had one; those of them that have been drilled at that difficulty. */
  readonly skills: number
  readonly drilled: number
  /** Mean chance, 0 to 1, that the drilled ones are still known; one that failed last time counts as not known. */
  readonly strength: number
}

/** A row of the heat map: a domain of the exam by level. */
export interface DomainStrength {
  readonly domain: string
  readonly cells: Readonly<Record<Level, Cell>>
}

/** Strength by domain and difficulty, heaviest domain first. */
export const strengths = (deck: readonly SkillCard[], state: DrillState, today: number): DomainStrength[] =>
  DOMAINS.map((domain) => {
    const cards = deck.filter((card) => card.domain === domain)
    const cell = (level: Level): Cell => {
      const known = cards.flatMap(({ skill }) => {
        const record = state.skills[skill]
        const at = record?.levels[level]
        return at ? [strengthOf(record, today, at.held)] : []
      })
      const skills = cards.filter(
        ({ skill, tasks }) =>
          state.skills[skill]?.levels[level] !== undefined || tasks.some((t) => String(t.difficulty) === level),
      )
      const strength = known.length === 0 ? 0 : known.reduce((a, b) => a + b, 0) / known.length
      return { skills: skills.length, drilled: known.length, strength }
    }
    return { domain, cells: Object.fromEntries(LEVELS.map((l) => [l, cell(l)])) as DomainStrength['cells'] }
  })

/** How many skills come up today (with what is overdue) and on each of the days after it. */
export const forecast = (deck: readonly SkillCard[], state: DrillState, today: number, days: number): number[] =>
  Array.from(
    { length: days },
    (_, n) =>
      deck.filter(({ skill, tasks }) => {
        const due = state.skills[skill]?.due
        return tasks.length > 0 && due !== undefined && (n === 0 ? due <= today : due === today + n)
      }).length,
  )
