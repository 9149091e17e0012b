import type { Tool } from '../../command.ts'
import type { Plan, Test } from './plan.ts'

/** The expression's words, as tests and actions read their arguments. */
export interface Words {
  readonly t: Tool
  readonly plan: Plan
  next(): string | undefined
  /** The argument of test `name`; fails when there is none. */
  argument(name: string): string
  /** `+5`, `-5`, `5`: more than, less than, exactly. */
  number(name: string): (n: number) => boolean
}

/** Reads a test or action, whose name has been taken, from the words. */
export type Primary = (words: Words, name: string) => Test
