import type { Member } from './member.ts'

/** A new database file: five pages, one of them free. */
const EMPTY = 20480
const PAGE = 4096
/** bbolt pages are on average so full. */
const FILL = 1.09
/** Room that an empty database still has: the first few kilobytes of keys do not grow it. */
const SLACK = 4096

/** The default of --quota-backend-bytes. */
export const DEFAULT_QUOTA = 2147483648

/** Large values leave holes: a leaf page is rewritten as a whole. So many times the largest one stays unused. */
const HOLES = 6

const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE

/** Bytes of pages that hold data: what `IN USE` shows. */
export function dbSizeInUse(member: Member): number {
  return pages(Math.max(16384, 16384 + member.lineage.store.bytes * FILL - SLACK))
}

/** Size of the database file: it grows with use and shrinks only by defragmentation. */
export function dbSize(member: Member): number {
  const { replica } = member
  const { highWater, store } = member.lineage
  const holes = store.largest > PAGE ? store.largest * HOLES : 0
  const size = (bytes: number): number => pages(Math.max(EMPTY, 16384 + bytes * FILL - SLACK))
  const used = replica.defragmented ? size(store.bytes) : size(highWater) + Math.min(holes, highWater)
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
