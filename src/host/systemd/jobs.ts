import { type Coro, Signal, waitFor } from '../../kernel/index.ts'
import { unmetCondition } from './conditions.ts'
import type { Systemd } from './manager.ts'
import type { Unit } from './unit.ts'

/** What a job does with its unit. */
export type JobType = 'start' | 'stop' | 'restart' | 'reload'
/** How a job ended (JobRemoved's result). */
export type JobResult = 'done' | 'failed' | 'timeout' | 'dependency' | 'canceled' | 'skipped'

/** A queued or finished job. */
export interface Job {
  readonly id: number
  readonly unit: Unit
  readonly type: JobType
  result: JobResult | undefined
  readonly finished: Signal
  /** The job that must be finished first. */
  waitsFor: Job | undefined
}

const isUp = (unit: Unit): boolean => unit.active === 'active' || unit.active === 'reloading'

/** What the journal says of units that are no services: switched on, switched off. */
const ON: Readonly<Record<string, string>> = { target: 'Reached target', socket: 'Listening on', mount: 'Mounted' }
const OFF: Readonly<Record<string, string>> = { target: 'Stopped target', socket: 'Closed' }

/** The jobs of a machine: starting and stopping units with what they need, in the order of After= and Before=. */
export class Jobs {
  private last = 0
  /** Jobs that start a unit and are not finished. */
  private readonly starting = new Set<Job>()

  constructor(private readonly systemd: Systemd) {}

  /** The next job's number. */
  next(): number {
    this.last += 1
    return this.last
  }

  /** Queues a job. */
  request(type: JobType, unit: Unit, chain: ReadonlySet<string> = new Set()): Job {
    const job: Job = {
      id: this.next(),
      unit,
      type,
      result: undefined,
      finished: new Signal(),
      waitsFor: undefined,
    }
    if (type !== 'stop') this.starting.add(job)
    this.systemd.host.kernel.spawn(`job ${type} ${unit.name}`, this.run(job, chain), (task) => {
      if (task.state === 'failed') throw task.error
      job.result = task.result as JobResult
      this.starting.delete(job)
      unit.job = undefined
      if (unit.config.load === 'not-found' && unit.active === 'inactive') this.systemd.units.delete(unit.name)
      job.finished.fire()
    })
    return job
  }

  /** Runs a job to its end. */
  *perform(type: JobType, unit: Unit): Coro<JobResult> {
    const job = this.request(type, unit)
    while (job.result === undefined) yield* waitFor(job.finished)
    return job.result
  }

  private *run(job: Job, chain: ReadonlySet<string>): Coro<JobResult> {
    const { unit } = job
    unit.job = job.id
    switch (job.type) {
      case 'start':
        return yield* this.startUnit(job, chain)
      case 'stop':
        return yield* this.stopUnit(unit)
      case 'restart': {
        yield* this.stopUnit(unit)
        unit.job = job.id
        return yield* this.startUnit(job, chain)
      }
      case 'reload': {
        unit.send({ type: 'RELOAD' })
        while (unit.active === 'reloading') yield* waitFor(this.systemd.changed)
        return unit.active === 'active' ? 'done' : 'failed'
      }
    }
  }

  /** Waits for the units that are being started, too, and that come before this one by After= or Before=. */
  private *inOrder(job: Job, chain: ReadonlySet<string>): Coro {
    const { unit } = job
    const first = [...this.starting].filter(
      (other) =>
        other.unit !== unit &&
        !chain.has(other.unit.name) &&
        (unit.config.after.includes(other.unit.name) || other.unit.config.before.includes(unit.name)),
    )
    for (const other of first) {
      // A cycle: systemd leaves one of its jobs out of the order as well.
      for (let j: Job | undefined = other; j; j = j.waitsFor) if (j === job) return
      job.waitsFor = other
      while (other.result === undefined) yield* waitFor(other.finished)
    }
    job.waitsFor = undefined
  }

  private *startUnit(job: Job, chain: ReadonlySet<string>): Coro<JobResult> {
    const { unit } = job
    if (isUp(unit)) return 'done'
    if (unit.config.load !== 'loaded') return 'failed'
    const through = new Set([...chain, unit.name])
    const { required, others } = this.startDependencies(unit, through)
    for (const name of unit.config.conflicts) {
      const other = this.systemd.units.get(name)
      if (other && other.active !== 'inactive' && name !== 'shutdown.target') yield* this.perform('stop', other)
    }
    const waitFirst =
      unit.config.type === 'target'
        ? [...required, ...others]
        : [...required, ...others].filter((j) => unit.config.after.includes(j.unit.name))
    for (const job of waitFirst) while (job.result === undefined) yield* waitFor(job.finished)
    if (required.some((j) => j.result !== undefined && j.result !== 'done' && j.result !== 'skipped')) {
      unit.log(`Dependency failed for ${unit.title}.`, 3, {
        id: 'unit-failed-start',
        job: unit.job,
        result: 'dependency',
      })
      unit.log(`${unit.name}: Job ${unit.name}/start failed with result 'dependency'.`, 5)
      return 'dependency'
    }
    yield* this.inOrder(job, through)
    const condition = unmetCondition(this.systemd.host, unit.config.conditions)
    if (condition) {
      unit.log(`${unit.title} was skipped because of an unmet condition check (${condition}).`, 6)
      return 'done'
    }
    if (unit.config.type !== 'service') return this.switchOn(unit)
    unit.send({ type: 'START' })
    while (unit.active === 'activating' && unit.sub !== 'auto-restart') yield* waitFor(this.systemd.changed)
    if (isUp(unit)) return 'done'
    return unit.result === 'success' ? 'done' : unit.result === 'timeout' ? 'timeout' : 'failed'
  }

  /** Starts what the unit requires and wants, except for units whose start led to this one. */
  private startDependencies(unit: Unit, through: ReadonlySet<string>): { required: Job[]; others: Job[] } {
    const started = (names: readonly string[], alsoFailed: boolean): Job[] => {
      const jobs: Job[] = []
      for (const name of names) {
        if (through.has(name)) continue
        const dep = this.systemd.unit(name)
        if (dep.config.load === 'loaded' && (dep.active === 'inactive' || (dep.active === 'failed' && alsoFailed)))
          jobs.push(this.request('start', dep, through))
      }
      return jobs
    }
    return { required: started(unit.config.requires, true), others: started(unit.config.wants, false) }
  }

  private switchOn(unit: Unit): JobResult {
    unit.switch(true)
    const { type } = unit.config
    unit.log(`${ON[type] ?? 'Started'} ${unit.title}.`, 6, { id: 'unit-started', job: unit.job })
    if (type === 'timer') this.systemd.timers.arm(unit)
    return 'done'
  }

  private *stopUnit(unit: Unit): Coro<JobResult> {
    for (const other of [...this.systemd.units.values()])
      if (
        (other.config.partOf.includes(unit.name) || other.config.requires.includes(unit.name)) &&
        other.active !== 'inactive' &&
        other.active !== 'failed' &&
        other !== unit
      )
        yield* this.perform('stop', other)
    if (unit.config.type !== 'service') {
      if (unit.active === 'active') {
        unit.switch(false)
        unit.log(`${OFF[unit.config.type] ?? 'Stopped'} ${unit.title}.`, 6, {
          id: 'unit-stopped',
          job: unit.job,
          result: 'done',
        })
      }
      this.systemd.timers.disarm(unit)
      return 'done'
    }
    unit.send({ type: 'STOP' })
    while (unit.active !== 'inactive' && unit.active !== 'failed') yield* waitFor(this.systemd.changed)
    return 'done'
  }
}
