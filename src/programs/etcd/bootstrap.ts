import {
  forceNew,
  foundReplica,
  type InitialMember,
  initialMembers,
  joinReplica,
  parseInitialCluster,
} from '../../etcd/bootstrap.ts'
import { configuration } from '../../etcd/conf-log.ts'
import { si } from '../../etcd/human.ts'
import { compareIds, memberId } from '../../etcd/ids.ts'
import type { MemberInfo, Position } from '../../etcd/lineage.ts'
import type { Log } from '../../etcd/log.ts'
import type { Member } from '../../etcd/member.ts'
import type { PeerNetwork } from '../../etcd/peer.ts'
import type { Replica } from '../../etcd/replica.ts'
import type { EtcdConfig } from './config.ts'
import type { DataDirState } from './data-dir.ts'

/** How a member came to its replica, which decides what it logs and when it may serve. */
export interface Boot {
  readonly replica: Replica
  readonly how: 'founded' | 'joined' | 'restarted'
  /** Configurations that raft's replay passes through before it serves. */
  readonly replay: readonly MemberInfo[]
  readonly at: Position
}

interface Context {
  readonly config: EtcdConfig
  readonly log: Log
  readonly network: PeerNetwork
  readonly state: DataDirState
}

/** etcdserver/bootstrap.go: from flags, data and what other members say to a replica. Throws what `bootstrap failed` says. */
export function bootstrap(context: Context): Boot {
  const { config, log, state } = context
  if (state.wal && state.walState === 'ok') return restart(context, state.wal)
  log('info', 'etcdserver/bootstrap.go:94', 'bootstrapping cluster')
  const initial = parseInitialCluster(config.initialCluster)
  const self = initial.find((m) => m.name === config.name)
  const boot = config.existing ? join(context, initial, self) : found(context, initial, self)
  log('info', 'etcdserver/bootstrap.go:101', 'bootstrapping storage')
  log('info', 'etcdserver/bootstrap.go:109', 'bootstrapping raft')
  log('info', 'etcdserver/bootstrap.go:499', 'starting local member', {
    'local-member-id': boot.replica.memberId,
    'cluster-id': boot.replica.lineage.clusterId,
  })
  log('info', 'etcdserver/server.go:312', 'bootstrap successfully')
  raftStart(log, boot)
  return boot
}

function found({ config, network }: Context, initial: InitialMember[], self: InitialMember | undefined): Boot {
  const me = checkSelf(config, self, true)
  const id = memberId(me.peerUrls, config.token)
  // A founder that asks the others and finds itself started has lost its data.
  for (const one of remotes(network, initial, config.name)) {
    const known = one.members.find((m) => m.id === id)
    if (known && known.clientUrls.length > 0) throw new Error(`member ${id} has already been bootstrapped`)
  }
  const replica = foundReplica(initial, config.token, config.name)
  return {
    replica,
    how: 'founded',
    replay: initialMembers(initial, config.token).sort((a, b) => compareIds(a.id, b.id)),
    at: replica.position(),
  }
}

function join({ config, network, log }: Context, initial: InitialMember[], self: InitialMember | undefined): Boot {
  const me = checkSelf(config, self, false)
  const remote = remotes(network, initial, config.name)[0]
  if (!remote)
    throw new Error(
      'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs',
    )
  const members = remote.members
  const problem = matchUrls(initial, members, log)
  if (problem) {
    const dump = members.map(dumpMember).join(' ')
    const cluster = `{ClusterID:${remote.lineage.clusterId} Members:[${dump}] RemovedMemberIDs:[]}`
    throw new Error(`error validating peerURLs ${cluster}: ${problem}`)
  }
  const id = members.find((m) => m.peerUrls.some((u) => me.peerUrls.includes(u)))!.id
  const replica = joinReplica(remote.lineage.clusterId, id, members)
  return { replica, how: 'joined', replay: [], at: replica.position() }
}

/** Members of other URLs that answer now, the way --initial-cluster lists them. */
const remotes = (network: PeerNetwork, initial: readonly InitialMember[], name: string): Member[] =>
  initial
    .filter((m) => m.name !== name)
    .flatMap((m) => m.peerUrls)
    .flatMap((url) => {
      const result = network.dial(url)
      return 'member' in result ? [result.member] : []
    })

function checkSelf(config: EtcdConfig, self: InitialMember | undefined, strict: boolean): InitialMember {
  if (!self)
    throw new Error(`couldn't find local name ${JSON.stringify(config.name)} in the initial cluster configuration`)
  const listed = [...self.peerUrls].sort()
  const advertised = [...config.advertisePeer].sort()
  const missing =
    listed.find((url) => !advertised.includes(url)) ?? (listed.length < advertised.length ? advertised[0] : undefined)
  if (missing && strict) {
    const have = advertised.join(',')
    const why = `(resolved urls: ${JSON.stringify(advertised[0])} != ${JSON.stringify(listed[0])})`
    throw new Error(
      `--initial-cluster has ${self.name}=${missing} but missing from --initial-advertise-peer-urls=${have} ${why}`,
    )
  }
  return self
}

/** membership.ValidateClusterAndAssignIDs: every member of one list must have a partner with the same URLs in the other. */
function matchUrls(initial: readonly InitialMember[], members: readonly MemberInfo[], log: Log): string | undefined {
  if (initial.length !== members.length) return 'member count is unequal'
  const left = [...initial]
  for (const m of members) {
    let last = ''
    const at = left.findIndex((l) => {
      for (const url of [...m.peerUrls, ...l.peerUrls]) {
        const host = url.replace(/^https?:\/\//, '')
        log('info', 'netutil/netutil.go:113', 'resolved URL Host', { url, host, 'resolved-addr': host })
      }
      if (l.peerUrls.join() === m.peerUrls.join()) return true
      last = `(resolved urls: ${JSON.stringify(m.peerUrls[0])} != ${JSON.stringify(l.peerUrls[0])})`
      return false
    })
    if (at < 0)
      return `PeerURLs: no match found for existing member (${m.id}, [${m.peerUrls.join(' ')}]), last resolver error ${last}`
    left.splice(at, 1)
  }
  return undefined
}

const dumpMember = (m: MemberInfo): string =>
  `&{ID:${m.id} RaftAttributes:{PeerURLs:[${m.peerUrls.join(' ')}] IsLearner:${m.isLearner}} Attributes:{Name:${m.name} ClientURLs:[${m.clientUrls.join(' ')}]}}`

function restart({ config, log, state }: Context, replica: Replica): Boot {
  replica.freeze()
  const forced = config.forceNew
  const at = replica.position()
  const { snapshotIndex } = replica
  if (snapshotIndex === 0) log('info', 'etcdserver/bootstrap.go:441', 'No snapshot found. Recovering WAL from scratch!')
  else {
    log('info', 'etcdserver/bootstrap.go:413', 'recovered v2 store from snapshot', {
      'snapshot-index': snapshotIndex,
      'snapshot-size': snapshotIndex === at.members.length ? '6.5 kB' : '7.2 kB',
    })
    log('info', 'storage/backend.go:108', 'Skipping snapshot backend', {
      'consistent-index': at.index,
      'snapshot-index': snapshotIndex,
    })
  }
  if (state.db === 'ok')
    log('info', 'etcdserver/bootstrap.go:232', 'recovered v3 backend', {
      'backend-size-bytes': replica.allocated,
      'backend-size': si(replica.allocated),
      'backend-size-in-use-bytes': 16384,
      'backend-size-in-use': '16 kB',
    })
  log('info', 'etcdserver/bootstrap.go:90', 'Bootstrapping WAL from snapshot')
  const ids = { 'cluster-id': replica.lineage.clusterId, 'local-member-id': replica.memberId }
  if (forced)
    log('info', 'etcdserver/bootstrap.go:591', 'forcing restart member', {
      ...ids,
      'wal-commit-index': at.index,
      'commit-index': at.index + at.members.length - 1,
    })
  else log('info', 'etcdserver/bootstrap.go:599', 'restarting local member', { ...ids, 'commit-index': at.index })
  log('info', 'etcdserver/bootstrap.go:94', 'bootstrapping cluster')
  log('info', 'etcdserver/bootstrap.go:101', 'bootstrapping storage')
  if (state.db === 'ok') recovered(log, replica, at, snapshotIndex === 0)
  log('info', 'etcdserver/bootstrap.go:109', 'bootstrapping raft')
  log('info', 'etcdserver/server.go:312', 'bootstrap successfully')
  const boot: Boot = { replica, how: 'restarted', replay: snapshotIndex === 0 ? at.members : [], at }
  raftStart(log, boot)
  if (forced) forceNew(replica)
  return boot
}

function recovered(log: Log, replica: Replica, at: Position, fromScratch: boolean): void {
  const ids = { 'cluster-id': replica.lineage.clusterId, 'local-member-id': replica.memberId }
  for (const m of fromScratch ? at.members : [])
    log('info', 'membership/cluster.go:605', 'Detected member only in v3store but missing in v2store', {
      member: dumpMember(m).slice(1),
    })
  if (at.clusterVersion)
    log('info', 'api/capability.go:76', 'enabled capabilities for version', { 'cluster-version': at.clusterVersion })
  for (const m of at.members)
    log('info', 'membership/cluster.go:297', 'recovered/added member from store', {
      ...ids,
      'recovered-remote-peer-id': m.id,
      'recovered-remote-peer-urls': m.peerUrls,
      'recovered-remote-peer-is-learner': m.isLearner,
    })
  if (at.clusterVersion)
    log('info', 'membership/cluster.go:307', 'set cluster version from store', { 'cluster-version': at.clusterVersion })
}

function raftStart(log: Log, { replica, how, replay, at }: Boot): void {
  const id = replica.memberId
  const fresh = how !== 'restarted'
  const snapshot = fresh ? 0 : replica.snapshotIndex
  const start = snapshot > 0 ? at.members : []
  log('info', 'raft@v3/raft.go:1981', `${id} switched to configuration ${configuration(start)}`)
  const term = fresh ? 0 : replica.term
  const [commit, last, lastTerm] = fresh ? [0, 0, 0] : [at.index, replica.lastIndex, replica.lastTerm]
  log('info', 'raft@v3/raft.go:897', `${id} became follower at term ${term}`)
  log(
    'info',
    'raft@v3/raft.go:493',
    `newRaft ${id} [peers: [${start.map((m) => m.id).join(',')}], term: ${term}, commit: ${commit}, applied: ${snapshot}, lastindex: ${last}, lastterm: ${lastTerm}]`,
  )
  if (how !== 'founded') return
  log('info', 'raft@v3/raft.go:897', `${id} became follower at term 1`)
  for (let n = 1; n <= replay.length; n++)
    log('info', 'raft@v3/raft.go:1981', `${id} switched to configuration ${configuration(replay.slice(0, n))}`)
}

/** What applying the log from its beginning says of the members, once raft runs. */
export function replayLog(log: Log, { replica, how, replay, at }: Boot): void {
  const id = replica.memberId
  const ids = { 'cluster-id': replica.lineage.clusterId, 'local-member-id': id }
  for (let n = 1; n <= replay.length; n++) {
    const m = replay[n - 1]
    const shown = how === 'founded' ? replay : replay.slice(0, n)
    log('info', 'raft@v3/raft.go:1981', `${id} switched to configuration ${configuration(shown)}`)
    const added = {
      'added-peer-id': m.id,
      'added-peer-peer-urls': m.peerUrls,
      'added-peer-is-learner': m.isLearner,
    }
    if (how === 'founded') log('info', 'membership/cluster.go:424', 'added member', { ...ids, ...added })
    else log('info', 'membership/cluster.go:433', 'ignore already added member', { ...ids, ...added })
  }
  if (how === 'restarted' && at.clusterVersion)
    log('info', 'membership/cluster.go:674', 'updated cluster version', {
      ...ids,
      from: at.clusterVersion,
      to: at.clusterVersion,
    })
}
