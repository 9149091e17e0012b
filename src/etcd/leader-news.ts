import { happened } from '../kernel/index.ts'
import { type Id, NONE } from './ids.ts'
import type { RaftHost } from './raft-host.ts'

/** What one member has told of who leads; raft/node.go logs a changed leader once per turn of its loop. */
export class LeaderNews {
  private announced: Id = NONE
  /** When a leader was last known to be elected (etcdserver leadElectedTime), virtual ms. */
  electedAt = 0
  /** How many leaders it has seen. */
  changes = 0

  constructor(private readonly host: RaftHost) {}

  /** Logs `lead`, when that is news. */
  announce(lead: Id, term: number): void {
    const { announced, host } = this
    if (announced === lead) return
    this.announced = lead
    if (lead === NONE) {
      happened(host.at, 'etcd: no leader')
      host.log('info', 'raft@v3/node.go:376', `raft.node: ${host.id} lost leader ${announced} at term ${term}`)
      return
    }
    this.electedAt = host.kernel.now()
    this.changes++
    const what = announced === NONE ? `elected leader ${lead}` : `changed leader from ${announced} to ${lead}`
    host.log(
      'info',
      announced === NONE ? 'raft@v3/node.go:370' : 'raft@v3/node.go:372',
      `raft.node: ${host.id} ${what} at term ${term}`,
    )
  }

  /** The node's loop has ended: nobody logs a lost leader. */
  silence(): void {
    this.announced = NONE
  }
}
