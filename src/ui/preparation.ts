import type { Mission } from '../game/index.ts'
import type { Scenario, Stage } from '../scenario/index.ts'
import type { SavedRun } from '../serve/run-log.ts'

type Engine = typeof import('./engine.ts')

/** Which mission a preparation is for. */
export interface Wanted {
  /** Id, or a file; of what is no mission, something that no mission can be called. */
  readonly name: string
  readonly seed: number | undefined
  /** Reads what is no mission. Throws ContentError when it has mistakes. */
  readonly open?: (engine: Engine) => Scenario | undefined
}

/**
 * A mission that is being set up, little by little, so that keys are answered meanwhile: while the briefing is read, and
 * behind the loading screen.
 */
export class Preparation {
  private readonly stage: Stage | undefined
  private ready = false
  private replay: { readonly mission: Mission; readonly saved: SavedRun; at: number } | undefined

  constructor(
    private readonly engine: Engine,
    readonly wanted: Wanted,
  ) {
    const scenario = wanted.open ? wanted.open(engine) : engine.findScenario(wanted.name, wanted.seed)?.scenario
    if (scenario)
      this.stage = new engine.Stage(scenario, engine.workloads, wanted.seed ?? scenario.seed, undefined, true)
  }

  /** There is no such mission any more. */
  get missing(): boolean {
    return this.stage === undefined
  }

  /** The seed that chose the variant. */
  get seed(): number {
    return this.stage!.world.seed
  }

  isFor(wanted: Wanted): boolean {
    return wanted.name === this.wanted.name && wanted.seed === this.wanted.seed
  }

  /** Works for about `budget` ms; true when the stage is set. Throws ContentError when it cannot be set. */
  work(budget: number): boolean {
    const until = performance.now() + budget
    while (!this.ready && performance.now() < until) this.ready = this.stage!.prepare()
    return this.ready
  }

  /** The mission on the stage that is set. `prepared` is told of it before anything is replayed. */
  begin(saved: SavedRun | undefined, prepared: (mission: Mission) => void): Mission {
    this.stage!.world.endure()
    const mission = new this.engine.Mission(this.stage!)
    prepared(mission)
    if (saved) this.replay = { mission, saved, at: 0 }
    return mission
  }

  /** Replays for about `budget` ms; true when everything has been replayed. */
  catchUp(budget: number): boolean {
    const { replay } = this
    if (!replay) return true
    const until = performance.now() + budget
    while (replay.at < replay.saved.inputs.length && performance.now() < until)
      replay.mission.apply(replay.saved.inputs[replay.at++])
    return replay.at === replay.saved.inputs.length
  }

  /** Share of the inputs that has been replayed, 0 to 1. */
  get replayed(): number {
    return this.replay ? this.replay.at / Math.max(1, this.replay.saved.inputs.length) : 0
  }
}
