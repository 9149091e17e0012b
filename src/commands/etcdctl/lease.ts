import type { Api } from '../../etcd/api.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import { put } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, formatOf, timeoutOf } from './globals.ts'
import { base64, field, headerFields, json, jsonHeader, jsonId } from './output.ts'
import { parseInteger } from './put.ts'

const pad = (id: Id): string => id.padStart(16, '0')

function leaseId(text: string | undefined, usage: string): Id {
  if (text === undefined) throw badArgs(usage)
  if (!/^[0-9a-fA-F]+$/.test(text))
    throw badArgs(
      `bad lease ID arg (strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax), expecting ID in Hex`,
    )
  return text.toLowerCase().replace(/^0+(?=.)/, '')
}

const grant = command({
  use: 'grant <ttl>',
  short: 'Creates leases',
  *run(call) {
    const { p, args } = call
    if (args.length !== 1) throw badArgs('lease grant command needs TTL argument')
    if (!/^[-+]?\d+$/.test(args[0]))
      throw badArgs(`bad TTL (strconv.ParseInt: parsing ${JSON.stringify(args[0])}: invalid syntax)`)
    const ttl = parseInteger(args[0])
    const format = formatOf(call, ['table'])
    let result: ReturnType<Api['leaseGrant']>
    try {
      result = yield* clientOf(call).call('Lease/LeaseGrant', timeoutOf(call), (api) => api.leaseGrant(ttl))
    } catch (error) {
      if (error instanceof ExitError) throw error
      throw new ExitError(EXIT.error, `failed to grant lease (${(error as Error).message})`)
    }
    yield* put(
      p.stdout,
      format === 'json'
        ? `${json({ ...jsonHeader(result.header), id: jsonId(result.id), ttl: result.ttl })}\n`
        : format === 'fields'
          ? headerFields(result.header) + field('ID', decimal(result.id)) + field('TTL', result.ttl)
          : `lease ${pad(result.id)} granted with TTL(${result.ttl}s)\n`,
    )
    return 0
  },
})

const revoke = command({
  use: 'revoke <leaseID>',
  short: 'Revokes leases',
  *run(call) {
    const { p, args } = call
    if (args.length !== 1) throw badArgs('lease revoke command needs 1 argument')
    const id = leaseId(args[0], '')
    const format = formatOf(call, ['table'])
    let header: ReturnType<typeof jsonHeader>
    try {
      header = jsonHeader(
        yield* clientOf(call).call('Lease/LeaseRevoke', timeoutOf(call), (api) => api.leaseRevoke(id)),
      )
    } catch (error) {
      if (error instanceof ExitError) throw error
      throw new ExitError(EXIT.error, `failed to revoke lease (${(error as Error).message})`)
    }
    yield* put(p.stdout, format === 'json' ? `${json({ header })}\n` : `lease ${pad(id)} revoked\n`)
    return 0
  },
})

const timetolive = command({
  use: 'timetolive <leaseID> [options]',
  short: 'Get lease information',
  flags: [{ name: 'keys', type: 'bool', usage: 'Get keys attached to this lease' }],
  *run(call) {
    const { p, args, flags } = call
    if (args.length !== 1) throw badArgs('lease timetolive command needs lease ID as argument')
    const id = leaseId(args[0], '')
    const withKeys = flags.bool('keys')
    const format = formatOf(call, ['table'])
    const result = yield* clientOf(call).call(
      'Lease/LeaseTimeToLive',
      timeoutOf(call),
      (api) => ({
        found: api.leaseTimeToLive(id),
        header: api.header(),
      }),
      true,
    )
    const { found } = result
    const keys = withKeys ? (found?.keys ?? []) : []
    if (format === 'json') {
      const data = {
        ...jsonHeader(result.header),
        id: jsonId(id),
        ttl: found ? found.remaining : -1,
        'granted-ttl': found ? found.granted : 0,
        keys: withKeys && found ? keys.map(base64) : null,
      }
      yield* put(p.stdout, `${json(data)}\n`)
    } else if (!found) yield* put(p.stdout, `lease ${pad(id)} already expired\n`)
    else {
      const attached = withKeys ? `, attached keys([${keys.join(' ')}])` : ''
      yield* put(
        p.stdout,
        `lease ${pad(id)} granted with TTL(${found.granted}s), remaining(${found.remaining}s)${attached}\n`,
      )
    }
    return 0
  },
})

const list = command({
  use: 'list',
  short: 'List all active leases',
  *run(call) {
    const { p } = call
    const format = formatOf(call, ['table'])
    const { header, ids } = yield* clientOf(call).call(
      'Lease/LeaseLeases',
      timeoutOf(call),
      (api) => api.leaseList(),
      true,
    )
    yield* put(
      p.stdout,
      format === 'json'
        ? `${json({ ...jsonHeader(header), leases: ids.map((id) => ({ id: jsonId(id) })) })}\n`
        : format === 'fields'
          ? headerFields(header) + ids.map((id) => field('ID', decimal(id))).join('')
          : `found ${ids.length} leases\n${ids.map((id) => `${pad(id)}\n`).join('')}`,
    )
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
    const id = leaseId(args[0], '')
    const client = clientOf(call)
    for (;;) {
      const result = yield* client.call('Lease/LeaseKeepAlive', undefined, (api) => api.leaseKeepAlive(id), true)
      if (!result) {
        if (flags.bool('once')) throw new ExitError(EXIT.badConnection, 'etcdserver: requested lease not found')
        yield* put(p.stdout, `lease ${pad(id)} expired or revoked.\n`)
        return 0
      }
      yield* put(p.stdout, `lease ${pad(id)} keepalived with TTL(${result.ttl})\n`)
      if (flags.bool('once')) return 0
      yield* sleep(p.host.kernel, Math.max(1000, (result.ttl * 1000) / 3))
    }
  },
})

export const lease = command({
  use: 'lease <subcommand>',
  short: 'Lease related commands',
  commands: [grant, revoke, timetolive, list, keepAlive],
})
