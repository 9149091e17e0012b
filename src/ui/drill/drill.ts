import type { Choice, SkillCard } from '../../game/drill/deck.ts'
import { type DrillState, noDrill } from '../../game/drill/record.ts'
import type { TaskCard } from '../../game/task-card.ts'
import { DRILL, dayOf } from '../../serve/drill-store.ts'
import { load, update } from '../../serve/storage.ts'
import { TASKS } from '../../serve/tasks.ts'
import type { Controller } from '../controller.ts'
import type { Practice, PracticeWords } from '../practice.ts'
import type { Wanted } from '../preparation.ts'
import { uiText } from '../text.ts'
import { troubleLines } from '../trouble.ts'
import type { After } from './after.ts'
import { headText } from './head.ts'
import type { Line } from './line.ts'
import { PageNav } from './page-nav.ts'
import { Reflexes } from './reflexes.ts'
import { Session } from './session.ts'
import { type DrillText, drillText } from './text.ts'

type Library = typeof import('./library.ts')

/** The drill's place in the game: its page, what is played, and what is kept of it. */
export class Drill {
  private loaded: Library | undefined
  /** Keys that came before the drill was there. */
  private readonly early: string[] = []
  deck: SkillCard[] = []
  broken: string[] = []
  state: DrillState = noDrill()
  readonly nav = new PageNav(this)
  readonly session = new Session(this)
  readonly reflexes = new Reflexes(this)
  /** Day by the player's calendar; tests have their own. */
  today = (): number => dayOf(new Date())

  constructor(readonly game: Controller) {}

  get library(): Library | undefined {
    return this.loaded
  }

  get words(): DrillText {
    return drillText(this.game.language)
  }

  /** Shows the page. */
  async open(): Promise<void> {
    this.nav.reset()
    this.show()
    await this.load()
  }

  /** The page again, as it was left. */
  show(): void {
    this.session.end()
    this.reflexes.end()
    this.game.send({ type: 'drill' })
    this.prepare(this.session.first)
  }

  /** Fetches what drills need; the page shows itself meanwhile. */
  private async load(): Promise<void> {
    const [library, files] = await Promise.all([import('./library.ts'), TASKS.files()])
    this.deck = library.deckOf(files.flatMap(({ card }) => card ?? []))
    this.broken = files.flatMap(({ error }) => error ?? [])
    this.state = load(DRILL, this.game.trouble)
    this.loaded = library
    this.prepare(this.session.first)
    for (const name of this.early.splice(0)) this.pageKey(name)
    this.game.changed()
  }

  get tasks(): TaskCard[] {
    return this.deck.flatMap(({ tasks }) => tasks)
  }

  /** The page, laid out for the window. */
  get page(): Line[] {
    const { deck, broken, state, game } = this
    const { columns, language } = game
    return this.loaded?.pageLines({ deck, broken, state, today: this.today(), language, width: columns - 4 }) ?? []
  }

  /** Days on end, for the bar. */
  get streak(): string {
    const { state, game } = this
    return this.loaded?.streakText({ state, today: this.today(), language: game.language }) ?? ''
  }

  skillName(skill: string): string {
    return this.loaded?.skillName(skill, this.game.language) ?? skill
  }

  /** Rows that problems take on the page. */
  get troubleRows(): number {
    return troubleLines(this.game, uiText(this.game.language)).length
  }

  /** A key of the page. */
  pageKey(name: string): void {
    if (name === 'escape' || name === 'q') this.game.send({ type: 'back' })
    else if (!this.loaded) this.early.push(name)
    else if (name === 'r') this.reflexes.begin()
    else if (name === 'enter') this.choose()
    else this.nav.key(name)
  }

  private choose(): void {
    const entry = this.loaded?.entriesOf(this.deck)[this.nav.at]
    if (entry?.kind === 'session') this.session.begin()
    else if (entry?.kind === 'reflexes') this.reflexes.begin()
    else if (entry) this.session.beginSkill(entry.card.skill)
  }

  /** Sets up what comes next behind what is shown now. */
  prepare(next: Choice | undefined): void {
    const { game } = this
    const { screen } = game.place
    if (next) game.entrance.aheadOf(wantedFor(next), () => game.place.screen === screen)
  }

  /** Plays a task; drills and reflexes differ in what is said, and in what comes of it. */
  practise(
    pick: Choice,
    how: {
      readonly words: () => PracticeWords
      readonly place?: string
      readonly before?: string
      readonly entered: () => void
      readonly ended: Practice['ended']
    },
  ): void {
    const { game } = this
    game.practise({
      wanted: wantedFor(pick),
      timed: true,
      head: (mission) => headText(mission, game.language, game.pane[0], how.before),
      again: () => game.endPractice('cancelled'),
      ...how,
    })
  }

  /** Writes down what was reached: after each task, so that little is lost by whatever happens. */
  keep(change: (state: DrillState) => DrillState): void {
    this.state = update(DRILL, this.state, change, this.game.trouble).value
  }

  /** What is told now: of a run of reflexes that has ended, or of the task. */
  get after(): After {
    return this.reflexes.run ? this.reflexes : this.session
  }

  /** A key of the screen after a task or a run. */
  afterKey(name: string): void {
    if (name === 'l') return this.game.desk.readAbout(this.after.subject)
    if (name === 'enter' && this.after.goOn()) return
    if (name === 'enter' || name === 'escape' || name === 'q') this.show()
  }
}

/** No mission can be called so. */
const wantedFor = ({ task, seed }: Choice): Wanted => ({
  name: `task#${task.id}`,
  seed,
  open: (engine) => {
    const found = engine.findTask(task.id, seed)
    return found && engine.scenarioOfTask(found)
  },
})
