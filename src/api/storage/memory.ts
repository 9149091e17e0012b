import type { KubeObject } from '../types.ts'
import { Compacted, type Listing, type Storage, type StorageEvent, type Stored, type WriteResult } from './storage.ts'

interface Watcher {
  readonly prefix: string
  readonly onEvent: (event: StorageEvent) => void
}

/** A store without members, disks or quorum: for tests and for programs that need a private API. */
export class MemoryStorage implements Storage {
  private readonly entries = new Map<string, Stored>()
  private readonly log: StorageEvent[] = []
  private readonly watchers = new Set<Watcher>()
  private rev = 1
  private compactedTo = 0

  revision(): number {
    return this.rev
  }

  get(key: string): Stored | undefined {
    return this.entries.get(key)
  }

  list(prefix: string, { revision = this.rev, after = '', limit = 0 } = {}): Listing {
    if (revision < this.compactedTo) throw new Compacted(this.compactedTo)
    let all = [...this.entries.values()].filter((s) => s.key.startsWith(prefix))
    if (revision < this.rev) all = this.past(prefix, revision)
    all = all.filter((s) => s.key > after).sort((a, b) => (a.key < b.key ? -1 : 1))
    const items = limit > 0 ? all.slice(0, limit) : all
    return { items, revision, remaining: all.length - items.length }
  }

  put(key: string, object: KubeObject, expected: number): WriteResult {
    const before = this.entries.get(key)
    if ((before?.revision ?? 0) !== expected) return undefined
    const revision = ++this.rev
    object.metadata.resourceVersion = String(revision)
    this.entries.set(key, { key, object, revision })
    this.tell({ key, revision, object, before: before?.object })
    return revision
  }

  delete(key: string, expected: number): WriteResult {
    const before = this.entries.get(key)
    if (!before || before.revision !== expected) return undefined
    this.entries.delete(key)
    this.tell({ key, revision: ++this.rev, object: undefined, before: before.object })
    return this.rev
  }

  watch(prefix: string, from: number, onEvent: (event: StorageEvent) => void): () => void {
    if (from < this.compactedTo) throw new Compacted(this.compactedTo)
    for (const event of this.log) if (event.revision > from && event.key.startsWith(prefix)) onEvent(event)
    const watcher = { prefix, onEvent }
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /** Refuses history before `revision` from now on. */
  compact(revision: number): void {
    this.compactedTo = revision
  }

  private past(prefix: string, revision: number): Stored[] {
    const state = new Map<string, Stored>()
    for (const { key, object, revision: at } of this.log) {
      if (at > revision || !key.startsWith(prefix)) continue
      if (object) state.set(key, { key, object, revision: at })
      else state.delete(key)
    }
    return [...state.values()]
  }

  private tell(event: StorageEvent): void {
    this.log.push(event)
    for (const watcher of this.watchers) if (event.key.startsWith(watcher.prefix)) watcher.onEvent(event)
  }
}
