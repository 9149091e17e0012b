import type { Fields } from '../../etcd/log.ts'
import type { Process } from '../../host/index.ts'
import type { EtcdConfig } from './config.ts'
import type { DataDirState } from './data-dir.ts'
import { ETCD_VERSION, GIT_SHA, GO_VERSION } from './version.ts'

/** The fields of `starting an etcd server`, in the server's order (embed/etcd.go print). */
export function startupFields(p: Process, config: EtcdConfig, state: DataDirState): Fields {
  const get = (name: string): string => config.flags.values.get(name) ?? ''
  const flag = (name: string): boolean => /^(1|t|true)$/i.test(get(name))
  const existing = state.wal !== undefined
  return {
    'etcd-version': ETCD_VERSION,
    'git-sha': GIT_SHA,
    'go-version': GO_VERSION,
    'go-os': 'linux',
    'go-arch': 'amd64',
    'max-cpu-set': p.host.cpus,
    'max-cpu-available': p.host.cpus,
    'member-initialized': existing,
    name: config.name,
    'data-dir': config.dataDir,
    'wal-dir': get('wal-dir'),
    'wal-dir-dedicated': get('wal-dir'),
    'member-dir': `${config.dataDir}/member`,
    'force-new-cluster': config.forceNew,
    'heartbeat-interval': '100ms',
    'election-timeout': '1s',
    'initial-election-tick-advance': flag('initial-election-tick-advance'),
    'snapshot-count': config.snapshotCount,
    'max-wals': 5,
    'max-snapshots': 5,
    'snapshot-catchup-entries': 5000,
    'initial-advertise-peer-urls': config.advertisePeer,
    'listen-peer-urls': config.listenPeer,
    'advertise-client-urls': config.advertiseClient,
    'listen-client-urls': config.listenClient,
    'listen-metrics-urls': config.listenMetrics,
    'experimental-local-address': '',
    cors: ['*'],
    'host-whitelist': ['*'],
    'initial-cluster': existing ? '' : config.initialCluster,
    'initial-cluster-state': config.existing ? 'existing' : 'new',
    'initial-cluster-token': existing ? '' : config.token,
    'quota-backend-bytes': config.quota,
    'max-request-bytes': 1572864,
    'max-concurrent-streams': 4294967295,
    'pre-vote': true,
    'feature-gates': get('feature-gates'),
    'initial-corrupt-check': flag('experimental-initial-corrupt-check'),
    'corrupt-check-time-interval': '0s',
    'compact-check-time-interval': '1m0s',
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': '0s',
    'auto-compaction-interval': '0s',
    'discovery-url': '',
    'discovery-proxy': '',
    'discovery-token': '',
    'discovery-endpoints': '',
    'discovery-dial-timeout': '2s',
    'discovery-request-timeout': '5s',
    'discovery-keepalive-time': '2s',
    'discovery-keepalive-timeout': '6s',
    'discovery-insecure-transport': true,
    'discovery-insecure-skip-tls-verify': false,
    'discovery-cert': '',
    'discovery-key': '',
    'discovery-cacert': '',
    'discovery-user': '',
    'downgrade-check-interval': '5s',
    'max-learners': 1,
    'v2-deprecation': 'write-only',
  }
}
