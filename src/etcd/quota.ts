import type { Member } from './member.ts'
import { LEAF, PAGE } from './size.ts'
import type { Store } from './store.ts'

/** A new database file: two meta pages, the root with all buckets inside it, its copy of the last commit, a free page. */
const EMPTY = 5 * PAGE
/** Bytes of records up to which the "key" bucket lies inside the root page (bbolt: a quarter of a page). */
const INLINE = 1000
/** Large values leave holes: a leaf page is rewritten as a whole. So many times the largest one stays unused. */
const HOLES = 7

const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE

/**
 * Bytes of the file when so many are in leaves: meta pages, root, leaves, branches, and the copies of what the last
 * commit changed, since bbolt never writes a page in place.
 */
function fileSize(bytes: number): number {
  if (bytes <= INLINE) return EMPTY
  if (bytes <= 4080) return 6 * PAGE
  const leaves = Math.ceil(bytes / LEAF)
  const branches = Math.ceil(leaves / 110)
  return (2 + 1 + leaves + branches + 3) * PAGE
}

/** Bytes of pages that hold the data of a database. */
export function usedBytes(store: Store): number {
  const size = fileSize(store.bytes)
  return size === EMPTY ? EMPTY - PAGE : size
}

/** What `IN USE` shows. */
export const dbSizeInUse = (member: Member): number => usedBytes(member.lineage.store)

/** Size of the database file: it grows with use and shrinks only by defragmentation. */
export function dbSize(member: Member): number {
  const { replica } = member
  const { highWater, store } = member.lineage
  const holes = store.largest > PAGE ? store.largest * HOLES : 0
  const used = replica.defragmented ? fileSize(store.bytes) : fileSize(highWater) + Math.min(holes, highWater)
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
