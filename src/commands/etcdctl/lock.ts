import type { Api } from '../../etcd/api.ts'
import { prefixRange } from '../../etcd/range.ts'
import { put, shellStatus } from '../../host/index.ts'
import { type Coro, Signal } from '../../kernel/index.ts'
import { startProgram } from '../../shell/run-program.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { clientOf } from './globals.ts'

/** How often a waiting lock looks whether it is its turn, ms. */
const LOOK = 100

/** Models lock_command.go: a key under the name, bound to a lease; the one that was created first holds the lock. */
export const lock = command({
  use: 'lock <lockname> [exec-command arg1 arg2 ...]',
  short: 'Acquires a named lock',
  flags: [{ name: 'ttl', type: 'int', default: 10, usage: 'timeout for session' }],
  *run(call) {
    const { p, args, flags } = call
    if (args.length === 0) throw badArgs('lock takes a lock name argument and an optional command to execute')
    const ttl = flags.int('ttl')
    const client = clientOf(call)
    const lease = (yield* client.call('Lease/LeaseGrant', undefined, (api) => api.leaseGrant(ttl))).id
    const prefix = `${args[0]}/`
    const key = `${prefix}${lease}`
    let interrupted = false
    const changed = new Signal()
    for (const signal of ['SIGINT', 'SIGTERM'])
      p.onSignal(signal, () => {
        interrupted = true
        changed.fire()
      })
    try {
      const mine = yield* client.call('KV/Txn', undefined, (api) => {
        api.txn(
          [{ key, target: 'create', op: '=', value: 0 }],
          [{ type: 'put', key, value: '', options: { lease } }],
          [],
        )
        return api.member.lineage.store.get(key)!.createRevision
      })
      const first = (api: Api): boolean => api.range(prefixRange(prefix)).kvs.every((kv) => kv.createRevision >= mine)
      while (!interrupted && !(yield* client.call('KV/Range', undefined, first, true)))
        yield { on: [changed], until: p.host.kernel.now() + LOOK }
      if (interrupted) return 1
      if (args.length > 1) return yield* held(call, key, mine)
      yield* put(p.stdout, `${key}\n`)
      while (!interrupted) {
        yield { on: [changed], until: p.host.kernel.now() + (ttl * 1000) / 3 }
        if (!interrupted) yield* client.call('Lease/LeaseKeepAlive', undefined, (api) => api.leaseKeepAlive(lease))
      }
      return 0
    } finally {
      yield* client.call('Lease/LeaseRevoke', undefined, (api) => api.leaseRevoke(lease))
    }
  },
})

/** Runs the command while the lock is held; its status is ours. */
function* held({ p, args }: Call, key: string, revision: number): Coro<number> {
  const child = startProgram(p, args.slice(1), {
    name: 'etcdctl',
    env: { ...p.env, ETCD_LOCK_KEY: key, ETCD_LOCK_REV: String(revision) },
  })
  if (typeof child === 'number') return child
  while (!child.status) yield { on: [child.exited] }
  return shellStatus(child.status)
}
