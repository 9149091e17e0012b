import { cardOf } from '../game/card.ts'
import { ContentError } from '../scenario/errors.ts'
import type { Controller } from './controller.ts'
import { Preparation, type Wanted } from './preparation.ts'
import type { UiText } from './text.ts'

type Engine = typeof import('./engine.ts')

/** What is begun. */
export type Start = 'mission' | 'resume' | 'sandbox' | 'restart' | 'exercise'

/** Real ms that one piece of a set-up may take while the briefing is read, and behind the loading screen. */
const AHEAD_BUDGET = 8
const LOAD_BUDGET = 30
/** Real ms before anything is set up: the screen that was asked for comes first. */
const AHEAD_PAUSE = 100
const LOAD_PAUSE = 30

/** The way into a mission or a sandbox: sets the machines up, piece by piece, so that keys are answered meanwhile. */
export class Entrance {
  private loaded: Engine | undefined
  private preparation: Preparation | undefined
  /** Another one for everything that is opened, begun or given up: what was under way for an older one stops. */
  private attempt: object = {}
  /** What is being loaded is a replay. */
  resuming = false
  /** Share of a replay that is done, 0 to 1. */
  replayed = 0

  constructor(private readonly game: Controller) {}

  /** The simulator, once it has been loaded. */
  get engine(): Engine | undefined {
    return this.loaded
  }

  async load(): Promise<Engine> {
    this.loaded ??= await import('./engine.ts')
    return this.loaded
  }

  /** A briefing is on the screen: what is needed to play it is prepared behind it. */
  ahead(): void {
    const { game } = this
    this.preparation = undefined
    if (game.wanted) this.aheadOf(game.wanted, () => game.place.screen === 'briefing')
  }

  /** Prepares something as long as it is likely to be played next. */
  aheadOf(wanted: Wanted, isLikely: () => boolean): void {
    // What is really wanted comes first.
    if (this.game.place.screen === 'loading') return
    const attempt = this.renew()
    const go = (engine: Engine): void => this.prepareAhead(engine, wanted, () => attempt === this.attempt && isLikely())
    setTimeout(() => void this.load().then(go), AHEAD_PAUSE)
  }

  /** The loading screen is on: the machines are set up behind it. */
  begin(kind: Start): void {
    this.resuming = kind === 'resume'
    const attempt = this.renew()
    setTimeout(() => void this.load().then((engine) => this.prepare(kind, engine, attempt)), LOAD_PAUSE)
  }

  /** Whatever is under way stops. */
  cancel(): void {
    this.renew()
    this.preparation = undefined
  }

  private renew(): object {
    this.attempt = {}
    this.replayed = 0
    return this.attempt
  }

  private prepareAhead(engine: Engine, wanted: Wanted, isLikely: () => boolean): void {
    const go = (): void => {
      if (this.game.place.screen === 'menu') this.preparation = undefined
      if (!isLikely()) return
      try {
        const preparation = this.preparationFor(engine, wanted)
        if (!preparation.missing && !preparation.work(AHEAD_BUDGET)) setTimeout(go, 1)
      } catch (error) {
        // It is told when the player really wants it.
        if (!(error instanceof ContentError)) throw error
        this.preparation = undefined
      }
    }
    go()
  }

  /** What was prepared already, or a new beginning. */
  private preparationFor(engine: Engine, wanted: Wanted): Preparation {
    if (!this.preparation?.isFor(wanted)) this.preparation = new Preparation(engine, wanted)
    return this.preparation
  }

  private prepare(kind: Start, engine: Engine, attempt: object): void {
    if (attempt !== this.attempt) return
    const { game } = this
    game.past.clear()
    if (kind === 'sandbox') {
      const world = engine.createWorld()
      world.endure()
      game.attach(new engine.PlaySession(world))
      return game.enterPlay()
    }
    const other = kind === 'resume' ? game.log.busy : undefined
    if (other !== undefined) return this.giveUp((t) => t.elsewhere(other))
    const saved = kind === 'resume' ? game.log.load() : undefined
    const wanted: Wanted | undefined = saved ? { name: saved.scenario, seed: saved.seed } : game.wanted
    if (!wanted || (kind === 'resume' && !saved)) return this.giveUp((t) => t.gone(wanted?.name ?? ''))
    const step = (): void => {
      if (attempt !== this.attempt) return
      try {
        const preparation = this.preparationFor(engine, wanted)
        if (preparation.missing) return this.giveUp((t) => t.gone(wanted.name))
        if (!game.mission) {
          if (preparation.work(LOAD_BUDGET)) {
            const mission = preparation.begin(saved, ({ session }) => game.attach(session))
            game.mission = mission
            game.choose(
              { ...cardOf(mission.scenario), seed: preparation.seed },
              game.card(wanted.name) ? undefined : wanted.name,
            )
          }
        } else if (preparation.catchUp(LOAD_BUDGET)) {
          game.unsaved = false
          if (saved) game.log.resume(saved)
          else if (!game.practice) game.log.begin({ scenario: wanted.name, seed: preparation.seed })
          game.mission.start()
          this.preparation = undefined
          return game.enterPlay()
        } else this.replayed = preparation.replayed
        game.changed()
        setImmediate(step)
      } catch (error) {
        // A log that cannot be replayed must not keep the player from the other missions.
        const { message } = error as Error
        this.giveUp((t) => (error instanceof ContentError ? message : t.crashed(message)))
      }
    }
    step()
  }

  /** Back to the menu: nothing can be played. */
  private giveUp(why: (t: UiText) => string): void {
    this.cancel()
    this.game.turnedAway(why)
  }
}
