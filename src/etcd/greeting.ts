import type { Member } from './member.ts'
import type { Peer } from './peer.ts'

/** One member reaches another: whether they belong together. False: refused, and logged on both sides. */
export function greet(member: Member, peer: Peer, remote: Member): boolean {
  const mine = member.lineage.clusterId
  const theirs = remote.lineage.clusterId
  peer.mismatch = false
  if (!remote.running || remote.halted) return false
  if (mine !== theirs || remote.id !== peer.id) {
    peer.mismatch = true
    mismatch(member, peer, remote)
    return false
  }
  if ((remote.replica.at ?? remote.lineage).removed.includes(member.id)) {
    remote.log('warn', 'rafthttp/http.go:396', 'rejected stream from remote peer because it was removed', {
      'local-member-id': remote.id,
      'remote-peer-id-stream-handler': remote.id,
      'remote-peer-id-from': member.id,
    })
    member.removed()
    return false
  }
  if (!remote.peers.has(member.id)) {
    remote.log('warn', 'rafthttp/http.go:415', 'failed to find remote peer in cluster', {
      'local-member-id': remote.id,
      'remote-peer-id-stream-handler': remote.id,
      'remote-peer-id-from': member.id,
      'cluster-id': theirs,
    })
    return false
  }
  return true
}

function mismatch(member: Member, peer: Peer, remote: Member): void {
  const version = member.config.version
  remote.log('warn', 'rafthttp/http.go:502', 'request cluster ID mismatch', {
    'local-member-id': remote.id,
    'local-member-cluster-id': remote.lineage.clusterId,
    'local-member-server-version': remote.config.version,
    'local-member-server-minimum-cluster-version': '3.0.0',
    'remote-peer-server-name': member.id,
    'remote-peer-server-version': version,
    'remote-peer-server-minimum-cluster-version': '3.0.0',
    'remote-peer-cluster-id': member.lineage.clusterId,
  })
  member.log('warn', 'rafthttp/stream.go:652', 'request sent was ignored by remote peer due to cluster ID mismatch', {
    'remote-peer-id': peer.id,
    'remote-peer-cluster-id': remote.lineage.clusterId,
    'local-member-id': member.id,
    'local-member-cluster-id': member.lineage.clusterId,
    error: 'cluster ID mismatch',
  })
  // Whoever leads, or wants to, sends messages all the time; one line stands for the many of them.
  if (member.raft.isLeader || member.leaderId === undefined)
    member.log('error', 'rafthttp/util.go:99', 'request sent was ignored due to cluster ID mismatch', {
      'remote-peer-id': peer.id,
      'remote-peer-cluster-id': remote.lineage.clusterId,
      'local-member-cluster-id': member.lineage.clusterId,
    })
}
