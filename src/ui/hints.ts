import type { Mission } from '../game/index.ts'
import type { Text } from '../scenario/language.ts'
import type { Scenario } from '../scenario/load.ts'
import type { Controller } from './controller.ts'
import type { UiText } from './text.ts'

type Hint = Scenario['hints'][number]

/** Points that a hint costs. */
const hintCost = (hint: Hint): number => (typeof hint === 'object' && 'cost' in hint ? hint.cost : 10)

/** What is told below the hints that were shown, if any: what the next one costs, or that there is none. */
export function hintsToCome(
  { practice }: Controller,
  { scenario: { hints }, hintsShown }: Mission,
  t: UiText,
): string[] {
  const next = hints[hintsShown]
  if (!next) return [hints.length === 0 ? t.noHints : t.noMoreHints]
  return [...(hintsShown === 0 ? [t.noHint] : []), practice?.words().hintCosts ?? t.hintCost(hintCost(next))]
}

/** The hint's words. */
export const hintText = (hint: Hint): Text => (typeof hint === 'object' && 'say' in hint ? hint.say : hint)
