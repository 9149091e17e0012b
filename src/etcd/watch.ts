import type { KeyRecord } from './key-index.ts'
import { inRange, type Range } from './range.ts'
import type { Event } from './store.ts'

/** A registered callback. `paused` ones (a member that has not applied the change yet) catch up by `Store.changes`. */
export interface Watcher {
  readonly range: Range
  readonly onEvent: (event: Event, revision: number) => void
  paused: boolean
  stopped: boolean
}

/** Who wants to hear of which keys. Lookup is cached by bucket, so a put costs the same with 3 watchers or 300. */
export class WatchHub {
  private readonly all = new Set<Watcher>()
  private epoch = 0

  get size(): number {
    return this.all.size
  }

  add(range: Range, onEvent: Watcher['onEvent']): Watcher {
    const watcher: Watcher = { range, onEvent, paused: false, stopped: false }
    this.all.add(watcher)
    this.epoch++
    return watcher
  }

  remove(watcher: Watcher): void {
    watcher.stopped = true
    if (this.all.delete(watcher)) this.epoch++
  }

  /** Watchers whose range may include the key. */
  of(record: KeyRecord): readonly Watcher[] {
    const bucket = record.bucket
    if (bucket.watchersEpoch !== this.epoch) {
      bucket.watchers = [...this.all].filter((w) => mayTouch(w.range, bucket.name))
      bucket.watchersEpoch = this.epoch
    }
    return bucket.watchers
  }

  dispatch(watchers: readonly Watcher[], event: Event, revision: number): void {
    const key = event.kv.key
    for (const watcher of watchers)
      if (!watcher.paused && !watcher.stopped && inRange(key, watcher.range)) watcher.onEvent(event, revision)
  }
}

/** Whether a range and the keys of a bucket can intersect. Bucket '' holds the keys with fewer than three slashes. */
function mayTouch({ key, end }: Range, bucket: string): boolean {
  if (bucket === '') return true
  if (end === undefined) return key.startsWith(bucket)
  return (end === '\0' || bucket < end) && `${bucket}\uffff` >= key
}
