import type { Api, Header } from './api.ts'
import { Blocked, errors } from './errors.ts'
import { type Id, memberId } from './ids.ts'
import type { ConfChange, Lineage, MemberInfo } from './lineage.ts'
import type { Member } from './member.ts'

/** A voter counts as ready for a reconfiguration when it has been in contact for so long, ms (HealthInterval). */
const HEALTH_INTERVAL = 5000
/** --max-learners */
const MAX_LEARNERS = 1
/** A learner may be promoted when it has this share of the leader's log. */
const READY = 0.9

const CHANGES = { add: 'Add', promote: 'Add', update: 'Update', remove: 'Remove' } as const

/** Membership changes and leadership (v3rpc/member.go, etcdserver/server.go). */
export class ClusterApi {
  private readonly member: Member

  constructor(private readonly api: Api) {
    this.member = api.member
  }

  add(
    peerUrls: readonly string[],
    isLearner: boolean,
  ): { header: Header; member: MemberInfo; members: readonly MemberInfo[] } {
    const { member } = this
    this.api.voter()
    this.api.admin()
    const now = member.kernel.now()
    const info: MemberInfo = {
      id: memberId(peerUrls, '', now),
      peerUrls: [...peerUrls].sort(),
      name: '',
      clientUrls: [],
      isLearner,
    }
    if (!isLearner && !this.enoughStartedFor(info)) throw errors.MemberNotEnoughStarted()
    if (!this.connectedFully(HEALTH_INTERVAL)) throw errors.Unhealthy()
    member.propose((lineage) => {
      if (lineage.members.some((m) => m.peerUrls.some((u) => peerUrls.includes(u)))) throw errors.PeerUrlExist()
      if (isLearner && lineage.members.filter((m) => m.isLearner).length >= MAX_LEARNERS) throw errors.TooManyLearners()
      this.configure(lineage, { type: 'add', member: info })
    })
    return { header: this.api.header(0), member: info, members: member.members }
  }

  remove(id: Id): { header: Header; members: readonly MemberInfo[] } {
    this.api.voter()
    this.api.admin()
    const { member } = this
    if (!this.mayRemove(id)) throw errors.MemberNotEnoughStarted()
    if (this.wouldBreak(id)) throw errors.Unhealthy()
    member.propose((lineage) => {
      if (!lineage.members.some((m) => m.id === id)) throw errors.MemberNotFound()
      this.configure(lineage, { type: 'remove', id })
    })
    return { header: this.api.header(0), members: member.members }
  }

  promote(id: Id): { header: Header; members: readonly MemberInfo[] } {
    this.api.voter()
    this.api.admin()
    const { member } = this
    // Refused by the leader before anything is proposed; what is wrong with the member shows when it is applied.
    const known = member.members.find((m) => m.id === id)
    if (!known) throw errors.MemberNotFound()
    if (known.isLearner && !this.learnerReady(id)) throw errors.LearnerNotReady()
    member.propose((lineage) => {
      const info = lineage.members.find((m) => m.id === id)
      if (!info) throw errors.MemberNotFound()
      if (!info.isLearner) throw errors.MemberNotLearner()
      this.leader().counters.promotions++
      this.configure(lineage, { type: 'promote', member: { ...info, isLearner: false } })
    })
    return { header: this.api.header(0), members: member.members }
  }

  update(id: Id, peerUrls: readonly string[]): { header: Header; members: readonly MemberInfo[] } {
    this.api.voter()
    this.api.admin()
    const { member } = this
    member.propose((lineage) => {
      const info = lineage.members.find((m) => m.id === id)
      if (!info) throw errors.MemberNotFound()
      if (lineage.members.some((m) => m.id !== id && m.peerUrls.some((u) => peerUrls.includes(u))))
        throw errors.PeerUrlExist()
      this.configure(lineage, { type: 'update', member: { ...info, peerUrls: [...peerUrls].sort() } })
    })
    return { header: this.api.header(0), members: member.members }
  }

  private configure(lineage: Lineage, change: ConfChange): void {
    const { member } = this
    lineage.configure(change)
    const learner = change.type === 'add' && change.member.isLearner
    member.log('info', 'etcdserver/server.go:1781', 'applied a configuration change through raft', {
      'local-member-id': member.id,
      'raft-conf-change': `ConfChange${learner ? 'AddLearner' : CHANGES[change.type]}Node`,
      'raft-conf-change-node-id': change.type === 'remove' ? change.id : change.member.id,
    })
  }

  /** Asked of the leader only. Throws Blocked until the other one leads. */
  moveLeader(to: Id): { header: Header } {
    const { member } = this
    this.api.admin()
    if (!member.raft.isLeader) throw errors.NotLeader()
    const target = member.members.find((m) => m.id === to)
    if (!target || target.isLearner) throw errors.BadLeaderTransferee()
    if (to === member.id) return { header: this.api.header() }
    handOver(member, to)
    const start = member.kernel.now()
    const blocked = new Blocked<{ header: Header }>(
      member.progress,
      start + 7000,
      () => member.requests.timeoutError(start),
      () => {
        if (member.leaderId !== to) throw blocked
        return { header: this.api.header() }
      },
    )
    throw blocked
  }

  private leader(): Member {
    return this.member.route ?? this.member
  }

  /** Members in contact for at least `since`, ms; this one counts. */
  private connectedFor(m: MemberInfo, since: number): boolean {
    const { member } = this
    if (m.id === member.id) return true
    const peer = member.peers.get(m.id)
    const from = peer?.contact ? peer.activeSince : undefined
    return from !== undefined && member.kernel.now() - from >= since
  }

  private connectedFully(since: number): boolean {
    const { member } = this
    if (!member.route) return false
    return member.members.filter((m) => !m.isLearner).every((m) => this.connectedFor(m, since))
  }

  /** IsReadyToAddVotingMember: with the new, unstarted one a quorum of started voters must remain, except for one member. */
  private enoughStartedFor(_added: MemberInfo): boolean {
    const voters = this.member.members.filter((m) => !m.isLearner)
    const started = voters.filter((m) => m.name !== '').length
    if (started === 1 && voters.length === 1) return true
    return started >= Math.floor((voters.length + 1) / 2) + 1
  }

  /** IsReadyToRemoveVotingMember. */
  private mayRemove(id: Id): boolean {
    const victim = this.member.members.find((m) => m.id === id)
    if (!victim || victim.isLearner) return true
    const voters = this.member.members.filter((m) => !m.isLearner && m.id !== id)
    const started = voters.filter((m) => m.name !== '').length
    if (voters.length === 0) return false
    return started >= Math.floor(voters.length / 2) + 1
  }

  /** Removing a healthy member while others are away would cost the quorum (mayRemoveMember). */
  private wouldBreak(id: Id): boolean {
    const { member } = this
    const victim = member.members.find((m) => m.id === id)
    if (!victim || victim.isLearner) return false
    if (victim.id !== member.id && !this.connectedFor(victim, 0)) return false
    const voters = member.members.filter((m) => !m.isLearner)
    const active = voters.filter((m) => this.connectedFor(m, HEALTH_INTERVAL)).length
    return active - 1 < 1 + Math.floor((voters.length - 1) / 2)
  }

  private learnerReady(id: Id): boolean {
    const leader = this.leader()
    const learner = id === leader.id ? leader : leader.peers.get(id)?.contact
    return learner !== undefined && learner.route !== undefined && learner.replica.index >= leader.replica.index * READY
  }
}

/** Leadership goes to `to`, with the log lines of a transfer on both sides. */
export function handOver(member: Member, to: Id): void {
  member.log('info', 'etcdserver/server.go:1257', 'leadership transfer starting', {
    'local-member-id': member.id,
    'current-leader-member-id': member.id,
    'transferee-member-id': to,
  })
  member.raft.transfer(to)
  const started = member.kernel.now()
  const watch = (): void => {
    const lead = member.leaderId
    if (lead === member.id && member.kernel.now() - started < 7000) return void member.kernel.after(100, watch)
    if (lead !== undefined && lead !== member.id)
      member.log('info', 'etcdserver/server.go:1274', 'leadership transfer finished', {
        'local-member-id': member.id,
        'old-leader-member-id': member.id,
        'new-leader-member-id': lead,
        took: `${member.kernel.now() - started}.${member.rng.between(100, 999)}ms`,
      })
  }
  member.kernel.after(100, watch)
}

/** Whom a stopping leader hands over to: the voter in contact for longest. */
export function transferee(member: Member): Id | undefined {
  let best: { id: Id; since: number } | undefined
  for (const m of member.members) {
    const peer = member.peers.get(m.id)
    if (m.isLearner || !peer?.contact || peer.activeSince === undefined) continue
    if (!best || peer.activeSince < best.since) best = { id: m.id, since: peer.activeSince }
  }
  return best?.id
}
