import { errors } from './errors.ts'
import { KeyIndex, type KeyRecord } from './key-index.ts'
import { inRange, type Range } from './range.ts'
import { leafBytes, sizeOf } from './size.ts'
import { WatchHub } from './watch.ts'

/** Text, or an object that its owner never mutates (the API server stores its objects by reference). */
export type Value = string | object

/** One version of one key (mvccpb.KeyValue). Immutable. */
export interface KeyValue {
  readonly key: string
  /** Undefined in a tombstone. */
  readonly value: Value | undefined
  readonly createRevision: number
  readonly modRevision: number
  /** Number of changes since the creation; 0 in a tombstone. */
  readonly version: number
  /** Lease ID, '' when none. */
  readonly lease: string
  /** Bytes accounted for in the database. */
  readonly size: number
  /** Its place among the changes of its revision, where it is not the first. */
  sub?: number
}

/** A change of a key (mvccpb.Event). */
export interface Event {
  readonly type: 'PUT' | 'DELETE'
  readonly kv: KeyValue
  readonly prev: KeyValue | undefined
}

/** Bytes of a record besides key and value: page element, revision, and the numbers of mvccpb.KeyValue. */
const RECORD = 45

/**
 * A multi-version key space: what committed writes of one cluster have produced (server/storage/mvcc). All members of
 * a cluster share it, each reading at its own revision, so it keeps every version since the last compaction.
 */
export class Store {
  /** Current revision; an empty store is at 1. */
  rev = 1
  /** Revisions up to here have been compacted away; -1 before the first compaction, as hashkv reports it. */
  compacted = -1
  readonly watches = new WatchHub()
  private readonly index = new KeyIndex()
  /** Changed keys by revision: `log[r - logBase]`. A transaction with several writes has a list. */
  private log: (KeyRecord | KeyRecord[])[] = []
  private logBase = 2
  private open: KeyRecord[] | undefined
  /** Place of the change that is being made within its revision. */
  private sub = 0
  /** Estimated bytes that all retained versions take up in the leaves of the database. */
  bytes = 0
  /** Bytes of the largest value ever written. */
  largest = 0
  /** Revisions at which somebody still stands (a stopped member, a backup), with how many: compaction spares what they see. */
  private readonly pins = new Map<number, number>()

  /** Writes a key at the next revision. `size` is the value's size in bytes when the caller knows it. */
  put(key: string, value: Value, lease = '', size?: number): KeyValue {
    const record = this.index.touch(key)
    const prev = record.last
    const rev = this.advance(record)
    const live = prev !== undefined && prev.version > 0
    const kv: KeyValue = {
      key,
      value,
      createRevision: live ? prev.createRevision : rev,
      modRevision: rev,
      version: live ? prev.version + 1 : 1,
      lease,
      size: key.length + RECORD + (size ?? sizeOf(value, record)),
    }
    if (this.sub > 0) kv.sub = this.sub
    this.append(record, kv)
    const watchers = this.watches.of(record)
    if (watchers.length > 0) this.watches.dispatch(watchers, { type: 'PUT', kv, prev: live ? prev : undefined }, rev)
    return kv
  }

  /** Deletes every key of the range at one new revision. Returns what was deleted; nothing deleted uses no revision. */
  deleteRange(range: Range): KeyValue[] {
    const victims =
      range.end === undefined
        ? [this.index.get(range.key)].filter((r): r is KeyRecord => r !== undefined && r.last!.version > 0)
        : this.index.range(range).filter((r) => r.last!.version > 0)
    if (victims.length === 0) return []
    const outer = this.open
    if (victims.length > 1 && !outer) this.begin()
    const deleted = victims.map((record) => {
      const prev = record.last!
      const rev = this.advance(record)
      const kv = tombstone(record.key, rev)
      if (this.sub > 0) kv.sub = this.sub
      this.append(record, kv)
      const watchers = this.watches.of(record)
      if (watchers.length > 0) this.watches.dispatch(watchers, { type: 'DELETE', kv, prev }, rev)
      return prev
    })
    if (victims.length > 1 && !outer) this.commit()
    return deleted
  }

  /** Groups the writes up to `commit` into one revision. */
  begin(): void {
    this.open = []
  }

  commit(): void {
    const changed = this.open
    this.open = undefined
    if (changed?.length === 1) this.log[this.log.length - 1] = changed[0]
  }

  /** The version of one key that is visible at revision `at`. */
  get(key: string, at = this.rev): KeyValue | undefined {
    const record = this.index.get(key)
    return record && visible(record, at)
  }

  /** Live keys of the range at revision `at`, in order. Throws when `at` was compacted or is in the future. */
  range(range: Range, at = this.rev, now = this.rev): KeyValue[] {
    if (at > now) throw errors.FutureRev()
    if (at < this.compacted && at !== now) throw errors.Compacted()
    if (range.end === undefined) {
      const kv = this.get(range.key, at)
      return kv ? [kv] : []
    }
    const out: KeyValue[] = []
    for (const record of this.index.range(range)) {
      const kv = visible(record, at)
      if (kv) out.push(kv)
    }
    return out
  }

  /** What happened in the range after revision `from` (exclusive) up to `to`, oldest first. */
  *changes(range: Range, from: number, to = this.rev): Generator<Event> {
    for (let rev = Math.max(from + 1, this.logBase); rev <= to; rev++) {
      const entry = this.log[rev - this.logBase]
      const events: Event[] = []
      for (const record of Array.isArray(entry) ? new Set(entry) : [entry])
        if (inRange(record.key, range)) events.push(...eventsAt(record, rev))
      yield* events.sort((a, b) => (a.kv.sub ?? 0) - (b.kv.sub ?? 0))
    }
  }

  pin(rev: number): void {
    this.pins.set(rev, (this.pins.get(rev) ?? 0) + 1)
  }

  unpin(rev: number): void {
    const n = (this.pins.get(rev) ?? 0) - 1
    if (n > 0) this.pins.set(rev, n)
    else this.pins.delete(rev)
  }

  /** Forgets what is not visible at `rev` any more. */
  compact(rev: number): void {
    if (rev <= this.compacted) throw errors.Compacted()
    if (rev > this.rev) throw errors.FutureRev()
    this.compacted = rev
    const upTo = Math.max(0, Math.min(rev - this.logBase + 1, this.log.length))
    for (let i = 0; i < upTo; i++) {
      const entry = this.log[i]
      if (Array.isArray(entry)) for (const record of entry) this.prune(record, rev)
      else this.prune(entry, rev)
    }
    // What happened at `rev` itself can still be watched.
    const gone = Math.max(0, upTo - 1)
    this.log = this.log.slice(gone)
    this.logBase += gone
  }

  /** An independent copy as it was at revision `at`: a snapshot that is restored, or the past of a diverging member. */
  fork(at = this.rev): Store {
    const copy = new Store()
    copy.rev = at
    copy.compacted = Math.min(this.compacted, at)
    copy.logBase = at + 1
    const versions: KeyValue[] = []
    for (const record of this.index.range({ key: '', end: '\0' })) {
      for (const kv of record.versions) {
        if (kv.modRevision > at) break
        copy.append(copy.index.touch(record.key), kv)
        versions.push(kv)
      }
    }
    // Revisions since the compaction stay watchable in the copy.
    copy.logBase = Math.max(2, Math.min(this.logBase, at + 1))
    copy.log = Array.from({ length: at - copy.logBase + 1 }, () => [] as KeyRecord[])
    for (const kv of versions) {
      const entry = copy.log[kv.modRevision - copy.logBase]
      if (Array.isArray(entry)) entry.push(copy.index.get(kv.key)!)
    }
    return copy
  }

  /** Raises the revision counter without a change (etcdutl snapshot restore --bump-revision). Earlier changes cannot be watched any more. */
  bump(by: number): void {
    this.rev += by
    this.log = []
    this.logBase = this.rev + 1
  }

  /** Number of live keys at revision `at`. */
  count(range: Range, at = this.rev): number {
    let n = 0
    for (const record of this.index.range(range)) if (visible(record, at)) n++
    return n
  }

  /** Every retained version up to `at`, by revision: what the "key" bucket of the database file holds. */
  versions(at = this.rev): KeyValue[] {
    const all: KeyValue[] = []
    for (const record of this.index.range({ key: '', end: '\0' }))
      for (const kv of record.versions) if (kv.modRevision <= at) all.push(kv)
    return all.sort((a, b) => a.modRevision - b.modRevision || (a.sub ?? 0) - (b.sub ?? 0))
  }

  private advance(record: KeyRecord): number {
    const open = this.open
    this.sub = open?.length ?? 0
    if (!open) {
      this.log.push(record)
      return ++this.rev
    }
    if (open.length === 0) {
      this.rev++
      this.log.push(open)
    }
    open.push(record)
    return this.rev
  }

  private append(record: KeyRecord, kv: KeyValue): void {
    record.versions.push(kv)
    record.last = kv
    this.bytes += leafBytes(kv.size)
    if (kv.size > this.largest) this.largest = kv.size
  }

  private prune(record: KeyRecord, rev: number): void {
    const versions = record.versions
    let keep = 0
    while (keep + 1 < versions.length && versions[keep + 1].modRevision <= rev) keep++
    // A deletion at `rev` itself is kept until the next time.
    if (versions[keep] && versions[keep].modRevision < rev && versions[keep].version === 0) keep++
    if (keep === 0) return
    const gone = versions.splice(0, keep)
    if (this.pins.size > 0) {
      const spared = gone.filter((kv, i) => {
        const next = (gone[i + 1] ?? versions[0])?.modRevision ?? Number.POSITIVE_INFINITY
        for (const pin of this.pins.keys()) if (kv.version > 0 && kv.modRevision <= pin && pin < next) return true
        return false
      })
      versions.unshift(...spared)
      for (const kv of spared) this.bytes += leafBytes(kv.size)
    }
    for (const kv of gone) this.bytes -= leafBytes(kv.size)
    if (versions.length === 0) this.index.drop(record)
    else if (versions[versions.length - 1] !== record.last) this.retire(record)
  }

  /** A deleted key that only the past still sees: its tombstone is kept, so that the present does not. */
  private retire(record: KeyRecord): void {
    record.versions.push(record.last!)
  }
}

const tombstone = (key: string, rev: number): KeyValue => ({
  key,
  value: undefined,
  createRevision: 0,
  modRevision: rev,
  version: 0,
  lease: '',
  size: key.length + RECORD,
})

/** What happened to a key at a revision, which is more than one thing when a transaction deletes what it has put. */
function* eventsAt({ versions }: KeyRecord, rev: number): Generator<Event> {
  for (let i = versions.length - 1; i >= 0 && versions[i].modRevision >= rev; i--) {
    const kv = versions[i]
    if (kv.modRevision !== rev) continue
    const before = versions[i - 1]
    const prev = before && before.version > 0 ? before : undefined
    yield { type: kv.version > 0 ? 'PUT' : 'DELETE', kv, prev }
  }
}

function visible(record: KeyRecord, at: number): KeyValue | undefined {
  const last = record.last!
  if (last.modRevision <= at) return last.version > 0 ? last : undefined
  const versions = record.versions
  for (let i = versions.length - 2; i >= 0; i--) {
    if (versions[i].modRevision <= at) return versions[i].version > 0 ? versions[i] : undefined
  }
  return undefined
}
