import type { Kernel, Rng } from '../kernel/index.ts'
import { Signal } from '../kernel/index.ts'
import { Counters } from './counters.ts'
import { Disk } from './disk.ts'
import { greet } from './greeting.ts'
import { type Id, NONE } from './ids.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import type { ConfChange, Lineage, MemberInfo } from './lineage.ts'
import type { Log } from './log.ts'
import type { MemberConfig, MemberEnv } from './member-env.ts'
import { catchUpMembers, confChangeApplied } from './membership.ts'
import { Peer, type PeerNetwork } from './peer.ts'
import { publish, publishInVain } from './publish.ts'
import { overQuota } from './quota.ts'
import { ELECTION_TIMEOUT, Raft } from './raft.ts'
import type { Range } from './range.ts'
import { applyEntry, type Replica } from './replica.ts'
import { RequestIds } from './request-ids.ts'
import { Requests } from './requests.ts'
import { Subscriptions } from './subscriptions.ts'
import { type Compaction, logCompaction, nextSnapshot, snapshotIfDue } from './upkeep.ts'
import { VersionMonitor } from './version-monitor.ts'

/** Why a member stands still. */
type Halt = 'signal' | 'disk'

/**
 * A running etcd member: the replica it keeps on disk, its connections, its raft. Client requests are in `Api`.
 * Committed entries are applied to the shared lineage at once by whoever proposes through a leader with a quorum.
 */
export class Member {
  readonly id: Id
  readonly kernel: Kernel
  readonly rng: Rng
  readonly log: Log
  readonly network: PeerNetwork
  readonly clock: () => number
  readonly raft: Raft
  readonly peers = new Map<Id, Peer>()
  readonly subscriptions = new Subscriptions(this)
  readonly requests = new Requests(this)
  readonly requestIds: RequestIds
  readonly counters = new Counters()
  /** The latest compactions that it has seen since it runs, whose hashes it knows. */
  compactions: readonly Compaction[] = []
  /** Only of a member whose disk can be slow. */
  readonly disk: Disk | undefined
  /** The leader through which entries can be committed at this instant; undefined without leader or quorum. */
  route: Member | undefined
  /** Fires when requests that were Blocked should ask again. */
  readonly progress = new Signal()
  /** Stopped by SIGSTOP, waiting for its disk, or ended. */
  halted = false
  private readonly halts = new Set<Halt>()
  running = false
  /** Client ports answer: a leader has been known once (until then they only accept). */
  serving = false
  /** Called when `serving` becomes true. */
  onServing: (() => void) | undefined
  /** It is leader and reaches a majority. */
  private committing = false
  private leaderless: number | undefined
  private readonly matched = new Map<Id, number>()
  private readonly monitor = new VersionMonitor(this)
  private readonly keeper = new LeaseKeeper(this)

  constructor(
    readonly env: MemberEnv,
    readonly replica: Replica,
    public config: MemberConfig,
  ) {
    this.id = replica.memberId
    this.kernel = env.kernel
    this.rng = env.rng
    this.log = env.log
    this.network = env.network
    this.clock = env.clock
    this.disk = env.fsync && new Disk(this)
    this.requestIds = new RequestIds(this.id, env.clock())
    this.raft = new Raft({
      id: this.id,
      at: config.name,
      kernel: env.kernel,
      rng: env.rng,
      log: env.log,
      replica,
      voters: () => this.members.filter((m) => !m.isLearner).map((m) => m.id),
      others: () => this.members.filter((m) => m.id !== this.id).map((m) => m.id),
      reach: (id) => (id === this.id ? this.raft : this.peers.get(id)?.contact?.raft),
      unsent: (id) => {
        const peer = this.peers.get(id)
        if (peer) peer.unsent++
      },
      leading: () => this.leading(),
      changed: () => this.settle(),
      follow: (leader) => this.follow(leader),
    })
  }

  get lineage(): Lineage {
    return this.replica.lineage
  }

  /** The membership as far as this member has applied it. */
  get members(): readonly MemberInfo[] {
    return (this.replica.at ?? this.replica.lineage).members
  }

  get self(): MemberInfo | undefined {
    return this.members.find((m) => m.id === this.id)
  }

  get isLearner(): boolean {
    return this.self?.isLearner ?? false
  }

  /** ID of the leader as this member knows it, or undefined. */
  get leaderId(): Id | undefined {
    return this.raft.lead === NONE ? undefined : this.raft.lead
  }

  /** When its leader was last lost, virtual ms; undefined while there is one. */
  get leaderlessSince(): number | undefined {
    return this.leaderless
  }

  /** Opens the peers' connections. Raft does not run yet. */
  connect(): void {
    this.running = true
    this.leaderless = this.kernel.now()
    this.replica.freeze()
    for (const m of this.members) if (m.id !== this.id) this.addPeer(m)
  }

  /** Starts raft. `elapsed`: part of the first election timeout that is skipped, ms. */
  begin(elapsed: number): void {
    this.raft.start(elapsed)
    publishInVain(this)
    this.spread()
    for (const peer of this.peers.values()) peer.contact?.raft.heartbeat(this.id)
  }

  addPeer(m: MemberInfo): void {
    if (this.peers.has(m.id)) return
    const peer = new Peer(this, m.id, m.peerUrls)
    this.peers.set(m.id, peer)
    peer.start()
  }

  /** A connection opened, broke, or its path changed. */
  contactChanged(peer: Peer): void {
    if (!this.running) return
    this.raft.contact(peer.id, peer.contact !== undefined)
  }

  /** Introduces itself to a peer it just reached. False: refused, and logged on both sides. */
  greet(peer: Peer, remote: Member): boolean {
    return greet(this, peer, remote)
  }

  /** The cluster says that this member was removed: it stops with status 0. */
  removed(): void {
    if (!this.running) return
    this.log('warn', 'etcdserver/server.go:860', 'server error', {
      error: 'the member has been permanently removed from the cluster',
    })
    this.log('warn', 'etcdserver/server.go:861', 'data-dir used by this member must be removed')
    this.env.exit(0, '')
  }

  /** It won an election: its log is now the cluster's. */
  private leading(): void {
    const { replica } = this
    this.matched.clear()
    if (replica.at && replica.at.index < replica.lineage.index) replica.follow(replica.lineage.fork(replica.at))
    replica.tail.push({ term: replica.term, apply: () => undefined })
    const now = this.kernel.now()
    this.lineage.leases.extendAll(now, ELECTION_TIMEOUT)
    this.monitor.start()
  }

  /** It heard from a leader: its log becomes the leader's. */
  private follow(leader: Raft): void {
    const from = this.peers.get(leader.id)?.contact
    if (!from) return
    const { replica } = this
    const match = from.matched.get(this.id)
    if (match !== undefined && match > replica.lastIndex) {
      const commit = Math.min(match, from.lineage.index)
      this.panic(
        `tocommit(${commit}) is out of range [lastIndex(${replica.lastIndex})]. Was the raft log corrupted, truncated, or lost?`,
      )
      return
    }
    if (replica.lineage !== from.lineage && !from.lineage.extends(replica.lineage, replica.index)) {
      const commit = replica.index
      this.panic(
        `tocommit(${from.lineage.index}) is out of range [lastIndex(${commit})]. Was the raft log corrupted, truncated, or lost?`,
      )
    }
  }

  panic(message: string): void {
    this.log('panic', 'raft@v3/log.go:324', message)
    this.env.exit(2, message)
  }

  /** Works out anew through whom this member can commit, and lets whoever waits ask again. */
  settle(): void {
    const { raft } = this
    const backed = raft.inContact() >= raft.quorum && (this.committing || raft.acknowledged() >= raft.quorum)
    const can = this.running && !this.halted && raft.isLeader && backed
    if (can !== this.committing) {
      this.committing = can
      this.settleRoute()
      for (const peer of this.peers.values()) peer.contact?.settleRoute()
    } else this.settleRoute()
    const lead = this.leaderId
    if (lead === undefined) this.leaderless ??= this.kernel.now()
    else if (this.leaderless !== undefined) {
      this.leaderless = undefined
      this.progress.fire()
    }
    this.subscriptions.leaderKnown(lead !== undefined)
  }

  private settleRoute(): void {
    const lead = this.raft.lead
    const leader = lead === this.id ? this : this.peers.get(lead)?.contact
    const route = this.running && !this.halted && leader?.committing ? leader : undefined
    if (route === this.route) return
    const old = this.route
    this.route = route
    if (old) this.detach(old)
    if (route) this.attach(route)
  }

  /** Keeps up with the leader from here on: catches up with what it missed. */
  private attach(leader: Member): void {
    const { replica } = this
    const before = replica.position()
    if (leader !== this) {
      leader.matched.set(this.id, Number.NaN)
      replica.tail = []
    }
    replica.follow(leader.lineage)
    this.lineage.followers.add(this)
    this.lineage.wakeIndex = Math.min(this.lineage.wakeIndex, nextSnapshot(this))
    if (leader === this) {
      this.commitTail()
      this.lineage.leases.onGrant = () => this.keeper.arm()
      this.keeper.arm()
    }
    catchUpMembers(this, before.members)
    this.subscriptions.resume(before.rev)
    if (!this.serving) this.firstLeader()
    this.progress.fire()
  }

  private detach(old: Member): void {
    this.lineage.followers.delete(this)
    this.replica.freeze()
    this.subscriptions.pause()
    if (old !== this) old.matched.set(this.id, this.replica.index)
  }

  /** A quorum stands behind this leader: what it had appended is committed, in order. */
  private commitTail(): void {
    const { replica, lineage } = this
    const tail = replica.tail
    replica.tail = []
    for (const entry of tail) applyEntry(lineage, entry)
  }

  /** The first leader since the start: publish name and client URLs, then serve clients. */
  private firstLeader(): void {
    this.serving = true
    this.kernel.after(10, () => {
      if (!this.running) return
      publish(this)
      this.onServing?.()
    })
  }

  /** A membership change has been applied here. */
  applied(change: ConfChange): void {
    confChangeApplied(this, change)
  }

  isFull(bytes: number): boolean {
    return overQuota(this, bytes)
  }

  compacted(what: Compaction): void {
    logCompaction(this, what)
  }

  snapshot(): number {
    snapshotIfDue(this)
    return nextSnapshot(this)
  }

  /** The result of a proposal that had to wait, for the call that made it. */
  private settled: { readonly value: unknown } | undefined

  /** Runs a call again whose proposal had to wait and has been committed with this result. */
  finish<T>(value: unknown, call: () => T): T {
    this.settled = { value }
    try {
      return call()
    } finally {
      this.settled = undefined
    }
  }

  /** Commits a change, or throws Blocked. `apply` runs exactly once, when committed. */
  propose<T>(apply: (lineage: Lineage) => T): T {
    const { settled } = this
    if (settled) {
      this.settled = undefined
      return settled.value as T
    }
    this.requestIds.used++
    const leader = this.route
    if (leader) return leader.commit(apply)
    return this.requests.propose(apply)
  }

  /** Commits through this leader, which has a quorum. */
  commit<T>(apply: (lineage: Lineage) => T): T {
    const { replica } = this
    const lineage = replica.lineage
    lineage.index++
    lineage.term = replica.term
    const result = apply(lineage)
    if (lineage.index >= lineage.wakeIndex) lineage.snapshots()
    for (const follower of lineage.followers) if (follower.disk) follower.disk.wrote()
    return result
  }

  /** Returns when reads here are linearizable; throws Blocked while no quorum confirms it. */
  linearizable(range?: Range): void {
    this.requestIds.used++
    if (!this.route) this.requests.read(range)
  }

  /** Returns when the leader answers (leases live there); throws Blocked without one. No round of read indexes is needed. */
  throughLeader(): void {
    if (!this.route) this.requests.read(undefined)
  }

  /** Nothing is answered or sent until `thaw`. */
  freeze(why: Halt): void {
    this.halts.add(why)
    if (this.halted) return
    this.halted = true
    this.raft.freeze()
    this.spread()
  }

  thaw(why: Halt): void {
    this.halts.delete(why)
    if (this.halts.size > 0 || !this.running) return
    this.halted = false
    this.raft.thaw()
    this.spread()
  }

  private spread(): void {
    for (const peer of this.peers.values()) {
      const remote = peer.out ?? peer.in
      const there = remote?.peers.get(this.id)
      if (remote && there) remote.contactChanged(there)
      this.contactChanged(peer)
    }
    this.settle()
  }

  /** The process ends. `error` is what the others see of it: `EOF` after an orderly stop, else `unexpected EOF`. */
  stop(error: 'EOF' | 'unexpected EOF'): void {
    if (!this.running) return
    const remotes = [...this.peers.values()].map((p) => p.out ?? p.in)
    this.running = false
    this.halted = true
    this.raft.stop()
    this.settle()
    this.monitor.stop()
    this.keeper.stop()
    for (const peer of this.peers.values()) peer.stop()
    for (const remote of remotes) remote?.peers.get(this.id)?.lost(error)
    this.replica.freeze()
    this.replica.locked = false
    this.subscriptions.close()
    this.progress.fire()
  }
}
