import { type Signal, Stackless } from '../../kernel/index.ts'
import type { KubeObject } from '../types.ts'

/** One stored version of an object; `object.metadata.resourceVersion` says `revision`. */
export interface Stored {
  readonly key: string
  readonly object: KubeObject
  readonly revision: number
  /** Written otherwise than it would be now: the next write does not count as without effect. */
  readonly stale?: boolean
}

/** A change of one key. `object` is undefined for a deletion; `before` is what the key held. */
export interface StorageEvent {
  readonly key: string
  readonly revision: number
  readonly object: KubeObject | undefined
  readonly before: KubeObject | undefined
}

/** A revision that was compacted away was asked for. */
export class Compacted extends Error {
  constructor(readonly oldest: number) {
    super('etcdserver: mvcc: required revision has been compacted')
  }
}

/** What became of a conditional write: the new revision, or undefined when the key was not as expected. */
export type WriteResult = number | undefined

/**
 * What the API server needs of etcd: objects by key with revisions, conditional writes, watches. Reads are linearizable.
 * Every method may throw StorageBlocked when there is no quorum, before anything was written, and StorageError.
 */
export interface Storage {
  /** The current revision, agreed upon by a quorum. */
  revision(): number
  get(key: string): Stored | undefined
  /** Keys that begin with `prefix`, in order, as of `revision` (now when left out), after key `after`, at most `limit`. */
  list(prefix: string, options?: { revision?: number; after?: string; limit?: number }): Listing
  /** Writes when the key's revision is `expected` (0: the key must not exist). `ttl` in seconds. */
  put(key: string, object: KubeObject, expected: number, ttl?: number): WriteResult
  delete(key: string, expected: number): WriteResult
  /** Calls back with every change of keys under `prefix` after revision `from`. Throws Compacted. */
  watch(prefix: string, from: number, onEvent: (event: StorageEvent) => void, onBroken?: () => void): () => void
}

/** Objects of a range as they were at a revision. */
export interface Listing {
  readonly items: readonly Stored[]
  readonly revision: number
  /** Keys that lie beyond the limit. */
  readonly remaining: number
}

/** The store cannot answer now. `wake` fires (or `wakeAt` passes) when asking again makes sense. */
export class StorageBlocked extends Stackless {
  constructor(
    readonly wake: Signal,
    readonly wakeAt?: number,
  ) {
    super('blocked')
  }
}

/** The store refused or failed, e.g. `etcdserver: mvcc: database space exceeded`. */
export class StorageError extends Error {}
