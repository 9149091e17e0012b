import type { Text } from '../scenario/language.ts'
import type { Scenario } from '../scenario/load.ts'

type Hint = Scenario['hints'][number]

/** Points that a hint costs. */
export const hintCost = (hint: Hint): number => (typeof hint === 'object' && 'cost' in hint ? hint.cost : 10)

export const hintText = (hint: Hint): Text => (typeof hint === 'object' && 'say' in hint ? hint.say : hint)
