import type { KubeObject } from '../api/index.ts'
import { type ClusterPlan, clusterPlan, customPlan, World } from '../cluster/index.ts'
import { describeAct, perform, type Workloads } from './acts.ts'
import { type Baseline, begin, takeBaseline } from './checks.ts'
import { parseDuration } from './duration.ts'
import { BEGINNING, ContentError } from './errors.ts'
import type { Scenario } from './load.ts'
import { Observer } from './observer.ts'
import type { Act, Check } from './schema.ts'

/** How a world stands to a scenario's objectives. */
export interface Verdict {
  readonly objectives: { id: string; met: boolean }[]
  /** Conditions that a fix must not break, by index. */
  readonly kept: boolean[]
  /** False when no API server answers: what does not hold may only be out of sight. */
  readonly inSight: boolean
  readonly solved: boolean
}

/** Something that was done to the cluster, not by the player. */
export interface Deed {
  /** Virtual ms. */
  readonly at: number
  /** Host, when it was done on one. */
  readonly on: string | undefined
  readonly what: string
}

/** Events between two looks at whoever waits for the set-up. */
const STEP_EVENTS = 50

/** Lets time pass in pieces. */
function* timeUntil(world: World, at: number): Generator<void> {
  for (let n = 1; world.kernel.step(at); n++) if (n % STEP_EVENTS === 0) yield
  world.kernel.runUntil(at)
}

/** A scenario set up in a world: broken, and waiting for the player. */
export class Stage {
  readonly world: World
  private readonly observer: Observer
  private baseline: Baseline = new Map()
  private readonly steps: Generator<void>
  private readonly done: Deed[] = []

  /** Throws ContentError when the scenario cannot be set up. */
  constructor(
    readonly scenario: Scenario,
    workloads: Workloads,
    seed = scenario.seed,
    /** When the world begins, ms since 1970. */
    epoch?: number,
    /** The set-up is left to calls of `prepare`. */
    bySteps = false,
  ) {
    this.world = new World(planOf(scenario), seed, epoch)
    this.observer = new Observer(this.world)
    this.steps = this.setUp(workloads)
    if (!bySteps) while (!this.prepare());
  }

  /** Does a little of the set-up; true when all is ready. Throws ContentError when the scenario cannot be set up. */
  prepare(): boolean {
    return this.steps.next().done === true
  }

  private *setUp(workloads: Workloads): Generator<void> {
    const { scenario, world } = this
    yield* timeUntil(world, world.epoch)
    for (const [i, act] of scenario.given.entries()) {
      try {
        if ('wait' in act) yield* timeUntil(world, world.now() + parseDuration(act.wait))
        else this.perform(act, workloads)
      } catch (error) {
        if (!(error instanceof ContentError) || error.file !== '') throw error
        const { line, column } = scenario.places.get(`given.${i}`) ?? BEGINNING
        throw new ContentError(scenario.file, line, column, `given.${i}: ${error.problem}`, error.remedy)
      }
      yield
    }
    this.world.forgetSessions()
    for (const { after, do: acts } of scenario.later ?? []) {
      this.world.kernel.after(parseDuration(after), () => {
        for (const act of acts) this.perform(act, workloads)
      })
    }
    this.baseline = takeBaseline(
      [...scenario.goals, ...(scenario.keep ?? [])].map((g) => g.check),
      this.observer,
    )
  }

  private perform(act: Act, workloads: Workloads): void {
    const what = describeAct(act)
    if (what === undefined) return perform(act, this.world, workloads)
    const on = 'on' in act ? act.on : undefined
    this.done.push({ at: this.world.now(), on, what })
    this.world.kernel.deed(on ?? '', what, () => perform(act, this.world, workloads))
  }

  /** What was done to the cluster before the player came, and meanwhile. It tells the cause: for the debrief only. */
  deeds(): readonly Deed[] {
    return this.done
  }

  /** The cluster's own account, as `kubectl get events -A` gives it; nothing when no API server answers. */
  events(): readonly KubeObject[] {
    return this.observer.list('Event') ?? []
  }

  holds(check: Check): boolean {
    return this.begin(check)()
  }

  private begin(check: Check): () => boolean {
    return begin(check, { world: this.world, observer: this.observer, baseline: this.baseline })
  }

  /**
   * Looks at all objectives, side by side: a look may take virtual time. `survives` checks run last, and only when
   * everything else is met: they pull plugs.
   */
  check(): Verdict {
    const { goals, keep = [] } = this.scenario
    const looks = [...keep, ...goals].map(({ check }) => (check.type === 'survives' ? undefined : this.begin(check)))
    const answers = looks.map((look) => look?.())
    const kept = keep.map((_, i) => answers[i] ?? true)
    const met = new Map(goals.map((g, i) => [g.id, answers[keep.length + i]]))
    const calm = (): boolean => ![...met.values(), ...kept].includes(false)
    for (const g of goals) if (g.check.type === 'survives') met.set(g.id, calm() && this.holds(g.check))
    return {
      objectives: goals.map((g) => ({ id: g.id, met: met.get(g.id)! })),
      kept,
      inSight: kept.every(Boolean) || this.observer.sees(),
      solved: [...met.values()].every(Boolean) && kept.every(Boolean),
    }
  }
}

function planOf(scenario: Scenario): ClusterPlan {
  const { cluster } = scenario
  const more =
    typeof cluster === 'string'
      ? {}
      : {
          ...(cluster.certificateAge ? { certificateAge: parseDuration(cluster.certificateAge) } : {}),
          ...(cluster.release ? { release: cluster.release } : {}),
        }
  if (typeof cluster === 'object' && 'controlPlanes' in cluster)
    return { ...customPlan(cluster.controlPlanes, cluster.workers), ...more }
  const name = typeof cluster === 'string' ? cluster : cluster.preset
  const plan = clusterPlan(name)
  if (!plan)
    throw new ContentError(
      scenario.file,
      1,
      1,
      `cluster: there is no preset "${name}"`,
      'one of default, ha, single, lab',
    )
  return { ...plan, ...more }
}
