import { crc32c } from './crc32.ts'
import { hashKv } from './hash.ts'
import { measured, si } from './human.ts'
import type { Member } from './member.ts'
import { dbSize, dbSizeInUse, defragment } from './quota.ts'
import type { Store } from './store.ts'

/** How bbolt describes the options with which etcd opens its database. */
export const BBOLT_OPTIONS =
  '{Timeout: 0s, NoGrowSync: false, NoFreelistSync: true, PreLoadFreelist: false, FreelistType: hashmap, ReadOnly: false, MmapFlags: 8000, InitialMmapSize: 10737418240, PageSize: 0, NoSync: false, OpenFile: 0x0, Mlock: false, Logger: 0x59a2f11a7d8}'

/** Above this size a compaction's hash is that of its counters: nobody recomputes it, and hashing everything takes long. */
const EXACT_HASH = 262_144

/** So many hashes of compactions a member knows. */
const REMEMBERED = 10

/** What a compaction did, the same for every member that applies it. */
export interface Compaction {
  readonly revision: number
  /** The revision compacted before; -1 when there is none. */
  readonly previous: number
  readonly hash: number
}

/** Describes a compaction that is about to happen. */
export const compaction = (store: Store, revision: number): Compaction => ({
  revision,
  previous: store.compacted,
  hash:
    store.bytes < EXACT_HASH
      ? hashKv(store, revision)
      : crc32c(new TextEncoder().encode(`${store.compacted} ${revision} ${store.bytes}`)),
})

/** What a member says when it has applied a compaction (mvcc/kvstore_compaction.go). */
export function logCompaction(member: Member, what: Compaction): void {
  const { log, rng } = member
  const { revision, previous, hash } = what
  const [size, used] = [dbSize(member), dbSizeInUse(member)]
  log('info', 'mvcc/index.go:194', 'compact tree index', { revision })
  log('info', 'mvcc/kvstore_compaction.go:70', 'finished scheduled compaction', {
    'compact-revision': revision,
    took: size < 1e6 ? `${rng.between(30, 99)}.${rng.between(100, 999)}µs` : measured(1 + size / 1_200_000, rng),
    hash,
    'current-db-size-bytes': size,
    'current-db-size': si(size),
    'current-db-size-in-use-bytes': used,
    'current-db-size-in-use': si(used),
  })
  log('info', 'mvcc/hash.go:157', 'storing new hash', { hash, revision, 'compact-revision': previous })
  member.compactions = [...member.compactions, what].slice(-REMEMBERED)
}

/** Rewrites the database file without its free pages. Returns its size before. */
export function defragmentMember(member: Member): number {
  const { log, rng } = member
  const path = member.config.dbPath ?? '/var/lib/etcd/member/snap/db'
  const [size, used] = [dbSize(member), dbSizeInUse(member)]
  log('info', 'v3rpc/maintenance.go:117', 'starting defragment')
  log('info', 'backend/backend.go:522', 'defragmenting', {
    path,
    'current-db-size-bytes': size,
    'current-db-size': si(size),
    'current-db-size-in-use-bytes': used,
    'current-db-size-in-use': si(used),
  })
  defragment(member)
  const [newSize, newUsed] = [dbSize(member), dbSizeInUse(member)]
  log(
    'info',
    'bbolt@backend/backend.go:574',
    `Opening db file (${path}) with mode -rw------- and with options: ${BBOLT_OPTIONS}`,
  )
  log('info', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${path}) successfully`)
  log('info', 'backend/backend.go:592', 'finished defragmenting directory', {
    path,
    'current-db-size-bytes-diff': newSize - size,
    'current-db-size-bytes': newSize,
    'current-db-size': si(newSize),
    'current-db-size-in-use-bytes-diff': newUsed - used,
    'current-db-size-in-use-bytes': newUsed,
    'current-db-size-in-use': si(newUsed),
    took: measured(3 + size / 1_000_000, rng),
  })
  log('info', 'v3rpc/maintenance.go:125', 'finished defragment')
  log('info', 'v3rpc/health.go:63', 'grpc service status changed', { service: '', status: 'SERVING' })
  return size
}

/** Entries after which raft's log is cut, when --snapshot-count does not say otherwise. */
const SNAPSHOT_COUNT = 10_000

/** Index at which the member's next raft snapshot is due. */
export const nextSnapshot = (member: Member): number =>
  member.replica.snapshotIndex + (member.config.snapshotCount ?? SNAPSHOT_COUNT) + 1

/** Writes a raft snapshot when enough entries have been applied since the last (etcdserver/server.go). */
export function snapshotIfDue(member: Member): void {
  const { log, replica, lineage } = member
  const { index } = lineage
  if (index < nextSnapshot(member)) return
  log('info', 'etcdserver/server.go:2214', 'triggering snapshot', {
    'local-member-id': member.id,
    'local-member-applied-index': index,
    'local-member-snapshot-index': replica.snapshotIndex,
    'local-member-snapshot-count': member.config.snapshotCount ?? SNAPSHOT_COUNT,
    'snapshot-forced': false,
  })
  replica.snapshotIndex = index
  member.env.onSnapshot?.(replica.term, index)
  log('info', 'etcdserver/server.go:2259', 'saved snapshot to disk', { 'snapshot-index': index })
}
