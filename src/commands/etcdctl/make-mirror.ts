import { prefixEnd, type Range } from '../../etcd/range.ts'
import type { Value } from '../../etcd/store.ts'
import type { Op } from '../../etcd/txn.ts'
import { put } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientFor, clientOf, loginOf } from './globals.ts'
import { Watching } from './watching.ts'

/** How often it tells how many keys it has copied, ms. */
const TELL = 30_000
/** Keys that are asked for at once (mirror/syncer.go). */
const BATCH = 1000

/** Models make_mirror_command.go: what is there is copied, then every change, until something fails. */
export const makeMirror = command({
  use: 'make-mirror [options] <destination>',
  short: 'Makes a mirror at the destination etcd cluster',
  flags: [
    { name: 'prefix', type: 'string', usage: 'Key-value prefix to mirror' },
    { name: 'rev', type: 'int64', usage: 'Specify the kv revision to start to mirror' },
    {
      name: 'max-txn-ops',
      type: 'uint',
      default: 128,
      usage: 'Maximum number of operations permitted in a transaction during syncing updates.',
    },
    {
      name: 'dest-prefix',
      type: 'string',
      usage: 'destination prefix to mirror a prefix to a different prefix in the destination cluster',
    },
    { name: 'no-dest-prefix', type: 'bool', usage: 'mirror key-values to the root of the destination cluster' },
    {
      name: 'dest-cert',
      type: 'string',
      usage: 'Identify secure client using this TLS certificate file for the destination cluster',
    },
    { name: 'dest-key', type: 'string', usage: 'Identify secure client using this TLS key file' },
    {
      name: 'dest-cacert',
      type: 'string',
      usage: 'Verify certificates of TLS enabled secure servers using this CA bundle',
    },
    {
      name: 'dest-insecure-transport',
      type: 'bool',
      default: true,
      usage: 'Disable transport security for client connections',
    },
    {
      name: 'dest-user',
      type: 'string',
      usage: 'Destination username[:password] for authentication (prompt if password is not supplied)',
    },
    {
      name: 'dest-password',
      type: 'string',
      usage:
        "Destination password for authentication (if this option is used, --user option shouldn't include password)",
    },
  ],
  *run(call) {
    const { p, args, flags } = call
    if (args.length !== 1) throw badArgs('make-mirror takes one destination argument')
    const to = yield* clientFor(p, {
      endpoints: [args[0]],
      dialTimeout: flags.duration('dial-timeout'),
      maxSend: flags.int('max-request-bytes'),
      maxReceive: flags.int('max-recv-bytes'),
      secure: {
        cert: flags.string('dest-cert'),
        key: flags.string('dest-key'),
        cacert: flags.string('dest-cacert'),
        serverName: '',
        insecureTransport: flags.bool('dest-insecure-transport'),
        insecureSkipVerify: false,
      },
      login: yield* loginOf(p, flags.string('dest-user'), flags.string('dest-password'), 'Destination Password: '),
    })
    const from = yield* clientOf(call)
    if (flags.bool('no-dest-prefix') && flags.string('dest-prefix') !== '')
      throw badArgs('`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one')
    return yield* mirror(call, from, to)
  },
})

function* mirror(call: Call, from: EtcdClient, to: EtcdClient): Coro<number> {
  const { p, flags } = call
  const { kernel } = p.host
  let total = 0
  const teller = kernel.spawn(
    'mirror',
    (function* (): Coro {
      for (;;) {
        yield* sleep(kernel, TELL)
        yield* put(p.stdout, `${total}\n`)
      }
    })(),
  )
  const prefix = flags.string('prefix')
  const start = Math.max(0, flags.int('rev') - 1)
  // The destination's prefix is the source's unless something else is said; a mirror of changes alone takes it literally.
  const named = flags.string('dest-prefix')
  const destination = start === 0 && named === '' && !flags.bool('no-dest-prefix') ? prefix : named
  const renamed = (key: string): string => key.replace(prefix, () => destination)
  const range = prefix === '' ? { key: '\0', end: '\0' } : { key: prefix, end: prefixEnd(prefix) }
  try {
    let revision = start
    if (start === 0) {
      revision = yield* revisionOf(from, prefix)
      for (const key of yield* copy(from, range, revision)) {
        yield* to.call('KV/Put', undefined, (api) => api.put(renamed(key.key), key.value))
        total++
      }
    }
    const watching = new Watching(kernel, from, range, { revision: revision + 1, requireLeader: false })
    try {
      for (;;) {
        const batch = yield* watching.batch()
        if (batch?.canceled) {
          if (batch.compactRevision) throw new ExitError(EXIT.error, batch.canceled.message)
          return 0
        }
        let at = 0
        let ops: Op[] = []
        const commit = function* (): Coro {
          const done = ops
          ops = []
          if (done.length > 0) yield* to.call('KV/Txn', undefined, (api) => api.txn([], done))
        }
        for (const { type, kv } of batch?.events ?? []) {
          if ((at !== 0 && kv.modRevision > at) || ops.length === flags.int('max-txn-ops')) yield* commit()
          at = kv.modRevision
          const key = renamed(kv.key)
          ops.push(type === 'PUT' ? { type: 'put', key, value: kv.value ?? '' } : { type: 'delete', range: { key } })
          total++
        }
        yield* commit()
      }
    } finally {
      watching.close()
    }
  } finally {
    teller.interrupt(new Error('mirror ended'))
  }
}

/** The revision at which the copy is made. */
function* revisionOf(from: EtcdClient, prefix: string): Coro<number> {
  const key = prefix === '' ? 'foo' : prefix
  const { header } = yield* from.call('KV/Range', undefined, (api) => api.range({ key }), { repeatable: true })
  return header.revision
}

/** All keys of a range as they were at a revision, asked for in batches. */
function* copy(from: EtcdClient, range: Range, revision: number): Coro<{ key: string; value: Value }[]> {
  const found: { key: string; value: Value }[] = []
  for (let key = range.key; ; key = `${found.at(-1)!.key}\0`) {
    const request = { ...range, key, revision, limit: BATCH }
    const { kvs, more } = yield* from.call('KV/Range', undefined, (api) => api.range(request), { repeatable: true })
    found.push(...kvs.map((kv) => ({ key: kv.key, value: kv.value ?? '' })))
    if (!more) return found
  }
}
