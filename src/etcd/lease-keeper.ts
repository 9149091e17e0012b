import type { Timer } from '../kernel/index.ts'
import type { Member } from './member.ts'

/** Revokes expired leases while its member leads. Sleeps until the next one is due. */
export class LeaseKeeper {
  private timer: Timer | undefined
  private due = 0

  constructor(private readonly member: Member) {}

  /** The member became leader, or a lease was granted. */
  arm(): void {
    const { member } = this
    const next = member.lineage.leases.nextExpiry()
    if (next === undefined || !member.raft.isLeader || (this.timer && this.due <= next)) return
    member.kernel.cancel(this.timer)
    // The lessor looks twice a second.
    this.due = next + 500
    this.timer = member.kernel.at(this.due, () => this.expire())
  }

  stop(): void {
    this.member.kernel.cancel(this.timer)
    this.timer = undefined
  }

  private expire(): void {
    this.timer = undefined
    const { member } = this
    if (!member.running || !member.raft.isLeader) return
    const now = member.kernel.now()
    // Without a quorum nothing can be revoked: it is tried again when one is back (the keeper is armed by `attach`).
    if (member.route !== member || member.halted) return
    for (const lease of member.lineage.leases.list())
      if (lease.expiresAt <= now)
        member.propose((lineage) => lineage.leases.get(lease.id) && lineage.leases.revoke(lease.id))
    this.arm()
  }
}
