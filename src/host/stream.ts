import { type Coro, Interrupt, Signal } from '../kernel/index.ts'

/** Where a process writes. Writing never blocks by itself: polite writers `yield* drain(sink)` when `full`. */
export interface Sink {
  /** Accepts text (bytes that are not UTF-8 as U+DC80..U+DCFF). Throws Interrupt('SIGPIPE') when nobody will ever read. */
  write(text: string): void
  /** True when the reader is behind and the writer should wait for `drained`. */
  readonly full: boolean
  readonly drained: Signal
  /** One writer less; the last one closes the stream. */
  close(): void
  /** True for a terminal. */
  readonly isTty: boolean
}

/** Where a process reads. */
export interface Source {
  /** What is available now: text, '' when one must wait for `readable`, null at the end. */
  read(): string | null
  /** Puts text back in front (a reader that took more than a line). */
  unread(text: string): void
  readonly readable: Signal
  /** No reader any more: writers get SIGPIPE. */
  close(): void
  readonly isTty: boolean
}

/** A pipe as bash makes it: bounded, with back-pressure and SIGPIPE. */
export class Pipe implements Sink, Source {
  readonly isTty = false
  readonly readable = new Signal()
  readonly drained = new Signal()
  private buffer = ''
  private writers = 1
  private broken = false

  constructor(private readonly capacity = 65536) {}

  /** Counts one more writer (a forked process that inherits the descriptor). */
  share(): this {
    this.writers++
    return this
  }

  get full(): boolean {
    return this.buffer.length >= this.capacity
  }

  write(text: string): void {
    if (this.broken) throw new Interrupt('SIGPIPE')
    if (text === '') return
    this.buffer += text
    this.readable.fire()
  }

  read(): string | null {
    if (this.buffer === '') return this.writers <= 0 ? null : ''
    const text = this.buffer
    this.buffer = ''
    this.drained.fire()
    return text
  }

  unread(text: string): void {
    this.buffer = text + this.buffer
  }

  close(): void {
    if (this.writers > 0 && --this.writers === 0) this.readable.fire()
  }

  /** The read end was closed. */
  breakPipe(): void {
    this.broken = true
    this.buffer = ''
    this.drained.fire()
  }

  /** The reading side as its own object, whose `close` breaks the pipe. */
  get reader(): Source {
    return {
      isTty: false,
      readable: this.readable,
      read: () => this.read(),
      unread: (t) => this.unread(t),
      close: () => this.breakPipe(),
    }
  }
}

/** Collects everything written; the oldest text is dropped beyond `limit` characters. */
export class Capture implements Sink {
  readonly isTty = false
  readonly full = false
  readonly drained = new Signal()
  private chunks: string[] = []
  private length = 0
  dropped = false

  constructor(private readonly limit = 64 * 1024 * 1024) {}

  write(text: string): void {
    this.chunks.push(text)
    this.length += text.length
    if (this.length > this.limit) {
      const all = this.text().slice(-this.limit / 2)
      this.chunks = [all]
      this.length = all.length
      this.dropped = true
    }
  }

  close(): void {}

  text(): string {
    if (this.chunks.length > 1) this.chunks = [this.chunks.join('')]
    return this.chunks[0] ?? ''
  }

  /** Returns and forgets what was collected. */
  take(): string {
    const text = this.text()
    this.chunks = []
    this.length = 0
    return text
  }
}

/** Calls back with every write: journald's stdout sockets, container log files. */
export class Tap implements Sink {
  readonly isTty = false
  readonly full = false
  readonly drained = new Signal()
  constructor(private readonly onText: (text: string) => void) {}
  write(text: string): void {
    this.onText(text)
  }
  close(): void {}
}

/** A fixed text to read: here-documents, `< file`, empty input. */
export class TextSource implements Source {
  readonly isTty = false
  readonly readable = new Signal()
  constructor(private text = '') {}
  read(): string | null {
    if (this.text === '') return null
    const t = this.text
    this.text = ''
    return t
  }
  unread(text: string): void {
    this.text = text + this.text
  }
  close(): void {
    this.text = ''
  }
}

/** /dev/null for writing. */
export const NULL_SINK: Sink = { isTty: false, full: false, drained: new Signal(), write() {}, close() {} }

/** Waits until the sink takes more. */
export function* drain(sink: Sink): Coro {
  while (sink.full) yield { on: [sink.drained] }
}

/** Writes with back-pressure. */
export function* put(sink: Sink, text: string): Coro {
  sink.write(text)
  if (sink.full) yield* drain(sink)
}

/** Next available text, or null at the end of input. */
export function* readChunk(source: Source): Coro<string | null> {
  for (;;) {
    const text = source.read()
    if (text !== '') return text
    yield { on: [source.readable] }
  }
}

/** Next line without its newline, or null at the end. What was read beyond it is put back. */
export function* readLine(source: Source): Coro<string | null> {
  let line = ''
  for (;;) {
    const text = yield* readChunk(source)
    if (text === null) return line === '' ? null : line
    const at = text.indexOf('\n')
    if (at >= 0) {
      if (at + 1 < text.length) source.unread(text.slice(at + 1))
      return line + text.slice(0, at)
    }
    line += text
  }
}

/** Everything up to the end of input. */
export function* readAll(source: Source): Coro<string> {
  const parts: string[] = []
  for (;;) {
    const text = yield* readChunk(source)
    if (text === null) return parts.join('')
    parts.push(text)
  }
}
