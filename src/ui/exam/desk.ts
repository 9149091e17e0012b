import type { DrawnTask } from '../../game/exam/draw.ts'
import type { Exam } from '../../game/exam/exam.ts'
import type { ExamInput } from '../../game/exam/input.ts'
import type { ExamResult } from '../../game/exam/result.ts'
import { CURRICULUM } from '../../scenario/curriculum.ts'
import type { Language } from '../../scenario/language.ts'
import type { ExamPool } from '../../serve/exam-pool.ts'
import { type ExamHead, ExamLog, type SavedExam } from '../../serve/exam-storage.ts'
import type { Trouble } from '../../serve/storage.ts'
import type { Key } from '../../shell/tty/key.ts'
import type { Controller } from '../controller.ts'
import { GameClock, type Timed } from '../game-clock.ts'
import { WIDE } from '../layout.ts'
import type { Subject } from '../lessons/reader.ts'
import { admit, type Library } from './admission.ts'
import { Behind } from './behind.ts'
import { Pieces, replayed } from './pieces.ts'
import { Records } from './records.ts'
import { type ExamText, examText } from './text.ts'
import { TaskTexts } from './texts.ts'

/** Where the candidate is: before, in and after an exam. */
type Stage = 'rules' | 'left' | 'loading' | 'sitting' | 'marking' | 'result' | 'history'
/** What covers the terminal; in a result, `solution`. */
type Overlay = 'help' | 'text' | 'list' | 'hints' | 'docs' | 'settings' | 'ending' | 'paused' | 'solution'

/** Columns from which on things are said in full. */
const ROOMY = 100
const LOAD_PAUSE = 30
/** Real ms in which keys are not heard when time was up: they were meant for the terminal. */
const STUNNED = 1500

/** The exam's place in the game: what is shown of it, and what its keys do. */
export class ExamDesk implements Timed {
  stage: Stage = 'rules'
  overlay: Overlay | undefined
  exam: Exam | undefined
  pool: ExamPool | undefined
  /** The exam that was left, without what was done in it. */
  saved: ExamHead | undefined
  practice = false
  /** From the command line; otherwise each exam has its own. */
  seed: number | undefined
  /** From the command line, or as long as the curriculum wants. */
  minutes = CURRICULUM.exam.minutes
  /** What is shown as the result. */
  result: ExamResult | undefined
  /** The exam that was left is given up by the next x. */
  sure = false
  /** Row that is chosen in the list of tasks, or of exams. */
  at = 0
  private stunnedUntil = 0
  /** What is done of replaying or marking. */
  done = 0
  readonly records: Records
  readonly texts: TaskTexts
  /** Exams go at real speed. */
  readonly speed = 1
  private readonly clock = new GameClock(this)
  private readonly log: ExamLog
  private library: Library | undefined
  private head: ExamHead | undefined
  /** Replaying and marking. */
  private readonly work: Pieces
  private readonly behind = new Behind(this)

  constructor(private readonly game: Controller) {
    const trouble: Trouble = (problem) => game.trouble(problem)
    this.log = new ExamLog(trouble)
    this.records = new Records(trouble)
    this.texts = new TaskTexts({
      open: (task) => this.library?.openDrawn(task),
      titles: () => this.pool?.titles,
    })
    this.work = new Pieces(
      () => game.changed(),
      (error) => this.crash(error),
    )
  }

  /** Titles of what there is to read about a task. */
  toRead(task: Subject): string[] {
    return this.game.desk.reader.about(task).map(({ title }) => title)
  }

  get language(): Language {
    return this.game.language
  }

  get words(): ExamText {
    return examText(this.language)
  }

  /** The candidate is at the terminal, which something may cover. */
  get seated(): boolean {
    return this.stage === 'sitting'
  }

  get session(): Controller['session'] {
    return this.seated ? this.game.session : undefined
  }

  /** The result has only just taken the place of the terminal. */
  get stunned(): boolean {
    return performance.now() < this.stunnedUntil
  }

  get wide(): boolean {
    return this.game.columns >= WIDE
  }

  /** There is little room in the bar and for the keys. */
  get narrow(): boolean {
    return this.game.columns < ROOMY
  }

  get tasks(): readonly DrawnTask[] {
    return this.exam?.tasks ?? []
  }

  /** Whether an exam was left: the menu points to it. */
  look(): void {
    this.saved = this.log.peek()
  }

  /** From the menu, or the command line. */
  open(): void {
    this.game.send({ type: 'exam' })
    this.reload()
    void this.load()
  }

  private reload(): void {
    this.overlay = undefined
    this.look()
    this.records.load()
    this.go(this.saved ? 'left' : 'rules')
  }

  /** Fetches what an exam needs; the rules show themselves meanwhile. */
  private async load(): Promise<void> {
    this.library ??= await import('./library.ts')
    this.pool ??= await this.library.examPool()
    this.game.changed()
  }

  /** To another page, at its top. */
  go(stage: Stage): void {
    this.stage = stage
    this.sure = false
    this.at = 0
    this.scrollUp()
    // A result names lessons and pages to read.
    if (stage === 'result') void this.game.desk.reader.load()
    // The terminal is narrower beside a task.
    this.game.layOut()
  }

  private scrollUp(): void {
    this.game.nav.offset = this.game.nav.last = 0
  }

  cover(overlay: Overlay | undefined): void {
    this.overlay = overlay
    this.scrollUp()
    if (overlay === 'docs') this.game.docs.open()
    if (overlay === 'list') this.at = this.exam?.current ?? 0
    this.game.changed()
  }

  back(): void {
    this.work.stop()
    this.look()
    this.game.send({ type: 'back' })
    // Terminals are wider elsewhere.
    this.game.layOut()
  }

  /** The exam that was left is given up: nothing of it is kept. */
  giveUp(): void {
    if (this.elsewhere()) return
    this.log.end()
    this.reload()
  }

  /** A new exam, or the one that was left. */
  begin(resume: boolean): void {
    if (this.elsewhere()) return
    const saved = resume ? this.log.load() : undefined
    if (resume && !saved) return this.reload()
    this.wait('loading')
    const wanted = this.work.begin()
    const sit = (): void => {
      if (wanted()) this.sit(saved)
    }
    setTimeout(() => void this.load().then(sit), LOAD_PAUSE)
  }

  /** An exam is being sat in another game: two would lose what is done in one of them. */
  private elsewhere(): boolean {
    const other = this.log.busy
    if (other === undefined) return false
    this.game.troubles.push((t) => t.elsewhere(other))
    this.game.changed()
    return true
  }

  private wait(stage: Stage): void {
    this.go(stage)
    this.done = 0
  }

  private sit(saved: SavedExam | undefined): void {
    const { library, pool } = this
    if (!library || !pool) return
    const admission = admit(library, pool, saved, this)
    if (admission === 'none') return this.go('rules')
    if (admission === 'gone') {
      this.game.troubles.push(() => this.words.gone)
      return this.go('left')
    }
    this.head = admission.head
    this.simulate(() => {
      this.exam = admission.exam()
    })
    if (!this.exam) return
    this.game.past.clear()
    this.game.attach(this.exam.session)
    if (saved) return this.replay(this.exam, saved)
    this.log.begin(this.head)
    this.enter()
    this.input({ at: this.now(), show: 0 })
    if (!this.wide) this.cover('text')
  }

  /** What was done is done again, piece by piece. */
  private replay(exam: Exam, saved: SavedExam): void {
    this.work.follow(replayed(exam, saved.inputs), this, () => {
      this.log.resume(saved)
      this.enter()
    })
  }

  private enter(): void {
    const { exam, game } = this
    if (!exam) return
    game.session = exam.session
    game.unsaved = false
    this.go('sitting')
    this.applySize()
    if (this.ended()) return
    this.clock.start()
    this.behind.tend()
  }

  failed(task: DrawnTask, error: Error): void {
    this.game.troubles.push(() => this.words.failed(task.host, error.message))
    this.game.changed()
  }

  now(): number {
    return this.exam!.clock.now()
  }

  touched(): void {
    this.game.touched()
  }

  /** Told by the clock, too: time may be up. */
  changed(): void {
    if (this.ended()) return
    this.behind.tend()
    this.game.changed()
  }

  /** Notes in the log how much time has passed. */
  beat(): void {
    if (this.exam && this.seated) this.log.append({ at: this.now(), time: true })
  }

  simulate(what: () => void): void {
    try {
      what()
    } catch (error) {
      this.crash(error as Error)
    }
  }

  /** A mistake in the simulation: the exam stays in its log. */
  private crash({ message }: Error): void {
    this.game.troubles.push((t) => t.crashed(message))
    this.stand()
    this.reload()
  }

  private input(input: ExamInput): void {
    const { exam } = this
    if (!exam) return
    this.log.append(input)
    this.simulate(() => exam.apply(input))
    this.ended()
  }

  press(key: Key): void {
    if (!this.exam) return
    this.input({ at: this.now(), key })
    this.game.touched()
    this.clock.wake()
  }

  applySize(): void {
    if (this.seated && this.exam) this.input({ at: this.now(), size: this.game.pane })
  }

  /** Turns to another task. */
  show(n: number): void {
    if (!this.tasks[n]) return
    this.input({ at: this.now(), show: n })
    this.behind.tend()
    if (!this.wide || this.overlay === 'list') this.cover(this.wide ? undefined : 'text')
    else this.scrollUp()
    this.game.changed()
  }

  flag(n: number): void {
    this.input({ at: this.now(), flag: n })
    this.game.changed()
  }

  hint(): void {
    this.input({ at: this.now(), hint: true })
    this.game.changed()
  }

  pause(paused: boolean): void {
    const { exam } = this
    if (!exam?.options.practice) return
    exam.pause(paused)
    if (paused) {
      this.beat()
      this.clock.stop()
    } else this.clock.start()
    this.cover(paused ? 'paused' : undefined)
  }

  end(): void {
    this.input({ at: this.now(), end: true })
  }

  /** Leaves it, to go on later: in practice only, by a key; always, when the program is ended. */
  leave(): void {
    this.stop()
    this.back()
  }

  stop(): void {
    this.beat()
    this.stand()
  }

  /** Nobody is at the terminal any more. */
  private stand(): void {
    this.clock.stop()
    this.work.stop()
    this.log.close()
    this.exam = undefined
    this.game.session = undefined
    this.stage = 'rules'
  }

  /** Whether the exam is over; then it is marked. */
  private ended(): boolean {
    if (!this.seated || this.exam?.state !== 'ended') return false
    const { exam, head, library } = this
    this.beat()
    this.clock.stop()
    this.overlay = undefined
    this.game.session = undefined
    this.wait('marking')
    const steps = library!.mark(exam, ({ message }) => this.game.troubles.push((t) => t.crashed(message)))
    this.work.follow(steps, this, (tasks) => this.finish({ ...head!, seconds: exam.seconds, tasks }))
    return true
  }

  private finish({ begun, seed, practice, minutes, seconds, tasks }: ExamResult): void {
    const result = { begun, seed, practice, minutes, seconds, tasks }
    // What could not be written down can be marked again.
    if (this.records.add(result)) this.log.end()
    this.look()
    if (this.exam?.secondsLeft === 0) this.stunnedUntil = performance.now() + STUNNED
    this.exam?.close()
    this.exam = undefined
    this.result = result
    this.go('result')
  }
}
