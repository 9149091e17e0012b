import type { Disk } from '../../etcd/disk.ts'
import type { Member } from '../../etcd/member.ts'
import { dbSize, dbSizeInUse } from '../../etcd/quota.ts'
import { float } from '../lib/prometheus.ts'

type Row = readonly [name: string, value: string | number]

/** What /metrics shows of the state. HELP and TYPE lines are left out, and everything that the model does not know. */
export function metricsText(member: Member): string {
  const at = member.replica.position()
  const yes = (b: boolean): number => (b ? 1 : 0)
  const peers = [...member.peers.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const { disk, counters, lineage } = member
  const compacted = Math.max(0, lineage.store.compacted)
  const rows: Row[] = [
    ...(at.clusterVersion ? [[`etcd_cluster_version{cluster_version="${at.clusterVersion}"}`, 1] as Row] : []),
    ['etcd_debugging_mvcc_current_revision', at.rev],
    ['etcd_debugging_mvcc_db_compaction_keys_total', counters.compactions],
    ['etcd_debugging_mvcc_db_compaction_last', compacted],
    ...empty('etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds', 1, 13),
    ...empty('etcd_debugging_mvcc_db_compaction_total_duration_milliseconds', 100, 14),
    ['etcd_debugging_mvcc_keys_total', lineage.store.count({ key: '', end: '\0' }, at.rev)],
    ...at.alarms.map((a): Row => [`etcd_debugging_server_alarms{alarm_type="${a.type}",server_id="${a.member}"}`, 1]),
    ...(disk ? histogram('etcd_disk_backend_commit_duration_seconds', disk) : []),
    ...empty('etcd_disk_backend_defrag_duration_seconds', 0.1, 13),
    ...empty('etcd_disk_backend_snapshot_duration_seconds', 0.01, 17),
    ['etcd_disk_defrag_inflight', 0],
    ...(disk ? histogram('etcd_disk_wal_fsync_duration_seconds', disk) : []),
    ['etcd_mvcc_db_total_size_in_bytes', float(dbSize(member))],
    ['etcd_mvcc_db_total_size_in_use_in_bytes', float(dbSizeInUse(member))],
    ...peers.map((p): Row => [`etcd_network_active_peers{Local="${member.id}",Remote="${p.id}"}`, yes(!!p.contact)]),
    ...peers
      .filter((p) => p.disconnects > 0)
      .map((p): Row => [`etcd_network_disconnected_peers_total{Local="${member.id}",Remote="${p.id}"}`, p.disconnects]),
    ...peers
      .filter((p) => p.unsent > 0)
      .map((p): Row => [`etcd_network_peer_sent_failures_total{To="${p.id}"}`, p.unsent]),
    ['etcd_server_has_leader', yes(member.leaderId !== undefined)],
    ['etcd_server_health_failures', counters.healthFailures],
    ['etcd_server_health_success', counters.healthSuccess],
    ['etcd_server_heartbeat_send_failures_total', disk?.lateHeartbeats ?? 0],
    [`etcd_server_id{server_id="${member.id}"}`, 1],
    ['etcd_server_is_leader', yes(member.raft.isLeader)],
    ['etcd_server_is_learner', yes(member.isLearner)],
    ['etcd_server_leader_changes_seen_total', member.raft.news.changes],
    ['etcd_server_learner_promote_successes', counters.promotions],
    ['etcd_server_proposals_applied_total', at.index],
    ['etcd_server_proposals_committed_total', at.index],
    ['etcd_server_proposals_failed_total', counters.proposalsFailed],
    ['etcd_server_proposals_pending', member.replica.tail.length],
    ['etcd_server_quota_backend_bytes', float(member.config.quota)],
    ['etcd_server_read_indexes_failed_total', 0],
    ['etcd_server_slow_apply_total', disk?.slowApplies ?? 0],
    ['etcd_server_slow_read_indexes_total', counters.slowReadIndexes],
    ['etcd_server_snapshot_apply_in_progress_total', 0],
    [`etcd_server_version{server_version="${member.config.version}"}`, 1],
  ]
  return `${rows.map(([name, value]) => `${name} ${value}`).join('\n')}\n`
}

/** Times of writes: the log and the database are on the same disk. */
function histogram(name: string, disk: Disk): Row[] {
  let below = 0
  return [
    ...disk.buckets.map((n, i): Row => {
      below += n
      return [`${name}_bucket{le="${2 ** i / 1000}"}`, below]
    }),
    [`${name}_bucket{le="+Inf"}`, disk.writes],
    [`${name}_sum`, disk.spent / 1000],
    [`${name}_count`, disk.writes],
  ]
}

/** A histogram of something whose times are not modelled: `buckets` bounds, each twice the one before. */
const empty = (name: string, first: number, buckets: number): Row[] => [
  ...Array.from(
    { length: buckets },
    (_, i): Row => [`${name}_bucket{le="${Number((first * 2 ** i).toPrecision(12))}"}`, 0],
  ),
  [`${name}_bucket{le="+Inf"}`, 0],
  [`${name}_sum`, 0],
  [`${name}_count`, 0],
]
