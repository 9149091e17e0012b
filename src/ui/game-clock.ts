import type { Controller } from './controller.ts'

/** What the clock drives: the game, or an exam in it. */
export type Timed = Pick<Controller, 'session' | 'now' | 'simulate' | 'touched' | 'changed' | 'beat'> & {
  /** Virtual seconds a second. */
  readonly speed: number
}

/** Real ms between looks at the clock while something runs, and while the player thinks. */
const BUSY_TICK = 40
const IDLE_TICK = 250
/** Real ms that one look may spend on simulating; what is left is done at the next. */
const BUDGET = 12
/** Virtual ms by which the worlds may lag behind; more than that is lost. */
const LAG_LIMIT = 2000
/** Virtual ms that skipping ahead covers at most. */
const SKIP_LIMIT = 600_000
/** The log notes the time this often (virtual ms), so that a killed game loses little. */
const HEARTBEAT = 5_000

/** Lets virtual time follow real time, or run ahead of it. */
export class GameClock {
  /** Time runs ahead until the running command ends. */
  skipping = false
  private timer: NodeJS.Timeout | undefined
  private lastReal = 0
  /** Part of a virtual ms that is still due: the world moves in whole ones. */
  private rest = 0
  private lastBeat = 0
  private shown = ''

  constructor(private readonly game: Timed) {}

  start(): void {
    this.stop()
    this.lastReal = performance.now()
    this.lastBeat = this.game.now()
    this.tick()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.skipping = false
  }

  /** Something was typed: look at the clock soon. */
  wake(): void {
    if (!this.timer || this.skipping) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tick(), 5)
  }

  /** Lets time pass at once until the running command ends. */
  skip(): void {
    const { game } = this
    const { session } = game
    if (this.skipping) {
      this.skipping = false
      return
    }
    if (!session?.busy) return
    this.skipping = true
    const limit = game.now() + SKIP_LIMIT
    const go = (): void => {
      const { clock } = session
      const until = performance.now() + BUDGET
      game.simulate(() => {
        while (session.busy && clock.now() < limit && performance.now() < until) if (!clock.step(limit)) break
      })
      if (game.session !== session) return
      this.tell()
      if (session.busy && clock.now() < limit && game.session === session && this.skipping) setImmediate(go)
      else {
        this.skipping = false
        this.lastReal = performance.now()
        this.beat()
        this.tell()
      }
    }
    go()
  }

  private beat(): void {
    this.game.beat()
    this.lastBeat = this.game.now()
  }

  private tick(): void {
    const { session, speed } = this.game
    if (!session) return
    const real = performance.now()
    let behind = 0
    if (!this.skipping) {
      const { clock } = session
      const passed = Math.min(real - this.lastReal, 1000) * speed + this.rest
      const target = clock.now() + Math.floor(passed)
      this.rest = passed - Math.floor(passed)
      const until = real + BUDGET
      this.game.simulate(() => {
        while (performance.now() < until && clock.step(target));
        if ((clock.nextAt() ?? Number.POSITIVE_INFINITY) > target) session.runUntil(target)
      })
      if (this.game.session !== session) return
      this.lastReal = real
      // What the budget did not allow is made up for soon.
      behind = Math.max(0, Math.min(target - clock.now(), LAG_LIMIT))
      this.rest += behind
      if (clock.now() - this.lastBeat > HEARTBEAT) this.beat()
      this.tell()
    }
    this.timer = setTimeout(() => this.tick(), this.pause(session, behind > 0))
  }

  private pause({ busy, tty }: NonNullable<Timed['session']>, behind: boolean): number {
    return behind ? BUDGET : busy || tty.frame ? BUSY_TICK : IDLE_TICK
  }

  /** The pane is looked at every time; the rest of the screen only changes with the second that it shows. */
  private tell(): void {
    this.game.touched()
    const shown = `${Math.floor(this.game.now() / 1000)} ${this.skipping} ${this.game.session?.busy}`
    if (shown === this.shown) return
    this.shown = shown
    this.game.changed()
  }
}
