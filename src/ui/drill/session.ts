import type { Choice } from '../../game/drill/deck.ts'
import type { Mission } from '../../game/index.ts'
import type { Subject } from '../lessons/reader.ts'
import type { PracticeEnd } from '../practice.ts'
import { say } from '../typeset.ts'
import { type After, type Done, goOnKeys } from './after.ts'
import type { Drill } from './drill.ts'
import type { Line } from './line.ts'

/** What comes up next. */
interface Next extends Choice {
  readonly skill: string
}

/** Skills that are drilled one after the other, and what is told after each. */
export class Session implements After {
  /** What is still to come; a skill that was chosen comes until the player stops. */
  private queue: readonly string[] = []
  private endless = false
  /** What was done last. */
  done: Done | undefined

  constructor(private readonly drill: Drill) {}

  /** What a session consists of today. */
  private get today(): readonly string[] {
    const { library, deck, state, today } = this.drill
    if (!library) return []
    const { due, fresh } = library.sessionOn(deck, state, today())
    return [...due, ...fresh]
  }

  begin(): void {
    this.go(this.today, false)
  }

  /** One skill, again and again. */
  beginSkill(skill: string): void {
    this.go([skill], true)
  }

  private go(queue: readonly string[], endless: boolean): void {
    this.end()
    this.queue = queue
    this.endless = endless
    const next = this.next()
    if (next) this.play(next)
  }

  /** Another screen is shown. */
  end(): void {
    this.queue = []
    this.done = undefined
  }

  /** What today's session begins with. */
  get first(): Next | undefined {
    return this.next(this.today)
  }

  /** The first of the queue that has tasks. */
  private next(queue = this.queue): Next | undefined {
    const { deck, library, state } = this.drill
    for (const skill of queue) {
      const card = deck.find((c) => c.skill === skill)
      const pick = card && library?.pickFor(card, state.skills[skill])
      if (pick) return { ...pick, skill }
    }
    return undefined
  }

  private play(next: Next): void {
    const { drill } = this
    drill.practise(next, {
      words: () => drill.words,
      entered: () => drill.prepare(this.endless ? undefined : this.next(this.queue.slice(1))),
      ended: (how, mission) => {
        if (!mission || how === 'failed' || how === 'cancelled') return drill.show()
        this.rate(next, mission, how)
        this.queue = this.endless ? this.queue : this.queue.slice(1)
        drill.game.send({ type: 'drilled' })
        // The lessons about it are named as soon as they are there.
        void drill.game.desk.reader.load()
        drill.prepare(this.next())
      },
    })
  }

  private rate({ skill, seed, task }: Next, mission: Mission, how: PracticeEnd): void {
    const { drill } = this
    const library = drill.library!
    const { seconds, failedChecks, hintsShown } = mission
    if (how === 'left') lookAgain(mission)
    const rating = library.ratingOf({
      seconds,
      par: mission.scenario.minutes * 60,
      hints: hintsShown,
      failedChecks,
      gaveUp: mission.state !== 'solved',
    })
    const today = drill.today()
    const review = { skill, task: task.id, seed, difficulty: task.difficulty, rating }
    drill.keep((state) => library.withReview(state, review, today))
    this.done = { skill, mission, rating, seconds, failedChecks, due: drill.state.skills[skill].due, today }
  }

  get title(): string {
    const { words: t, game } = this.drill
    return this.done ? `${t.drill}${t.colon} ${say(this.done.mission.scenario.title, game.language)}` : t.drill
  }

  get about(): string {
    return this.done ? this.drill.skillName(this.done.skill) : ''
  }

  get subject(): Subject | undefined {
    return this.done?.mission.scenario
  }

  get keys(): string {
    const { words: t, game } = this.drill
    const next = this.next()
    const read = this.subject !== undefined && game.desk.reader.about(this.subject).length > 0
    if (!next) return read ? t.lastReadKeys : t.lastKeys
    const left = this.endless ? 1 : this.queue.length
    return goOnKeys(this.drill.skillName(next.skill), game.columns, (name) => t.afterKeys(name, left, read))
  }

  lines(width: number): Line[] {
    const { library, game } = this.drill
    const { done } = this
    if (!done || !library) return []
    return library.afterLines(done, game.desk.reader.about(done.mission.scenario), game.language, width)
  }

  goOn(): boolean {
    const next = this.next()
    if (next) this.play(next)
    return next !== undefined
  }
}

/** What is met when the player gives up. A mistake of the simulation must not keep anybody there. */
function lookAgain(mission: Mission): void {
  try {
    mission.apply({ at: mission.session.world.now(), check: true })
  } catch {
    // Nothing can be told of the checks then.
  }
}
