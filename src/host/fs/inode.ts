import { because, bytesToText, type Happening, learn, textToBytes, utf8Length } from '../../kernel/index.ts'
import { SysError } from '../errno.ts'

/** File contents: text, bytes, or text rendered on demand (/proc, lazily made certificates). */
export type Content = string | Uint8Array | (() => string)

/** `attrib`: owner or mode were set. */
export type FileEvent = { readonly type: 'create' | 'modify' | 'attrib' | 'delete' | 'move'; readonly name: string }

/** Told of each change (inotify). */
export type Watcher = (event: FileEvent) => void

/** One mounted storage: the unit of capacity, `df` and ENOSPC. */
export class FileSystem {
  used = 0
  inodes = 0
  /** @internal */
  nextIno = 2
  readonly root: Dir

  constructor(
    /** Source as `df` and `mount` show it: /dev/sda1, tmpfs, overlay, proc. */
    readonly source: string,
    readonly type: string,
    /** Bytes; Infinity for pseudo file systems. */
    public capacity: number,
    public readOnly = false,
  ) {
    this.root = new Dir(this, 0o755)
  }

  get free(): number {
    return Math.max(0, this.capacity - this.used)
  }

  /** Accounts `delta` bytes. Throws ENOSPC when the storage is full. */
  charge(delta: number): void {
    if (delta > 0 && this.used + delta > this.capacity) throw new SysError('ENOSPC', '', 'write')
    this.used += delta
  }
}

abstract class Node {
  readonly ino: number
  uid = 0
  gid = 0
  /** Hard link count; 0 means unlinked (but perhaps still mounted or open). */
  nlink = 1
  /** Why it is as it is. */
  why = because()
  /** Modification time, ms of the host's clock. */
  mtime = 0
  watchers: Set<Watcher> | undefined

  constructor(
    readonly fs: FileSystem,
    public mode: number,
  ) {
    this.ino = fs.nextIno++
  }

  notify(event: FileEvent): void {
    if (this.watchers) for (const watcher of [...this.watchers]) watcher(event)
  }
}

/** A regular file, whose bytes count towards its file system's use. */
export class File extends Node {
  readonly kind = 'file'
  private content: Content = ''
  /** Accounted size in bytes; may exceed the content (sparse filler such as `fallocate`). */
  size = 0
  /** Of these, bytes that were never written and take no blocks (`ls -s`, `du`). */
  holes: number | (() => number) = 0
  /** Name of the program that this file is the executable of (an "ELF"); copied by cp, lost when the content is overwritten. */
  program: string | undefined
  /** Release of that program where there are several: `v1.35.3`. It goes with it. */
  release: string | undefined
  /** Structured contents of a binary file (an etcd database, an image layer); copied by cp, lost when overwritten. */
  payload: unknown

  /** Bytes that its file system counts for it. */
  protected get charged(): number {
    return this.size
  }

  /** Its last name went: its file system counts it no more. */
  free(): void {
    this.fs.charge(-this.charged)
  }

  read(): string {
    const rendered = this.rendered()
    if (rendered) return bytesToText(rendered)
    learn(this.why)
    const c = this.content
    if (typeof c === 'string') return c
    if (typeof c === 'function') return c()
    return bytesToText(c)
  }

  readBytes(): Uint8Array {
    const rendered = this.rendered()
    if (rendered) return rendered
    return this.content instanceof Uint8Array ? this.content : textToBytes(this.read())
  }

  private rendered(): Uint8Array | undefined {
    const bytes = (this.payload as Partial<RenderedPayload> | undefined)?.render?.(this.size)
    if (bytes) learn(this.why)
    return bytes
  }

  get raw(): Content {
    return this.content
  }

  /** Replaces the content. `size` overrides the accounted size (for lazy or filler content). */
  write(content: Content, size?: number): void {
    const next =
      size ?? (typeof content === 'string' ? utf8Length(content) : content instanceof Uint8Array ? content.length : 0)
    this.fs.charge(next - this.charged)
    this.size = next
    this.content = content
    this.why = because()
    this.program = undefined
    this.release = undefined
    this.payload = undefined
    this.holes = 0
  }
}

/** A payload that is the file's content: its bytes are made when somebody reads them. */
export interface RenderedPayload {
  /** The bytes of a file of `size` bytes. */
  render(size: number): Uint8Array
}

/** A payload that knows what it becomes when its file is damaged; undefined: nothing recognisable. */
export interface DamageablePayload {
  /** Bytes from `at` on were overwritten with `data`. */
  overwritten?(at: number, data: Uint8Array): unknown
  /** The file was cut to `size` bytes. */
  cut?(size: number): unknown
}

/** Writes into the middle of a file, whose end stays (or goes, with `cutting`). */
export function overwrite(file: File, at: number, data: Uint8Array, cutting = false): void {
  const payload = file.payload as DamageablePayload | undefined
  const end = at + data.length
  const size = cutting ? end : Math.max(file.size, end)
  if (payload) {
    const changed = payload.overwritten?.(at, data)
    const after = cutting ? ((changed as DamageablePayload | undefined)?.cut?.(end) ?? changed) : changed
    file.write(file.raw, size)
    file.payload = after
    return
  }
  const old = file.readBytes()
  const next = new Uint8Array(cutting ? end : Math.max(old.length, end))
  next.set(old.subarray(0, next.length))
  next.set(data, at)
  file.write(next, size)
}

/** A payload that changes while its file is in use (a live database): a copy of the file shows it as it is now. */
export interface CopyablePayload {
  copyPayload(): unknown
}

/** Makes `to` a copy of `from`: content, size, program and payload. For cp, tar, scp and mv across file systems. */
export function copyFile(from: File, to: File): void {
  const payload = from.payload as Partial<CopyablePayload> | undefined
  to.write(from.raw, from.size)
  to.holes = typeof from.holes === 'function' ? from.holes() : from.holes
  to.program = from.program
  to.release = from.release
  to.payload = typeof payload?.copyPayload === 'function' ? payload.copyPayload() : payload
}

/** Names of one directory whose end is explained. */
const GONE_LIMIT = 100

/** A directory. */
export class Dir extends Node {
  readonly kind = 'dir'
  private known: Map<string, Inode> | undefined
  /** Why names are not here any more, of some at least. */
  gone: Map<string, Happening> | undefined

  constructor(
    fs: FileSystem,
    mode: number,
    /** Gives the entries when the directory is first looked into (image layers, volumes: most are never read). */
    private fill?: (dir: Dir) => Iterable<[string, Inode]>,
  ) {
    super(fs, mode)
  }

  /** Notes why an entry is not here any more. */
  forget(name: string): void {
    const why = because()
    if (!why) return
    this.gone ??= new Map()
    if (this.gone.size < GONE_LIMIT) this.gone.set(name, why)
  }

  /** True once somebody has looked into it. */
  get loaded(): boolean {
    return this.known !== undefined
  }

  get entries(): Map<string, Inode> {
    if (!this.known) {
      const fill = this.fill
      this.fill = undefined
      this.known = new Map()
      if (fill) for (const [name, node] of fill(this)) this.known.set(name, node)
    }
    return this.known
  }
}

/** A symbolic link. */
export class Symlink extends Node {
  readonly kind = 'symlink'
  constructor(
    fs: FileSystem,
    readonly target: string,
    /** Of a magic link (/proc/PID/root): where it really leads, whatever its text says to who follows it. */
    readonly leadsTo?: Inode,
  ) {
    super(fs, 0o777)
  }
}

/** A device, socket or FIFO; `service` is what a Unix socket answers with (opaque here). */
export class Special extends Node {
  readonly kind = 'special'
  constructor(
    fs: FileSystem,
    mode: number,
    readonly type: 'char' | 'block' | 'socket' | 'fifo',
    public service?: unknown,
    readonly major = 0,
    readonly minor = 0,
  ) {
    super(fs, mode)
  }
}

/** Anything that a directory may hold. */
export type Inode = File | Dir | Symlink | Special
