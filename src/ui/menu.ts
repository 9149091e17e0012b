import type { MissionCard } from '../game/card.ts'
import { DOMAINS } from '../scenario/curriculum.ts'
import { inLanguage } from '../scenario/language.ts'
import type { Controller } from './controller.ts'
import { dateText } from './date.ts'
import { printable } from './plain-text.ts'
import { uiText } from './text.ts'
import { say } from './typeset.ts'

/** What is searched for: without accents, apostrophes straight. */
const folded = (text: string): string =>
  text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").replaceAll('œ', 'oe')

/** The domains' order is the curriculum's: by weight. */
const rank = ({ domain }: MissionCard): number => DOMAINS.indexOf(domain)

/** Missions by domain, those that match the search. */
function visibleMissions(all: readonly MissionCard[], query: string, language: 'en' | 'fr'): MissionCard[] {
  const words = folded(query).split(/\s+/).filter(Boolean)
  const text = (c: MissionCard): string =>
    folded(`${c.id} ${inLanguage(c.title, language)} ${c.domain} ${inLanguage(c.brief, language)}`)
  return all
    .filter((c) => words.every((w) => text(c).includes(w)))
    .sort((a, b) => rank(a) - rank(b) || a.difficulty - b.difficulty)
}

interface MenuEntry {
  /** Without one: go on with what was left. */
  readonly card?: MissionCard
  /** What was left. */
  readonly left?: 'mission' | 'exam'
}

/** What can be chosen in the menu, in order. */
export function menuEntries(game: Controller): MenuEntry[] {
  const all = game.missions.flatMap((m) => (m.card ? [m.card] : []))
  const found = visibleMissions(all, game.nav.search.text, game.language).map((card) => ({ card }))
  return [
    ...(game.exam.saved ? [{ left: 'exam' as const }] : []),
    ...(game.saved ? [{ left: 'mission' as const }] : []),
    ...found,
  ]
}

/** Words of an entry with which something that was left is gone on with. */
export function leftText({ left }: MenuEntry, game: Controller): string {
  const t = uiText(game.language)
  if (left === 'exam') return `${t.resumeExam}${t.colon} ${dateText(game.exam.saved?.begun ?? '')}`
  const id = game.saved?.scenario ?? ''
  const card = game.card(id)
  return `${t.resume}${t.colon} ${card ? say(card.title, game.language) : printable(id)}`
}
