import { isEstablished, type Kind, kindsFromCRD, namedStatus, same } from '../kinds/index.ts'
import type { ApiClient } from './client.ts'
import type { ApiServer } from './server.ts'
import type { Cacher, CacheWatcher, Change } from './storage/cacher.ts'
import { StorageBlocked } from './storage/storage.ts'
import { rfc3339 } from './time.ts'
import { type KubeObject, StatusError, TransportError } from './types.ts'

export const CRD_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
/** How long the naming controller needs to look at a new definition, ms. */
const NAMING_DELAY = 20
const RETRY_DELAY = 1000
/** How often the finalizer looks whether all instances are gone. */
const CLEANUP_POLL = 5000

/**
 * The part of an API server that serves custom resources: accepts the names of definitions, registers their kinds while
 * they are established, and removes the instances of a definition in deletion. Models apiextensions-apiserver.
 * `client` reaches the server itself with full rights.
 */
export class CustomResources implements CacheWatcher {
  private readonly served = new Map<string, readonly Kind[]>()
  private cacher: Cacher | undefined
  private leave: (() => void) | undefined
  private stopped = false

  constructor(
    private readonly server: ApiServer,
    private readonly client: ApiClient,
  ) {}

  start(): void {
    if (this.stopped) return
    const { server } = this
    const kind = server.kinds.list().find((k) => k.groupResource === DEFINITIONS)
    if (!kind) return
    try {
      this.cacher = server.cacher(kind)
    } catch (error) {
      if (!(error instanceof StorageBlocked)) throw error
      server.kernel.after(RETRY_DELAY, () => this.start())
      return
    }
    this.leave = this.cacher.subscribe(this)
    const names = new Set<string>()
    for (const crd of this.cacher.objects.values()) {
      names.add(crd.metadata.name)
      this.serve(crd)
      this.settleIn(crd.metadata.name, NAMING_DELAY)
    }
    for (const name of this.served.keys()) if (!names.has(name)) this.unserve(name)
  }

  stop(): void {
    this.stopped = true
    this.leave?.()
  }

  onChange({ now, before }: Change): void {
    if (!now) return this.unserve(before!.metadata.name)
    this.serve(now)
    this.settleIn(now.metadata.name, NAMING_DELAY)
  }

  onReset(): void {
    this.leave = undefined
    this.server.kernel.after(RETRY_DELAY, () => this.start())
  }

  /** Registers the definition's kinds as they are now. */
  private serve(crd: KubeObject): void {
    const { name } = crd.metadata
    const old = this.served.get(name) ?? []
    const kinds = isEstablished(crd) ? kindsFromCRD(crd) : []
    for (const kind of old) {
      if (!kinds.some((k) => k.apiVersion === kind.apiVersion && k.plural === kind.plural)) {
        this.server.kinds.remove(kind)
      }
    }
    for (const kind of kinds) this.server.kinds.add(kind)
    if (kinds.length) this.served.set(name, kinds)
    else this.served.delete(name)
  }

  private unserve(name: string): void {
    for (const kind of this.served.get(name) ?? []) this.server.kinds.remove(kind)
    this.served.delete(name)
  }

  private settleIn(name: string, delay: number): void {
    this.server.kernel.after(delay, () => {
      if (this.stopped) return
      try {
        this.settle(name)
      } catch (error) {
        if (error instanceof StatusError && (error.reason === 'Conflict' || error.reason === 'NotFound')) return
        if (!(error instanceof StatusError || error instanceof TransportError)) throw error
        this.settleIn(name, RETRY_DELAY)
      }
    })
  }

  private settle(name: string): void {
    const crd = this.cacher?.objects.get(this.cacher.prefix + name)
    if (!crd) return
    if (crd.metadata.deletionTimestamp) {
      if (crd.metadata.finalizers?.includes(CRD_CLEANUP)) this.cleanUp(crd)
      return
    }
    const status = namedStatus(crd, this.cacher!.objects.values(), this.time())
    if (!same(status, crd.status)) this.client.updateStatus({ ...crd, status })
  }

  /** Deletes all instances, waits for them, gives the definition free. */
  private cleanUp(crd: KubeObject): void {
    let current = crd
    if (isEstablished(crd)) {
      const text = 'CustomResource deletion is in progress'
      current = this.terminating(crd, 'True', 'InstanceDeletionInProgress', text)
      const [kind] = this.served.get(crd.metadata.name) ?? []
      if (kind && this.remaining(kind) > 0) {
        this.deleteAll(kind)
        if (this.remaining(kind) > 0) return this.settleIn(crd.metadata.name, CLEANUP_POLL)
      }
      current = this.terminating(current, 'False', 'InstanceDeletionCompleted', 'removed all instances')
    } else {
      current = this.terminating(crd, 'False', 'NeverEstablished', 'resource was never established')
    }
    const finalizers = current.metadata.finalizers!.filter((f) => f !== CRD_CLEANUP)
    this.client.update({ ...current, metadata: { ...current.metadata, finalizers } })
  }

  private remaining(kind: Kind): number {
    return this.server.cacher(this.server.kinds.stored(kind)).objects.size
  }

  private deleteAll({ group, version, plural }: Kind): void {
    this.client.request({ verb: 'deletecollection', group, version, resource: plural })
  }

  private terminating(crd: KubeObject, status: string, reason: string, message: string): KubeObject {
    const old: any[] = crd.status?.conditions ?? []
    const before = old.find((c) => c.type === 'Terminating')
    if (before?.status === status && before.reason === reason && before.message === message) return crd
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : this.time()
    const condition = { lastTransitionTime, message, reason, status, type: 'Terminating' }
    const conditions = [...old.filter((c) => c !== before), condition]
    return this.client.updateStatus({ ...crd, status: { ...crd.status, conditions } })
  }

  private time(): string {
    return rfc3339(this.server.now())
  }
}
