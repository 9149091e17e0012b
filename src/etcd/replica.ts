import type { Id } from './ids.ts'
import type { Lineage, Position } from './lineage.ts'

/** A proposal in the log: what it does to the replicated state once committed. Runs exactly once. */
export interface Entry<T = unknown> {
  readonly term: number
  readonly apply: (lineage: Lineage) => T
  done?: { readonly value: T } | { readonly error: unknown }
}

/**
 * What one member has on disk (its WAL and its database): identity, hard state and how far it got. It hangs on the
 * files of the data directory as their payload, so whoever moves, copies or deletes the files moves, copies or deletes it.
 */
export class Replica {
  term = 0
  vote: Id = '0'
  /** Where it stands; undefined while it keeps up with the head of its history. */
  at: Position | undefined
  /** Appended here but not committed. */
  tail: Entry[] = []
  /** Index of the last raft snapshot on disk; 0 when there is none, and then the WAL alone can rebuild the database. */
  snapshotIndex = 0
  /** Its database file has grown to this many bytes. */
  allocated = 20480
  /** It has been defragmented: the history's high-water mark no longer says how large the file is. */
  defragmented = false
  /** Open by a running member (the flock on the database). */
  locked = false

  constructor(
    public lineage: Lineage,
    readonly memberId: Id,
  ) {}

  position(): Position {
    return this.at ?? this.lineage.position()
  }

  get index(): number {
    return (this.at ?? this.lineage).index
  }

  /** Last log index, committed or not. */
  get lastIndex(): number {
    return this.index + this.tail.length
  }

  get lastTerm(): number {
    const tail = this.tail
    return tail.length > 0 ? tail[tail.length - 1].term : (this.at ?? this.lineage).term
  }

  /** Remembers the present position: from here on the head moves without this replica. */
  freeze(): void {
    if (this.at) return
    this.at = this.lineage.position()
    this.lineage.store.pin(this.at.rev)
  }

  /** Keeps up with the head of a history again. */
  follow(lineage: Lineage): void {
    if (this.at) this.lineage.store.unpin(this.at.rev)
    this.at = undefined
    this.lineage = lineage
  }

  /** Called when one of its files is copied: the copy is frozen as it is now. */
  copyPayload(): Replica {
    const copy = new Replica(this.lineage, this.memberId)
    copy.term = this.term
    copy.vote = this.vote
    copy.at = this.position()
    this.lineage.store.pin(copy.at.rev)
    copy.tail = this.tail.map((e) => ({ term: e.term, apply: e.apply }))
    copy.snapshotIndex = this.snapshotIndex
    copy.allocated = this.allocated
    copy.defragmented = this.defragmented
    return copy
  }
}

/** Applies an entry that is committed now. */
export function applyEntry(lineage: Lineage, entry: Entry): void {
  lineage.index++
  lineage.term = entry.term
  try {
    entry.done = { value: entry.apply(lineage) }
  } catch (error) {
    entry.done = { error }
  }
}
