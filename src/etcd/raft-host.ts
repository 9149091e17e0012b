import type { Kernel, Rng } from '../kernel/index.ts'
import type { Id } from './ids.ts'
import type { Log } from './log.ts'
import type { Raft } from './raft.ts'
import type { Replica } from './replica.ts'

/** What raft needs of the member it runs in. */
export interface RaftHost {
  readonly id: Id
  /** The machine. */
  readonly at: string
  readonly kernel: Kernel
  readonly rng: Rng
  readonly log: Log
  readonly replica: Replica
  /** Voting members in this member's own configuration. */
  voters(): readonly Id[]
  /** Every other member, learners included. */
  others(): readonly Id[]
  /** The raft of a member that messages reach at this instant. */
  reach(id: Id): Raft | undefined
  /** A message found no way to that member. */
  unsent(id: Id): void
  /** It won an election. Called before anything is committed. */
  leading(): void
  /** Role, leader or configuration changed: who can commit what has to be worked out again. */
  changed(): void
  /** Fully heard a leader: adopt its log. */
  follow(leader: Raft): void
}
