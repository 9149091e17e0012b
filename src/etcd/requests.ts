import { Blocked, EtcdError, errors } from './errors.ts'
import type { Id } from './ids.ts'
import type { Lineage } from './lineage.ts'
import { Raw } from './log.ts'
import type { Member } from './member.ts'
import { ELECTION_TIMEOUT } from './raft.ts'
import type { Range } from './range.ts'
import type { Entry } from './replica.ts'
import { logSlowRead } from './slow.ts'

/** A request waits this long for the cluster: 5 s plus two election timeouts (config.go ReqTimeout). */
export const REQUEST_TIMEOUT = 5000 + 2 * ELECTION_TIMEOUT

/** What clients ask of a member that has no leader, or whose leader has no quorum: waiting, and why it was in vain. */
export class Requests {
  private readWarningUntil = 0

  constructor(private readonly member: Member) {}

  /** A change that cannot be committed at this instant: throws Blocked. */
  propose<T>(apply: (lineage: Lineage) => T): T {
    let entry: Entry<T> | undefined
    const start = this.member.kernel.now()
    // What was never proposed ends with the bare context error, what was appended with the reason.
    const timeout = (): EtcdError => {
      this.member.counters.proposalsFailed++
      return entry ? this.timeoutError(start) : new EtcdError('DeadlineExceeded', 'context deadline exceeded')
    }
    const blocked = this.blocked<T>('proposal', timeout, () => {
      if (entry?.done) {
        if ('error' in entry.done) throw entry.done.error
        return entry.done.value
      }
      if (entry) throw blocked
      if (this.member.route) return this.member.route.commit(apply)
      // A leader that has lost its quorum does not know yet: it appends, and the entry may be committed much later.
      const lead = this.member.raft.isLeader ? this.member : this.member.peers.get(this.member.raft.lead)?.contact
      if (lead?.raft.isLeader) {
        entry = { term: lead.replica.term, apply }
        lead.replica.tail.push(entry as Entry)
      }
      throw blocked
    })
    return blocked.resume()
  }

  /** A read that has to wait until a quorum confirms who leads: throws Blocked. */
  read(range: Range | undefined): void {
    const start = this.member.kernel.now()
    this.warnOfReads(start + REQUEST_TIMEOUT)
    const blocked = this.blocked<void>(
      'read',
      () => this.timeoutError(start),
      () => {
        const changed = this.member.raft.news.electedAt > start && this.member.leaderId !== undefined
        if (!changed && !this.member.route) throw blocked
        const error = changed ? errors.LeaderChanged() : undefined
        if (range) logSlowRead(this.member, start, range, error)
        if (error) throw error
      },
    )
    throw blocked
  }

  private blocked<T>(part: 'proposal' | 'read', timeout: () => EtcdError, resume: () => T): Blocked<T> {
    const deadline = this.member.kernel.now() + REQUEST_TIMEOUT
    return new Blocked(this.member.progress, deadline, timeout, resume, undefined, part)
  }

  /** Why a request that began at `start` timed out (v3_server.go parseProposeCtxErr). */
  timeoutError(start: number): EtcdError {
    const elected = this.member.raft.news.electedAt
    if (start > elected - 2 * ELECTION_TIMEOUT && start < elected) return errors.TimeoutDueToLeaderFail()
    const lead = this.member.leaderId
    if (lead === undefined) return errors.Timeout()
    const since = (id: Id): boolean => (this.member.peers.get(id)?.activeSince ?? Number.POSITIVE_INFINITY) < start
    const voters = this.member.members.filter((m) => !m.isLearner)
    const connected =
      lead === this.member.id ? 1 + voters.filter((m) => m.id !== this.member.id && since(m.id)).length : 0
    const ok = lead === this.member.id ? connected >= Math.floor(voters.length / 2) + 1 : since(lead)
    return ok ? errors.Timeout() : errors.TimeoutDueToConnectionLost()
  }

  private warnOfReads(until: number): void {
    const { member } = this
    const { kernel } = member
    const idle = this.readWarningUntil <= kernel.now()
    this.readWarningUntil = Math.max(this.readWarningUntil, until)
    if (!idle) return
    // Reads that wait together are one round; who comes later waits for the next.
    let round = kernel.now()
    const warn = (): void => {
      const now = kernel.now()
      if (now - round >= REQUEST_TIMEOUT) {
        round = now
        member.counters.slowReadIndexes++
        member.log(
          'warn',
          'etcdserver/v3_server.go:1030',
          'timed out waiting for read index response (local node might have slow network)',
          { timeout: `${REQUEST_TIMEOUT / 1000}s` },
        )
      }
      if (member.halted || !member.running || member.route || now >= this.readWarningUntil) {
        this.readWarningUntil = 0
        return
      }
      if (now > round)
        member.log('warn', 'etcdserver/v3_server.go:1016', 'waiting for ReadIndex response took too long, retrying', {
          'sent-request-id': new Raw(member.requestIds.last.toString()),
          'retry-timeout': '500ms',
        })
      kernel.after(500, warn)
    }
    kernel.after(500, warn)
  }
}
