import type { Mission } from '../game/index.ts'
import type { Scenario } from '../scenario/load.ts'

/** How something small ends: done, given up, not even begun, or ended by a mistake of the simulation. */
export type PracticeEnd = 'done' | 'left' | 'cancelled' | 'crashed'

/** What is said of it where a mission has other words. */
export interface PracticeWords {
  /** Its check does not hold. */
  readonly notYet: string
  readonly leave: string
  readonly leaveText: string
  readonly leaveKeys: string
}

/**
 * Something small that is played on the screen of missions and is none: an exercise of a lesson, a task of a drill. The
 * game keeps nothing of it; whoever began it keeps what it likes when it ends.
 */
export interface Practice {
  readonly scenario: Scenario
  /** Undefined: the scenario's own. */
  readonly seed: number | undefined
  words(): PracticeWords
  /** The bar shows the time that was used. */
  readonly timed: boolean
  /** The machines are on, and the player sees the terminal. */
  entered(): void
  /** The screen is to be left. `mission` is undefined when it had not begun. */
  ended(how: PracticeEnd, mission: Mission | undefined): void
  /** `r` on the sheet that asks whether to leave. */
  again(): void
}
