import type { Text } from '../scenario/language.ts'
import type { Scenario } from '../scenario/load.ts'

/** What is known of a mission before its scenario is loaded: enough for the menu and the briefing. */
export interface MissionCard {
  readonly id: string
  readonly title: Text
  readonly domain: string
  readonly difficulty: number
  readonly minutes: number
  /** Chooses the variant whose names the texts use. */
  readonly seed: number
  readonly brief: Text
  readonly goals: readonly Text[]
  readonly keep: readonly Text[]
}

/** What the menu shows of a scenario. */
export const cardOf = (s: Scenario): MissionCard => ({
  id: s.id,
  title: s.title,
  domain: s.domain,
  difficulty: s.difficulty,
  minutes: s.minutes,
  seed: s.seed,
  brief: s.brief,
  goals: s.goals.map((g) => g.say),
  keep: (s.keep ?? []).map((k) => k.say),
})
