import { prefixRange } from '../../etcd/range.ts'
import type { Selection } from '../../etcd/select.ts'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'
import type { Session } from './session.ts'
import { Watching } from './watching.ts'

/** Whether a key that was created at `revision` has nobody before it, the oldest key being what was found. */
export const isFirst = ({ kvs }: Selection, revision: number): boolean =>
  kvs.length === 0 || kvs[0].createRevision === revision

/**
 * Waits until all keys of a prefix that were created up to `revision` are deleted, one after the other, youngest first
 * (concurrency/key.go waitDeletes). False when the session was interrupted before.
 */
export function* waitDeletes(
  p: Process,
  client: EtcdClient,
  prefix: string,
  revision: number,
  session: Session,
): Coro<boolean> {
  const last = {
    ...prefixRange(prefix),
    limit: 1,
    maxCreateRevision: revision,
    sort: { target: 'create', descending: true },
  } as const
  for (;;) {
    const { kvs, header } = yield* client.call('KV/Range', undefined, (api) => api.range(last), { repeatable: true })
    if (kvs.length === 0) return true
    const options = { revision: header.revision, requireLeader: false }
    const watching = new Watching(p.host.kernel, client, { key: kvs[0].key }, options)
    try {
      for (let gone = false; !gone; ) {
        if (session.interrupted) return false
        const batch = yield* watching.batch([session.changed])
        gone = batch?.events.some((event) => event.type === 'DELETE') ?? false
      }
    } finally {
      watching.close()
    }
  }
}
