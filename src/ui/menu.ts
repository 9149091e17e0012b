import type { MissionCard } from '../game/card.ts'
import { inLanguage } from '../scenario/language.ts'
import type { Controller } from './controller.ts'

/** Missions by domain, those that match the search. */
export function visibleMissions(all: readonly MissionCard[], query: string, language: 'en' | 'fr'): MissionCard[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (c: MissionCard): string =>
    `${c.id} ${inLanguage(c.title, language)} ${c.domain} ${inLanguage(c.brief, language)}`.toLowerCase()
  return all
    .filter((c) => words.every((w) => text(c).includes(w)))
    .sort((a, b) => (a.domain === b.domain ? a.difficulty - b.difficulty : a.domain < b.domain ? -1 : 1))
}

export interface MenuEntry {
  /** Without one: go on with the saved mission. */
  readonly card?: MissionCard
}

/** What can be chosen in the menu, in order. */
export function menuEntries(game: Controller): MenuEntry[] {
  const all = game.missions.flatMap((m) => (m.card ? [m.card] : []))
  const found = visibleMissions(all, game.nav.search.text, game.language).map((card) => ({ card }))
  return game.saved ? [{}, ...found] : found
}
