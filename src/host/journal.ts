import { Signal } from '../kernel/index.ts'
import type { Host } from './host.ts'
import { serviceKey } from './host.ts'
import { MACHINE } from './machine.ts'
import type { Process } from './process.ts'
import type { Sink } from './stream.ts'

/** One journal entry. Times are those of the host's own clock. */
export interface JournalEntry {
  readonly seq: number
  /** Wall clock, microseconds since the epoch. */
  readonly time: number
  /** Microseconds since boot. */
  readonly mono: number
  readonly boot: string
  /** 0 emerg … 7 debug. */
  readonly priority: number
  readonly identifier: string
  readonly pid: number | undefined
  /** Unit of the writing process. */
  readonly unit: string | undefined
  /** Unit that a message of systemd is about (UNIT=). */
  readonly about: string | undefined
  readonly message: string
  readonly transport: 'journal' | 'stdout' | 'syslog' | 'kernel' | 'driver'
  /** Names the explanation that `journalctl -x` adds, and fills it in. */
  readonly catalog: Catalog | undefined
  readonly invocation: string | undefined
  readonly comm: string | undefined
  readonly exe: string | undefined
  readonly cmdline: string | undefined
}

/** A message that the journal's catalogue explains. */
export interface Catalog {
  readonly id:
    | 'unit-starting'
    | 'unit-started'
    | 'unit-failed-start'
    | 'unit-stopping'
    | 'unit-stopped'
    | 'unit-success'
    | 'unit-failed'
    | 'unit-exited'
    | 'unit-restart'
    | 'unit-resources'
  readonly job?: number
  readonly result?: string
  readonly exitCode?: string
  readonly exitStatus?: string
}

/** What is written into the journal; time, boot and machine are added. */
export interface Write {
  readonly message: string
  readonly identifier: string
  readonly priority?: number
  readonly pid?: number
  readonly unit?: string
  readonly about?: string
  readonly transport?: JournalEntry['transport']
  readonly catalog?: Catalog
  readonly invocation?: string
  readonly process?: Process
}

/** A line that is repeated so often that it is only written out when somebody reads: a cheap flood. */
interface Flood {
  readonly start: number
  readonly every: number
  readonly write: (i: number) => Write
  next: number
  until: number
}

/** Bytes accounted for an entry besides its message. */
const OVERHEAD = 420
/** A reader never gets more lines of one flood than this since the last reading. */
const FLOOD_LIMIT = 20_000

/** systemd-journald's store of a machine: structured entries, bounded by size, over several boots; and the kernel's ring buffer. */
export class Journal {
  /** Fires after every new entry. */
  readonly appended = new Signal()
  /** Bytes that all entries may take before the oldest are dropped. */
  limit = 64 << 20
  /** Kernel messages of this boot (dmesg). */
  readonly ring: { readonly mono: number; readonly priority: number; readonly message: string }[] = []
  readonly seqId: string
  /** Files that were ever put away, the newest first, with the number of their last entry; with that they go. */
  private archives: { readonly name: string; readonly last: number }[] = []
  private list: JournalEntry[] = []
  private bytes = 0
  private seq = 0
  private lastTime = 0
  private readonly floods: Flood[] = []

  constructor(private readonly host: Host) {
    this.seqId = host.rng.fork('journal').hex(32)
  }

  write(w: Write): void {
    this.add(w, this.host.clock.now() * 1000, this.host.service(MACHINE).uptimeMs() * 1000)
    this.appended.fire()
  }

  /** A kernel message: ring buffer and journal. */
  kernel(message: string, priority = 6): void {
    const mono = this.host.service(MACHINE).uptimeMs() * 1000 + (this.seq % 997)
    this.ring.push({ mono, priority, message })
    if (this.ring.length > 4000) this.ring.splice(0, 1000)
    this.write({ message, identifier: 'kernel', priority, transport: 'kernel' })
  }

  /**
   * A message written every `every` ms from now until the returned function is called. It costs nothing until somebody
   * reads the journal.
   */
  flood(every: number, write: (i: number) => Write): () => void {
    const flood: Flood = { start: this.host.kernel.now(), every, write, next: 0, until: Number.POSITIVE_INFINITY }
    this.floods.push(flood)
    return () => {
      flood.until = this.host.kernel.now()
    }
  }

  /** Number of the newest entry. */
  get lastSeq(): number {
    return this.seq
  }

  /** All entries, oldest first. */
  entries(): readonly JournalEntry[] {
    if (this.floods.length > 0) this.pour()
    return this.list
  }

  /** Entries of the present boot that a unit's journal shows, newest last, at most `n`. */
  tail(n: number, where: (e: JournalEntry) => boolean): JournalEntry[] {
    const all = this.entries()
    const out: JournalEntry[] = []
    for (let i = all.length - 1; i >= 0 && out.length < n; i--) if (where(all[i])) out.push(all[i])
    return out.reverse()
  }

  boots(): { readonly id: string; readonly first: number; readonly last: number }[] {
    const boots: { id: string; first: number; last: number }[] = []
    for (const e of this.entries()) {
      const last = boots[boots.length - 1]
      if (last?.id === e.boot) last.last = e.time
      else boots.push({ id: e.boot, first: e.time, last: e.time })
    }
    return boots
  }

  /** Bytes on disk: whole 8 MiB files. */
  diskUsage(): number {
    return Math.max(1, Math.ceil(this.bytes / (8 << 20))) * (8 << 20)
  }

  /** Drops the oldest entries until `keep` says stop; returns the bytes freed. */
  vacuum(options: { bytes?: number; before?: number }): number {
    const before = this.bytes
    let i = 0
    while (
      i < this.list.length &&
      ((options.bytes !== undefined && this.bytes > options.bytes) ||
        (options.before !== undefined && this.list[i].time < options.before))
    )
      this.bytes -= OVERHEAD + this.list[i++].message.length
    this.list.splice(0, i)
    return before - this.bytes
  }

  /** Puts the file in use away and begins another. */
  rotate(): void {
    this.pour()
    const first = this.list.find((e) => e.seq > (this.archives[0]?.last ?? 0))
    if (!first) return
    const hex = (n: number): string => n.toString(16).padStart(16, '0')
    this.archives.unshift({ name: `system@${this.seqId}-${hex(first.seq)}-${hex(first.time)}`, last: this.seq })
  }

  /** Names of its files without `.journal`, the one in use first. */
  get files(): string[] {
    const oldest = this.list[0]?.seq ?? this.seq + 1
    this.archives = this.archives.filter((a) => a.last >= oldest)
    return ['system', ...this.archives.map((a) => a.name)]
  }

  /** A new boot: the ring buffer starts empty; without persistent storage the journal does, too. */
  boot(persistent: boolean): void {
    this.pour()
    this.floods.length = 0
    this.ring.length = 0
    if (!persistent) {
      this.list = []
      this.bytes = 0
    }
  }

  private add(w: Write, timeUs: number, monoUs: number): void {
    // Entries of one millisecond follow each other by some tens of microseconds.
    const jitter = 7 + ((this.seq * 37) % 23)
    const time = timeUs > this.lastTime || timeUs < this.lastTime - 1000 ? timeUs + jitter : this.lastTime + jitter
    this.lastTime = time
    this.seq++
    const p = w.process
    this.list.push({
      seq: this.seq,
      time,
      mono: monoUs + (time - timeUs),
      boot: this.host.service(MACHINE).bootId,
      priority: w.priority ?? 6,
      identifier: w.identifier,
      pid: w.pid ?? p?.pid,
      unit: w.unit,
      about: w.about,
      message: w.message,
      transport: w.transport ?? 'journal',
      catalog: w.catalog,
      invocation: w.invocation,
      comm: p?.program.name.slice(0, 15),
      exe: p?.exe,
      cmdline: p?.argv.join(' '),
    })
    this.bytes += OVERHEAD + w.message.length
    if (this.bytes > this.limit) this.vacuum({ bytes: this.limit * 0.9 })
  }

  private pour(): void {
    const now = this.host.kernel.now()
    const fresh = this.list.length
    for (const flood of this.floods) {
      const end = Math.min(now, flood.until)
      const due = Math.floor((end - flood.start) / flood.every) + 1
      flood.next = Math.max(flood.next, due - FLOOD_LIMIT)
      for (; flood.next < due; flood.next++) {
        const ago = now - (flood.start + flood.next * flood.every)
        this.add(
          flood.write(flood.next),
          (this.host.clock.now() - ago) * 1000,
          Math.max(0, this.host.service(MACHINE).uptimeMs() - ago) * 1000,
        )
      }
    }
    for (let i = this.floods.length - 1; i >= 0; i--) if (this.floods[i].until <= now) this.floods.splice(i, 1)
    if (this.list.length > fresh) this.list.sort((a, b) => a.time - b.time || a.seq - b.seq)
  }
}

export const JOURNAL = serviceKey<Journal>('journal')

/** Where a service's stdout and stderr go: one entry a line. */
export class JournalSink implements Sink {
  readonly isTty = false
  readonly full = false
  readonly drained = new Signal()
  private rest = ''

  constructor(
    private readonly journal: Journal,
    private readonly template: () => Omit<Write, 'message'>,
  ) {}

  write(text: string): void {
    this.rest += text
    let at = this.rest.indexOf('\n')
    while (at >= 0) {
      const line = this.rest.slice(0, at)
      this.rest = this.rest.slice(at + 1)
      if (line !== '') this.journal.write({ transport: 'stdout', ...this.template(), message: line })
      at = this.rest.indexOf('\n')
    }
  }

  close(): void {
    if (this.rest !== '') this.write('\n')
  }
}
