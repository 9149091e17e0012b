import { decimal } from './ids.ts'
import type { ConfChange, MemberInfo } from './lineage.ts'
import type { Member } from './member.ts'

/** `switched to configuration` and what membership/cluster.go says of the change. */
export function logConfChange(member: Member, change: ConfChange): void {
  const { log, id, lineage } = member
  const ids = { 'cluster-id': lineage.clusterId, 'local-member-id': id }
  if (change.type !== 'update')
    log('info', 'raft@v3/raft.go:1981', `${id} switched to configuration ${configuration(member.members)}`)
  switch (change.type) {
    case 'add':
      log('info', 'membership/cluster.go:424', 'added member', {
        ...ids,
        'added-peer-id': change.member.id,
        'added-peer-peer-urls': change.member.peerUrls,
        'added-peer-is-learner': change.member.isLearner,
      })
      break
    case 'promote':
      log('info', 'membership/cluster.go:550', 'promote member', { ...ids, 'promoted-member-id': change.member.id })
      break
    case 'update':
      log('info', 'membership/cluster.go:581', 'updated member', {
        ...ids,
        'updated-remote-peer-id': change.member.id,
        'updated-remote-peer-urls': change.member.peerUrls,
        'updated-remote-peer-is-learner': change.member.isLearner,
      })
      break
    case 'remove':
      log('info', 'membership/cluster.go:460', 'removed member', {
        ...ids,
        'removed-remote-peer-id': change.id,
        'removed-remote-peer-urls': [],
        'removed-remote-peer-is-learner': false,
      })
  }
}

/** `voters=(1 2) learners=(3)` with decimal IDs, as raft prints a configuration. */
export function configuration(members: readonly MemberInfo[]): string {
  const list = (learner: boolean): string =>
    members
      .filter((m) => m.isLearner === learner)
      .map((m) => decimal(m.id))
      .join(' ')
  const learners = list(true)
  return `voters=(${list(false)})${learners ? ` learners=(${learners})` : ''}`
}
