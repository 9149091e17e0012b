import { type Sink, type Source, SysError } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'

/** An open file description: what several descriptors (dup2, fork) share. The last descriptor closed closes it. */
export class OpenFile {
  private refs = 0

  constructor(
    /** Path, or a label such as `pipe:` for lsof-like listings. */
    readonly name: string,
    readonly source?: Source,
    readonly sink?: Sink,
    /** False for streams that somebody else closes (a process' initial stdin). */
    private readonly owned = true,
  ) {}

  open(): Fd {
    this.refs++
    return new Fd(this)
  }

  /** @internal */
  release(): void {
    if (--this.refs > 0 || !this.owned) return
    this.source?.close()
    this.sink?.close()
  }
}

const never = new Signal()

/** One file descriptor: a handle on an open file, closed exactly once. Readable, writable, or both. */
export class Fd implements Sink, Source {
  private closed = false

  /** @internal Use `OpenFile.open`. */
  constructor(readonly file: OpenFile) {}

  /** A descriptor for a stream made elsewhere. Descriptors are duplicated; foreign streams are borrowed, never closed. */
  static of(stream: Sink | Source, name = 'stream'): Fd {
    if (stream instanceof Fd) return stream.dup()
    const source = 'read' in stream ? stream : undefined
    const sink = 'write' in stream ? stream : undefined
    return new OpenFile(name, source, sink, false).open()
  }

  dup(): Fd {
    return this.file.open()
  }

  get isTty(): boolean {
    return (this.file.sink ?? this.file.source)?.isTty ?? false
  }

  get readable(): Signal {
    return this.file.source?.readable ?? never
  }

  get drained(): Signal {
    return this.file.sink?.drained ?? never
  }

  get full(): boolean {
    return this.file.sink?.full ?? false
  }

  read(): string | null {
    if (this.closed || !this.file.source) throw new SysError('EBADF', '', 'read')
    return this.file.source.read()
  }

  unread(text: string): void {
    this.file.source?.unread(text)
  }

  write(text: string): void {
    if (this.closed || !this.file.sink) throw new SysError('EBADF', '', 'write')
    this.file.sink.write(text)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.file.release()
  }
}

/** The stream behind a handle: a terminal stays recognisable however often it was duplicated. */
export function underlying(stream: Sink | Source): Sink | Source {
  return stream instanceof Fd ? ((stream.file.sink ?? stream.file.source) as Sink | Source) : stream
}
