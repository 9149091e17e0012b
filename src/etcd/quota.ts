import type { Member } from './member.ts'

const PAGE = 4096
/** A new database file: two meta pages, the root with all buckets inside it, its copy of the last commit, a free page. */
const EMPTY = 5 * PAGE
/** Bytes of records up to which the "key" bucket lies inside the root page (bbolt: a quarter of a page). */
const INLINE = 1000
/** Bytes that a leaf page holds: etcd appends with a fill percentage of 90. */
const LEAF = 4080 * 0.9

/** The default of --quota-backend-bytes. */
export const DEFAULT_QUOTA = 2147483648

/** Large values leave holes: a leaf page is rewritten as a whole. So many times the largest one stays unused. */
const HOLES = 6

const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE

/**
 * Bytes of the file for records of so many bytes: meta pages, root, leaves, branches, and the copies of what the last
 * commit changed, since bbolt never writes a page in place.
 */
function fileSize(bytes: number, records: number): number {
  if (bytes <= INLINE) return EMPTY
  if (bytes <= 4080) return 6 * PAGE
  // Records of a kilobyte and more leave part of every leaf empty.
  const average = bytes / Math.max(1, records)
  const waste = Math.min(0.65, Math.max(0, (average - 200) / 1900))
  const leaves = Math.ceil((bytes / LEAF) * (average > PAGE ? 1 : 1 + waste))
  const branches = Math.ceil(leaves / 110)
  return (2 + 1 + leaves + branches + 3) * PAGE
}

/** Bytes of pages that hold data: what `IN USE` shows. */
export function dbSizeInUse(member: Member): number {
  const size = fileSize(member.lineage.store.bytes, member.lineage.store.records)
  return size === EMPTY ? EMPTY - PAGE : size
}

/** Size of the database file: it grows with use and shrinks only by defragmentation. */
export function dbSize(member: Member): number {
  const { replica } = member
  const { highWater, highRecords, store } = member.lineage
  const holes = store.largest > PAGE ? store.largest * HOLES : 0
  const used = replica.defragmented
    ? fileSize(store.bytes, store.records)
    : fileSize(highWater, highRecords) + Math.min(holes, highWater)
  replica.allocated = Math.max(replica.allocated, pages(used))
  return replica.allocated
}

/** Whether a request of so many bytes would not fit any more (storage/quota.go: size plus 256 bytes of overhead for a put). */
export function overQuota(member: Member, bytes: number): boolean {
  const { quota } = member.config
  const { replica } = member
  // Cheap bound first: far from the limit nothing has to be computed.
  if (member.lineage.store.bytes * 2 + replica.allocated + bytes < quota / 2) return false
  return dbSize(member) + bytes + 256 > quota
}

/** Rewrites the database file without its free pages. */
export function defragment(member: Member): void {
  const { replica } = member
  replica.defragmented = true
  replica.allocated = Math.max(EMPTY - PAGE, dbSizeInUse(member))
}
