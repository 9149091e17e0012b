import type { World } from '../../cluster/index.ts'
import type { Host, Process } from '../../host/index.ts'
import type { Lockstep } from '../../kernel/index.ts'
import { parseDuration, type Scenario, Stage, type Workloads } from '../../scenario/index.ts'
import { controllingTerminal, type Peer, type Terminal } from '../../shell/index.ts'
import type { DrawnTask } from './draw.ts'

/** What a task's set-up may take for one thing that is done, ms. */
const TIME_FOR_AN_ACT = 15_000
/** Events between two looks at whoever waits. */
const STEP_EVENTS = 50

/**
 * The cluster of one task: a world of its own that begins when its text is first read. It keeps the exam's time only
 * while somebody from outside is on it. Otherwise nothing in it can be seen, so it may lag: what is missing is made up
 * for in pieces, at the latest when somebody comes.
 */
export class Room {
  private stage: Stage | undefined
  private readonly steps: Generator<void>
  private ready = false
  private readonly begun: number
  /** Programs on `base` that lead here. */
  private readonly visitors = new Set<Process>()
  /** Why it cannot be set up. */
  error: Error | undefined

  constructor(
    readonly task: DrawnTask,
    readonly scenario: Scenario,
    private readonly workloads: Workloads,
    private readonly clock: Lockstep,
    /** Among the worlds of the clock. */
    private readonly rank: number,
    /** The candidate's. */
    private readonly terminal: Terminal,
  ) {
    const before = scenario.given.reduce(
      (sum, act) => sum + ('wait' in act ? parseDuration(act.wait) : TIME_FOR_AN_ACT),
      0,
    )
    this.begun = clock.now() - before
    this.steps = this.setUp()
  }

  /** Does a little of what is missing; true when it is there and its time is the exam's. */
  prepare(): boolean {
    if (this.error) return true
    if (this.ready) return this.catchUp()
    try {
      this.ready = this.steps.next().done === true
    } catch (error) {
      this.error = error as Error
    }
    return false
  }

  private *setUp(): Generator<void> {
    const { task, scenario, workloads } = this
    this.stage = new Stage(scenario, workloads, task.seed, this.begun, true)
    this.stage.world.endure()
    while (!this.stage.prepare()) yield
  }

  private catchUp(): boolean {
    const { kernel } = this.world
    if (this.clock.has(kernel)) return true
    const now = this.clock.now()
    for (let n = 0; n < STEP_EVENTS; n++) if (!kernel.step(now)) return true
    return false
  }

  get world(): World {
    return this.stage!.world
  }

  /** The machine that is reached under the task's name: whatever is left to do for it is done. */
  peer(visitor: Process): Peer | undefined {
    while (!this.prepare());
    if (this.error) return undefined
    const { world } = this
    if (!this.clock.has(world.kernel)) this.clock.join(world.kernel, this.rank)
    this.visitors.add(visitor)
    visitor.defer(() => this.left(visitor))
    const { address } = world.plan.hosts.find((h) => h.name === world.home.name)!
    return { host: world.home, ip: address, from: world.installed.internet.stack }
  }

  /** With the last visitor its time goes its own way, unless something there may still write to the terminal. */
  private left(visitor: Process): void {
    this.visitors.delete(visitor)
    if (this.visitors.size > 0) return
    for (const host of this.world.hosts.values())
      for (const p of host.processes.values()) if (controllingTerminal(p) === this.terminal) return
    this.clock.leave(this.world.kernel)
  }

  has(host: Host): boolean {
    return this.stage?.world.hosts.get(host.name) === host
  }

  /** Looks at what was reached. Lets this cluster's own time pass first, as rollouts may be under way. */
  check(): ReturnType<Stage['check']> {
    this.world.kernel.runUntil(this.clock.now())
    this.world.advance(parseDuration(this.scenario.settle))
    return this.stage!.check()
  }
}
