import type { World } from '../cluster/index.ts'
import type { Process } from '../host/index.ts'
import { type Key, startLogin, Tty } from '../shell/index.ts'

/** One thing that the player did, with the virtual time (ms since the epoch) at which it happened. */
export type Input =
  | { readonly at: number; readonly key: Key }
  | { readonly at: number; readonly size: readonly [cols: number, rows: number] }
  | { readonly at: number; readonly check: true }
  | { readonly at: number; readonly hint: true }
  /** Nothing was done, but so much time had passed. */
  | { readonly at: number; readonly time: true }

/** A player at the keyboard of a world. Everything that happens is a function of the world and of the inputs. */
export class PlaySession {
  readonly tty = new Tty()
  private login: Process | undefined

  constructor(
    readonly world: World,
    private readonly hostName = world.home.name,
  ) {
    this.tty.onOutput = () => {}
    this.logIn()
  }

  /** Lets virtual time pass until `at`. A login that has ended is followed by a new one. */
  runUntil(at: number): void {
    this.world.kernel.runUntil(at)
    if (this.login?.status) this.logIn()
  }

  press(key: Key): void {
    this.tty.press(key)
    // What is due at this instant is part of the key press: the echo must not wait for the next tick.
    this.world.kernel.runUntil(this.world.now())
    if (this.login?.status) this.logIn()
  }

  resize(cols: number, rows: number): void {
    this.tty.resize(cols, rows)
  }

  /** True while a command runs in the foreground. */
  get busy(): boolean {
    return this.tty.busy && this.tty.frame === undefined
  }

  private logIn(): void {
    const host = this.world.hosts.get(this.hostName) ?? this.world.home
    const streams = { stdin: this.tty.input, stdout: this.tty.output, stderr: this.tty.output }
    this.login = startLogin(host, 'root', this.tty, streams)
    this.world.kernel.runUntil(this.world.now())
  }
}
