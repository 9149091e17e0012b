import type { Timer } from '../kernel/index.ts'
import type { Member } from './member.ts'

/** The leader asks every member for its version this often, ms (server.go monitorVersions). */
const INTERVAL = 4000

/** Decides the cluster version after an election, and complains of members that do not answer. Costs nothing while all do. */
export class VersionMonitor {
  private timer: Timer | undefined

  constructor(private readonly member: Member) {}

  start(): void {
    this.member.kernel.cancel(this.timer)
    this.timer = this.member.kernel.after(10, () => this.run())
  }

  stop(): void {
    this.member.kernel.cancel(this.timer)
    this.timer = undefined
  }

  private run(): void {
    this.timer = undefined
    const { member } = this
    if (!member.running || !member.raft.isLeader) return
    this.decide()
    if (!member.halted)
      for (const peer of member.peers.values())
        if (!peer.contact && peer.lastError) this.complain(peer.id, peer.urls[0], peer.lastError)
    this.timer = member.kernel.after(INTERVAL, () => this.run())
  }

  private complain(id: string, url: string, error: string): void {
    const wrapped = `Get "${url}/version": ${error}`
    this.member.log('warn', 'etcdserver/cluster_util.go:261', 'failed to reach the peer URL', {
      address: `${url}/version`,
      'remote-member-id': id,
      error: wrapped,
    })
    this.member.log('warn', 'etcdserver/cluster_util.go:162', 'failed to get version', {
      'remote-member-id': id,
      error: wrapped,
    })
  }

  /** The cluster version is that of its oldest member; it is set once all have been seen. */
  private decide(): void {
    const { member } = this
    const { lineage, config, log } = member
    if (!member.route) return
    const version = (lineage.downgradeTarget || config.version).split('.').slice(0, 2).join('.')
    if (lineage.clusterVersion !== '') {
      this.follow(version)
      return
    }
    log('info', 'etcdserver/server.go:2433', 'setting up initial cluster version using v3 API', {
      'cluster-version': version,
    })
    member.propose((l) => {
      l.clusterVersion = version
      l.storageVersion = `${version}.0`
    })
    for (const one of [member, ...[...member.peers.values()].map((p) => p.contact)]) {
      if (!one) continue
      const ids = { 'cluster-id': lineage.clusterId, 'local-member-id': one.id }
      one.log('info', 'membership/cluster.go:682', 'set initial cluster version', {
        ...ids,
        'cluster-version': version,
      })
      one.log('info', 'api/capability.go:76', 'enabled capabilities for version', { 'cluster-version': version })
      one.log('info', 'version/monitor.go:116', 'cluster version differs from storage version.', {
        'cluster-version': `${version}.0`,
        'storage-version': '3.5.0',
      })
      if (one === member)
        one.log('info', 'etcdserver/server.go:2453', 'cluster version is updated', { 'cluster-version': version })
      one.log('info', 'schema/migration.go:65', 'updated storage version', { 'new-storage-version': `${version}.0` })
    }
  }

  /** A downgrade was started or cancelled: cluster and databases follow. */
  private follow(version: string): void {
    const { member } = this
    const { clusterVersion: before, downgradeTarget } = member.lineage
    if (before === version) return
    member.propose((l) => {
      l.clusterVersion = version
      l.storageVersion = `${version}.0`
    })
    if (!downgradeTarget) return
    for (const one of [member, ...[...member.peers.values()].map((p) => p.contact)]) {
      one?.log('info', 'apply/apply.go:422', 'Cluster version downgrade detected, forcing snapshot', {
        'prev-cluster-version': `${before}.0`,
        'new-cluster-version': `${version}.0`,
      })
      one?.log('info', 'version/monitor.go:125', 'The server is ready to downgrade', {
        'target-version': downgradeTarget,
        'server-version': one.config.version,
      })
    }
  }
}
