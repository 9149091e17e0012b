import type { Language } from '../../scenario/language.ts'
import type { Scenario } from '../../scenario/load.ts'
import type { Reader } from './reader.ts'
import type { LessonText } from './text.ts'

/** What lessons need of the game around them. */
export interface Host {
  readonly language: Language
  readonly words: LessonText
  readonly columns: number
  readonly rows: number
  readonly place: { readonly screen: string }
  /** What stands in the bar besides: time that runs meanwhile. */
  readonly status?: string
  changed(): void
  /** Goes to another screen; `back` is the menu, `origin` what one wanted to read about. */
  show(screen: 'lesson' | 'lessons' | 'origin' | 'back'): void
  /** Title of a mission, if there is one. */
  missionTitle(id: string): string | undefined
  openMission(id: string): void
  exercisesDone(lesson: string): ReadonlySet<string>
  isRead(lesson: string): boolean
  markRead(lesson: string): void
  beginExercise(lesson: string, scenario: Scenario): void
}

/** Somewhere with a reader: what the screens draw. */
export type Reading = Host & { readonly reader: Reader }
