import type { Kernel, Rng } from '../kernel/index.ts'
import type { Log } from './log.ts'
import type { PeerNetwork } from './peer.ts'

/** What a member runs on: its process, machine and network. */
export interface MemberEnv {
  readonly kernel: Kernel
  readonly rng: Rng
  readonly log: Log
  readonly network: PeerNetwork
  /** This host's clock, ms. */
  readonly clock: () => number
  /** How long the disk takes to make a write durable, ms; 0 when healthy. */
  readonly fsync?: () => number
  /** A raft snapshot goes to disk. */
  readonly onSnapshot?: (term: number, index: number) => void
  /** Ends the process: removed from the cluster (status 0), or a panic (status 2, `text` on stderr). */
  readonly exit: (code: number, text: string) => void
}

/** What this member tells the cluster of itself, and its limits. */
export interface MemberConfig {
  readonly name: string
  readonly clientUrls: readonly string[]
  /** Bytes. */
  readonly quota: number
  readonly version: string
  /** Path of the database file, as the log shows it. */
  readonly dbPath?: string
  /** Entries between two raft snapshots. */
  readonly snapshotCount?: number
}
