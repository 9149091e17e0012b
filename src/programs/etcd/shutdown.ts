import { handOver, transferee } from '../../etcd/cluster-api.ts'
import type { Log } from '../../etcd/log.ts'
import type { Member } from '../../etcd/member.ts'
import type { Process } from '../../host/index.ts'
import type { EtcdConfig } from './config.ts'
import { closeWal } from './data-dir.ts'
import { parseUrl } from './peer-network.ts'

const FAILED = 'setting up serving from embedded etcd failed.'

/** An orderly stop: hand over leadership, close everything, end by the signal (as PID 1 of a container: status 0). */
export function shutdown(p: Process, log: Log, config: EtcdConfig, member: Member, signal: string, name: string): void {
  p.onSignal(signal, undefined)
  log('info', 'osutil/interrupt_unix.go:65', 'received signal; shutting down', { signal: name })
  log('info', 'embed/etcd.go:426', 'closing etcd server', closeFields(config))
  for (const _ of [0, 1]) log('error', 'embed/etcd.go:912', FAILED, { error: 'http: Server closed' })
  for (const url of config.listenMetrics) {
    const { host, port } = parseUrl(url)
    log('error', 'embed/etcd.go:912', FAILED, { error: `accept tcp ${host}:${port}: use of closed network connection` })
  }
  const ids = { 'local-member-id': member.id, 'current-leader-member-id': member.leaderId ?? '0' }
  const voters = member.members.filter((m) => !m.isLearner)
  const to = transferee(member)
  let wait = 5
  if (!member.raft.isLeader)
    log('info', 'etcdserver/server.go:1288', 'skipped leadership transfer; local server is not leader', ids)
  else if (voters.length <= 1)
    log('info', 'etcdserver/server.go:1297', 'skipped leadership transfer for single voting member cluster', ids)
  else if (to !== undefined && member.route === member) {
    handOver(member, to)
    wait = 102
  }
  for (const url of config.listenClient) {
    const { host, port } = parseUrl(url)
    const error = `accept tcp ${host}:${port}: use of closed network connection`
    log('warn', 'embed/serve.go:245', 'stopping secure grpc server due to error', { error })
    log('warn', 'embed/serve.go:247', 'stopped secure grpc server due to error', { error })
    log('error', 'embed/etcd.go:912', FAILED, { error })
  }
  p.after(wait, () => close(p, log, config, member, signal))
}

function close(p: Process, log: Log, config: EtcdConfig, member: Member, signal: string): void {
  log('info', 'etcdserver/server.go:2371', "server has stopped; stopping storage version's monitor")
  log('info', 'etcdserver/server.go:2348', "server has stopped; stopping cluster version's monitor")
  for (const peer of member.peers.values()) {
    const remote = { 'remote-peer-id': peer.id }
    const ids = { 'local-member-id': member.id, ...remote }
    log('info', 'rafthttp/peer.go:316', 'stopping remote peer', remote)
    for (const type of ['stream MsgApp v2', 'stream Message']) {
      const writer = { 'stream-writer-type': type, ...remote }
      if (peer.in) log('warn', 'rafthttp/stream.go:285', 'closed TCP streaming connection with remote peer', writer)
      log('info', 'rafthttp/stream.go:293', 'stopped TCP streaming connection with remote peer', writer)
    }
    log('info', 'rafthttp/pipeline.go:85', 'stopped HTTP pipelining with remote peer', ids)
    for (const type of ['stream MsgApp v2', 'stream Message']) {
      const reader = { 'stream-reader-type': type, ...ids }
      if (peer.out) {
        log('warn', 'rafthttp/stream.go:420', 'lost TCP streaming connection with remote peer', {
          ...reader,
          error: 'context canceled',
        })
        if (type === 'stream MsgApp v2')
          log('warn', 'rafthttp/peer_status.go:66', 'peer became inactive (message send to peer failed)', {
            'peer-id': peer.id,
            error: `failed to read ${peer.id} on ${type} (context canceled)`,
          })
      }
      log('info', 'rafthttp/stream.go:441', 'stopped stream reader with remote peer', reader)
    }
    log('info', 'rafthttp/peer.go:321', 'stopped remote peer', remote)
  }
  member.stop('EOF')
  closeWal(p.fs, config.dataDir)
  for (const url of config.listenPeer) {
    const { host, port } = parseUrl(url)
    log('info', 'embed/etcd.go:621', 'stopping serving peer traffic', { address: `${host}:${port}` })
    log('error', 'embed/etcd.go:912', FAILED, { error: `accept tcp ${host}:${port}: use of closed network connection` })
  }
  p.after(100, () => {
    for (const url of config.listenPeer) {
      const { host, port } = parseUrl(url)
      log('info', 'embed/etcd.go:626', 'stopped serving peer traffic', { address: `${host}:${port}` })
    }
    log('info', 'embed/etcd.go:428', 'closed etcd server', closeFields(config))
    if (p.containerPid === 1) p.exit(0)
    else p.kill(signal)
  })
}

/** Fields of `closing etcd server`. */
export const closeFields = (config: EtcdConfig): Record<string, string | readonly string[]> => ({
  name: config.name,
  'data-dir': config.dataDir,
  'advertise-peer-urls': config.advertisePeer,
  'advertise-client-urls': config.advertiseClient,
})
