import type { Lease } from './lease.ts'
import type { Lineage, Position } from './lineage.ts'
import type { Replica } from './replica.ts'
import type { KeyValue } from './store.ts'

/** What a database holds at one moment: enough to write its file, whatever is compacted afterwards. */
export interface Contents {
  readonly at: Position
  /** Every retained version of every key, by revision. */
  readonly versions: readonly KeyValue[]
  /** Compacted up to here; -1 before the first compaction. */
  readonly compacted: number
  readonly leases: readonly Lease[]
}

/** What a history has produced up to a position. */
export const contentsAt = (lineage: Lineage, at: Position = lineage.position()): Contents => ({
  at,
  versions: lineage.store.versions(at.rev),
  compacted: lineage.store.compacted,
  leases: lineage.leases.list(),
})

/** What a member's database holds. */
export const contentsOf = (replica: Replica): Contents => contentsAt(replica.lineage, replica.position())
