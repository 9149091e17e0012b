import type { Mission } from '../game/index.ts'
import type { Wanted } from './preparation.ts'

/** How something small ends: done, given up, not even begun, or ended by a mistake of the simulation or in its file. */
export type PracticeEnd = 'done' | 'left' | 'cancelled' | 'failed'

/** What is said of it where a mission has other words. */
export interface PracticeWords {
  /** Its check does not hold. */
  readonly notYet: string
  readonly leave: string
  readonly leaveText: string
  readonly leaveKeys: string
  /** What the next hint costs, when it is not points. */
  readonly hintCosts?: string
}

/**
 * Something small that is played on the screen of missions and is none: an exercise of a lesson, a task of a drill. The
 * game keeps nothing of it; whoever began it keeps what it likes when it ends.
 */
export interface Practice {
  readonly wanted: Wanted
  words(): PracticeWords
  /** The bar shows the time that was used. */
  readonly timed: boolean
  /** Stands in the bar before the time: `3/10`. */
  readonly place?: string
  /** Text with which the terminal begins. Where there is none, the sheet with the briefing is shown first. */
  head?(mission: Mission): string
  /** The player sees the terminal. */
  entered?(): void
  /** The screen is to be left. `mission` is undefined when it had not begun. */
  ended(how: PracticeEnd, mission: Mission | undefined): void
  /** `r` on the sheet that asks whether to leave. */
  again(): void
}
