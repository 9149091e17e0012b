import type { World } from '../cluster/index.ts'
import { MACHINE } from '../host/index.ts'
import { type Coro, sleep, type Timeline } from '../kernel/index.ts'
import { type Key, startLogin, Tty } from '../shell/index.ts'

/** Pause before the next login, ms. */
const RESPAWN = 500

/** A player at the keyboard of a world. Everything that happens is a function of the world and of the inputs. */
export class PlaySession {
  readonly tty = new Tty()

  constructor(
    readonly world: World,
    private readonly hostName = world.home.name,
    /** Time of everything that the terminal can reach. */
    readonly clock: Timeline = world.kernel,
  ) {
    this.tty.onOutput = () => {}
    world.kernel.spawn('player', this.stayLoggedIn())
    clock.runUntil(clock.now())
  }

  /** Lets virtual time pass until `at`. */
  runUntil(at: number): void {
    this.clock.runUntil(at)
  }

  press(key: Key): void {
    this.tty.press(key)
    // What is due at this instant is part of the key press: the echo must not wait for the next tick.
    this.clock.runUntil(this.clock.now())
  }

  resize(cols: number, rows: number): void {
    this.tty.resize(cols, rows)
  }

  /** True while a command runs in the foreground. */
  get busy(): boolean {
    return this.tty.busy && this.tty.frame === undefined
  }

  /** A login that has ended is followed by a new one. On the world's clock, so that a replay logs in at the same time. */
  private *stayLoggedIn(): Coro {
    const { kernel } = this.world
    const host = this.world.hosts.get(this.hostName) ?? this.world.home
    const streams = { stdin: this.tty.input, stdout: this.tty.output, stderr: this.tty.output }
    for (;;) {
      if (host.service(MACHINE).power === 'running') yield* startLogin(host, 'root', this.tty, streams).wait()
      yield* sleep(kernel, RESPAWN)
    }
  }
}
