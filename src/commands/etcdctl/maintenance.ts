import type { Header } from '../../etcd/api.ts'
import { ClusterApi } from '../../etcd/cluster-api.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import type { Alarm } from '../../etcd/lineage.ts'
import { defragmentMember } from '../../etcd/upkeep.ts'
import { put } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { command } from '../lib/cobra.ts'
import { took } from './durations.ts'
import { endpointsFrom } from './endpoint.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, endpointsOf, formatOf, timeoutOf } from './globals.ts'
import { field, headerFields, json, jsonHeader, jsonId } from './output.ts'

const alarmText = (a: Alarm): string => `memberID:${decimal(a.member)} alarm:${a.type} \n`

const jsonAlarms = (alarms: readonly Alarm[]): unknown =>
  alarms.length > 0
    ? alarms.map((a) => ({ memberID: jsonId(a.member), alarm: a.type === 'NOSPACE' ? 1 : 2 }))
    : undefined

const list = command({
  use: 'list',
  short: 'Lists all alarms',
  *run(call) {
    const { p, args } = call
    if (args.length !== 0) throw badArgs('alarm list command accepts no arguments')
    const format = formatOf(call, ['table'])
    const { header, alarms } = yield* clientOf(call).call('Maintenance/Alarm', timeoutOf(call), (api) => api.alarms())
    yield* put(
      p.stdout,
      format === 'json'
        ? `${json({ header: jsonHeader(header), alarms: jsonAlarms(alarms) })}\n`
        : format === 'fields'
          ? headerFields(header) +
            alarms.map((a) => field('MemberID', decimal(a.member)) + field('AlarmType', a.type)).join('')
          : alarms.map(alarmText).join(''),
    )
    return 0
  },
})

const disarm = command({
  use: 'disarm',
  short: 'Disarms all alarms',
  *run(call) {
    const { p, args } = call
    if (args.length !== 0) throw badArgs('alarm disarm command accepts no arguments')
    const format = formatOf(call, ['table'])
    const client = clientOf(call)
    const timeout = timeoutOf(call)
    const { alarms } = yield* client.call('Maintenance/Alarm', timeout, (api) => api.alarms())
    const gone: Alarm[] = []
    let header: Header | undefined
    for (const alarm of alarms) {
      const result = yield* client.call('Maintenance/Alarm', timeout, (api) => api.disarm(alarm))
      gone.push(...result.alarms)
      header = result.header
    }
    yield* put(
      p.stdout,
      format === 'json'
        ? `${json({ header: header && jsonHeader(header), alarms: jsonAlarms(gone) })}\n`
        : gone.map(alarmText).join(''),
    )
    return 0
  },
})

export const alarm = command({ use: 'alarm <subcommand>', short: 'Alarm related commands', commands: [disarm, list] })

/** Models defrag_command.go: one endpoint after the other. */
export const defrag = command({
  use: 'defrag',
  short: 'Defragments the storage of the etcd members with given endpoints',
  flags: [{ name: 'cluster', type: 'bool', usage: 'use all endpoints from the cluster member list' }],
  *run(call) {
    const { p } = call
    let failed = 0
    for (const endpoint of yield* endpointsFrom(call)) {
      const start = p.host.kernel.now()
      const client = clientOf(call, [endpoint])
      const spent = (): string => took(p.host.kernel.now() - start, p.host.rng)
      try {
        const size = yield* client.call('Maintenance/Defragment', timeoutOf(call), (api) => {
          if (api.member.isLearner) api.alarms()
          return defragmentMember(api.member)
        })
        // A defragmentation copies the whole database: about 100 MB a second.
        yield* sleep(p.host.kernel, 20 + Math.round(size / 100_000))
        yield* put(p.stdout, `Finished defragmenting etcd member[${endpoint}]. took ${spent()}\n`)
      } catch (error) {
        if (error instanceof ExitError) throw error
        yield* put(
          p.stderr,
          `Failed to defragment etcd member[${endpoint}]. took ${spent()}. (${(error as Error).message})\n`,
        )
        failed++
      }
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
    const id = parseHex(args[0])
    const endpoints = endpointsOf(call)
    let leader: string | undefined
    for (const endpoint of endpoints) {
      const status = yield* clientOf(call, [endpoint]).call(
        'Maintenance/Status',
        timeoutOf(call),
        (api) => api.status(),
        true,
      )
      if (status.leader === status.header.memberId) leader = endpoint
    }
    if (leader === undefined) throw badArgs(`no leader endpoint given at [${endpoints.join(' ')}]`)
    let from: Id = ''
    yield* clientOf(call, [leader]).call('Maintenance/MoveLeader', timeoutOf(call), (api) => {
      from = api.member.id
      return new ClusterApi(api.member).moveLeader(id)
    })
    yield* put(p.stdout, `Leadership transferred from ${from} to ${id}\n`)
    return 0
  },
})

function parseHex(text: string): Id {
  if (!/^[0-9a-fA-F]{1,16}$/.test(text))
    throw badArgs(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  return text.toLowerCase().replace(/^0+(?=.)/, '')
}
