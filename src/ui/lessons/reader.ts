import type { Exercise, Lesson } from '../../scenario/lesson/load.ts'
import type { LessonFile } from '../../serve/lessons.ts'
import { EditLine } from '../../shell/tty/edit-line.ts'
import { type Key, keyName } from '../../shell/tty/key.ts'
import { plain } from '../plain-text.ts'
import { type Searching, searchKey } from '../search.ts'
import type { Host } from './host.ts'
import type { Page } from './page.ts'

/** What is read, and how it is laid out. */
type Library = Pick<typeof import('./library.ts'), 'lessons' | 'lessonPage' | 'textOf'> &
  Partial<Pick<typeof import('./library.ts'), 'scenarioOf' | 'pages'>>

/** Something that was played, and what it names for reading. */
export interface Subject {
  readonly id: string
  readonly lessons?: readonly string[]
  readonly docs?: readonly string[]
}

/** Rows around the text: bar, blank line, keys. */
const FRAME_ROWS = 3
const MARGIN = 4

/** As it is searched: without colours, in lower case, with the spaces and apostrophes of a keyboard. */
const searched = (text: string): string => plain(text).toLowerCase().replaceAll('\u00a0', ' ').replaceAll('’', "'")

/** Where a reader stands in the table of lessons and in a lesson. Plain data and keys; React only draws it. */
export class Reader implements Searching {
  private library: Library | undefined
  private readonly shelves: { [shelf: string]: readonly LessonFile[] } = {}
  /** Keys that came before the lessons were there. */
  private readonly early: { key: Key; name: string }[] = []
  /** Row chosen in the table, and in the contents of a lesson. */
  at = 0
  contentsAt = 0
  /** Lessons and pages that the table is limited to: those about something that was played. */
  private only: readonly string[] | undefined
  /** The lesson that is open. */
  private openId: string | undefined
  /** First line shown. */
  offset = 0
  contents = false
  readonly search = new EditLine()
  searching = false
  private readonly texts = new WeakMap<Lesson, string>()
  private laidOut: { key: string; page: Page } | undefined

  constructor(
    private readonly game: Host,
    private readonly fetch: () => Promise<Library> = () => import('./library.ts'),
  ) {}

  get ready(): boolean {
    return this.library !== undefined
  }

  /** Fetches what lessons need; the table shows itself meanwhile. */
  async load(): Promise<void> {
    if (this.library) return
    this.library = await this.fetch()
    for (const { key, name } of this.early.splice(0)) this.key(key, name)
    this.game.changed()
  }

  /** Lessons, or pages of the reference, in the player's language: read when they are first asked for. */
  private shelf(of: 'lessons' | 'pages'): readonly LessonFile[] {
    const { library, game } = this
    if (!library) return []
    return (this.shelves[`${of} ${game.language}`] ??= library[of]?.(game.language) ?? [])
  }

  /** Every lesson in the player's language. */
  get all(): readonly LessonFile[] {
    return this.shelf('lessons')
  }

  /** What to read about something that was played: lessons that it names, those that name it, then reference pages. */
  about({ id, lessons = [], docs = [] }: Subject): Lesson[] {
    const readable = (files: readonly LessonFile[]): Lesson[] => files.flatMap(({ lesson }) => lesson ?? [])
    const found = readable(this.all)
    return [
      ...lessons.flatMap((named) => found.find((l) => l.id === named) ?? []),
      ...found.filter((l) => l.helps.includes(id) && !lessons.includes(l.id)),
      ...docs.flatMap((named) => readable(this.shelf('pages')).find((l) => l.id === named) ?? []),
    ]
  }

  /** The table has only what is about something. */
  get limited(): boolean {
    return this.only !== undefined
  }

  /** The table before anything is searched for: all lessons, or what there is about something. */
  private get offered(): readonly LessonFile[] {
    const { only, all } = this
    return only ? [...all, ...this.shelf('pages')].filter(({ id }) => only.includes(id)) : all
  }

  /** The table's rows: what matches the search. */
  get rows(): readonly LessonFile[] {
    const words = this.inTable ? searched(this.search.text).split(/\s+/).filter(Boolean) : []
    return this.offered.filter((file) => words.every((word) => this.textOf(file).includes(word)))
  }

  private textOf({ id, lesson }: LessonFile): string {
    if (!lesson) return id
    const text = this.texts.get(lesson) ?? searched(`${id} ${this.library!.textOf(lesson)}`)
    this.texts.set(lesson, text)
    return text
  }

  private get inTable(): boolean {
    return this.game.place.screen === 'lessons'
  }

  get lesson(): Lesson | undefined {
    const opened = ({ id }: LessonFile): boolean => id === this.openId
    return (this.offered.find(opened) ?? this.all.find(opened))?.lesson
  }

  /** The open lesson, laid out for the window. */
  get page(): Page {
    const { lesson } = this
    if (!lesson) return { lines: [], places: [] }
    const { columns, language } = this.game
    const key = `${lesson.id} ${language} ${columns} ${[...this.game.exercisesDone(lesson.id)].join()}`
    if (this.laidOut?.key !== key) this.laidOut = { key, page: this.layOut(lesson) }
    return this.laidOut.page
  }

  /** The lesson of a row as it begins, for a narrower place: diagrams are too wide for it. */
  preview({ lesson }: LessonFile, width: number): readonly string[] {
    if (!lesson) return []
    return this.layOut({ ...lesson, blocks: lesson.blocks.filter(({ kind }) => kind !== 'fence') }, width - MARGIN)
      .lines
  }

  private layOut(lesson: Lesson, width = Math.max(20, this.game.columns - MARGIN)): Page {
    const { game } = this
    return this.library!.lessonPage(lesson, {
      width,
      language: game.language,
      done: game.exercisesDone(lesson.id),
      lessonTitle: (id) => this.all.find((l) => l.id === id)?.lesson?.title,
      missionTitle: (id) => game.missionTitle(id),
    })
  }

  /** Rows of text in the window. */
  get height(): number {
    return Math.max(1, this.game.rows - FRAME_ROWS - (this.searching || this.search.text !== '' ? 1 : 0))
  }

  /** The furthest that the text can be scrolled. */
  get last(): number {
    return Math.max(0, this.page.lines.length - this.height)
  }

  /** Lines of the page on which the search's text stands. */
  get hits(): number[] {
    const wanted = searched(this.search.text)
    if (wanted === '' || this.inTable) return []
    return this.page.lines.flatMap((line, i) => (searched(line).includes(wanted) ? [i] : []))
  }

  /** Shows the table: of all lessons, or of some. */
  table(only?: readonly string[]): void {
    this.only = only
    this.at = 0
    this.search.clear()
    this.searching = false
    void this.load()
  }

  /** Opens a lesson at its beginning. */
  open(id: string): void {
    this.openId = id
    this.offset = 0
    this.contents = false
    this.searching = false
    this.game.show('lesson')
    // Who came by searching wants to see it.
    this.hit(0)
  }

  private scrollTo(line: number): void {
    this.offset = Math.max(0, Math.min(this.last, line))
  }

  /** A key of the table or of a lesson. */
  key(key: Key, name = keyName(key)): void {
    if (!this.ready) {
      if (name === 'escape') this.game.show('back')
      else this.early.push({ key, name })
    } else if (this.searching) {
      searchKey(this, key, name)
      this.at = 0
      if (!this.inTable) this.hit(0)
    } else if (this.inTable) this.tableKey(name)
    else if (this.contents) this.contentsKey(name)
    else this.pageKey(name)
  }

  /** Scrolls to another line that was searched for: the next one below (1), above (-1), or the first from here (0). */
  private hit(step: number): void {
    const { hits, offset } = this
    if (hits.length === 0) return
    const next =
      step < 0
        ? (hits.findLast((line) => line < offset) ?? hits[hits.length - 1])
        : (hits.find((line) => (step > 0 ? line > offset : line >= offset)) ?? hits[0])
    this.scrollTo(next)
  }

  private tableKey(name: string): void {
    const { rows, game } = this
    this.at = Math.max(0, Math.min(rows.length - 1, this.at))
    const chosen = rows[this.at]
    if (name === 'up') this.at = Math.max(0, this.at - 1)
    else if (name === 'down') this.at = Math.min(rows.length - 1, this.at + 1)
    else if (name === '/') this.searching = true
    else if (name === 'd' && chosen?.lesson) game.markRead(chosen.id)
    else if (name === 'enter' && chosen?.lesson) this.open(chosen.id)
    else if (name === 'escape' && this.search.text !== '') this.search.clear()
    else if (name === 'escape' || name === 'q') game.show(this.only ? 'origin' : 'back')
  }

  private pageKey(name: string): void {
    const { game, lesson } = this
    const page = Math.max(1, this.height - 1)
    const by = { up: -1, k: -1, down: 1, j: 1, enter: 1, pageup: -page, b: -page, pagedown: page, ' ': page }[name]
    if (by !== undefined) this.scrollTo(this.offset + by)
    else if (name === 'home' || name === 'g') this.scrollTo(0)
    else if (name === 'end' || name === 'G') this.scrollTo(this.last)
    else if (name === '/') {
      this.search.clear()
      this.searching = true
    } else if (name === 'n') this.hit(1)
    else if (name === 'N') this.hit(-1)
    else if (name === 't') {
      this.contents = true
      this.contentsAt = Math.max(
        0,
        this.page.places.findLastIndex((place) => place.line <= this.offset),
      )
    } else if (name === 'left') this.turn(-1)
    else if (name === 'right') this.turn(1)
    else if (name === 'd' && lesson) game.markRead(lesson.id)
    else if (/^[1-9]$/.test(name)) this.begin(lesson?.exercises[Number(name) - 1])
    else if (name === 'escape' && this.search.text !== '') this.search.clear()
    else if (name === 'escape' || name === 'q') this.close()
  }

  private close(): void {
    this.search.clear()
    this.game.show(this.only?.length === 1 ? 'origin' : 'lessons')
  }

  /** The lesson before or after. */
  private turn(step: number): void {
    const readable = this.offered.filter(({ lesson }) => lesson)
    const next = readable[readable.findIndex(({ id }) => id === this.openId) + step]
    if (next) this.open(next.id)
  }

  private contentsKey(name: string): void {
    const { places } = this.page
    if (name === 'up') this.contentsAt = Math.max(0, this.contentsAt - 1)
    else if (name === 'down') this.contentsAt = Math.min(places.length - 1, this.contentsAt + 1)
    else if (name === 'escape' || name === 'q' || name === 't') this.contents = false
    else if (name === 'enter') {
      this.contents = false
      const place = places[this.contentsAt]
      if (place?.kind === 'lesson') this.open(place.id!)
      else if (place?.kind === 'mission') this.game.openMission(place.id!)
      else if (place) this.scrollTo(place.line)
    }
  }

  private begin(exercise: Exercise | undefined): void {
    const { lesson, library } = this
    if (!exercise || !lesson || !library?.scenarioOf) return
    // Another world: there is no way back to a debrief.
    this.only = undefined
    this.game.beginExercise(lesson.id, library.scenarioOf(exercise, lesson.title))
  }

  /** An exercise was done: its words are shown. */
  returnTo(exercise: string): void {
    const place = this.page.places.find(({ kind, id }) => kind === 'exercise' && id === exercise)
    if (place) this.scrollTo(place.line - 1)
  }
}
