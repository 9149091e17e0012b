import type { Process } from '../../host/index.ts'
import { type EtcdConnections, unavailable } from './etcd-connection.ts'

/** --etcd-compaction-interval. */
const PERIOD = 300_000
/** Under this key the servers of a cluster agree who compacts: its version counts the rounds, its value is the revision. */
const KEY = 'compact_rev_key'

/**
 * Every five minutes the history up to the round before is given up, by one server of the cluster. As a round begins
 * with a write, a full store is not compacted. Models storage/etcd3/compact.go.
 */
export function compactRegularly(p: Process, connection: EtcdConnections): void {
  let round = 0
  let revision = 0
  const turn = (): void => {
    p.after(PERIOD, turn)
    try {
      const api = connection.api()
      const { header, succeeded, results } = api.txn(
        [{ key: KEY, op: '=', target: 'version', value: round }],
        [{ type: 'put', key: KEY, value: String(revision) }],
        [{ type: 'get', range: { key: KEY } }],
      )
      const before = revision
      revision = header.revision
      if (succeeded) {
        round++
        if (before > 0) api.compact(before)
        return
      }
      const [found] = results
      round = found.type === 'get' ? (found.kvs[0]?.version ?? 0) : 0
    } catch (error) {
      if (!unavailable(error)) throw error
    }
  }
  p.after(PERIOD, turn)
}
