import { clusterId, type Id, memberId } from './ids.ts'
import { Lineage, type MemberInfo } from './lineage.ts'
import { Replica } from './replica.ts'
import type { Store } from './store.ts'

/** One `name=url[,name=url2]` group of --initial-cluster. */
export interface InitialMember {
  readonly name: string
  readonly peerUrls: readonly string[]
}

/** Parses `a=https://1:2380,b=https://2:2380`; a name may occur several times. Throws on a part without `=`. */
export function parseInitialCluster(text: string): InitialMember[] {
  const byName = new Map<string, string[]>()
  for (const part of text.split(',').map((p) => p.trim())) {
    if (part === '') continue
    const at = part.indexOf('=')
    if (at < 0) throw new Error(`cluster url "${part}" has no name`)
    const name = part.slice(0, at)
    byName.set(name, [...(byName.get(name) ?? []), part.slice(at + 1)])
  }
  return [...byName].map(([name, peerUrls]) => ({ name, peerUrls: peerUrls.sort() }))
}

/** The members of a new cluster, unstarted, with the IDs that their URLs and the token give. */
export const initialMembers = (initial: readonly InitialMember[], token: string): MemberInfo[] =>
  initial.map((m) => ({
    id: memberId(m.peerUrls, token),
    peerUrls: m.peerUrls,
    name: '',
    clientUrls: [],
    isLearner: false,
  }))

/** What a founder's data directory holds after bootstrap: one configuration entry a member, at term 1. */
export function foundReplica(initial: readonly InitialMember[], token: string, self: string, store?: Store): Replica {
  const members = initialMembers(initial, token)
  const lineage = new Lineage(clusterId(members.map((m) => m.id)), store)
  for (const m of members) lineage.setMember(m)
  lineage.index = members.length
  lineage.bootIndex = members.length
  lineage.term = 1
  const me = initial.findIndex((m) => m.name === self)
  const replica = new Replica(lineage, members[me].id)
  replica.term = 1
  return replica
}

/** What `snapshot restore` makes: a new cluster around the snapshot's key space, everything about members forgotten. */
export function restoreReplica(
  snapshot: Replica,
  initial: readonly InitialMember[],
  token: string,
  self: string,
  bump = 0,
): Replica {
  const at = snapshot.position()
  const old = snapshot.lineage
  const fresh = foundReplica(initial, token, self, old.store.fork(at.rev))
  const { lineage } = fresh
  lineage.clusterVersion = at.clusterVersion
  lineage.storageVersion = at.storageVersion
  lineage.auth = at.auth
  lineage.leases.adopt(old.leases)
  if (bump > 0) {
    lineage.store.bump(bump)
    lineage.store.compact(lineage.store.rev)
  }
  fresh.snapshotIndex = initial.length
  fresh.allocated = snapshot.allocated
  return fresh
}

/** What a joining member starts with: nothing but its identity and the membership that the others told it. */
export function joinReplica(cluster: Id, self: Id, members: readonly MemberInfo[]): Replica {
  const lineage = new Lineage(cluster)
  for (const m of members) lineage.setMember(m)
  return new Replica(lineage, self)
}

/** --force-new-cluster: the same identity and data, everyone else removed. */
export function forceNew(replica: Replica): void {
  const at = replica.position()
  const lineage = replica.lineage.fork({ ...at, index: at.index + replica.tail.length })
  for (const m of at.members) if (m.id !== replica.memberId) lineage.configure({ type: 'remove', id: m.id })
  lineage.index += at.members.length - 1
  lineage.term = replica.term
  replica.tail = []
  replica.follow(lineage)
}
