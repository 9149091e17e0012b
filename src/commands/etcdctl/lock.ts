import { zapLine } from '../../etcd/log.ts'
import { prefixRange } from '../../etcd/range.ts'
import type { OpResult } from '../../etcd/txn.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { runCommand } from './exec.ts'
import { rangeShown } from './get.ts'
import { clientOf } from './globals.ts'
import { display } from './output.ts'
import { SESSION_TTL, Session } from './session.ts'
import { isFirst, waitDeletes } from './turns.ts'

/** Models lock_command.go: a key under the name, bound to a lease; the one that was created first holds the lock. */
export const lock = command({
  use: 'lock <lockname> [exec-command arg1 arg2 ...]',
  short: 'Acquires a named lock',
  flags: [{ name: 'ttl', type: 'int', default: 10, usage: 'timeout for session' }],
  *run(call) {
    const { p, args, flags } = call
    if (args.length === 0) throw badArgs('lock takes a lock name argument and an optional command to execute')
    const client = yield* clientOf(call)
    const ttl = ttlOf(call)
    const session = yield* Session.open(p, client, ttl, flags.duration('dial-timeout'))
    const prefix = `${args[0]}/`
    const key = `${prefix}${session.lease}`
    const unlock = (): Coro<unknown> => client.call('KV/DeleteRange', undefined, (api) => api.deleteRange({ key }))
    try {
      const { header, results } = yield* client.call('KV/Txn', undefined, (api) =>
        api.txn(
          [{ key, target: 'create', op: '=', value: 0 }],
          [
            { type: 'put', key, value: '', options: { lease: session.lease } },
            { type: 'get', range: { ...prefixRange(prefix), limit: 1, sort: { target: 'create', descending: false } } },
          ],
        ),
      )
      let revision = header.revision
      if (!isFirst(results[1] as Extract<OpResult, { type: 'get' }>, revision)) {
        if (!(yield* waitDeletes(p, client, prefix, revision - 1, session))) {
          yield* unlock()
          throw new ExitError(EXIT.error, 'context canceled')
        }
        revision = (yield* client.call('KV/Range', undefined, (api) => api.range({ key }))).header.revision
      }
      if (args.length > 1) {
        const env = { ...p.env, ETCD_LOCK_KEY: key, ETCD_LOCK_REV: String(revision) }
        const failure = yield* runCommand(p, args.slice(1), env)
        yield* unlock()
        if (failure) throw new ExitError(failure.status, failure.message)
        return 0
      }
      const { header: h, ...found } = yield* client.call('KV/Range', undefined, (api) => api.range({ key }))
      if (found.kvs.length === 0) throw new ExitError(EXIT.error, 'lock lost on init')
      yield* display(call, rangeShown(h, found, flags.bool('hex')))
      while (!session.interrupted && !session.lost) yield { on: session.signals }
      if (!session.interrupted) throw new ExitError(EXIT.error, 'session expired')
      yield* unlock()
      return 0
    } finally {
      session.close()
    }
  },
})

/** --ttl; what is no time at all is warned of. */
function ttlOf({ p, flags }: Call): number {
  const ttl = flags.int('ttl')
  if (ttl > 0) return ttl
  const caller = 'etcd-client@concurrency/session.go:133'
  const fields = { 'current-session-ttl': SESSION_TTL }
  p.stderr.write(zapLine(p.now(), 131, 'warn', caller, 'WithTTL(): TTL should be > 0, preserving current TTL', fields))
  return SESSION_TTL
}
