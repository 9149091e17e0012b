import type { Process } from '../../host/index.ts'
import type { Chrony } from './chronyd.ts'

/** Largest slew, as chronyd's maxslewrate: 83333.333 ppm. */
const MAX_SLEW = 0.083333
/** A slew takes so long when it need not go at the limit, ms. */
const SLEW_MS = 10_000

/** How chronyd moves the host's clock: in one step, or by letting it run a little slower or faster for a while. */
export class Steering {
  /** Of the slew under way: ms to lose (positive) when it began, and ms lost per ms of true time. */
  private slewing = { since: 0, ms: 0, loss: 0 }

  constructor(
    private readonly p: Process,
    private readonly chrony: Chrony,
  ) {}

  /** What the clock is still ahead by, seconds. */
  remaining(): number {
    const { since, ms, loss } = this.slewing
    if (loss === 0) return 0
    const done = (this.p.host.kernel.now() - since) * loss
    return Math.abs(done) >= Math.abs(ms) ? 0 : (ms - done) / 1000
  }

  /** Moves the clock by so many seconds at once. What was measured before is told in the new time. */
  step(seconds: number): void {
    const { clock } = this.p.host
    this.slewing = { since: 0, ms: 0, loss: 0 }
    clock.steer(1)
    clock.set(Math.round(clock.now() + seconds * 1000))
    for (const s of this.chrony.sources) s.offset += seconds
    if (this.chrony.refTime !== undefined) this.chrony.refTime += seconds * 1000
  }

  /** Takes `offset` seconds out of the clock by and by. */
  slew(offset: number): void {
    const { p } = this
    const ms = Math.round(offset * 1000)
    if (ms === 0) return
    const loss = Math.sign(ms) * Math.min(MAX_SLEW, Math.abs(ms) / SLEW_MS)
    const slewing = { since: p.host.kernel.now(), ms, loss }
    this.slewing = slewing
    p.host.clock.steer(1 - loss)
    p.after(ms / loss, () => {
      if (this.slewing === slewing) p.host.clock.steer(1)
    })
  }
}
