import { Dir, File, type FsView, SysError } from '../../host/index.ts'

const LONGEST_LINE = 16384

/** Nanoseconds are made up below the clock's millisecond, growing so that lines stay ordered. */
export function rfc3339Nano(ms: number, nanos: number): string {
  const iso = new Date(ms).toISOString()
  return `${iso.slice(0, 23)}${String(nanos % 1_000_000).padStart(6, '0')}Z`
}

/**
 * A container's log in CRI format (`TIME stdout F text`), written to a real file on the host. The file's content is
 * rendered from the lines when it is read, so that chatty containers cost little.
 */
export class ContainerLog {
  private chunks: string[] = []
  private file: File | undefined
  private render: (() => string) | undefined
  private readonly partial: Record<string, string> = { stdout: '', stderr: '' }
  private nanos = 0
  private lastMs = 0

  constructor(
    private readonly fs: FsView,
    readonly path: string,
    private readonly clock: () => number,
  ) {}

  /** Opens (creates) the file; also after a rotation moved the old one away. */
  reopen(): void {
    this.chunks = []
    if (this.path === '') return
    const dir = this.path.slice(0, this.path.lastIndexOf('/'))
    try {
      const parent = this.fs.mkdir(dir, { parents: true })
      const known = parent instanceof Dir ? parent.entries.get(this.path.slice(dir.length + 1)) : undefined
      const before = known instanceof File ? known.read() : ''
      this.file = known instanceof File ? known : this.fs.writeFile(this.path, '', { mode: 0o640 })
      this.adopt(before)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.file = undefined
    }
  }

  /** Continues after `text`, which is in the file already. */
  private adopt(text: string): void {
    const file = this.file!
    this.chunks = text === '' ? [] : [text]
    const size = file.size
    this.render = () => {
      if (this.chunks.length > 1) this.chunks = [this.chunks.join('')]
      return this.chunks[0] ?? ''
    }
    file.write(this.render, size)
  }

  get size(): number {
    return this.file?.size ?? 0
  }

  /** What the present file holds. */
  text(): string {
    return this.file?.read() ?? ''
  }

  /** Takes what the container printed. */
  write(stream: 'stdout' | 'stderr', text: string): void {
    let rest = this.partial[stream] + text
    for (;;) {
      const end = rest.indexOf('\n')
      if (end < 0) break
      this.line(stream, 'F', rest.slice(0, end))
      rest = rest.slice(end + 1)
    }
    while (rest.length >= LONGEST_LINE) {
      this.line(stream, 'P', rest.slice(0, LONGEST_LINE))
      rest = rest.slice(LONGEST_LINE)
    }
    this.partial[stream] = rest
  }

  /** The container ended: what has no newline yet becomes a partial line. */
  close(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.partial[stream] !== '') this.line(stream, 'P', this.partial[stream])
      this.partial[stream] = ''
    }
  }

  private line(stream: string, tag: 'F' | 'P', text: string): void {
    const file = this.file
    if (!file) return
    // Somebody truncated or edited the file: go on after what is there now.
    if (file.raw !== this.render) this.adopt(file.read())
    const now = this.clock()
    this.nanos = now === this.lastMs ? this.nanos + 17_431 : (now * 7919) % 400_000
    this.lastMs = now
    const line = `${rfc3339Nano(now, this.nanos)} ${stream} ${tag} ${text}\n`
    try {
      file.fs.charge(line.length)
    } catch {
      return // the disk is full: containerd drops the line
    }
    file.size += line.length
    file.mtime = now
    this.chunks.push(line)
    file.notify({ type: 'modify', name: '' })
  }
}
