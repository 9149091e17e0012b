import type { Api, Status } from '../../etcd/api.ts'
import { EtcdError, errors } from '../../etcd/errors.ts'
import { si } from '../../etcd/human.ts'
import { decimal } from '../../etcd/ids.ts'
import { type HashKv, hashOf } from '../../etcd/maintenance.ts'
import { put } from '../../host/index.ts'
import type { Coro, Task } from '../../kernel/index.ts'
import { ClientError } from '../../programs/etcd/client.ts'
import { type Call, command } from '../lib/cobra.ts'
import { took as goTook } from './durations.ts'
import { EXIT, ExitError } from './errors.ts'
import { type ClientConfig, clientFor, configOf, formatOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES, type Values } from './messages.ts'
import { display, field, headerFields, messages, type Shown, textField } from './output.ts'
import { table } from './table.ts'

/** The endpoints to ask: --endpoints, or with --cluster the client URLs of all members (endpointsFromCluster). */
export function* endpointsFrom(call: Call, config: ClientConfig): Coro<readonly string[]> {
  if (!call.flags.bool('cluster')) return call.flags.strings('endpoints')
  const client = yield* clientFor(call.p, config, { status: EXIT.error })
  const list = yield* outcome(
    client.call('Cluster/MemberList', timeoutOf(call), (api) => api.memberList(), { repeatable: true }),
  )
  if ('value' in list) return list.value.members.flatMap((m) => m.clientUrls)
  throw new ExitError(EXIT.error, `failed to fetch endpoints from etcd cluster member list: ${list.error}`)
}

type Outcome<T> = { readonly value: T } | { readonly error: string }

/** A call whose failure is told rather than thrown. */
export function* outcome<T>(call: Coro<T>): Coro<Outcome<T>> {
  try {
    return { value: yield* call }
  } catch (error) {
    const told =
      error instanceof EtcdError ||
      error instanceof ClientError ||
      (error instanceof ExitError && error.status === EXIT.badConnection)
    if (!told) throw error
    return { error: error.message }
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
    const config = yield* configOf(call)
    const endpoints = yield* endpointsFrom(call, config)
    // All at once; lines come in the order of completion.
    const results: Health[] = []
    const tasks: Task<void>[] = endpoints.map((endpoint) =>
      p.host.kernel.spawn(`health ${endpoint}`, check(call, config, endpoint, results)),
    )
    try {
      for (const task of tasks) while (task.state === 'running') yield { on: [task.ended] }
    } finally {
      for (const task of tasks) if (task.state === 'running') task.interrupt(new Error('cancelled'))
    }
    for (const task of tasks) if (task.state === 'failed') throw task.error
    yield* display(call, {
      ...messages(
        MESSAGES.healths,
        results.map((r): Values => ({ ...r })),
      ),
      simple: () =>
        results
          .filter((r) => r.error === '')
          .map((r) => `${r.endpoint} is healthy: successfully committed proposal: took = ${r.took}\n`)
          .join(''),
      table: () =>
        table(
          ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
          results.map((r) => [r.endpoint, String(r.health), r.took, r.error]),
        ),
      fields: () =>
        results
          .map(
            (r) =>
              `${textField('Endpoint', r.endpoint)}${field('Health', r.health)}${field('Took', r.took)}${field('Error', r.error)}\n`,
          )
          .join(''),
    })
    const bad = results.filter((r) => r.error !== '')
    if (formatOf(call) === 'simple')
      for (const r of bad) yield* put(p.stderr, `${r.endpoint} is unhealthy: failed to commit proposal: ${r.error}\n`)
    if (bad.length > 0) throw new ExitError(EXIT.error, 'unhealthy cluster')
    return 0
  },
})

function* check(call: Call, config: ClientConfig, endpoint: string, results: Health[]): Coro {
  const { p } = call
  const client = yield* outcome(clientFor(p, config, { endpoints: [endpoint], logger: 'client' }))
  if ('error' in client) {
    results.push({ endpoint, health: false, took: '', error: client.error })
    return
  }
  const start = p.host.kernel.now()
  const timeout = timeoutOf(call)
  const ask = <T>(method: string, fn: (api: Api) => T, repeatable = false): Coro<Outcome<T>> =>
    outcome(client.value.call(method, timeout, fn, { repeatable }))
  const read = yield* ask('KV/Range', (api) => api.range({ key: 'health' }), true)
  const took = goTook(p.host.kernel.now() - start, p.host.rng)
  // That one may not read the key says that somebody was asked.
  let error = 'error' in read && read.error !== errors.PermissionDenied().message ? read.error : ''
  if (error === '') {
    const list = yield* ask('Maintenance/Alarm', (api) => api.alarms())
    if ('error' in list) error = 'Unable to fetch the alarm list'
    else if (list.value.alarms.length > 0)
      error = `Active Alarm(s): ${list.value.alarms.map((a) => `${a.type} `).join('')}`
  }
  results.push({ endpoint, health: error === '', took, error })
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

const statusValues = (s: Status): Values => ({
  header: headerOf(s.header),
  version: s.version,
  dbSize: s.dbSize,
  leader: s.leader,
  raftIndex: s.raftIndex,
  raftTerm: s.raftTerm,
  raftAppliedIndex: s.raftAppliedIndex,
  errors: s.errors,
  dbSizeInUse: s.dbSizeInUse,
  isLearner: s.isLearner,
  storageVersion: s.storageVersion,
  dbSizeQuota: s.quota,
  downgradeInfo: { enabled: s.downgradeTarget !== '', targetVersion: s.downgradeTarget },
})

const statusFields = (endpoint: string, s: Status, hex: boolean): string =>
  `${headerFields(s.header, hex)}${textField('Version', s.version)}${textField('StorageVersion', s.storageVersion)}${field('DBSize', s.dbSize)}${field('DBSizeInUse', s.dbSizeInUse)}${field('DBSizeQuota', s.quota)}${field('Leader', s.leader ? decimal(s.leader) : 0)}${field('IsLearner', s.isLearner)}${field('RaftIndex', s.raftIndex)}${field('RaftTerm', s.raftTerm)}${field('RaftAppliedIndex', s.raftAppliedIndex)}${field('Errors', `[${s.errors.join(' ')}]`)}${textField('Endpoint', endpoint)}${textField('DowngradeTargetVersion', s.downgradeTarget)}${field('DowngradeEnabled', s.downgradeTarget !== '')}\n`

/** Asks every endpoint in turn, each for its full time; failures are told as they come. The last of them comes back too. */
function* each<T>(
  call: Call,
  what: string,
  method: string,
  ask: (api: Api) => T,
): Coro<{ readonly found: readonly (readonly [endpoint: string, answer: T])[]; readonly last: string | undefined }> {
  const { p } = call
  const config = yield* configOf(call)
  const found: [string, T][] = []
  let last: string | undefined
  for (const endpoint of yield* endpointsFrom(call, config)) {
    const client = yield* clientFor(p, config, { endpoints: [endpoint] })
    const answer = yield* outcome(client.call(method, timeoutOf(call), ask, { repeatable: true }))
    if ('value' in answer) found.push([endpoint, answer.value])
    else {
      last = answer.error
      yield* put(p.stderr, `Failed to get the ${what} of endpoint ${endpoint} (${last})\n`)
    }
  }
  return { found, last }
}

/** Rows of a list that is a table, too. */
const rowsShown = (
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): Pick<Shown, 'simple' | 'table'> => ({
  simple: () => rows.map((row) => `${row.join(', ')}\n`).join(''),
  table: () => table(titles, rows),
})

const status = command({
  use: 'status',
  short: 'Prints out the status of endpoints specified in `--endpoints` flag',
  long: `When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are endpoint, ID, version, db size, is leader, is learner, raft term, raft index, raft applied index, errors.
`,
  *run(call) {
    const { found, last } = yield* each(call, 'status', 'Maintenance/Status', (api) => api.status())
    yield* display(call, {
      ...messages(
        MESSAGES.statuses,
        found.map(([Endpoint, s]) => ({ Endpoint, Status: statusValues(s) })),
      ),
      ...rowsShown(
        STATUS_TITLES,
        found.map(([endpoint, s]) => statusRow(endpoint, s)),
      ),
      fields: (hex) => found.map(([endpoint, s]) => statusFields(endpoint, s, hex)).join(''),
    })
    if (last !== undefined) throw new ExitError(EXIT.error, '')
    return 0
  },
})

const hashValues = (h: HashKv): Values => ({
  header: headerOf(h.header),
  hash: h.hash,
  compact_revision: h.compactRevision,
  hash_revision: h.hashRevision,
})

const hashkv = command({
  use: 'hashkv',
  short: 'Prints the KV history hash for each endpoint in --endpoints',
  persistentFlags: [{ name: 'rev', type: 'int64', usage: 'maximum revision to hash (default: latest revision)' }],
  *run(call) {
    const rev = call.flags.int('rev')
    const { found, last } = yield* each(call, 'hash', 'Maintenance/HashKV', (api) => hashOf(api, rev))
    yield* display(call, {
      ...messages(
        MESSAGES.hashes,
        found.map(([Endpoint, h]) => ({ Endpoint, HashKV: hashValues(h) })),
      ),
      ...rowsShown(
        ['ENDPOINT', 'HASH', 'HASH REVISION'],
        found.map(([endpoint, h]) => [endpoint, String(h.hash), String(h.hashRevision)]),
      ),
      fields: (hex) =>
        found
          .map(
            ([endpoint, h]) =>
              `${headerFields(h.header, hex)}${textField('Endpoint', endpoint)}${field('Hash', h.hash)}${field('HashRevision', h.hashRevision)}\n`,
          )
          .join(''),
    })
    if (last !== undefined) throw new ExitError(EXIT.error, last)
    return 0
  },
})

export const endpoint = command({
  use: 'endpoint <subcommand>',
  short: 'Endpoint related commands',
  persistentFlags: [{ name: 'cluster', type: 'bool', usage: 'use all endpoints from the cluster member list' }],
  commands: [health, status, hashkv],
})
