import type { Header } from '../../etcd/api.ts'
import { prefixRange } from '../../etcd/range.ts'
import type { KeyValue } from '../../etcd/store.ts'
import type { Coro } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { rangeShown } from './get.ts'
import { clientOf } from './globals.ts'
import { display } from './output.ts'
import { SESSION_TTL, Session } from './session.ts'
import { waitDeletes } from './turns.ts'
import { type WatchBatch, Watching } from './watching.ts'

/** Models elect_command.go and concurrency/election.go: the oldest key of the election leads. */
export const elect = command({
  use: 'elect <election-name> [proposal]',
  short: 'Observes and participates in leader election',
  flags: [{ name: 'listen', short: 'l', type: 'bool', usage: 'observation mode' }],
  *run(call) {
    const { p, args, flags } = call
    if (args.length !== 1 && args.length !== 2)
      throw badArgs('elect takes one election name argument and an optional proposal argument')
    const client = yield* clientOf(call)
    const listen = flags.bool('listen')
    if (args.length === 1 && !listen) throw badArgs('no proposal argument but -l not set')
    if (args.length === 2 && listen) throw badArgs('proposal given but -l is set')
    const session = yield* Session.open(p, client, SESSION_TTL, flags.duration('dial-timeout'))
    try {
      const prefix = `${args[0]}/`
      if (listen) yield* observe(call, client, prefix, session)
      else yield* campaign(call, client, prefix, args[1], session)
      return 0
    } finally {
      session.close()
    }
  },
})

function* campaign(call: Call, client: EtcdClient, prefix: string, proposal: string, session: Session): Coro {
  const { p, flags } = call
  const key = `${prefix}${session.lease}`
  const { header } = yield* client.call('KV/Txn', undefined, (api) =>
    api.txn(
      [{ key, target: 'create', op: '=', value: 0 }],
      [{ type: 'put', key, value: proposal, options: { lease: session.lease } }],
      [{ type: 'get', range: { key } }],
    ),
  )
  const resign = (): Coro<unknown> =>
    client.call('KV/Txn', undefined, (api) =>
      api.txn([{ key, target: 'create', op: '=', value: header.revision }], [{ type: 'delete', range: { key } }]),
    )
  if (!(yield* waitDeletes(p, client, prefix, header.revision - 1, session))) {
    yield* resign()
    throw new ExitError(EXIT.error, 'context canceled')
  }
  const { header: h, ...found } = yield* client.call('KV/Range', undefined, (api) => api.range({ key }))
  yield* display(call, rangeShown(h, found, flags.bool('hex')))
  while (!session.interrupted && !session.lost) yield { on: session.signals }
  if (!session.interrupted) throw new ExitError(EXIT.error, 'elect: session expired')
  yield* resign()
}

/** Shows who leads, whenever that changes. */
function* observe(call: Call, client: EtcdClient, prefix: string, session: Session): Coro {
  const { p, flags } = call
  const kernel = p.host.kernel
  const first = { ...prefixRange(prefix), limit: 1, sort: { target: 'create', descending: false } } as const
  const show = (header: Header, kv: KeyValue, count: number): Coro =>
    display(call, rangeShown(header, { kvs: [kv], count, more: false }, flags.bool('hex')))
  /** The next batch of a watch; undefined after an interruption. */
  const next = function* (watching: Watching): Coro<WatchBatch | undefined> {
    while (!session.interrupted) {
      const batch = yield* watching.batch([session.changed])
      if (batch) return batch
    }
    return undefined
  }
  while (!session.interrupted) {
    const { header, kvs, count } = yield* client.call('KV/Range', undefined, (api) => api.range(first), {
      repeatable: true,
    })
    let leader: KeyValue | undefined = kvs[0]
    let at = header
    if (!leader) {
      const options = { revision: header.revision, requireLeader: false }
      const watching = new Watching(kernel, client, prefixRange(prefix), options)
      try {
        while (!leader) {
          const batch = yield* next(watching)
          if (!batch) return
          leader = batch.events.find((event) => event.type === 'PUT')?.kv
          if (leader) at = { ...batch.header, revision: leader.modRevision }
        }
      } finally {
        watching.close()
      }
    }
    yield* show(at, leader, 0)
    const options = { revision: at.revision + 1, requireLeader: false }
    const watching = new Watching(kernel, client, { key: leader.key }, options)
    try {
      for (let gone = false; !gone; ) {
        const batch = yield* next(watching)
        if (!batch) return
        for (const event of batch.events) {
          gone = event.type === 'DELETE'
          if (gone) break
          yield* show(batch.header, event.kv, count)
        }
      }
    } finally {
      watching.close()
    }
  }
}
