import { because, type Happening, type Kernel } from '../kernel/index.ts'

/** A host's own clock: true time with an offset and a rate. Faults set both; chrony and `date -s` correct them. */
export class HostClock {
  private base: number
  private baseTrue: number
  /** Seconds of this clock per true second: what its oscillator makes of it, times the correction by adjtimex. */
  private speed = 1
  private oscillator = 1
  /** Why it shows what it shows. */
  why: Happening | undefined
  /** True time of the last boot. */
  bootTrue: number

  constructor(private readonly kernel: Kernel) {
    this.baseTrue = kernel.now()
    this.base = this.baseTrue
    this.bootTrue = this.baseTrue
  }

  /** ms since the epoch as this host believes it to be. */
  now(): number {
    return this.speed === 1
      ? this.base + (this.kernel.now() - this.baseTrue)
      : Math.round(this.base + (this.kernel.now() - this.baseTrue) * this.speed)
  }

  /** ms by which this clock is ahead of true time. */
  get offset(): number {
    return this.now() - this.kernel.now()
  }

  get rate(): number {
    return this.speed
  }

  /** Steps the clock to `ms` (clock_settime). */
  set(ms: number): void {
    this.why = because() ?? this.why
    this.baseTrue = this.kernel.now()
    this.base = ms
  }

  /** The oscillator: without corrections the clock runs `rate` times as fast as true time from now on. */
  setRate(rate: number): void {
    const correction = this.speed / this.oscillator
    this.oscillator = rate
    this.steer(correction)
  }

  /** adjtimex: the clock runs `factor` times as fast as its oscillator. */
  steer(factor: number): void {
    this.set(this.now())
    this.speed = this.oscillator * factor
  }

  /** True-time ms that pass while this clock counts `ms`: timers inside the host run on its monotonic clock. */
  toTrue(ms: number): number {
    return ms / this.speed
  }
}
