import { si } from '../../etcd/human.ts'
import type { Log } from '../../etcd/log.ts'
import { Member } from '../../etcd/member.ts'
import type { PeerNetwork } from '../../etcd/peer.ts'
import { BBOLT_OPTIONS } from '../../etcd/upkeep.ts'
import type { Process, Stack } from '../../host/index.ts'
import { type Coro, type Kernel, sleep } from '../../kernel/index.ts'
import { type Boot, bootstrap, replayLog } from './bootstrap.ts'
import { clientDoors, servingClients } from './client-door.ts'
import type { EtcdConfig } from './config.ts'
import { corruptionCheck } from './corruption-check.ts'
import { createDb, createDirs, type DataDirState, inspect, store, storeSnapshot } from './data-dir.ts'
import { imagesOf } from './database-images.ts'
import type { PeerEndpoint } from './endpoints.ts'
import { serveHttp } from './http.ts'
import { listenOn, rejections } from './listeners.ts'
import { panicText, TRACES } from './panics.ts'
import { parseUrl, peerNetwork } from './peer-network.ts'
import { closeFields, shutdown } from './shutdown.ts'
import { startupFields } from './startup-line.ts'
import { loadTls, serverTls } from './tls-files.ts'
import { ETCD_VERSION } from './version.ts'

const DEFAULT_NAME =
  "it isn't recommended to use default name, please set a value for --name. Note that etcd might run into issue when multiple members have the same default name"
const PLAIN_HTTP = 'Running http and grpc server on single port. This is not recommended for production.'

/** From verified flags to a running server; returns the exit status (etcdmain/etcd.go startEtcdOrProxyV2, embed.StartEtcd). */
export function* serve(p: Process, log: Log, config: EtcdConfig): Coro<number> {
  const { kernel } = p.host
  const state = introduce(p, log, config)
  if (!state) return 1
  let member: Member | undefined
  let peersServed = false
  const discoveryFailed = (message: string): number => {
    log('fatal', 'etcdmain/etcd.go:183', 'discovery failed', { error: message })
    return 1
  }

  const closed = (message: string): number => {
    const closing = closeFields(config)
    log('info', 'embed/etcd.go:426', 'closing etcd server', closing)
    log('info', 'embed/etcd.go:428', 'closed etcd server', closing)
    return discoveryFailed(message)
  }

  // Peer listeners first, then clients: the order in which port conflicts show.
  log('info', 'embed/etcd.go:138', 'configuring peer listeners', { 'listen-peer-urls': config.listenPeer })
  try {
    listenForPeers(p, log, config, () => (peersServed ? member : undefined))
  } catch (error) {
    log('error', 'embed/etcd.go:586', 'creating peer listener failed', { error: (error as Error).message })
    return closed((error as Error).message)
  }
  log('info', 'embed/etcd.go:146', 'configuring client listeners', { 'listen-client-urls': config.listenClient })
  const doors = clientDoors(p, log, config, () => member)
  try {
    doors.listen()
  } catch (error) {
    return closed((error as Error).message)
  }
  log('info', 'embed/etcd.go:323', 'starting an etcd server', startupFields(p, config, state))
  yield* sleep(kernel, 1)

  const failed = (message: string): number => {
    log('error', `etcdserver/server.go:309#${state.type === 'member' ? 'data' : 'empty'}`, 'bootstrap failed', {
      error: message,
    })
    return closed(message)
  }
  try {
    createDirs(p.fs, config.dataDir)
  } catch (error) {
    return failed((error as Error).message)
  }
  const broken = yield* openDatabase(p, log, config, state)
  if (broken !== undefined) return broken

  const network = peerNetwork(p, config.peer)
  let boot: Boot
  try {
    createDb(p.fs, config.dataDir)
    if (state.walState === 'garbage') throw new Error(crcMismatch(p))
    boot = bootstrap({ config, log, network, state })
  } catch (error) {
    return failed((error as Error).message)
  }
  store(p.fs, config.dataDir, boot.replica, imagesOf(kernel))
  boot.replica.locked = true
  p.defer(() => {
    boot.replica.locked = false
    member?.stop('unexpected EOF')
  })

  yield* restoreStore(log, kernel, config, boot)
  const running = makeMember(p, log, config, network, boot)
  member = running
  p.onFrozen = (frozen) => (frozen ? running.freeze('signal') : running.thaw('signal'))
  running.connect()
  const known = boot.at.clusterVersion !== ''
  log('info', known ? 'etcdserver/server.go:589' : 'etcdserver/server.go:598', 'starting etcd server', {
    'local-member-id': running.id,
    'local-server-version': ETCD_VERSION,
    'cluster-id': known ? running.lineage.clusterId : undefined,
    'cluster-version': known ? boot.at.clusterVersion : 'to_be_decided',
  })
  for (const [signal, name] of [
    ['SIGTERM', 'terminated'],
    ['SIGINT', 'interrupt'],
  ] as const)
    p.onSignal(signal, () => shutdown(p, log, config, running, signal, name))
  if (config.corruptCheck && boot.how === 'restarted') yield* corruptionCheck(p, running, config)
  yield* sleep(kernel, 5)
  startServing(p, log, config, running, boot, () => {
    peersServed = true
  })
  servingClients(p, log, config, running, doors)
  return yield* p.park()
}

/** The first lines of a start, down to what the data directory holds; undefined, and a last line, when it cannot be read. */
function introduce(p: Process, log: Log, config: EtcdConfig): DataDirState | undefined {
  log('warn', 'embed/config.go:1207', PLAIN_HTTP)
  const nameless = (): void => {
    if (config.name === 'default') log('warn', 'embed/config.go:1320', DEFAULT_NAME, { name: config.name })
  }
  nameless()
  log('info', 'etcdmain/etcd.go:64', 'Running: ', { args: p.argv })
  if (!(p.net as Stack).routes.some((r) => r.bits === 0))
    log('info', 'etcdmain/etcd.go:91', 'failed to detect default host', { error: 'could not find default route' })
  let state: DataDirState
  try {
    state = inspect(p.fs, config.dataDir)
  } catch (error) {
    log('fatal', 'etcdmain/etcd.go:227', 'failed to list data directory', {
      dir: config.dataDir,
      error: (error as Error).message,
    })
    return undefined
  }
  const dir = { 'data-dir': config.dataDir, 'dir-type': state.type }
  if (state.type === 'member') log('info', 'etcdmain/etcd.go:107', 'server has already been initialized', dir)
  else log('info', 'etcdmain/etcd.go:124', 'Initialize and start etcd server', dir)
  log('warn', 'embed/config.go:1207', PLAIN_HTTP)
  nameless()
  return state
}

/** Opens the ports for other members; throws when one is taken or the TLS files are no good. */
function listenForPeers(p: Process, log: Log, config: EtcdConfig, member: () => Member | undefined): void {
  const endpoint: PeerEndpoint = { kind: 'etcd-peer', member }
  let caPem: string | undefined
  if (config.listenPeer.some((u) => parseUrl(u).secure)) {
    log('info', 'embed/etcd.go:544', 'starting with peer TLS', {
      'tls-info': tlsInfo(config.peer),
      'cipher-suites': [],
    })
    caPem = loadTls(p, config.peer).caPem
  }
  const rejected = rejections(p, log, 'peer')
  for (const url of config.listenPeer)
    listenOn(p, url, {
      name: 'etcd',
      ...(parseUrl(url).secure ? { tls: () => serverTls(p, config.peer, caPem, rejected) } : {}),
      http: (request) => serveHttp(endpoint.member(), 'peer', request),
      custom: endpoint,
    })
}

function* restoreStore(log: Log, kernel: Kernel, config: EtcdConfig, boot: Boot): Coro {
  log('warn', 'auth/store.go:1137', 'simple token is not cryptographically signed')
  const { compacted } = boot.replica.lineage.store
  if (compacted > 0)
    log('info', 'mvcc/kvstore.go:334', 'restored last compact revision', {
      'meta-bucket-name-key': 'finishedCompactRev',
      'restored-compact-revision': compacted,
    })
  yield* sleep(kernel, 5)
  log('info', 'mvcc/kvstore.go:408', 'kvstore restored', { 'current-rev': boot.replica.position().rev })
  const quota = { 'quota-name': 'v3-applier', 'quota-size-bytes': config.quota, 'quota-size': si(config.quota) }
  if (config.quotaGiven) log('info', 'storage/quota.go:116', 'enabled backend quota', quota)
  else log('info', 'storage/quota.go:93', 'enabled backend quota with default value', quota)
}

function makeMember(p: Process, log: Log, config: EtcdConfig, network: PeerNetwork, boot: Boot): Member {
  const member: Member = new Member(
    {
      kernel: p.host.kernel,
      rng: p.host.rng.fork(`etcd/${p.pid}`),
      log,
      network,
      clock: () => p.now(),
      fsync: () => p.host.fsync,
      onSnapshot: (term, index) => storeSnapshot(p.fs, config.dataDir, term, index),
      exit: (code, text) => {
        if (text) p.stderr.write(panicText(text, TRACES.tocommit))
        member.stop(code === 0 ? 'EOF' : 'unexpected EOF')
        p.exit(code)
      },
    },
    boot.replica,
    {
      name: config.name,
      clientUrls: config.advertiseClient,
      quota: config.quota,
      version: ETCD_VERSION,
      dbPath: `${config.dataDir}/member/snap/db`,
      snapshotCount: config.snapshotCount,
    },
  )
  return member
}

function startServing(
  p: Process,
  log: Log,
  config: EtcdConfig,
  member: Member,
  boot: Boot,
  servePeers: () => void,
): void {
  const kernel = p.host.kernel
  const serverTlsLine = config.client.cert !== '' && config.client.key !== ''
  if (serverTlsLine)
    log('info', 'embed/etcd.go:766', 'starting with client TLS', {
      'tls-info': tlsInfo(config.client),
      'cipher-suites': [],
    })
  log('info', 'embed/etcd.go:292', 'now serving peer/client/metrics', {
    'local-member-id': member.id,
    'initial-advertise-peer-urls': config.advertisePeer,
    'listen-peer-urls': config.listenPeer,
    'advertise-client-urls': config.advertiseClient,
    'listen-client-urls': config.listenClient,
    'listen-metrics-urls': config.listenMetrics,
  })
  for (const url of config.listenMetrics) {
    try {
      listenOn(p, url, { name: 'etcd', http: (request) => serveHttp(member, 'metrics', request) })
      log('info', 'embed/etcd.go:890', 'serving metrics', { address: url })
    } catch {
      // The real one would not start; --listen-metrics-urls conflicts are not in the recordings.
    }
  }
  const alone = member.members.length <= 1
  if (!alone)
    log('info', 'etcdserver/server.go:499', 'starting initial election tick advance', { 'election-ticks': 10 })
  for (const [sub, suffix] of [
    ['snap', 'snap.db'],
    ['snap', 'snap'],
    ['wal', 'wal'],
  ])
    log('info', 'fileutil/purge.go:49', 'started to purge file', {
      dir: `${config.dataDir}/member/${sub}`,
      suffix,
      max: 5,
      interval: '30s',
    })
  for (const url of config.listenPeer) {
    const { host, port } = parseUrl(url)
    log('info', 'embed/etcd.go:640', 'serving peer traffic', { address: `${host}:${port}` })
    log('info', 'embed/etcd.go:611', 'cmux::serve', { address: `${host}:${port}` })
  }
  const ticks = { 'election-ticks': 10, 'election-timeout': '1s' }
  if (alone)
    log('info', 'etcdserver/server.go:483', 'started as single-node; fast-forwarding election ticks', {
      'local-member-id': member.id,
      'forward-ticks': 9,
      'forward-duration': '900ms',
      ...ticks,
    })
  replayLog(log, boot)
  servePeers()
  member.begin(alone ? 900 : 0)
  if (alone) return
  // Once peers answer, the rest of the first election timeout is skipped; without any, it is not.
  const until = kernel.now() + 5000
  const look = (): void => {
    if (!member.running) return
    const active = [...member.peers.values()].filter((peer) => peer.contact).length
    if (active < Math.min(2, member.members.length - 1)) {
      if (kernel.now() < until) p.after(50, look)
      return
    }
    log('info', 'etcdserver/server.go:522', 'initialized peer connections; fast-forwarding election ticks', {
      'local-member-id': member.id,
      'forward-ticks': 8,
      'forward-duration': '800ms',
      ...ticks,
      'active-remote-members': active,
    })
    member.raft.forward(800)
  }
  p.after(50, look)
}

/** Opens member/snap/db. Waits for its lock; returns an exit status when it is damaged. */
function* openDatabase(p: Process, log: Log, config: EtcdConfig, state: DataDirState): Coro<number | undefined> {
  const path = `${config.dataDir}/member/snap/db`
  const kernel = p.host.kernel
  log(
    'info',
    'bbolt@backend/backend.go:203',
    `Opening db file (${path}) with mode -rw------- and with options: ${BBOLT_OPTIONS}`,
  )
  if (state.wal?.locked) {
    yield* sleep(kernel, 10_001)
    log('info', 'storage/backend.go:88', 'db file is flocked by another process, or taking too long', {
      path,
      took: '10.001606107s',
    })
    while (state.wal.locked) yield* sleep(kernel, 1000)
  }
  if (state.db === 'garbage') {
    log(
      'error',
      'bbolt@bbolt/db.go:292',
      'both meta pages are invalid, meta0: invalid database, meta1: invalid database',
    )
    log('error', 'bbolt@backend/backend.go:203', `failed to map db file (${path}): invalid database`)
    log('error', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${path}) failed: invalid database`)
    log('panic', 'backend/backend.go:205', 'failed to open database', { path, error: 'invalid database' })
    p.stderr.write(panicText('failed to open database', TRACES.openDatabase))
    return 2
  }
  if (state.db === 'truncated') {
    p.stderr.write(`${TRACES.fault}\n`)
    return 2
  }
  if (state.db === 'page') {
    log('info', 'bbolt@runtime/panic.go:860', `Opening bbolt db (${path}) successfully`)
    const found = BigInt(`0x${p.host.rng.hex(15)}`)
    p.stderr.write(panicText(`assertion failed: Page expected to be: 3, but self identifies as ${found}`, TRACES.page))
    return 2
  }
  yield* sleep(kernel, 3)
  log('info', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${path}) successfully`)
  const took = `${2 + p.host.rng.int(3)}.${p.host.rng.between(100000, 999999)}ms`
  log('info', 'storage/backend.go:80', 'opened backend db', { path, took })
  const index = state.db === 'ok' && state.wal ? state.wal.position().index : 0
  log('info', 'etcdserver/bootstrap.go:220', 'restore consistentIndex', { index })
  if (state.walState === 'header') {
    p.stderr.write(panicText('cannot use none as id', TRACES.noId))
    return 2
  }
  return undefined
}

/** A record of the log whose checksum is wrong; which one it is depends on the bytes. */
const crcMismatch = ({ host: { rng } }: Process): string =>
  `walpb: crc mismatch: expected: ${rng.hex(8)} computed: ${rng.hex(8)}: in file '0000000000000000-0000000000000000.wal' at position: 552`

const tlsInfo = (files: EtcdConfig['peer']): string =>
  `cert = ${files.cert}, key = ${files.key}, client-cert=, client-key=, trusted-ca = ${files.ca}, client-cert-auth = ${files.clientAuth}, crl-file = `
