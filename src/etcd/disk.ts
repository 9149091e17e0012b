import { measured } from './human.ts'
import type { Member } from './member.ts'
import { logSlowRead, SLOW_REQUEST, trace } from './slow.ts'

/** Faster disks show nowhere. */
const NOTICEABLE = 20
/** What a write takes on a good disk, ms. */
const HEALTHY = 1.4
/** etcd warns of a single write to its log that takes longer. */
const VERY_SLOW = 1000
/** Heartbeats are due every 100 ms; twice as long and a bit is worth a warning. */
const LATE = 130
/** Warnings about late heartbeats are at least so far apart: every second or third write is unlucky enough. */
const HEARTBEAT_WARNINGS = 400
/** Requests that one stall writes about; the others of the same moment say the same. */
const SHOWN = 4

interface Waiting {
  readonly since: number
  readonly key: string
  readonly end: string | undefined
}

/**
 * A disk that is slow to make writes durable. While the log is being written, the member sends and applies nothing:
 * it stands still as a whole, which is how a slow leader slows down everyone and, at about a second, loses its office.
 */
export class Disk {
  /** The write under way is durable then. */
  busyUntil = 0
  private warned = 0
  private waiting: Waiting[] = []
  /** The last revision whose write has been looked at. */
  private traced = 0
  /** Heartbeats sent too late so far, per peer. */
  lateHeartbeats = 0
  /** Requests that took too long. */
  slowApplies = 0

  /** Writes to the log, and how long they took together, ms. */
  writes = 0
  spent = 0
  /** Of these, how many took at most 1, 2, 4 … 8192 ms and more than the bucket before. */
  readonly buckets: number[] = new Array(14).fill(0)

  constructor(private readonly member: Member) {}

  /** The member has something to write. Entries that arrive meanwhile share the next write. */
  wrote(): void {
    const { member } = this
    const ms = member.env.fsync!()
    const now = member.kernel.now()
    if (now < this.busyUntil) return
    this.observe(ms)
    if (ms < NOTICEABLE) return
    // The entry, then the commit index: at a disk this slow they no longer share a write.
    const total = ms >= VERY_SLOW ? 2 * ms : ms
    this.busyUntil = now + total
    const { rev } = member.lineage.store
    const revision = rev > this.traced ? rev : undefined
    this.traced = rev
    member.kernel.after(0, () => {
      if (!member.running) return
      member.freeze('disk')
      for (let at = ms; at <= total; at += ms) member.kernel.after(at, () => this.synced(ms))
      member.kernel.after(total, () => this.done(now, total, revision))
    })
  }

  private observe(ms: number): void {
    const spent = Math.max(ms, HEALTHY)
    this.writes++
    this.spent += spent
    let bucket = 0
    while (bucket < this.buckets.length && 2 ** bucket < spent) bucket++
    if (bucket < this.buckets.length) this.buckets[bucket]++
  }

  /** A read found the member busy. */
  read(key: string, end: string | undefined): void {
    const now = this.member.kernel.now()
    if (now < this.busyUntil && this.waiting.length < SHOWN) this.waiting.push({ since: now, key, end })
  }

  private synced(ms: number): void {
    const { log, rng, running } = this.member
    if (!running || ms <= VERY_SLOW) return
    log('warn', 'wal/wal.go:845', 'slow fdatasync', { took: measured(ms + rng.int(9), rng), 'expected-duration': '1s' })
  }

  private done(start: number, ms: number, revision: number | undefined): void {
    const { member } = this
    if (!member.running) return
    const { kernel } = member
    if (member.raft.isLeader && ms >= LATE && ms < VERY_SLOW && kernel.now() - this.warned >= HEARTBEAT_WARNINGS)
      this.warnOfHeartbeats(ms)
    member.thaw('disk')
    for (const { since, key, end } of this.waiting.splice(0))
      if (logSlowRead(member, since, { key, ...(end === undefined ? {} : { end }) })) this.slowApplies++
    if (ms > SLOW_REQUEST && revision !== undefined) this.slowWrite(start, revision)
  }

  private slowWrite(start: number, revision: number): void {
    const [event] = this.member.lineage.store.changes({ key: '', end: '\0' }, revision - 1, revision)
    if (!event) return
    const { key, value } = event.kv
    const step = 'process raft request'
    if (typeof value === 'string')
      trace(
        this.member,
        'put',
        `{key:${key}; req_size:${key.length + value.length + 4}; response_revision:${revision}; }`,
        start,
        step,
      )
    else
      trace(
        this.member,
        'transaction',
        `{read_only:false; response_revision:${revision}; number_of_response:1; }`,
        start,
        step,
      )
  }

  private warnOfHeartbeats(ms: number): void {
    const { log, rng, kernel } = this.member
    this.warned = kernel.now()
    const exceeded = Math.max(1, ms + rng.int(100) - SLOW_REQUEST - 10)
    const text =
      'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk'
    for (const id of this.member.peers.keys()) {
      this.lateHeartbeats++
      log('warn', 'etcdserver/raft.go:387', text, {
        to: id,
        'heartbeat-interval': '100ms',
        'expected-duration': '200ms',
        'exceeded-duration': measured(exceeded, rng),
      })
    }
  }
}
