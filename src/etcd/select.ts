import { type Range, rangeOf } from './range.ts'
import type { KeyValue, Store } from './store.ts'

/** By what the answer of a range request is sorted, and how. */
export interface Sort {
  readonly target: 'key' | 'version' | 'create' | 'mod' | 'value'
  readonly descending: boolean
}

/** What a range request asks for (etcdserverpb.RangeRequest). */
export interface RangeRequest extends Range {
  /** 0 or absent: the newest. */
  readonly revision?: number
  /** Answer from this member's own state without asking the cluster. */
  readonly serializable?: boolean
  /** At most so many keys; 0: all. */
  readonly limit?: number
  readonly sort?: Sort
  readonly keysOnly?: boolean
  readonly countOnly?: boolean
  /** Bounds of revisions, inclusive; 0 or absent: none. */
  readonly minModRevision?: number
  readonly maxModRevision?: number
  readonly minCreateRevision?: number
  readonly maxCreateRevision?: number
}

/** What was found (without the response's header). */
export interface Selection {
  readonly kvs: readonly KeyValue[]
  /** Keys in the range, whatever limit and bounds. */
  readonly count: number
  readonly more: boolean
}

const TARGETS: Readonly<Record<Sort['target'], (kv: KeyValue) => string | number>> = {
  key: (kv) => kv.key,
  version: (kv) => kv.version,
  create: (kv) => kv.createRevision,
  mod: (kv) => kv.modRevision,
  value: (kv) => String(kv.value),
}

/** Finds keys, filters, sorts and cuts them (txn/txn.go executeRange). `now`: the newest revision that the asker knows. */
export function select(store: Store, request: RangeRequest, now: number): Selection {
  const found = store.range(rangeOf(request), request.revision || now, now)
  const count = found.length
  if (request.countOnly) return { kvs: [], count, more: false }
  let kvs = bounded(found, request)
  if (request.sort) kvs = sorted(kvs, request.sort)
  const { limit } = request
  const more = limit !== undefined && limit > 0 && kvs.length > limit
  if (more) kvs = kvs.slice(0, limit)
  return { kvs: request.keysOnly ? kvs.map((kv) => ({ ...kv, value: '' })) : kvs, count, more }
}

function bounded(kvs: KeyValue[], r: RangeRequest): KeyValue[] {
  if (!r.minModRevision && !r.maxModRevision && !r.minCreateRevision && !r.maxCreateRevision) return kvs
  const within = (n: number, min?: number, max?: number): boolean => (!min || n >= min) && (!max || n <= max)
  return kvs.filter(
    (kv) =>
      within(kv.modRevision, r.minModRevision, r.maxModRevision) &&
      within(kv.createRevision, r.minCreateRevision, r.maxCreateRevision),
  )
}

function sorted(kvs: readonly KeyValue[], { target, descending }: Sort): KeyValue[] {
  const by = TARGETS[target]
  const sign = descending ? -1 : 1
  return [...kvs].sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0))
}
