import type { Pick, SkillCard } from '../../game/drill/deck.ts'
import { type DrillState, noDrill } from '../../game/drill/record.ts'
import type { Mission } from '../../game/index.ts'
import type { TaskCard } from '../../game/task-card.ts'
import { dayOf, loadDrill, saveDrill } from '../../serve/drill-store.ts'
import { TASKS } from '../../serve/tasks.ts'
import type { Controller } from '../controller.ts'
import type { Practice, PracticeEnd, PracticeWords } from '../practice.ts'
import type { Wanted } from '../preparation.ts'
import { uiText } from '../text.ts'
import { troubleLines } from '../trouble.ts'
import { say } from '../typeset.ts'
import type { Done } from './after.ts'
import { headText } from './head.ts'
import type { Line } from './line.ts'
import { PageNav } from './page-nav.ts'
import { Reflexes } from './reflexes.ts'
import { type DrillText, drillText } from './text.ts'

type Library = typeof import('./library.ts')

/** What comes up next. */
interface Next extends Pick {
  readonly skill: string
}

/** The drill's place in the game: its page, the session that goes on, and what is told after each task. */
export class Drill {
  private loaded: Library | undefined
  /** Keys that came before the drill was there. */
  private readonly early: string[] = []
  deck: SkillCard[] = []
  broken: string[] = []
  state: DrillState = noDrill()
  readonly nav = new PageNav(this)
  readonly reflexes = new Reflexes(this)
  /** Skills that are still to come; one that was chosen comes until the player stops. */
  private queue: readonly string[] = []
  private endless = false
  /** What was done last, until the page is shown again. */
  done: Done | undefined
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
  open(): void {
    this.nav.reset()
    this.show()
    void this.load()
  }

  private show(): void {
    this.queue = []
    this.done = undefined
    this.reflexes.end()
    this.game.send({ type: 'drill' })
    this.prepare(this.firstOfSession())
  }

  /** Fetches what drills need; the page shows itself meanwhile. */
  async load(): Promise<void> {
    const [library, files] = await Promise.all([import('./library.ts'), TASKS.files()])
    this.deck = library.deckOf(files.flatMap(({ card }) => card ?? []))
    this.broken = files.flatMap(({ error }) => error ?? [])
    this.state = loadDrill(this.game.trouble)
    this.loaded = library
    for (const name of this.early.splice(0)) this.pageKey(name)
    this.game.changed()
    this.prepare(this.firstOfSession())
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
    if (entry?.kind === 'session') this.beginSession()
    else if (entry?.kind === 'reflexes') this.reflexes.begin()
    else if (entry) this.beginSkill(entry.card.skill)
  }

  beginSession(): void {
    const { due, fresh } = this.loaded!.sessionOn(this.deck, this.state, this.today())
    this.go([...due, ...fresh], false)
  }

  /** One skill, again and again. */
  beginSkill(skill: string): void {
    this.go([skill], true)
  }

  private go(queue: readonly string[], endless: boolean): void {
    this.queue = queue
    this.endless = endless
    this.done = undefined
    const next = this.next()
    if (next) this.play(next)
  }

  /** The first of the queue that has tasks. */
  private next(queue = this.queue): Next | undefined {
    for (const skill of queue) {
      const card = this.deck.find((c) => c.skill === skill)
      const pick = card && this.loaded?.pickFor(card, this.state.skills[skill])
      if (pick) return { ...pick, skill }
    }
    return undefined
  }

  private firstOfSession(): Next | undefined {
    if (!this.loaded) return undefined
    const { due, fresh } = this.loaded.sessionOn(this.deck, this.state, this.today())
    return this.next([...due, ...fresh])
  }

  /** Sets up what comes next behind what is shown now. */
  prepare(next: Pick | undefined): void {
    const { game } = this
    const { screen } = game.place
    if (next) game.entrance.aheadOf(wantedFor(next), () => game.place.screen === screen)
  }

  private play(next: Next): void {
    this.practise(next, {
      words: () => this.words,
      entered: () => this.prepare(this.endless ? undefined : this.next(this.queue.slice(1))),
      ended: (how, mission) => {
        if (!mission || how === 'failed' || how === 'cancelled') return this.show()
        this.rate(next, mission, how)
        this.queue = this.endless ? this.queue : this.queue.slice(1)
        this.game.send({ type: 'drilled' })
        this.prepare(this.next())
      },
    })
  }

  /** Plays a task; drills and reflexes differ in what is said, and in what comes of it. */
  practise(
    pick: Pick,
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

  private rate(next: Next, mission: Mission, how: PracticeEnd): void {
    const { seconds, failedChecks, hintsShown } = mission
    if (how === 'left') lookAgain(mission)
    const rating = this.loaded!.ratingOf({
      seconds,
      par: mission.scenario.minutes * 60,
      hints: hintsShown,
      failedChecks,
      gaveUp: mission.state !== 'solved',
    })
    const today = this.today()
    const { skill, seed, task } = next
    this.keep(
      this.loaded!.withReview(this.state, { skill, task: task.id, seed, difficulty: task.difficulty, rating }, today),
    )
    this.done = { skill, mission, rating, seconds, failedChecks, due: this.state.skills[skill].due, today }
  }

  /** Writes down what was reached: after each task, so that little is lost by whatever happens. */
  keep(state: DrillState): void {
    this.state = state
    saveDrill(state, this.game.trouble)
  }

  /** What the screen after a task or a run is about. */
  get afterTitle(): string {
    const { words: t, done, game } = this
    return done ? `${t.drill}${t.colon} ${say(done.mission.scenario.title, game.language)}` : t.runTitle
  }

  /** Keys of the screen after a task or a run: they say what Enter goes on with. */
  get afterKeys(): string {
    const { words: t, done } = this
    if (!done) return t.runKeys
    const next = this.next()
    return next ? t.afterKeys(this.skillName(next.skill), this.endless ? 1 : this.queue.length) : t.lastKeys
  }

  /** A key of the screen after a task or a run. */
  afterKey(name: string): void {
    const next = this.done && this.next()
    if (name === 'enter' && next) this.play(next)
    else if (name === 'enter' || name === 'escape' || name === 'q') this.show()
  }

  /** What is told after a task or a run, in lines of at most `width` columns. */
  after(width: number): Line[] {
    const { done, loaded, game } = this
    const { run } = this.reflexes
    if (run && loaded) return loaded.runLines(run, game.language, width)
    return done && loaded ? loaded.afterLines(done, game.language, width) : []
  }
}

/** No mission can be called so. */
const wantedFor = ({ task, seed }: Pick): Wanted => ({
  name: `task#${task.id}`,
  seed,
  open: (engine) => {
    const found = engine.findTask(task.id, seed)
    return found && engine.scenarioOfTask(found)
  },
})

/** What is met when the player gives up. A mistake of the simulation must not keep anybody there. */
function lookAgain(mission: Mission): void {
  try {
    mission.apply({ at: mission.session.world.now(), check: true })
  } catch {
    // Nothing can be told of the checks then.
  }
}
