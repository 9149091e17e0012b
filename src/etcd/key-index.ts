import type { Range } from './range.ts'
import type { SizeMemo } from './size.ts'
import type { KeyValue } from './store.ts'
import type { Watcher } from './watch.ts'

/** All versions of one key, oldest first, and which watchers may care. */
export interface KeyRecord extends SizeMemo {
  readonly key: string
  readonly bucket: Bucket
  readonly versions: KeyValue[]
  last: KeyValue | undefined
  dropped: boolean
}

/** Keys that share their first two path elements (`/registry/pods/`), so that a list or a watch touches few keys. */
interface Bucket {
  readonly name: string
  sorted: KeyRecord[]
  fresh: KeyRecord[]
  /** Records were dropped since the last sort. */
  stale: boolean
  watchers: readonly Watcher[]
  watchersEpoch: number
}

/** Ordered key index (mvcc/index.go): a hash map, plus buckets that sort themselves when a range is asked. */
export class KeyIndex {
  private readonly records = new Map<string, KeyRecord>()
  private readonly buckets = new Map<string, Bucket>()

  get(key: string): KeyRecord | undefined {
    return this.records.get(key)
  }

  touch(key: string): KeyRecord {
    let record = this.records.get(key)
    if (!record) {
      const bucket = this.bucketOf(key)
      record = { key, bucket, versions: [], last: undefined, dropped: false, valueSize: 0, uses: 0 }
      bucket.fresh.push(record)
      this.records.set(key, record)
    }
    return record
  }

  drop(record: KeyRecord): void {
    this.records.delete(record.key)
    record.dropped = true
    record.bucket.stale = true
  }

  /** Records in the range, in key order. */
  range({ key, end }: Range): KeyRecord[] {
    const open = end === '\0'
    const found: KeyRecord[][] = []
    for (const bucket of this.buckets.values()) {
      if (!open && bucket.name >= end! && bucket.name !== '') continue
      if (bucket.name !== '' && bucket.name < key && !key.startsWith(bucket.name) && `${bucket.name}\uffff` < key)
        continue
      const sorted = tidy(bucket)
      const from = key === '' ? 0 : lowerBound(sorted, key)
      const to = open ? sorted.length : lowerBound(sorted, end!)
      if (to > from) found.push(from === 0 && to === sorted.length ? sorted : sorted.slice(from, to))
    }
    if (found.length === 1) return found[0]
    return found.flat().sort(byKey)
  }

  private bucketOf(key: string): Bucket {
    const second = key.indexOf('/', 1)
    const third = second < 0 ? -1 : key.indexOf('/', second + 1)
    const name = third < 0 ? '' : key.slice(0, third + 1)
    let bucket = this.buckets.get(name)
    if (!bucket) {
      bucket = { name, sorted: [], fresh: [], stale: false, watchers: [], watchersEpoch: -1 }
      this.buckets.set(name, bucket)
    }
    return bucket
  }
}

const byKey = (a: KeyRecord, b: KeyRecord): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

function tidy(bucket: Bucket): KeyRecord[] {
  if (bucket.stale) {
    bucket.sorted = bucket.sorted.filter((r) => !r.dropped)
    bucket.fresh = bucket.fresh.filter((r) => !r.dropped)
    bucket.stale = false
  }
  if (bucket.fresh.length > 0) {
    // Node's sort merges presorted runs, so appending a few new keys costs about one pass.
    bucket.sorted = bucket.sorted.concat(bucket.fresh.sort(byKey)).sort(byKey)
    bucket.fresh = []
  }
  return bucket.sorted
}

function lowerBound(sorted: readonly KeyRecord[], key: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (sorted[mid].key < key) low = mid + 1
    else high = mid
  }
  return low
}
