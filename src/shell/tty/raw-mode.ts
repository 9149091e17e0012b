import { type Coro, Signal } from '../../kernel/index.ts'
import type { Key } from './key.ts'
import type { Tty } from './tty.ts'

/** What a full-screen program shows: lines with SGR colours, and where the cursor stands. */
export interface Frame {
  readonly lines: readonly string[]
  readonly cursor?: { readonly row: number; readonly column: number }
}

/** The terminal in the hands of a full-screen program. */
export class RawMode {
  frame: Frame | undefined
  /** Fires when the window's size has changed. */
  readonly resized = new Signal()

  /** @internal */
  constructor(
    private readonly tty: Tty,
    /** Ctrl-C still means SIGINT (watch, top). */
    readonly keepSignals: boolean,
  ) {}

  get cols(): number {
    return this.tty.cols
  }

  get rows(): number {
    return this.tty.rows
  }

  paint(frame: Frame): void {
    this.frame = frame
    this.tty.onChange()
  }

  /** Next key; undefined when `until` (virtual ms) passed first, or when the window has another size: paint again. */
  readKey(until?: number): Coro<Key | undefined> {
    return this.tty.nextKey(until, this.resized)
  }

  close(): void {
    this.tty.closeRaw(this)
  }

  /** Ctrl-Z: the shell gets the terminal back; goes on when the program is continued in the foreground. */
  *suspend(): Coro {
    this.tty.closeRaw(this)
    this.tty.signal('SIGTSTP')
    // A stopped process gets no further than here.
    yield { until: 0 }
    this.tty.takeRaw(this)
  }
}
