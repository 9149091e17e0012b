import {
  type KubeObject,
  StatusError,
  type Storage,
  StorageBlocked,
  StorageError,
  TransportError,
} from '../../api/index.ts'
import { same } from '../../kinds/index.ts'
import { Klog } from '../lib/klog.ts'
import type { BootstrapContext } from './bootstrap.ts'

const PREFIX = '/registry/masterleases/'
/** A server that has not renewed for so long is no endpoint any more, seconds. */
const TTL = 15
const PERIOD = 10_000

/**
 * Keeps this server among the endpoints of the Service `kubernetes`. Models controlplane/reconcilers/lease.go: each
 * server holds a key with a lease, and whoever looks writes down all whose key lives.
 */
export class EndpointReconciler {
  private stopped = false
  /** Resources that this server has written: their quota evaluator is announced at the first write. */
  private readonly written = new Set<string>()

  constructor(
    private readonly ctx: BootstrapContext,
    private readonly storage: Storage,
  ) {}

  start(): void {
    this.run()
  }

  /** Takes this server out of the endpoints, as at an orderly shutdown. Returns those that are left. */
  stop(): readonly string[] | undefined {
    let left: readonly string[] | undefined
    if (this.stopped) return left
    this.stopped = true
    this.quietly(() => {
      const key = PREFIX + this.ctx.advertise
      const mine = this.storage.get(key)
      if (mine) this.storage.delete(key, mine.revision)
      left = this.publish()
    })
    return left
  }

  private run(): void {
    if (this.stopped) return
    this.quietly(() => {
      this.renew()
      this.publish()
    })
    this.ctx.p.after(PERIOD, () => this.run())
  }

  private renew(): void {
    const key = PREFIX + this.ctx.advertise
    const before = this.storage.get(key)
    const object: KubeObject = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: '', generation: (before?.object.metadata.generation ?? 0) + 1 },
      subsets: [{ addresses: [{ ip: this.ctx.advertise }] }],
    }
    this.storage.put(key, object, before?.revision ?? 0, TTL)
  }

  private publish(): readonly string[] {
    const { port } = this.ctx
    const ips = this.storage
      .list(PREFIX)
      .items.map(({ key }) => key.slice(PREFIX.length))
      .sort()
    const ports = [{ name: 'https', port, protocol: 'TCP' }]
    const metadata = { name: 'kubernetes', namespace: 'default' }
    const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
    this.put({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { ...metadata, labels },
      ...(ips.length ? { subsets: [{ addresses: ips.map((ip) => ({ ip })), ports }] } : {}),
    })
    this.put({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
      ports,
    })
    return ips
  }

  private put(wanted: KubeObject): void {
    const { client } = this.ctx
    const ref = client.resolve(`${wanted.apiVersion}/${wanted.kind}`)
    const live = client.find(ref, 'default', 'kubernetes')
    if (live && says(live, wanted)) return
    const name = ref.group ? `${ref.resource}.${ref.group}` : ref.resource
    if (!this.written.has(name))
      new Klog(this.ctx.p).info('controller.go:667', `quota admission added evaluator for: ${name}`)
    this.written.add(name)
    if (!live) client.create(wanted)
    else client.update({ ...wanted, metadata: { ...live.metadata, labels: wanted.metadata.labels } })
  }

  /** Without etcd there is nothing to be done; the next round comes. */
  private quietly(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      const known = [StorageBlocked, StorageError, StatusError, TransportError]
      if (!known.some((type) => error instanceof type)) throw error
    }
  }
}

/** Whether nothing is to be changed: the reconciler looks every ten seconds and writes only then. */
function says(live: KubeObject, { apiVersion: _v, kind: _k, metadata, ...content }: KubeObject): boolean {
  const wanted = { ...content, labels: metadata.labels }
  const have: Record<string, unknown> = { ...live, labels: live.metadata.labels }
  return Object.entries(wanted).every(([key, value]) => same(have[key], value))
}
