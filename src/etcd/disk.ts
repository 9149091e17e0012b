import { measured } from './human.ts'
import { Raw } from './log.ts'
import type { Member } from './member.ts'

/** Faster disks show nowhere. */
const NOTICEABLE = 20
/** What a write takes on a good disk, ms. */
const HEALTHY = 1.4
/** etcd warns of requests that took longer, and traces them. */
const SLOW_REQUEST = 100
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
    for (const { since, key, end } of this.waiting.splice(0)) this.slowRead(since, key, end)
    if (ms > SLOW_REQUEST && revision !== undefined) this.slowWrite(start, revision)
  }

  private slowWrite(start: number, revision: number): void {
    const [event] = this.member.lineage.store.changes({ key: '', end: '\0' }, revision - 1, revision)
    if (!event) return
    const { key, value } = event.kv
    const step = 'process raft request'
    if (typeof value === 'string')
      this.trace(
        'put',
        `{key:${key}; req_size:${key.length + value.length + 4}; response_revision:${revision}; }`,
        start,
        step,
      )
    else
      this.trace('transaction', `{read_only:false; response_revision:${revision}; number_of_response:1; }`, start, step)
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

  private slowRead(since: number, key: string, end: string | undefined): void {
    const { member } = this
    const took = member.kernel.now() - since
    if (took <= SLOW_REQUEST) return
    this.slowApplies++
    const kvs = member.lineage.store.range({ key, ...(end === undefined ? {} : { end }) })
    const size = kvs.reduce((sum, kv) => sum + kv.size, 0) + 4
    const range = end === undefined ? '' : `range_end:${JSON.stringify(end)} `
    member.log('warn', 'txn/util.go:93', 'apply request took too long', {
      took: measured(took, member.rng),
      'expected-duration': '100ms',
      prefix: 'read-only range ',
      request: `key:${JSON.stringify(key)} ${range}`,
      response: `range_response_count:${kvs.length} size:${size}`,
    })
    const detail = `{range_begin:${key}; range_end:${end ?? ''}; response_count:${kvs.length}; response_revision:${member.lineage.store.rev}; }`
    this.trace('range', detail, since, 'agreement among raft nodes before linearized reading')
  }

  private trace(operation: string, detail: string, since: number, step: string): void {
    const { member } = this
    const took = member.kernel.now() - since
    const clock = member.clock()
    const id = member.rng.between(1e8, 2147483647)
    const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}${member.rng.between(100, 999)}Z`
    member.log('info', 'traceutil/trace.go:172', `trace[${id}] ${operation}`, {
      detail,
      duration: measured(took, member.rng),
      start: iso(clock - took),
      end: iso(clock),
      steps: [`trace[${id}] '${step}'  (duration: ${measured(took, member.rng)})`],
      step_count: new Raw('1'),
    })
  }
}
