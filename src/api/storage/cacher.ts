import type { KubeObject, WatchEvent } from '../types.ts'
import type { Storage, StorageEvent } from './storage.ts'

/** A change as watchers see it: the object now and before, either of them missing. */
export interface Change {
  readonly revision: number
  readonly now: KubeObject | undefined
  readonly before: KubeObject | undefined
  /** For DELETED: what was deleted, with the deletion's own resourceVersion. */
  readonly event: WatchEvent
}

/** Who follows a watch cache. */
export interface CacheWatcher {
  /** Called in order of revisions; must not throw. */
  onChange(change: Change): void
  /** The cache lost its place in etcd's history: the client must list again. */
  onReset?(): void
}

/** Only watchers of this index value hear of an object (pods: the node they are bound to). */
type Trigger = (object: KubeObject) => string

const HISTORY = 1024
const NOBODY: ReadonlySet<CacheWatcher> = new Set()

/**
 * The watch cache of one resource: its current objects and recent changes, fed by one etcd watch. Models
 * apiserver/pkg/storage/cacher. Changes made by a watcher during a dispatch are delivered after it, in order.
 */
export class Cacher {
  readonly objects = new Map<string, KubeObject>()
  /** Revision up to which the cache is known to be complete. */
  revision = 0
  private started = false
  private stop: (() => void) | undefined
  private readonly history: Change[] = []
  /** Changes up to this revision are not in `history` any more. */
  private forgotten = 0
  private readonly general = new Set<CacheWatcher>()
  private readonly triggered = new Map<string, Set<CacheWatcher>>()
  private readonly byNamespace = new Map<string, Map<string, KubeObject>>()
  private readonly byTrigger = new Map<string, Map<string, KubeObject>>()
  private readonly pending: Change[] = []
  private dispatching = false
  private sortedKeys: string[] | undefined

  constructor(
    private readonly storage: Storage,
    readonly prefix: string,
    private readonly namespaced: boolean,
    private readonly trigger?: Trigger,
  ) {}

  /** Fills the cache on first use. Throws what the storage throws when it cannot be read. */
  start(): void {
    if (this.started) return
    const { items, revision } = this.storage.list(this.prefix)
    this.objects.clear()
    this.byNamespace.clear()
    this.byTrigger.clear()
    this.history.length = 0
    this.sortedKeys = undefined
    for (const { key, object } of items) this.put(key, object, undefined)
    this.revision = revision
    this.forgotten = revision
    this.started = true
    this.stop = this.storage.watch(
      this.prefix,
      revision,
      (event) => this.apply(event),
      () => this.reset(),
    )
  }

  /** The etcd watch broke beyond repair: start over at next use, and make every client list again. */
  reset(): void {
    this.close()
    const watchers = [...this.general, ...[...this.triggered.values()].flatMap((set) => [...set])]
    this.general.clear()
    this.triggered.clear()
    for (const watcher of watchers) watcher.onReset?.()
  }

  close(): void {
    this.stop?.()
    this.stop = undefined
    this.started = false
  }

  /** It has been complete once; what it holds may be old. */
  get filled(): boolean {
    return this.revision > 0
  }

  get watchers(): number {
    let sum = this.general.size
    for (const set of this.triggered.values()) sum += set.size
    return sum
  }

  /** Objects of a namespace (all when undefined), unordered. */
  within(namespace: string | undefined): Iterable<KubeObject> {
    if (!namespace) return this.objects.values()
    return this.byNamespace.get(namespace)?.values() ?? []
  }

  /** Objects whose trigger gives `value`, unordered. */
  triggeredBy(value: string): Iterable<KubeObject> {
    return this.byTrigger.get(value)?.values() ?? []
  }

  /** In the order of keys, as etcd lists them. */
  ordered(namespace: string | undefined): KubeObject[] {
    if (!this.sortedKeys) this.sortedKeys = [...this.objects.keys()].sort()
    const keys = this.sortedKeys
    const out: KubeObject[] = []
    if (!namespace) {
      for (const key of keys) out.push(this.objects.get(key)!)
      return out
    }
    const start = `${this.prefix}${namespace}/`
    for (let i = lowerBound(keys, start); i < keys.length && keys[i]!.startsWith(start); i++) {
      out.push(this.objects.get(keys[i]!)!)
    }
    return out
  }

  /** Changes after `revision`, oldest first; undefined when some of them are forgotten. */
  since(revision: number): readonly Change[] | undefined {
    if (revision < this.forgotten) return undefined
    let i = this.history.length
    while (i > 0 && this.history[i - 1]!.revision > revision) i--
    return this.history.slice(i)
  }

  /** Oldest revision from which a watch can still start. */
  get oldest(): number {
    return this.forgotten + 1
  }

  /** Registers for later changes, of all objects or of those with a trigger value. Returns the way to leave. */
  subscribe(watcher: CacheWatcher, triggerValue?: string): () => void {
    if (triggerValue === undefined || !this.trigger) {
      this.general.add(watcher)
      return () => this.general.delete(watcher)
    }
    let set = this.triggered.get(triggerValue)
    if (!set) this.triggered.set(triggerValue, (set = new Set()))
    set.add(watcher)
    const own = set
    return () => {
      if (own.delete(watcher) && own.size === 0) this.triggered.delete(triggerValue)
    }
  }

  private apply(event: StorageEvent): void {
    const { key, revision, object } = event
    const before = this.objects.get(key)
    this.revision = revision
    if (object) this.put(key, object, before)
    else if (before) this.drop(key, before)
    else return
    const change: Change = {
      revision,
      now: object,
      before,
      event: object
        ? { type: before ? 'MODIFIED' : 'ADDED', object }
        : { type: 'DELETED', object: tombstone(before!, revision) },
    }
    this.history.push(change)
    if (this.history.length > 2 * HISTORY) {
      const gone = this.history.splice(0, HISTORY)
      this.forgotten = gone[gone.length - 1]!.revision
    }
    if (this.dispatching) {
      this.pending.push(change)
      return
    }
    this.dispatching = true
    this.dispatch(change)
    for (let i = 0; i < this.pending.length; i++) this.dispatch(this.pending[i]!)
    this.pending.length = 0
    this.dispatching = false
  }

  private dispatch(change: Change): void {
    for (const watcher of this.general) watcher.onChange(change)
    if (this.triggered.size === 0 || !this.trigger) return
    const now = change.now && this.trigger(change.now)
    const before = change.before && this.trigger(change.before)
    if (now !== undefined) for (const w of this.triggered.get(now) ?? NOBODY) w.onChange(change)
    if (before !== undefined && before !== now) for (const w of this.triggered.get(before) ?? NOBODY) w.onChange(change)
  }

  private put(key: string, object: KubeObject, before: KubeObject | undefined): void {
    if (!before && this.sortedKeys) insert(this.sortedKeys, key)
    this.objects.set(key, object)
    if (this.namespaced) into(this.byNamespace, object.metadata.namespace ?? '', key, object)
    if (!this.trigger) return
    const value = this.trigger(object)
    if (before) {
      const old = this.trigger(before)
      if (old !== value) outOf(this.byTrigger, old, key)
    }
    into(this.byTrigger, value, key, object)
  }

  private drop(key: string, before: KubeObject): void {
    this.objects.delete(key)
    if (this.sortedKeys) this.sortedKeys.splice(lowerBound(this.sortedKeys, key), 1)
    if (this.namespaced) outOf(this.byNamespace, before.metadata.namespace ?? '', key)
    if (this.trigger) outOf(this.byTrigger, this.trigger(before), key)
  }
}

type Index = Map<string, Map<string, KubeObject>>

function into(index: Index, value: string, key: string, object: KubeObject): void {
  let bucket = index.get(value)
  if (!bucket) index.set(value, (bucket = new Map()))
  bucket.set(key, object)
}

function outOf(index: Index, value: string, key: string): void {
  const bucket = index.get(value)
  if (bucket?.delete(key) && bucket.size === 0) index.delete(value)
}

/** The deleted object with the deletion's resourceVersion. */
const tombstone = (object: KubeObject, revision: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
})

function lowerBound(keys: readonly string[], value: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (keys[mid]! < value) low = mid + 1
    else high = mid
  }
  return low
}

function insert(keys: string[], key: string): void {
  if (keys.length === 0 || keys[keys.length - 1]! < key) keys.push(key)
  else keys.splice(lowerBound(keys, key), 0, key)
}
