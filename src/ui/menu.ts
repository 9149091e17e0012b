import { inLanguage, type Scenario } from '../scenario/index.ts'
import type { Controller } from './controller.ts'

/** Missions by domain, those that match the search. */
export function visibleScenarios(all: readonly Scenario[], query: string, language: 'en' | 'fr'): Scenario[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (s: Scenario): string =>
    `${s.id} ${inLanguage(s.title, language)} ${s.domain} ${inLanguage(s.brief, language)}`.toLowerCase()
  return all
    .filter((s) => words.every((w) => text(s).includes(w)))
    .sort((a, b) => (a.domain === b.domain ? a.difficulty - b.difficulty : a.domain < b.domain ? -1 : 1))
}

export interface MenuEntry {
  /** Without one: go on with the saved mission. */
  readonly scenario?: Scenario
}

/** What can be chosen in the menu, in order. */
export function menuEntries(game: Controller): MenuEntry[] {
  const all = game.scenarios.flatMap((s) => (s.scenario ? [s.scenario] : []))
  const found = visibleScenarios(all, game.nav.search.text, game.language).map((scenario) => ({ scenario }))
  return game.saved ? [{}, ...found] : found
}
