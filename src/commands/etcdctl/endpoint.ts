import type { Header, Status } from '../../etcd/api.ts'
import { errors } from '../../etcd/errors.ts'
import { hashKv } from '../../etcd/hash.ts'
import { si } from '../../etcd/human.ts'
import { decimal } from '../../etcd/ids.ts'
import { put } from '../../host/index.ts'
import type { Coro, Task } from '../../kernel/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { took } from './durations.ts'
import { EXIT, ExitError } from './errors.ts'
import { clientOf, endpointsOf, formatOf, timeoutOf } from './globals.ts'
import { field, headerFields, json, jsonHeader, jsonId, some } from './output.ts'
import { table } from './table.ts'

/** The endpoints to ask: --endpoints, or with --cluster the client URLs of all members. */
export function* endpointsFrom(call: Call): Coro<string[]> {
  if (!call.flags.bool('cluster')) return endpointsOf(call)
  try {
    const { members } = yield* clientOf(call).call(
      'Cluster/MemberList',
      timeoutOf(call),
      (api) => api.memberList(),
      true,
    )
    return members.flatMap((m) => m.clientUrls)
  } catch (error) {
    if (error instanceof ExitError) throw error
    throw new ExitError(
      EXIT.error,
      `failed to fetch endpoints from etcd cluster member list: ${(error as Error).message}`,
    )
  }
}

interface Health {
  readonly endpoint: string
  readonly health: boolean
  readonly took: string
  readonly error: string
}

const health = command({
  use: 'health',
  short: 'Checks the healthiness of endpoints specified in `--endpoints` flag',
  *run(call) {
    const { p } = call
    formatOf(call)
    const endpoints = yield* endpointsFrom(call)
    clientOf(call)
    // All at once; lines come in the order of completion.
    const results: Health[] = []
    const tasks: Task<void>[] = endpoints.map((endpoint) =>
      p.host.kernel.spawn(`health ${endpoint}`, check(call, endpoint, results)),
    )
    try {
      for (const task of tasks) while (task.state === 'running') yield { on: [task.ended] }
    } finally {
      for (const task of tasks) if (task.state === 'running') task.interrupt(new Error('cancelled'))
    }
    for (const task of tasks) if (task.state === 'failed') throw task.error
    // A format that cannot show them is noticed when everyone has answered.
    const format = formatOf(call, ['protobuf'])
    const good = results.filter((r) => r.health)
    const bad = results.filter((r) => !r.health)
    if (format === 'json')
      yield* put(p.stdout, `${json(results.map((r) => ({ ...r, error: r.error || undefined })))}\n`)
    else if (format === 'table')
      yield* put(
        p.stdout,
        table(
          ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
          results.map((r) => [r.endpoint, String(r.health), r.took, r.error]),
        ),
      )
    else if (format === 'fields')
      for (const r of results)
        yield* put(
          p.stdout,
          `${field('Endpoint', JSON.stringify(r.endpoint))}${field('Health', r.health)}${field('Took', r.took)}${field('Error', r.error)}\n`,
        )
    else {
      for (const r of results)
        if (r.health)
          yield* put(p.stdout, `${r.endpoint} is healthy: successfully committed proposal: took = ${r.took}\n`)
        else yield* put(p.stderr, `${r.endpoint} is unhealthy: failed to commit proposal: ${r.error}\n`)
    }
    if (bad.length > 0 || good.length < endpoints.length) throw new ExitError(EXIT.error, 'unhealthy cluster')
    return 0
  },
})

function* check(call: Call, endpoint: string, results: Health[]): Coro {
  const { p } = call
  const start = p.host.kernel.now()
  const done = (error: string): void => {
    const ms = p.host.kernel.now() - start
    results.push({ endpoint, health: error === '' || error.startsWith('Active'), took: took(ms, p.host.rng), error })
  }
  const client = clientOf(call, [endpoint], 'client')
  const timeout = timeoutOf(call)
  try {
    yield* client.call('KV/Range', timeout, (api) => api.range({ key: 'health' }), true)
  } catch (error) {
    done((error as Error).message)
    return
  }
  try {
    const { alarms } = yield* client.call('Maintenance/Alarm', timeout, (api) => api.alarms())
    if (alarms.length === 0) return done('')
    results.push({
      endpoint,
      health: false,
      took: took(p.host.kernel.now() - start, p.host.rng),
      error: `Active Alarm(s): ${alarms.map((a) => `${a.type} `).join('')}`,
    })
  } catch {
    done('Unable to fetch the alarm list')
  }
}

const STATUS_TITLES = [
  'ENDPOINT',
  'ID',
  'VERSION',
  'STORAGE VERSION',
  'DB SIZE',
  'IN USE',
  'PERCENTAGE NOT IN USE',
  'QUOTA',
  'IS LEADER',
  'IS LEARNER',
  'RAFT TERM',
  'RAFT INDEX',
  'RAFT APPLIED INDEX',
  'ERRORS',
  'DOWNGRADE TARGET VERSION',
  'DOWNGRADE ENABLED',
]

const statusRow = (endpoint: string, s: Status): string[] => [
  endpoint,
  s.header.memberId,
  s.version,
  s.storageVersion,
  si(s.dbSize),
  si(s.dbSizeInUse),
  `${Math.ceil((1 - s.dbSizeInUse / s.dbSize) * 100)}%`,
  si(s.quota),
  String(s.leader === s.header.memberId),
  String(s.isLearner),
  String(s.raftTerm),
  String(s.raftIndex),
  String(s.raftAppliedIndex),
  s.errors.join(', '),
  s.downgradeTarget,
  String(s.downgradeTarget !== ''),
]

const jsonStatus = (s: Status): unknown => ({
  header: jsonHeader(s.header),
  version: s.version,
  dbSize: s.dbSize,
  leader: s.leader && jsonId(s.leader),
  raftIndex: s.raftIndex,
  raftTerm: s.raftTerm,
  raftAppliedIndex: s.raftAppliedIndex,
  errors: s.errors.length > 0 ? s.errors : undefined,
  dbSizeInUse: s.dbSizeInUse,
  isLearner: s.isLearner || undefined,
  storageVersion: s.storageVersion,
  dbSizeQuota: s.quota,
  downgradeInfo: s.downgradeTarget ? { enabled: true, targetVersion: s.downgradeTarget } : {},
})

const statusFields = (endpoint: string, s: Status): string =>
  `${headerFields(s.header)}${field('Version', JSON.stringify(s.version))}${field('StorageVersion', JSON.stringify(s.storageVersion))}${field('DBSize', s.dbSize)}${field('DBSizeInUse', s.dbSizeInUse)}${field('DBSizeQuota', s.quota)}${field('Leader', s.leader ? decimal(s.leader) : 0)}${field('IsLearner', s.isLearner)}${field('RaftIndex', s.raftIndex)}${field('RaftTerm', s.raftTerm)}${field('RaftAppliedIndex', s.raftAppliedIndex)}${field('Errors', `[${s.errors.join(' ')}]`)}${field('Endpoint', JSON.stringify(endpoint))}${field('DowngradeTargetVersion', JSON.stringify(s.downgradeTarget))}${field('DowngradeEnabled', s.downgradeTarget !== '')}\n`

const status = command({
  use: 'status',
  short: 'Prints out the status of endpoints specified in `--endpoints` flag',
  long: `When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are endpoint, ID, version, db size, is leader, is learner, raft term, raft index, raft applied index, errors.`,
  *run(call) {
    const { p } = call
    const format = formatOf(call, ['protobuf'])
    const found: [string, Status][] = []
    let failed = false
    // One after another: every dead endpoint costs its full time.
    for (const endpoint of yield* endpointsFrom(call)) {
      try {
        found.push([
          endpoint,
          yield* clientOf(call, [endpoint]).call('Maintenance/Status', timeoutOf(call), (api) => api.status(), true),
        ])
      } catch (error) {
        if (error instanceof ExitError) throw error
        failed = true
        yield* put(p.stderr, `Failed to get the status of endpoint ${endpoint} (${(error as Error).message})\n`)
      }
    }
    yield* put(
      p.stdout,
      format === 'json'
        ? `${found.length > 0 ? json(found.map(([Endpoint, s]) => ({ Endpoint, Status: jsonStatus(s) }))) : 'null'}\n`
        : format === 'table'
          ? table(
              STATUS_TITLES,
              found.map(([e, s]) => statusRow(e, s)),
            )
          : format === 'fields'
            ? found.map(([e, s]) => statusFields(e, s)).join('')
            : found.map(([e, s]) => `${statusRow(e, s).join(', ')}\n`).join(''),
    )
    if (failed) throw new ExitError(EXIT.error, '')
    return 0
  },
})

interface HashKv {
  readonly header: Header
  readonly hash: number
  readonly compactRevision: number
  readonly hashRevision: number
}

const hashkv = command({
  use: 'hashkv',
  short: 'Prints the KV history hash for each endpoint in --endpoints',
  flags: [{ name: 'rev', type: 'int64', usage: 'maximum revision to hash (default: latest revision)' }],
  *run(call) {
    const { p, flags } = call
    const format = formatOf(call, ['protobuf'])
    const rev = flags.int('rev')
    const found: [string, HashKv][] = []
    let last: unknown
    for (const endpoint of yield* endpointsFrom(call)) {
      try {
        const result = yield* clientOf(call, [endpoint]).call(
          'Maintenance/HashKV',
          timeoutOf(call),
          (api): HashKv => {
            const header = api.header()
            const at = rev === 0 ? header.revision : rev
            const { store } = api.member.lineage
            if (at < store.compacted) throw errors.Compacted()
            if (at > header.revision) throw errors.FutureRev()
            return { header, hash: hashKv(store, at), compactRevision: store.compacted, hashRevision: at }
          },
          true,
        )
        found.push([endpoint, result])
      } catch (error) {
        if (error instanceof ExitError) throw error
        last = error
        yield* put(p.stderr, `Failed to get the hash of endpoint ${endpoint} (${(error as Error).message})\n`)
      }
    }
    yield* put(
      p.stdout,
      format === 'json'
        ? `${json(found.map(([Endpoint, h]) => ({ Endpoint, HashKV: { header: jsonHeader(h.header), hash: h.hash, compact_revision: some(h.compactRevision), hash_revision: h.hashRevision } })))}\n`
        : format === 'table'
          ? table(
              ['ENDPOINT', 'HASH', 'HASH REVISION'],
              found.map(([e, h]) => [e, String(h.hash), String(h.hashRevision)]),
            )
          : format === 'fields'
            ? found
                .map(
                  ([e, h]) =>
                    `${headerFields(h.header)}${field('Endpoint', JSON.stringify(e))}${field('Hash', h.hash)}${field('HashRevision', h.hashRevision)}\n`,
                )
                .join('')
            : found.map(([e, h]) => `${e}, ${h.hash}, ${h.hashRevision}\n`).join(''),
    )
    if (last instanceof Error) throw new ExitError(EXIT.error, last.message)
    return 0
  },
})

export const endpoint = command({
  use: 'endpoint <subcommand>',
  short: 'Endpoint related commands',
  persistentFlags: [{ name: 'cluster', type: 'bool', usage: 'use all endpoints from the cluster member list' }],
  commands: [health, status, hashkv],
})
