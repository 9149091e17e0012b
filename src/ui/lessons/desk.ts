import { withExercise, withLessonRead } from '../../game/lesson-progress.ts'
import type { Language } from '../../scenario/language.ts'
import type { Scenario } from '../../scenario/load.ts'
import type { Controller } from '../controller.ts'
import type { Host } from './host.ts'
import { Reader, type Subject } from './reader.ts'
import { type LessonText, lessonText } from './text.ts'

/** Screens that tell how it went, from which one may go and read. */
const ORIGINS = ['debrief', 'drilled', 'exam'] as const
type Origin = (typeof ORIGINS)[number]
const isOrigin = (screen: string): screen is Origin => (ORIGINS as readonly string[]).includes(screen)

/** The lessons' place in the game: what the reader asks of it. */
export class Desk implements Host {
  readonly reader = new Reader(this)
  /** From where something is read about, and how far it was scrolled there. */
  private origin: { readonly screen: Origin; readonly offset: number } = { screen: 'debrief', offset: 0 }

  constructor(private readonly game: Controller) {}

  get language(): Language {
    return this.game.language
  }

  get words(): LessonText {
    return lessonText(this.language)
  }

  get columns(): number {
    return this.game.columns
  }

  get rows(): number {
    return this.game.rows
  }

  get place(): { readonly screen: string } {
    return this.game.place
  }

  changed(): void {
    this.game.changed()
  }

  /** To the table: of all lessons, or of some. */
  openTable(only?: readonly string[]): void {
    this.reader.table(only)
    this.show('lessons')
  }

  /** To what there is to read about something that was played: the table, or the only one. */
  readAbout(subject: Subject | undefined): void {
    const { screen } = this.game.place
    if (!subject || !isOrigin(screen)) return
    const ids = this.reader.about(subject).map(({ id }) => id)
    if (ids.length === 0) return
    this.origin = { screen, offset: this.game.nav.offset }
    this.openTable(ids)
    if (ids.length === 1) this.reader.open(ids[0])
  }

  /** Lessons about the mission that was solved. */
  get aboutMission() {
    const { mission } = this.game
    return mission ? this.reader.about(mission.scenario) : []
  }

  show(screen: 'lesson' | 'lessons' | 'origin' | 'back'): void {
    if (screen !== 'origin') return this.game.send({ type: screen })
    this.game.send({ type: this.origin.screen })
    this.game.nav.offset = this.origin.offset
  }

  missionTitle(id: string): string | undefined {
    const title = this.game.card(id)?.title
    return typeof title === 'object' ? title[this.language] : title
  }

  openMission(id: string): void {
    const card = this.game.card(id)
    if (card) this.game.open(card)
  }

  exercisesDone(lesson: string): ReadonlySet<string> {
    return new Set(this.game.progress.lessons[lesson]?.exercises)
  }

  isRead(lesson: string): boolean {
    return this.game.progress.lessons[lesson]?.read ?? false
  }

  markRead(lesson: string): void {
    // Pages of the reference are not a course.
    if (!this.reader.all.some(({ id }) => id === lesson)) return
    const read = !this.isRead(lesson)
    this.game.keep((progress) => withLessonRead(progress, lesson, read))
  }

  beginExercise(lesson: string, scenario: Scenario): void {
    const { game } = this
    game.practise({
      wanted: { name: `${lesson}#${scenario.id}`, seed: undefined, open: () => scenario },
      words: () => this.words,
      timed: false,
      ended: (how) => {
        if (how === 'done') this.keepExercise(lesson, scenario.id)
        // The menu says what went wrong.
        this.show(how === 'failed' ? 'back' : 'lesson')
        if (how === 'done') this.reader.returnTo(scenario.id)
      },
      again: () => game.begin('restart'),
    })
  }

  /** Nothing of an exercise is kept except that it was done. */
  private keepExercise(lesson: string, exercise: string): void {
    const { game, reader } = this
    game.keep((progress) => withExercise(progress, lesson, exercise))
    const all = reader.lesson?.exercises ?? []
    const known = this.exercisesDone(lesson)
    if (all.every(({ id }) => known.has(id))) game.keep((progress) => withLessonRead(progress, lesson, true))
  }
}
