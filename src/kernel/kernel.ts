import { because, Chronicle, type Happening, runBecause } from './because.ts'
import { type Timer, TimerQueue } from './queue.ts'
import { Rng } from './rng.ts'
import { type Coro, type Signal, Task } from './task.ts'

/** Where a world begins. */
export interface KernelOptions {
  /** Everything random in the world derives from it. */
  readonly seed: string | number
  /** Virtual time at the start, ms since the Unix epoch (UTC). */
  readonly start: number
}

/** Timers alone: what programs need that only wait. */
export type Timers = Pick<Kernel, 'now' | 'at' | 'after' | 'cancel'>

/** What lets time pass: one kernel, or several in lockstep. */
export type Timeline = Pick<Kernel, 'now' | 'nextAt' | 'step' | 'runUntil'>

/** More events than this at one virtual instant is a loop in the simulation, not load. */
const SAME_INSTANT_LIMIT = 5_000_000

/** The only source of time, order and chance in a world. Synchronous: nothing happens unless time is advanced. */
export class Kernel {
  /** Takes what an event throws (a bug of ours, never a simulated failure); without it `step` throws. */
  onError: ((error: unknown) => void) | undefined
  readonly rng: Rng
  private chronicle: Chronicle | undefined
  private readonly queue = new TimerQueue()
  private seq = 0
  private time: number
  private instant = 0

  constructor(options: KernelOptions) {
    this.time = options.start
    this.rng = new Rng(options.seed)
  }

  /** True (wall) time of the world in ms since the epoch. Hosts see it through their own, possibly wrong, clocks. */
  now(): number {
    return this.time
  }

  /** Runs `fn` at virtual time `at`, rounded to whole ms (not before now). */
  at(at: number, fn: () => void): Timer {
    const timer: Timer = { at: Math.max(this.time, Math.round(at)), seq: this.seq++, why: because(), fn }
    this.queue.push(timer)
    return timer
  }

  after(ms: number, fn: () => void): Timer {
    return this.at(this.time + ms, fn)
  }

  /** Runs `fn` at this instant, after everything already due. */
  soon(fn: () => void): Timer {
    return this.at(this.time, fn)
  }

  cancel(timer: Timer | undefined): void {
    if (timer) timer.fn = undefined
  }

  /** Starts a coroutine at this instant. */
  spawn<T>(name: string, coro: Coro<T>, onEnd?: (task: Task<T>) => void): Task<T> {
    return new Task<T>(this, name, coro, onEnd)
  }

  /** Time of the next event, or undefined when the world is at rest. */
  nextAt(): number | undefined {
    return this.queue.peek()?.at
  }

  /** Executes the next event if it is due at or before `limit`. Returns false when there is none. */
  step(limit = Number.POSITIVE_INFINITY): boolean {
    const next = this.queue.peek()
    if (!next || next.at > limit) return false
    this.queue.pop()
    if (next.at > this.time) {
      this.time = next.at
      this.instant = 0
    } else if (++this.instant > SAME_INSTANT_LIMIT) {
      throw new Error(`the world does not come to rest at ${new Date(this.time).toISOString()}`)
    }
    const fn = next.fn
    next.fn = undefined
    try {
      if (fn) runBecause(next.why, this.chronicle, fn)
    } catch (error) {
      if (!this.onError) throw error
      this.onError(error)
    }
    return true
  }

  /** What happened because of deeds, once there was one. */
  get happenings(): readonly Happening[] {
    return this.chronicle?.happenings ?? []
  }

  /** Does something to the world from outside: whatever comes of it is recorded. */
  deed(where: string, what: string, act: () => void): void {
    this.chronicle ??= new Chronicle(() => this.time)
    runBecause(this.chronicle.record(where, what, undefined), this.chronicle, act)
  }

  /**
   * Executes everything up to and including `until`, then sets the clock there, in whole ms: a task that waits for a
   * fraction of one would be woken before it, for ever.
   */
  runUntil(at: number): void {
    const until = Math.floor(at)
    while (this.step(until));
    if (until > this.time) {
      this.time = until
      this.instant = 0
    }
  }

  /** Sets the clock forward, no further than to the next event, and lets nothing happen. */
  reach(at: number): void {
    const until = Math.min(Math.floor(at), this.nextAt() ?? at)
    if (until <= this.time) return
    this.time = until
    this.instant = 0
  }

  /** Lets `ms` of virtual time pass. */
  advance(ms: number): void {
    this.runUntil(this.time + ms)
  }

  /** Advances until the task has ended or `limit` (virtual ms) is reached. Returns whether it ended. */
  runTask<T>(task: Task<T>, limit: number): boolean {
    while (task.state === 'running') if (!this.step(limit)) break
    if (task.state === 'running' && limit > this.time) this.time = limit
    return task.state !== 'running'
  }
}

/** Waits `ms` of virtual time. */
export function* sleep(kernel: Kernel, ms: number): Coro {
  yield { until: kernel.now() + ms }
}

/** Waits for one of the signals; with a deadline (virtual ms) returns undefined when it passed first. */
export function* waitFor(on: Signal | readonly Signal[], until?: number): Coro<Signal | undefined> {
  return yield { on: Array.isArray(on) ? on : [on as Signal], until }
}

/** Waits for ever (until interrupted). */
export function* forever(): Coro<never> {
  for (;;) yield {}
}
