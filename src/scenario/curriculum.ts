import data from '../../content/curriculum.json' with { type: 'json' }
import { inLanguage, type Language, type Text } from './language.ts'

/** A field of the exam. */
interface Domain {
  /** Per cent of the exam. */
  readonly weight: number
  readonly name: Text
}

/** What one can be good at: a card of the drill. */
interface Skill {
  readonly domain: string
  readonly name: Text
}

/** Domains, skills and the exam's rules: `content/curriculum.json`, the one place to edit for a new curriculum. */
export interface Curriculum {
  readonly exam: {
    readonly minutes: number
    /** Per cent of the points. */
    readonly pass: number
    /** Fewest and most tasks of a draw. */
    readonly tasks: readonly number[]
    /** Minutes before the end at which the candidate is told. */
    readonly warnings: readonly number[]
  }
  /** By id, heaviest first. */
  readonly domains: Readonly<Record<string, Domain>>
  readonly skills: Readonly<Record<string, Skill>>
}

export const CURRICULUM: Curriculum = data

/** The same with an exam of so many minutes: fewer or more tasks in proportion, and warnings as far as they come before the end. */
export function lasting(minutes: number, curriculum: Curriculum = CURRICULUM): Curriculum {
  const { exam } = curriculum
  if (minutes === exam.minutes) return curriculum
  const tasks = exam.tasks.map((n) => Math.max(1, Math.round((n * minutes) / exam.minutes)))
  return { ...curriculum, exam: { ...exam, minutes, tasks, warnings: exam.warnings.filter((at) => at < minutes) } }
}

export const DOMAINS = Object.keys(CURRICULUM.domains)
export const SKILLS = Object.keys(CURRICULUM.skills)

/** A domain's name; the id itself when the curriculum does not know it. */
export const domainName = (id: string, language: Language): string => {
  const domain = CURRICULUM.domains[id]
  return domain ? inLanguage(domain.name, language) : id
}
