import { logConfChange } from './conf-log.ts'
import type { ConfChange, MemberInfo } from './lineage.ts'
import type { Member } from './member.ts'

/** Does what a membership change asks of a member that has just applied it: peers come and go, a removed one stops. */
export function confChangeApplied(member: Member, change: ConfChange): void {
  logConfChange(member, change)
  const { peers } = member
  if (change.type === 'remove') {
    if (change.id === member.id) {
      member.kernel.after(100, () => member.removed())
      return
    }
    peers.get(change.id)?.stop()
    peers.delete(change.id)
  } else if (change.member.id !== member.id) {
    const peer = peers.get(change.member.id)
    if (!peer) member.addPeer(change.member)
    else peer.urls = change.member.peerUrls
  }
  member.raft.reconfigured()
}

/** Membership changes that happened while it was away, since the members were `before`. */
export function catchUpMembers(member: Member, before: readonly MemberInfo[]): void {
  for (const m of before)
    if (!member.members.some((n) => n.id === m.id)) confChangeApplied(member, { type: 'remove', id: m.id })
  for (const m of member.members) {
    const old = before.find((n) => n.id === m.id)
    if (!old) confChangeApplied(member, { type: 'add', member: m })
    else if (old.isLearner && !m.isLearner) confChangeApplied(member, { type: 'promote', member: m })
    else if (old.peerUrls.join() !== m.peerUrls.join()) confChangeApplied(member, { type: 'update', member: m })
  }
}
