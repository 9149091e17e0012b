import type { Timer } from '../kernel/index.ts'
import { type EtcdError, errors } from './errors.ts'
import type { Member } from './member.ts'
import type { Range } from './range.ts'
import type { Event, Store } from './store.ts'
import type { Watcher } from './watch.ts'

/** A watch as the store keeps it. */
export interface Subscription {
  readonly range: Range
  /** Called for every change, in order; changes of one revision follow each other. */
  readonly onEvent: (event: Event, revision: number) => void
  /** The server ended the watch: compacted, no leader, or it stopped (undefined). */
  readonly onEnd: (error: EtcdError | undefined, compactRevision?: number) => void
  /** The client wants the watch to end when the member loses its leader (clientv3.WithRequireLeader). */
  readonly requireLeader?: boolean
  cancel(): void
}

interface Active extends Subscription {
  watcher: Watcher
  store: Store
}

/** A leaderless member cancels watches that require a leader after three checks, one an election timeout apart. */
const LEADERLESS_GRACE = 3000

/** The watches that clients keep at one member. They see what this member has applied, not what the cluster has. */
export class Subscriptions {
  private readonly all = new Set<Active>()
  private timer: Timer | undefined
  private paused = false

  constructor(private readonly member: Member) {}

  get size(): number {
    return this.all.size
  }

  /** Watches from revision `from` (0: from now). Throws when `from` has been compacted or no leader is known. */
  open(spec: Omit<Subscription, 'cancel'>, from: number): Subscription {
    const { replica } = this.member
    if (spec.requireLeader && this.member.leaderId === undefined) throw errors.NoLeader()
    const store = replica.lineage.store
    const rev = replica.position().rev
    if (from < 0 || (from > 0 && from < store.compacted)) throw errors.Compacted()
    const next = from > 0 ? from : rev + 1
    // Changes before `next` are not wanted even when they are applied later (a watch on a future revision).
    const onEvent = next > rev + 1 ? (e: Event, r: number) => void (r >= next && spec.onEvent(e, r)) : spec.onEvent
    const active: Active = {
      ...spec,
      onEvent,
      store,
      watcher: store.watches.add(spec.range, onEvent),
      cancel: () => this.close1(active),
    }
    active.watcher.paused = this.paused || replica.at !== undefined
    this.all.add(active)
    if (next <= rev)
      for (const event of [...store.changes(spec.range, next - 1, rev)]) onEvent(event, event.kv.modRevision)
    return active
  }

  /** This member no longer follows the head. */
  pause(): void {
    this.paused = true
    for (const active of this.all) active.watcher.paused = true
  }

  /** It follows again; everything after `from` is delivered first. */
  resume(from: number): void {
    this.paused = false
    const store = this.member.lineage.store
    for (const active of [...this.all]) {
      if (active.store !== store) {
        active.store.watches.remove(active.watcher)
        active.store = store
        active.watcher = store.watches.add(active.range, active.onEvent)
      }
      for (const event of [...store.changes(active.range, from)]) active.onEvent(event, event.kv.modRevision)
      active.watcher.paused = false
    }
  }

  leaderKnown(known: boolean): void {
    const { kernel } = this.member
    if (known) {
      kernel.cancel(this.timer)
      this.timer = undefined
    } else
      this.timer ??= kernel.after(LEADERLESS_GRACE, () => {
        for (const active of [...this.all]) if (active.requireLeader) this.end(active, errors.NoLeader())
      })
  }

  /** The server stops. */
  close(): void {
    this.member.kernel.cancel(this.timer)
    for (const active of [...this.all]) this.end(active, undefined)
  }

  private end(active: Active, error: EtcdError | undefined): void {
    this.close1(active)
    active.onEnd(error)
  }

  private close1(active: Active): void {
    this.all.delete(active)
    active.store.watches.remove(active.watcher)
  }
}
