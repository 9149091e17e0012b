import type { Api, Header } from '../../etcd/api.ts'
import { ClusterApi } from '../../etcd/cluster-api.ts'
import { decimal } from '../../etcd/ids.ts'
import type { Alarm } from '../../etcd/lineage.ts'
import { defragmentMember } from '../../etcd/upkeep.ts'
import { put } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'
import { type Call, command } from '../lib/cobra.ts'
import { took } from './durations.ts'
import { endpointsFrom, outcome } from './endpoint.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientFor, clientOf, configOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { parseHexUint } from './numbers.ts'
import { display, field, headerFields, idField, message, type Shown } from './output.ts'
import { PANICS, Panic } from './panics.ts'

const TYPES = { NOSPACE: 1, CORRUPT: 2 } as const

/** A response with alarms. The answer to a disarmament has no header, which only -w fields does not expect. */
const alarmsShown = (header: Header | undefined, alarms: readonly Alarm[]): Shown => ({
  ...message(MESSAGES.alarms, {
    header: header && headerOf(header),
    alarms: alarms.map((a) => ({ memberID: a.member, alarm: TYPES[a.type] })),
  }),
  simple: () => alarms.map((a) => `memberID:${decimal(a.member)} alarm:${a.type} \n`).join(''),
  fields: (hex) => {
    if (!header) throw new Panic(PANICS.noHeader)
    const each = alarms.map((a) => `${idField('MemberID', a.member, hex)}${field('AlarmType', a.type)}\n`)
    return headerFields(header, hex) + each.join('')
  },
})

const list = command({
  use: 'list',
  short: 'Lists all alarms',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('alarm list command accepts no arguments')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const { header, alarms } = yield* client.call('Maintenance/Alarm', timeout, (api) => api.alarms())
    yield* display(call, alarmsShown(header, alarms))
    return 0
  },
})

const disarm = command({
  use: 'disarm',
  short: 'Disarms all alarms',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('alarm disarm command accepts no arguments')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const { alarms } = yield* client.call('Maintenance/Alarm', timeout, (api) => api.alarms())
    const gone: Alarm[] = []
    for (const alarm of alarms)
      gone.push(...(yield* client.call('Maintenance/Alarm', timeout, (api) => api.disarm(alarm))).alarms)
    yield* display(call, alarmsShown(undefined, gone))
    return 0
  },
})

export const alarm = command({ use: 'alarm <subcommand>', short: 'Alarm related commands', commands: [disarm, list] })

/** Defragments the member behind a client; `timeout` in ms. */
export function* defragment({ p }: Call, client: EtcdClient, timeout: number): Coro {
  const size = yield* client.call('Maintenance/Defragment', timeout, (api: Api) => {
    api.admin()
    if (api.member.isLearner) api.alarms()
    return defragmentMember(api.member)
  })
  // A defragmentation copies the whole database: about 100 MB a second.
  yield* sleep(p.host.kernel, 20 + Math.round(size / 100_000))
}

/** Models defrag_command.go: one endpoint after the other. */
export const defrag = command({
  use: 'defrag',
  short: 'Defragments the storage of the etcd members with given endpoints',
  persistentFlags: [{ name: 'cluster', type: 'bool', usage: 'use all endpoints from the cluster member list' }],
  *run(call) {
    const { p } = call
    const config = yield* configOf(call)
    let failed = 0
    for (const endpoint of yield* endpointsFrom(call, config)) {
      const client = yield* clientFor(p, config, { endpoints: [endpoint] })
      const start = p.host.kernel.now()
      const done = yield* outcome(defragment(call, client, timeoutOf(call)))
      const spent = took(p.host.kernel.now() - start, p.host.rng)
      if ('error' in done) {
        failed++
        yield* put(p.stderr, `Failed to defragment etcd member[${endpoint}]. took ${spent}. (${done.error})\n`)
      } else yield* put(p.stdout, `Finished defragmenting etcd member[${endpoint}]. took ${spent}\n`)
    }
    if (failed > 0) throw new ExitError(EXIT.error, '')
    return 0
  },
})

/** Models move_leader_command.go: the leader has to be among the endpoints. */
export const moveLeader = command({
  use: 'move-leader <transferee-member-id>',
  short: 'Transfers leadership to another etcd cluster member.',
  *run(call) {
    const { p, args } = call
    if (args.length !== 1) throw badArgs('move-leader command needs 1 argument')
    const target = parseHexUint(args[0], (why) => why)
    const config = yield* configOf(call)
    yield* clientFor(p, config)
    // One time limit for all that follows.
    const until = p.host.kernel.now() + timeoutOf(call)
    const left = (): number => Math.max(0, until - p.host.kernel.now())
    for (const endpoint of config.endpoints) {
      const client = yield* clientFor(p, config, { endpoints: [endpoint] })
      const status = yield* client.call('Maintenance/Status', left(), (api) => api.status(), { repeatable: true })
      const { leader } = status
      if (leader === undefined || leader !== status.header.memberId) continue
      yield* client.call('Maintenance/MoveLeader', left(), (api) => new ClusterApi(api).moveLeader(target))
      yield* display(call, {
        ...message(MESSAGES.header, {}),
        simple: () => `Leadership transferred from ${leader} to ${target}\n`,
      })
      return 0
    }
    throw badArgs(`no leader endpoint given at [${config.endpoints.join(' ')}]`)
  },
})
