import type { Rng, Timer } from '../kernel/index.ts'
import type { ApiClient, ResourceRef } from './client.ts'
import type { Informer, InformerFactory } from './informer.ts'
import { accepted } from './local-client.ts'
import {
  type EventStream,
  type KubeObject,
  type RequestOptions,
  StatusError,
  TransportError,
  type WatchEvent,
} from './types.ts'

/** What an informer needs of the process it lives in. */
interface InformerRuntime {
  readonly rng: Rng
  /** Runs `fn` after `ms` unless the process has ended by then (Process.after). */
  after(ms: number, fn: () => void): Timer
  /** Built with a client-go before 0.35: it begins with a list, not with a stream, and so speaks of refused connections. */
  readonly lists?: true
  /** Told of every failed list or watch of which client-go writes, for the program's log. */
  onError?(failure: ReflectorFailure): void
}

/** A list or watch that failed, and what was asked for. */
export interface ReflectorFailure {
  readonly action: 'list' | 'watch'
  readonly error: StatusError | TransportError
  readonly kind: string
  /** Path and query as client-go sends them. */
  readonly path: string
  /** `"namespace"/"name"` where a single object is watched. */
  readonly object?: string
}

/** The server ends a watch after this long, s, and up to twice as long. */
const WATCH_TIMEOUT = 300

const span = (s: number): string => `${s >= 60 ? `${Math.floor(s / 60)}m` : ''}${s % 60}s`

// client-go's reflector: 800 ms, doubled up to 30 s, with jitter up to twice; forgotten after 2 quiet minutes.
const BACKOFF_START = 800
const BACKOFF_LIMIT = 30_000

type Handler = (now: KubeObject | undefined, before: KubeObject | undefined) => void

interface Index {
  readonly of: (object: KubeObject) => string | readonly string[] | undefined
  readonly buckets: Map<string, Map<string, KubeObject>>
}

const NONE: KubeObject[] = []

/** Models client-go's reflector, store and indexer in one. */
class SharedInformer implements Informer {
  synced = false
  private objects = new Map<string, KubeObject>()
  private readonly namespaces: Index = { of: (o) => o.metadata.namespace ?? '', buckets: new Map() }
  private readonly indexes = new Map<string, Index>()
  private readonly handlers: Handler[] = []
  private backoff = BACKOFF_START
  private stream: EventStream<WatchEvent> | undefined
  private revision = ''
  private stopped = false

  constructor(
    private readonly client: ApiClient,
    private readonly runtime: InformerRuntime,
    private readonly ref: ResourceRef,
    private readonly namespace: string | undefined = undefined,
    private readonly options: RequestOptions = {},
  ) {}

  /** Lists and watches; on failure tries again with back-off. */
  start(): void {
    if (!this.stopped) this.relist()
  }

  /** Hangs up. The copy stays as it is. */
  stop(): void {
    this.stopped = true
    this.stream?.cancel()
    this.stream = undefined
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objects.get(namespace ? `${namespace}/${name}` : name)
  }

  list(namespace?: string): KubeObject[] {
    return namespace === undefined
      ? [...this.objects.values()]
      : [...(this.namespaces.buckets.get(namespace)?.values() ?? NONE)]
  }

  by(index: string, value: string): KubeObject[] {
    const found = this.indexes.get(index)
    if (!found) throw new Error(`no index ${index}`)
    const bucket = found.buckets.get(value)
    return bucket ? [...bucket.values()] : NONE
  }

  addIndex(name: string, of: Index['of']): void {
    if (this.indexes.has(name)) return
    const index: Index = { of, buckets: new Map() }
    this.indexes.set(name, index)
    for (const [key, object] of this.objects) enter(index, key, object)
  }

  onChange(handler: Handler): void {
    this.handlers.push(handler)
    for (const object of this.objects.values()) handler(object, undefined)
  }

  private relist(): void {
    this.stream?.cancel()
    this.stream = undefined
    try {
      const gvr = this.client.resolve(this.ref)
      const request = {
        ...gvr,
        ...this.options,
        verb: 'list' as const,
        namespace: this.namespace,
        resourceVersion: '0',
      }
      const { body } = accepted(this.client.request(request), request)
      this.revision = body.metadata.resourceVersion
      this.replace(body.items)
    } catch (error) {
      return this.failed(error, 'list')
    }
    this.open()
  }

  private open(): void {
    try {
      const options = { ...this.options, resourceVersion: this.revision }
      const stream = this.client.watch(this.ref, this.namespace, options)
      this.stream = stream
      stream.onClose = () => this.broken(stream)
      stream.onItem = (event) => this.apply(event)
      if (stream.closed && this.stream === stream) this.broken(stream)
      else this.backoff = BACKOFF_START
    } catch (error) {
      this.failed(error, 'watch')
    }
  }

  /** The server ended the stream: take it up again where it broke off. */
  private broken(stream: EventStream): void {
    if (this.stopped || this.stream !== stream) return
    this.stream = undefined
    this.retry(() => this.open())
  }

  private apply({ type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      this.stream?.cancel()
      this.stream = undefined
      return this.failed(new StatusError(object.code, object.reason, object.message), 'watch')
    }
    this.revision = object.metadata.resourceVersion
    if (type === 'BOOKMARK') return
    const key = keyOf(object)
    const before = this.objects.get(key)
    if (type === 'DELETED') {
      if (before) this.drop(key, before)
      this.tell(undefined, before ?? object)
    } else {
      this.enter(key, object, before)
      this.tell(object, before)
    }
  }

  private replace(items: readonly KubeObject[]): void {
    const old = this.objects
    const seen = new Set<string>()
    for (const object of items) {
      const key = keyOf(object)
      seen.add(key)
      const before = old.get(key)
      if (before && before.metadata.resourceVersion === object.metadata.resourceVersion) continue
      this.enter(key, object, before)
      this.tell(object, before)
    }
    for (const [key, before] of old) {
      if (seen.has(key)) continue
      this.drop(key, before)
      this.tell(undefined, before)
    }
    this.synced = true
  }

  private enter(key: string, object: KubeObject, before: KubeObject | undefined): void {
    if (before) this.unindex(key, before)
    this.objects.set(key, object)
    enter(this.namespaces, key, object)
    for (const index of this.indexes.values()) enter(index, key, object)
  }

  private drop(key: string, before: KubeObject): void {
    this.objects.delete(key)
    leave(this.namespaces, key, before)
    this.unindex(key, before)
  }

  private unindex(key: string, before: KubeObject): void {
    for (const index of this.indexes.values()) leave(index, key, before)
  }

  private tell(now: KubeObject | undefined, before: KubeObject | undefined): void {
    for (const handler of this.handlers) handler(now, before)
  }

  private failed(error: unknown, action: 'list' | 'watch'): void {
    if (!(error instanceof StatusError) && !(error instanceof TransportError)) throw error
    // That its place in history is gone a reflector only says at -v=4; a refused stream it just tries again.
    const expired = error instanceof StatusError && error.code === 410
    const refused = error instanceof TransportError && error.kind === 'refused'
    const again = refused && action === 'watch'
    if (!expired && !again && !(refused && !this.runtime.lists)) this.runtime.onError?.(this.failure(error, action))
    this.retry(() => (again ? this.open() : this.relist()))
  }

  private failure(error: StatusError | TransportError, action: 'list' | 'watch'): ReflectorFailure {
    const { group, version, resource } = this.client.resolve(this.ref)
    const { fieldSelector } = this.options
    const seconds = WATCH_TIMEOUT + this.runtime.rng.int(WATCH_TIMEOUT)
    const query: Record<string, string | undefined> =
      action === 'list'
        ? { limit: '500', resourceVersion: '0' }
        : {
            allowWatchBookmarks: 'true',
            resourceVersion: this.revision,
            timeout: span(seconds),
            timeoutSeconds: String(seconds),
            watch: 'true',
          }
    const words = Object.entries({ ...query, fieldSelector, labelSelector: this.options.labelSelector })
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${encodeURIComponent(value!).replaceAll('!', '%21')}`)
    const where = `${group ? `/apis/${group}` : '/api'}/${version}${this.namespace ? `/namespaces/${this.namespace}` : ''}`
    const name = /^metadata\.name=(.*)$/.exec(fieldSelector ?? '')?.[1]
    return {
      action,
      error,
      kind: typeof this.ref === 'string' ? this.ref.slice(this.ref.lastIndexOf('/') + 1) : resource,
      path: `${where}/${resource}?${words.join('&')}`,
      object: this.namespace && name ? `${JSON.stringify(this.namespace)}/${JSON.stringify(name)}` : undefined,
    }
  }

  private retry(fn: () => void): void {
    const delay = this.backoff * (1 + this.runtime.rng.float())
    this.backoff = Math.min(this.backoff * 2, BACKOFF_LIMIT)
    this.runtime.after(delay, () => {
      if (!this.stopped) fn()
    })
  }
}

const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name

const values = (index: Index, object: KubeObject): readonly string[] => {
  const value = index.of(object)
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function enter(index: Index, key: string, object: KubeObject): void {
  for (const value of values(index, object)) {
    let bucket = index.buckets.get(value)
    if (!bucket) index.buckets.set(value, (bucket = new Map()))
    bucket.set(key, object)
  }
}

function leave(index: Index, key: string, object: KubeObject): void {
  for (const value of values(index, object)) {
    const bucket = index.buckets.get(value)
    if (bucket?.delete(key) && bucket.size === 0) index.buckets.delete(value)
  }
}

/** One informer a resource, shared by everything in a process. */
export class Informers implements InformerFactory {
  private readonly shared = new Map<string, SharedInformer>()
  private readonly byKind = new Map<string, SharedInformer>()

  constructor(
    private readonly client: ApiClient,
    private readonly runtime: InformerRuntime,
  ) {}

  /** By kind (`Pod`); starts at once. */
  informer(kind: string): SharedInformer {
    let informer = this.byKind.get(kind)
    if (!informer) this.byKind.set(kind, (informer = this.of(kind)))
    return informer
  }

  /** By group, version and resource too, and narrowed by selectors (a kubelet watches only its own pods). */
  of(ref: ResourceRef, options: RequestOptions = {}, namespace?: string): SharedInformer {
    const { group, version, resource } = this.client.resolve(ref)
    const key = `${group}/${version}/${resource} ${namespace ?? ''} ${options.labelSelector ?? ''} ${options.fieldSelector ?? ''}`
    let informer = this.shared.get(key)
    if (!informer) {
      informer = new SharedInformer(this.client, this.runtime, ref, namespace, options)
      this.shared.set(key, informer)
      informer.start()
    }
    return informer
  }

  /** True when every informer handed out has listed once. */
  get synced(): boolean {
    for (const informer of this.shared.values()) if (!informer.synced) return false
    return true
  }

  stop(): void {
    for (const informer of this.shared.values()) informer.stop()
  }
}
