import type { Header } from '../../etcd/api.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import { put } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { outcome } from './endpoint.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, formatOf, timeoutOf } from './globals.ts'
import { KeepAlive } from './keep-alive.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { parseHexInt, parseInteger } from './numbers.ts'
import { display, field, headerFields, leaseField, message, padId, type Shown, textField } from './output.ts'

const leaseId = (text: string): Id => parseHexInt(text, (why) => `bad lease ID arg (${why}), expecting ID in Hex`)

/** A call whose failure ends the command with another status, or in other words. */
function* failing<T>(call: Coro<T>, status: number, tell = (why: string): string => why): Coro<T> {
  const result = yield* outcome(call)
  if ('error' in result) throw new ExitError(status, tell(result.error))
  return result.value
}

const grant = command({
  use: 'grant <ttl>',
  short: 'Creates leases',
  *run(call) {
    const { args } = call
    if (args.length !== 1) throw badArgs('lease grant command needs TTL argument')
    const ttl = parseInteger(args[0], (why) => badArgs(`bad TTL (${why})`))
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const granted = yield* failing(
      client.call('Lease/LeaseGrant', timeout, (api) => api.leaseGrant(ttl)),
      EXIT.error,
      (why) => `failed to grant lease (${why})`,
    )
    const { header, id } = granted
    yield* display(call, {
      ...message(MESSAGES.leaseGrant, { '': headerOf(header), ID: id, TTL: granted.ttl }),
      simple: () => `lease ${padId(id)} granted with TTL(${granted.ttl}s)\n`,
      fields: (hex) => headerFields(header, hex) + leaseField('ID', id, hex) + field('TTL', granted.ttl),
    })
    return 0
  },
})

const revoke = command({
  use: 'revoke <leaseID>',
  short: 'Revokes leases',
  *run(call) {
    const { args } = call
    if (args.length !== 1) throw badArgs('lease revoke command needs 1 argument')
    const id = leaseId(args[0])
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const header = yield* failing(
      client.call('Lease/LeaseRevoke', timeout, (api) => api.leaseRevoke(id)),
      EXIT.error,
      (why) => `failed to revoke lease (${why})`,
    )
    yield* display(call, {
      ...message(MESSAGES.header, { header: headerOf(header) }),
      // Given as a value, which has no Marshal.
      protobuf: () => {
        throw new ExitError(
          EXIT.badFeature,
          `marshal unsupported for type clientv3.LeaseRevokeResponse ({${headerText(header)} {} [] 0})`,
        )
      },
      simple: () => `lease ${padId(id)} revoked\n`,
      fields: (hex) => headerFields(header, hex),
    })
    return 0
  },
})

/** A header as protobuf's String shows it. */
const headerText = (h: Header): string =>
  `cluster_id:${decimal(h.clusterId)} member_id:${decimal(h.memberId)} revision:${h.revision} raft_term:${h.raftTerm} `

const timetolive = command({
  use: 'timetolive <leaseID> [options]',
  short: 'Get lease information',
  flags: [{ name: 'keys', type: 'bool', usage: 'Get keys attached to this lease' }],
  *run(call) {
    const { args, flags } = call
    if (args.length !== 1) throw badArgs('lease timetolive command needs lease ID as argument')
    const withKeys = flags.bool('keys')
    const client = yield* clientOf(call)
    const id = leaseId(args[0])
    // Has no --command-timeout, like the other questions about leases.
    const { found, header } = yield* failing(
      client.call(
        'Lease/LeaseTimeToLive',
        undefined,
        (api) => ({ found: api.leaseTimeToLive(id, withKeys), header: api.header() }),
        { repeatable: true },
      ),
      EXIT.badConnection,
    )
    yield* display(call, timeToLiveShown(header, id, found, withKeys))
    return 0
  },
})

function timeToLiveShown(
  header: Header,
  id: Id,
  found: { readonly granted: number; readonly remaining: number; readonly keys: readonly string[] } | undefined,
  withKeys: boolean,
): Shown {
  const { granted, remaining } = found ?? { granted: 0, remaining: -1 }
  const keys = withKeys && found && found.keys.length > 0 ? found.keys : undefined
  return {
    ...message(MESSAGES.leaseTimeToLive, { '': headerOf(header), id, ttl: remaining, 'granted-ttl': granted, keys }),
    simple: () =>
      found
        ? `lease ${padId(id)} granted with TTL(${granted}s), remaining(${remaining}s)${withKeys ? `, attached keys([${(keys ?? []).join(' ')}])` : ''}\n`
        : `lease ${padId(id)} already expired\n`,
    fields: (hex) =>
      headerFields(header, hex) +
      leaseField('ID', id, hex) +
      field('TTL', remaining) +
      field('GrantedTTL', granted) +
      (keys ?? []).map((key) => textField('Key', key)).join(''),
  }
}

const list = command({
  use: 'list',
  short: 'List all active leases',
  *run(call) {
    const client = yield* clientOf(call)
    const { header, ids } = yield* failing(
      client.call('Lease/LeaseLeases', undefined, (api) => api.leaseList(), { repeatable: true }),
      EXIT.badConnection,
    )
    yield* display(call, {
      ...message(MESSAGES.leases, { '': headerOf(header), leases: ids.map((id) => ({ id })) }),
      simple: () => `found ${ids.length} leases\n${ids.map((id) => `${padId(id)}\n`).join('')}`,
      fields: (hex) => headerFields(header, hex) + ids.map((id) => leaseField('ID', id, hex)).join(''),
    })
    return 0
  },
})

const keepAlive = command({
  use: 'keep-alive [options] <leaseID>',
  short: 'Keeps leases alive (renew)',
  flags: [
    {
      name: 'once',
      type: 'bool',
      usage: 'Resets the keep-alive time to its original value and cobrautl.Exits immediately',
    },
  ],
  *run(call) {
    const { p, args, flags } = call
    if (args.length !== 1) throw badArgs('lease keep-alive command needs lease ID as argument')
    const id = leaseId(args[0])
    const once = flags.bool('once')
    const client = yield* clientOf(call)
    if (once) {
      const renewed = yield* failing(
        client.stream('Lease/LeaseKeepAlive', (api) => api.leaseKeepAlive(id)),
        EXIT.badConnection,
      )
      if (!renewed) throw new ExitError(EXIT.badConnection, 'etcdserver: requested lease not found')
      yield* show(call, id, renewed)
      return 0
    }
    yield* new KeepAlive(p.host.kernel, client, id, Math.max(0, flags.duration('dial-timeout'))).run((renewed) =>
      show(call, id, renewed),
    )
    if (formatOf(call) === 'simple') yield* put(p.stdout, `lease ${padId(id)} expired or revoked.\n`)
    return 0
  },
})

const show = (call: Call, id: Id, { header, ttl }: { readonly header: Header; readonly ttl: number }): Coro =>
  display(call, {
    ...message(MESSAGES.leaseKeepAlive, { '': headerOf(header), ID: id, TTL: ttl }),
    simple: () => `lease ${padId(id)} keepalived with TTL(${ttl})\n`,
    fields: (hex) => headerFields(header, hex) + leaseField('ID', id, hex) + field('TTL', ttl),
  })

export const lease = command({
  use: 'lease <subcommand>',
  short: 'Lease related commands',
  commands: [grant, revoke, timetolive, list, keepAlive],
})
