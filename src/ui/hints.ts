import type { Text } from '../scenario/language.ts'
import type { Scenario } from '../scenario/load.ts'
import type { Controller } from './controller.ts'
import type { UiText } from './text.ts'

type Hint = Scenario['hints'][number]

/** Points that a hint costs. */
const hintCost = (hint: Hint): number => (typeof hint === 'object' && 'cost' in hint ? hint.cost : 10)

/** What is told of the next hint before it is shown. */
export const hintCosts = ({ practice }: Controller, next: Hint, t: UiText): string =>
  practice?.words().hintCosts ?? t.hintCost(hintCost(next))

/** The hint's words. */
export const hintText = (hint: Hint): Text => (typeof hint === 'object' && 'say' in hint ? hint.say : hint)
