import type { Api } from '../../etcd/api.ts'
import { Blocked, EtcdError } from '../../etcd/errors.ts'
import { prefixRange, type Range } from '../../etcd/range.ts'
import type { Event, KeyValue } from '../../etcd/store.ts'
import type { KubeObject } from '../types.ts'
import {
  Compacted,
  type Listing,
  type Storage,
  StorageBlocked,
  StorageError,
  type StorageEvent,
  type Stored,
  type WriteResult,
} from './storage.ts'
import { IN_CLEAR, type Transformers, Unreadable } from './transformer.ts'

/** The API server's connection to etcd, kept by its process. */
export interface EtcdConnection {
  /** The member at the other end. Throws StorageBlocked while there is no connection. */
  api(): Api
  /** Calls back whenever a lost connection has been established again. */
  onReconnect(fn: () => void): void
  /** True time, virtual ms. */
  now(): number
}

/** Events of one minute share a lease, as the API server's lease manager groups them. */
const LEASE_REUSE = 60_000

interface Watching {
  readonly prefix: string
  /** Last revision that was delivered. */
  at: number
  readonly onEvent: (event: StorageEvent) => void
  readonly onBroken: (() => void) | undefined
  cancel: (() => void) | undefined
}

/** Storage in a real (simulated) etcd. A conditional write is read, compared and written at one instant. */
export class EtcdStorage implements Storage {
  private readonly watches = new Set<Watching>()
  private lease: { id: string; ttl: number; since: number } | undefined
  private leases = 0
  private writes = 0

  constructor(
    private readonly connection: EtcdConnection,
    /** Distinguishes the leases of several API servers. */
    private readonly name: string,
    /** How values of a key are written and read (--encryption-provider-config). */
    private readonly transformers: Transformers = () => IN_CLEAR,
  ) {
    connection.onReconnect(() => {
      // Also those that still hang on the member left behind.
      for (const watching of [...this.watches]) {
        watching.cancel?.()
        watching.cancel = undefined
        this.open(watching)
      }
    })
  }

  revision(): number {
    return this.ask((api) => api.range({ key: '/registry/health', limit: 1 }).header.revision)
  }

  get(key: string): Stored | undefined {
    return this.ask((api) => {
      const kv = api.get(key)
      return kv && stored(kv, this.transformers)
    })
  }

  list(prefix: string, options: { revision?: number; after?: string; limit?: number } = {}): Listing {
    const range: Range = prefixRange(prefix)
    const key = options.after ? `${options.after}\u0000` : range.key
    return this.ask((api) => {
      const { kvs, count, header } = api.range({ ...range, key, revision: options.revision, limit: options.limit })
      return {
        items: kvs.filter(readable).map((kv) => this.listed(kv)),
        revision: options.revision ?? header.revision,
        remaining: count - kvs.length,
      }
    })
  }

  put(key: string, object: KubeObject, expected: number, ttl?: number): WriteResult {
    return this.ask((api) => {
      if ((api.get(key)?.modRevision ?? 0) !== expected) return undefined
      const value = this.transformers(key).seal(object, this.writes++)
      return api.put(key, value, ttl ? { lease: this.leaseOf(api, ttl) } : {}).kv.modRevision
    })
  }

  delete(key: string, expected: number): WriteResult {
    return this.ask((api) => {
      if (api.get(key)?.modRevision !== expected) return undefined
      return api.deleteRange({ key }).header.revision
    })
  }

  watch(prefix: string, from: number, onEvent: (event: StorageEvent) => void, onBroken?: () => void): () => void {
    const watching: Watching = { prefix, at: from, onEvent, onBroken, cancel: undefined }
    this.watches.add(watching)
    this.open(watching)
    return () => {
      this.watches.delete(watching)
      watching.cancel?.()
    }
  }

  /** A list names the key that it stumbled over. */
  private listed(kv: KeyValue): Stored {
    try {
      return stored(kv, this.transformers)
    } catch (error) {
      if (error instanceof Unreadable)
        throw new Unreadable(`unable to transform key ${JSON.stringify(kv.key)}: ${error.message}`)
      throw error
    }
  }

  private opens(kv: KeyValue): boolean {
    return readable(kv) && quietly(() => decode(kv, this.transformers)) !== undefined
  }

  private open(watching: Watching): void {
    try {
      this.ask((api) => {
        const subscription = api.watch(
          {
            range: prefixRange(watching.prefix),
            onEvent: (event, revision) => {
              watching.at = revision
              if (event.type === 'DELETE' || this.opens(event.kv)) watching.onEvent(change(event, this.transformers))
            },
            onEnd: (error) => {
              watching.cancel = undefined
              // A server that stopped is waited for; one that lost our place or its leader means listing again.
              if (error && this.watches.delete(watching)) watching.onBroken?.()
            },
            requireLeader: true,
          },
          watching.at + 1,
        )
        watching.cancel = () => subscription.cancel()
      })
    } catch (error) {
      if (error instanceof StorageBlocked) return
      if (!(error instanceof Compacted || error instanceof StorageError)) throw error
      this.watches.delete(watching)
      watching.onBroken?.()
    }
  }

  /** Translates what etcd throws. */
  private ask<T>(fn: (api: Api) => T): T {
    try {
      return fn(this.connection.api())
    } catch (error) {
      if (error instanceof Blocked) throw new StorageBlocked(error.signal, error.wakeAt)
      if (error instanceof EtcdError) {
        if (error.message === 'etcdserver: mvcc: required revision has been compacted') throw new Compacted(0)
        throw new StorageError(error.message)
      }
      throw error
    }
  }

  private leaseOf(api: Api, ttl: number): string {
    const now = this.connection.now()
    const { lease } = this
    if (lease && lease.ttl === ttl && now - lease.since < LEASE_REUSE) return lease.id
    const id = leaseId(this.name, ++this.leases, now)
    api.leaseGrant(ttl + LEASE_REUSE / 1000, id)
    this.lease = { id, ttl, since: now }
    return id
  }
}

/** A 63-bit lease ID in hexadecimal, as etcd makes them: unlike for every server and instant. */
function leaseId(name: string, n: number, now: number): string {
  let h = 0x811c9dc5
  for (const c of `${name}/${n}/${now}`) h = Math.imul(h ^ c.charCodeAt(0), 0x01000193) >>> 0
  return `694d${(now % 0xffffffff).toString(16).padStart(8, '0').slice(-4)}${h.toString(16).padStart(8, '0')}`
}

/** What somebody wrote by hand into /registry is no object. */
const readable = (kv: KeyValue): boolean => typeof kv.value === 'object'

/** The version in the object is that of the key: whoever meets it first notes it there. */
function decode(kv: KeyValue, transformers: Transformers): KubeObject {
  const object = transformers(kv.key).open(kv.value as object)
  const revision = String(kv.modRevision)
  if (object.metadata.resourceVersion !== revision) object.metadata.resourceVersion = revision
  return object
}

function stored(kv: KeyValue, transformers: Transformers): Stored {
  if (!readable(kv)) throw new StorageError(`unable to decode ${kv.key}`)
  const { key, modRevision: revision } = kv
  const stale = transformers(key).stale(kv.value as object)
  return { key, object: decode(kv, transformers), revision, ...(stale ? { stale } : {}) }
}

const change = ({ type, kv, prev }: Event, transformers: Transformers): StorageEvent => ({
  key: kv.key,
  revision: kv.modRevision,
  object: type === 'PUT' ? decode(kv, transformers) : undefined,
  before: prev && readable(prev) ? quietly(() => decode(prev, transformers)) : undefined,
})

/** What cannot be opened any more is as good as not there. */
function quietly<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}
