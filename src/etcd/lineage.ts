import { type AuthChange, type AuthState, NO_AUTH } from './auth.ts'
import type { Id } from './ids.ts'
import { compareIds } from './ids.ts'
import { Leases } from './lease.ts'
import type { Log } from './log.ts'
import type { Range } from './range.ts'
import { type KeyValue, Store, type Value } from './store.ts'
import { type Compaction, compaction } from './upkeep.ts'

/** A member as the cluster knows it. A member that never published its name is "unstarted". */
export interface MemberInfo {
  readonly id: Id
  readonly peerUrls: readonly string[]
  /** '' until it has started once. */
  readonly name: string
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

/** A change of the membership as it is applied. */
export type ConfChange =
  | { readonly type: 'add' | 'promote' | 'update'; readonly member: MemberInfo }
  | { readonly type: 'remove'; readonly id: Id }

/** What a history needs to know of a running member that follows it. */
interface Follower {
  readonly id: Id
  /** A membership change has been applied. */
  applied(change: ConfChange): void
  /** Whether its database has no room for so many more bytes. */
  isFull(bytes: number): boolean
  /** A compaction has been applied. */
  compacted(what: Compaction): void
  /** Writes a raft snapshot if one is due; returns the index at which the next one is. */
  snapshot(): number
  /** Its server's log. */
  readonly log: Log
  /** Where its write-ahead log is written, unless that takes no time. */
  readonly disk: { wrote(): void } | undefined
}

type AlarmType = 'NOSPACE' | 'CORRUPT'

/** An alarm that a member raised. */
export interface Alarm {
  readonly member: Id
  readonly type: AlarmType
}

/** Where in the log a replica stands, and the small replicated values as they were there. */
export interface Position {
  readonly rev: number
  readonly index: number
  /** Term of the entry at `index`. */
  readonly term: number
  readonly members: readonly MemberInfo[]
  readonly removed: readonly Id[]
  readonly alarms: readonly Alarm[]
  readonly clusterVersion: string
  readonly storageVersion: string
  readonly downgradeTarget: string
  readonly auth: AuthState
}

/**
 * What the committed part of one raft log has produced. Replicas that agree share it: five members cost one store, and
 * a stale one remembers only its position. Histories that part ways (restore, force-new-cluster, an old data directory
 * winning an election) are forks.
 */
export class Lineage {
  index = 0
  term = 0
  members: readonly MemberInfo[] = []
  removed: readonly Id[] = []
  alarms: readonly Alarm[] = []
  /** e.g. `3.6`; '' until decided. */
  clusterVersion = ''
  storageVersion = '3.5.0'
  /** Entries up to here were written by the bootstrap or the restore itself, one a member. */
  bootIndex = 0
  /** Target of a running downgrade, e.g. `3.5.0`. */
  downgradeTarget = ''
  auth: AuthState = NO_AUTH
  /** The fork from which this one began, to tell a follower that is merely behind from one that contradicts. */
  readonly parent: { readonly lineage: Lineage; readonly index: number } | undefined
  readonly leases: Leases
  /** Running members that keep up with the head. */
  readonly followers = new Set<Follower>()
  /** The first index at which a follower has a raft snapshot to write. */
  wakeIndex = Number.POSITIVE_INFINITY
  /** Highest number of bytes in use since the beginning: database files grow to it. Updated when compaction frees. */
  private floor = 0

  constructor(
    readonly clusterId: Id,
    readonly store = new Store(),
    parent?: { lineage: Lineage; index: number },
  ) {
    this.parent = parent
    this.leases = new Leases(store)
  }

  position(): Position {
    return {
      rev: this.store.rev,
      index: this.index,
      term: this.term,
      members: this.members,
      removed: this.removed,
      alarms: this.alarms,
      clusterVersion: this.clusterVersion,
      storageVersion: this.storageVersion,
      downgradeTarget: this.downgradeTarget,
      auth: this.auth,
    }
  }

  /** A history that is identical up to `at` and goes its own way from there. */
  fork(at: Position, clusterId = this.clusterId): Lineage {
    const copy = new Lineage(clusterId, this.store.fork(at.rev), { lineage: this, index: at.index })
    Object.assign(copy, {
      index: at.index,
      term: at.term,
      members: at.members,
      removed: at.removed,
      alarms: at.alarms,
      clusterVersion: at.clusterVersion,
      storageVersion: at.storageVersion,
      downgradeTarget: at.downgradeTarget,
      auth: at.auth,
    })
    copy.leases.adopt(this.leases)
    return copy
  }

  /** Whether a replica of `other` at `index` has only entries that this history has too. */
  extends(other: Lineage, index: number): boolean {
    // The first entries follow from the flags (or the snapshot) alone: every founder wrote the same ones.
    if (index <= other.bootIndex && other.clusterId === this.clusterId) return true
    let at: Lineage = this
    let limit = Number.POSITIVE_INFINITY
    while (at !== other) {
      if (!at.parent) return false
      limit = Math.min(limit, at.parent.index)
      at = at.parent.lineage
    }
    return index <= limit
  }

  /** Applies a membership change and tells everyone who keeps up. */
  configure(change: ConfChange): void {
    if (change.type === 'remove') {
      this.members = this.members.filter((m) => m.id !== change.id)
      if (!this.removed.includes(change.id)) this.removed = [...this.removed, change.id]
    } else this.setMember(change.member)
    for (const follower of [...this.followers]) follower.applied(change)
  }

  setMember(info: MemberInfo): void {
    this.members = [...this.members.filter((m) => m.id !== info.id), info].sort((a, b) => compareIds(a.id, b.id))
  }

  /** Writes a key and keeps its lease's key list. */
  put(key: string, value: Value, lease = '', size?: number): KeyValue {
    const { leases } = this
    if (leases.size > 0) {
      const old = this.store.get(key)?.lease
      if (old && old !== lease) leases.detach(old, key)
    }
    if (lease) leases.attach(lease, key)
    return this.store.put(key, value, lease, size)
  }

  deleteRange(range: Range): KeyValue[] {
    const deleted = this.store.deleteRange(range)
    if (this.leases.size > 0) for (const kv of deleted) if (kv.lease) this.leases.detach(kv.lease, kv.key)
    return deleted
  }

  /** Changes users and roles; every member tells its log. */
  authorise(change: AuthChange): void {
    this.auth = change(this.auth, (...line) => {
      for (const follower of this.followers) follower.log(...line)
    })
  }

  /** A member has no room left: from now on the cluster refuses writes. */
  raise(alarm: Alarm): void {
    if (!this.alarms.some((a) => a.member === alarm.member && a.type === alarm.type))
      this.alarms = [...this.alarms, alarm]
  }

  /** Every member checks its own quota when it applies a write; a full one raises its alarm although the write is kept. */
  checkQuotas(bytes: number): void {
    for (const follower of this.followers)
      if (follower.isFull(bytes)) this.raise({ member: follower.id, type: 'NOSPACE' })
  }

  /** Gives up the history before `revision`. Throws when that is done already, or not possible yet. */
  compact(revision: number): void {
    const { store } = this
    const possible = revision > store.compacted && revision <= store.rev
    const what = possible ? compaction(store, revision) : undefined
    this.floor = this.highWater
    store.compact(revision)
    if (what) for (const follower of this.followers) follower.compacted(what)
  }

  /** Lets followers write their raft snapshots. */
  snapshots(): void {
    this.wakeIndex = Number.POSITIVE_INFINITY
    for (const follower of this.followers) this.wakeIndex = Math.min(this.wakeIndex, follower.snapshot())
  }

  get highWater(): number {
    return Math.max(this.floor, this.store.bytes)
  }
}
