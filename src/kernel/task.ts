import type { Kernel } from './kernel.ts'
import type { Timer } from './queue.ts'

/** What a coroutine yields: park until one of the signals fires or the deadline (virtual ms) passes. */
export interface Wait {
  readonly on?: readonly Signal[]
  readonly until?: number
}

/**
 * A cooperative process: a generator that yields waits and returns its result.
 * It is resumed with the signal that woke it, or undefined when its deadline passed.
 */
export type Coro<T = void> = Generator<Wait, T, Signal | undefined>

/** A condition that tasks can wait on. Firing wakes all present waiters, in the order in which they came. */
export class Signal {
  private waiters: Task<unknown>[] = []

  /** True when nobody waits. */
  get idle(): boolean {
    return this.waiters.length === 0
  }

  fire(): void {
    if (this.waiters.length === 0) return
    const woken = this.waiters
    this.waiters = []
    for (const task of woken) task.wake(this)
  }

  /** @internal */
  join(task: Task<unknown>): void {
    this.waiters.push(task)
  }

  /** @internal */
  leave(task: Task<unknown>): void {
    const i = this.waiters.indexOf(task)
    if (i >= 0) this.waiters.splice(i, 1)
  }
}

/** Thrown into a coroutine to end it from outside, e.g. by a Unix signal. */
export class Interrupt extends Error {
  constructor(
    /** Name of the Unix signal: SIGINT, SIGTERM, SIGKILL, SIGPIPE, … */
    readonly signal: string,
  ) {
    super(signal)
  }
}

/** Whether a coroutine goes on, came to its end, or threw. */
export type TaskState = 'running' | 'returned' | 'failed'

/** A running coroutine. Created by `Kernel.spawn`. */
export class Task<T = unknown> {
  state: TaskState = 'running'
  result: T | undefined
  error: unknown
  /** Fires once, when the task has ended in any way. */
  readonly ended = new Signal()

  private parked: readonly Signal[] = []
  private timer: Timer | undefined
  private queued = false
  private stepping = false
  private pending: unknown
  private suspended = false
  /** The wake-up that came while suspended. */
  private missed: { by: Signal | undefined } | undefined

  constructor(
    readonly kernel: Kernel,
    readonly name: string,
    private readonly coro: Coro<T>,
    private readonly onEnd?: (task: Task<T>) => void,
  ) {
    this.schedule(undefined)
  }

  /** Throws `error` into the coroutine at the point where it waits (at once if parked, at its next wait if running). */
  interrupt(error: unknown): void {
    if (this.state !== 'running') return
    this.pending = error
    this.unpark()
    if (!this.queued && !this.stepping) this.schedule(undefined)
  }

  /** Stops the coroutine where it waits (SIGSTOP): wake-ups and interrupts are kept until `resume`. */
  suspend(): void {
    this.suspended = true
  }

  resume(): void {
    this.suspended = false
    const missed = this.missed
    this.missed = undefined
    if (missed) this.schedule(missed.by)
  }

  /** @internal Called by a signal that fired. */
  wake(by: Signal): void {
    if (this.state !== 'running') return
    this.unpark(by)
    this.schedule(by)
  }

  private schedule(by: Signal | undefined): void {
    this.queued = true
    this.kernel.soon(() => {
      this.queued = false
      this.step(by)
    })
  }

  private unpark(except?: Signal): void {
    for (const s of this.parked) if (s !== except) s.leave(this as Task<unknown>)
    this.parked = []
    if (this.timer) {
      this.kernel.cancel(this.timer)
      this.timer = undefined
    }
  }

  private step(by: Signal | undefined): void {
    if (this.state !== 'running') return
    if (this.suspended) {
      this.missed = { by }
      return
    }
    this.stepping = true
    let next: IteratorResult<Wait, T>
    try {
      if (this.pending !== undefined) {
        const error = this.pending
        this.pending = undefined
        next = this.coro.throw(error)
      } else next = this.coro.next(by)
    } catch (error) {
      this.stepping = false
      this.end('failed', undefined, error)
      return
    }
    this.stepping = false
    if (next.done) this.end('returned', next.value, undefined)
    else if (this.pending !== undefined) this.schedule(undefined)
    else this.park(next.value)
  }

  private park(wait: Wait): void {
    this.parked = wait.on ?? []
    for (const s of this.parked) s.join(this as Task<unknown>)
    if (wait.until !== undefined) {
      this.timer = this.kernel.at(wait.until, () => {
        this.timer = undefined
        this.unpark()
        this.step(undefined)
      })
    }
  }

  private end(state: TaskState, result: T | undefined, error: unknown): void {
    this.state = state
    this.result = result
    this.error = error
    this.unpark()
    this.onEnd?.(this)
    this.ended.fire()
  }
}
