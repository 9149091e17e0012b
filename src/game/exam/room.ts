import type { World } from '../../cluster/index.ts'
import type { Host } from '../../host/index.ts'
import type { Lockstep } from '../../kernel/index.ts'
import { parseDuration, type Scenario, Stage } from '../../scenario/index.ts'
import type { Peer } from '../../shell/index.ts'
import type { DrawnTask } from './draw.ts'

/** What a task's set-up may take for one thing that is done, ms. */
const TIME_FOR_AN_ACT = 15_000
/** Events between two looks at whoever waits. */
const STEP_EVENTS = 50

/** The cluster of one task: a world of its own, set up piece by piece and then on the exam's clock. */
export class Room {
  private readonly stage: Stage
  private readonly steps: Generator<void>
  private done = false
  /** Why it cannot be set up. */
  error: Error | undefined

  constructor(
    readonly task: DrawnTask,
    readonly scenario: Scenario,
    workloads: (name: string) => string | undefined,
    private readonly clock: Lockstep,
    /** Among the worlds of the clock. */
    private readonly rank: number,
  ) {
    const before = scenario.given.reduce(
      (sum, act) => sum + ('wait' in act ? parseDuration(act.wait) : TIME_FOR_AN_ACT),
      0,
    )
    this.stage = new Stage(scenario, workloads, task.seed, clock.now() - before, true)
    this.stage.world.endure()
    this.steps = this.setUp()
  }

  /** Does a little of the set-up; true when there is nothing left to do. */
  prepare(): boolean {
    if (this.done) return true
    try {
      this.done = this.steps.next().done === true
    } catch (error) {
      this.error = error as Error
      this.done = true
    }
    return this.done
  }

  private *setUp(): Generator<void> {
    const { kernel } = this.stage.world
    while (!this.stage.prepare()) yield
    for (let n = 1; kernel.step(this.clock.now()); n++) if (n % STEP_EVENTS === 0) yield
    this.clock.join(kernel, this.rank)
  }

  get world(): World {
    return this.stage.world
  }

  /** The machine that is reached under the task's name: whatever is left to do for it is done. */
  peer(): Peer | undefined {
    while (!this.prepare());
    if (this.error) return undefined
    const { world } = this
    const { address } = world.plan.hosts.find((h) => h.name === world.home.name)!
    return { host: world.home, ip: address, from: world.installed.internet.stack }
  }

  has(host: Host): boolean {
    return this.world.hosts.get(host.name) === host
  }

  /** Looks at what was reached. Lets this cluster's own time pass first, as rollouts may be under way. */
  check(): ReturnType<Stage['check']> {
    this.world.advance(parseDuration(this.scenario.settle))
    return this.stage.check()
  }
}
