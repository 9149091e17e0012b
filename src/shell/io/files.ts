import {
  type File,
  type FsView,
  NULL_SINK,
  normalize,
  type Process,
  type Sink,
  type Source,
  Special,
  SysError,
  TextSource,
} from '../../host/index.ts'
import { Signal, utf8Length } from '../../kernel/index.ts'
import { Fd } from './fd.ts'

/** What a FIFO or a process substitution keeps as its `service`. */
interface Channel {
  readonly source?: Source
  readonly sink?: Sink
}

const ZEROS = '\0'.repeat(4096)

/** Reads for ever; the reader's own cost per chunk makes time pass. */
class Endless implements Source {
  readonly isTty = false
  readonly readable = new Signal()
  private pushed = ''
  constructor(private readonly make: () => string) {}
  read(): string {
    const text = this.pushed || this.make()
    this.pushed = ''
    return text
  }
  unread(text: string): void {
    this.pushed = text + this.pushed
  }
  close(): void {}
}

const fullSink: Sink = {
  ...NULL_SINK,
  write() {
    throw new SysError('ENOSPC', '/dev/full', 'write')
  },
}

/** Devices that a process may name without the file system holding them (containers have a bare /dev). */
function deviceSource(p: Process, path: string): Source | undefined {
  switch (path) {
    case '/dev/null':
      return new TextSource('')
    case '/dev/zero':
    case '/dev/full':
      return new Endless(() => ZEROS)
    case '/dev/random':
    case '/dev/urandom':
      return new Endless(() => randomText(p))
    case '/dev/stdin':
    case '/dev/fd/0':
    case '/proc/self/fd/0':
      return p.stdin
    default:
      return undefined
  }
}

const NOISE = 8192

/** Random bytes as text: one character a byte. */
function randomText(p: Process): string {
  const units = new Uint16Array(NOISE)
  for (let i = 0; i < NOISE; i += 4) {
    let bits = p.host.rng.u32()
    for (let k = 0; k < 4; k++, bits >>>= 8) {
      const byte = bits & 255
      units[i + k] = byte < 128 ? byte : 0xdc00 + byte
    }
  }
  return String.fromCharCode(...units)
}

/** Opens a path for reading as `p` would. Throws SysError. */
export function openRead(p: Process, path: string): Source {
  const absolute = normalize(path, p.cwd)
  const device = deviceSource(p, absolute)
  if (device) return device
  const node = p.fs.resolve(path, p.cwd, p.creds)
  if (node instanceof Special) {
    const source = (node.service as Channel | undefined)?.source
    if (source) return source
    if (node.type === 'socket') throw new SysError('ENODEV', path)
    return new TextSource('')
  }
  return new TextSource(p.fs.readFile(path, p.cwd, p.creds))
}

/** Whether standard input is a regular file, whose size can be asked (`wc < file`). */
export const regularInput = (p: Process): boolean =>
  p.stdin instanceof Fd && p.stdin.file.name.startsWith('/') && p.fs.find(p.stdin.file.name)?.kind === 'file'

interface WriteOptions {
  readonly append?: boolean
  /** Fail when the file exists (noclobber). */
  readonly exclusive?: boolean
  readonly mode?: number
}

/** Opens a path for writing as `p` would, creating and truncating it. Throws SysError. */
export function openWrite(p: Process, path: string, options: WriteOptions = {}): Sink {
  const absolute = normalize(path, p.cwd)
  switch (absolute) {
    case '/dev/null':
    case '/dev/zero':
    case '/dev/random':
    case '/dev/urandom':
      return NULL_SINK
    case '/dev/full':
      return fullSink
    case '/dev/stdout':
    case '/dev/fd/1':
    case '/proc/self/fd/1':
      return p.stdout
    case '/dev/stderr':
    case '/dev/fd/2':
    case '/proc/self/fd/2':
      return p.stderr
  }
  const found = p.fs.find(path, p.cwd)
  if (found instanceof Special) {
    const channel = found.service as Channel | undefined
    if (channel?.sink) return channel.sink
    return NULL_SINK
  }
  const mode = options.mode ?? 0o666 & ~umaskOf(p)
  // Kernel files keep their content until something is written: truncating /proc/sys/x is not writing to it.
  const kernelFile = found?.kind === 'file' && (found.fs.type === 'proc' || found.fs.type === 'sysfs')
  if (kernelFile) return new KernelFileSink(p, path)
  const how = { cwd: p.cwd, creds: p.creds, mode }
  const node =
    options.append && found
      ? p.fs.writeFile(path, '', { ...how, append: true, size: found.kind === 'file' ? found.size : undefined })
      : p.fs.writeFile(path, '', { ...how, exclusive: options.exclusive })
  return new FileSink(p.fs, node, p.fs.realpath(path, p.cwd), () => p.now())
}

/** An open regular file. It stays attached to its inode: a file renamed or deleted meanwhile is still written to. */
class FileSink implements Sink {
  readonly isTty = false
  readonly full = false
  readonly drained = new Signal()

  constructor(
    private readonly fs: FsView,
    private readonly node: File,
    private readonly path: string,
    private readonly now: () => number,
  ) {}

  write(text: string): void {
    if (text === '') return
    const node = this.node
    node.write(node.read() + text, node.size + utf8Length(text))
    node.mtime = this.now()
    const cut = this.path.lastIndexOf('/')
    const event = { type: 'modify', name: this.path.slice(cut + 1) } as const
    this.fs.find(this.path.slice(0, cut) || '/')?.notify(event)
    node.notify(event)
  }

  close(): void {}
}

/** Every write replaces the whole value, as with files in /proc/sys. */
class KernelFileSink implements Sink {
  readonly isTty = false
  readonly full = false
  readonly drained = new Signal()
  constructor(
    private readonly p: Process,
    private readonly path: string,
  ) {}
  write(text: string): void {
    this.p.fs.writeFile(this.path, text, { cwd: this.p.cwd, creds: this.p.creds })
  }
  close(): void {}
}

const masks = new WeakMap<Process, number>()

/** The umask of a process, inherited from its parent; 0022 by default. */
export function umaskOf(p: Process): number {
  for (let q: Process | undefined = p; q; q = q.parent) {
    const mask = masks.get(q)
    if (mask !== undefined) return mask
  }
  return 0o022
}

/** The process's own, for files that it makes from now on. */
export const setUmask = (p: Process, mask: number): void => void masks.set(p, mask & 0o777)
