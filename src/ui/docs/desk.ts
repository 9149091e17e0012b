import type { Language } from '../../scenario/language.ts'
import type { Key } from '../../shell/tty/key.ts'
import type { Controller } from '../controller.ts'
import { timeLeft } from '../exam/time-left.ts'
import type { Host } from '../lessons/host.ts'
import { Reader } from '../lessons/reader.ts'
import { type LessonText, lessonText } from '../lessons/text.ts'
import { docsText } from './text.ts'

/** Reference pages: read like lessons, over an exam or on their own. */
export class DocsDesk implements Host {
  readonly reader = new Reader(this, () => import('./library.ts'))
  private page = false

  constructor(private readonly game: Controller) {}

  get language(): Language {
    return this.game.language
  }

  get words(): LessonText {
    return { ...lessonText(this.language), ...docsText(this.language) }
  }

  get columns(): number {
    return this.game.columns
  }

  get rows(): number {
    return this.game.rows
  }

  get place(): { readonly screen: string } {
    return { screen: this.page ? 'lesson' : 'lessons' }
  }

  /** Over an exam: how much time there is. */
  get status(): string {
    return timeLeft(this.game.exam)
  }

  changed(): void {
    this.game.changed()
  }

  /** Whoever comes again finds the page at which they left. */
  open(): void {
    void this.reader.load()
  }

  /** `notready docs WORD`: a page of that name, or those in which it stands. */
  async find(word: string | undefined): Promise<void> {
    this.game.send({ type: 'docs' })
    await this.reader.load()
    if (word === undefined) return
    if (this.reader.all.some(({ id, lesson }) => id === word && lesson)) return this.reader.open(word)
    this.reader.search.insert(word)
    this.changed()
  }

  key(key: Key): void {
    this.reader.key(key)
    this.changed()
  }

  show(screen: 'lesson' | 'lessons' | 'origin' | 'back'): void {
    if (screen !== 'back') this.page = screen === 'lesson'
    else if (this.game.exam.overlay === 'docs') this.game.exam.cover(undefined)
    else this.game.send({ type: 'back' })
  }

  // There is nothing to do in a reference, and nowhere else to go.
  missionTitle(): undefined {}
  openMission(): void {}
  markRead(): void {}
  beginExercise(): void {}
  exercisesDone(): ReadonlySet<string> {
    return new Set()
  }
  isRead(): boolean {
    return false
  }
}
