import type { ResourceRef } from '../api/client.ts'
import { type KubeObject, type OwnerReference, StatusError, TransportError } from '../api/types.ts'
import { builtinKinds, KindRegistry } from '../kinds/index.ts'
import type { Controller, ControllerContext } from './controller.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'

/** Events and other kinds that own nothing and are owned by nothing worth following. */
const IGNORED = new Set(['Event'])

/** Models pkg/controller/garbagecollector: what has lost its last owner is deleted; foreground and orphan deletions are carried out. */
export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  start(ctx) {
    new Graph(ctx).start()
  },
}

class Graph {
  /** uid → live object (as last seen). */
  private readonly live = new Map<string, KubeObject>()
  /** owner uid → uids of dependents. */
  private readonly dependents = new Map<string, Set<string>>()
  private readonly queue = new Set<string>()
  private scheduled = false
  private stopped = false
  private readonly watched = new Set<string>()

  constructor(private readonly ctx: ControllerContext) {}

  start(): void {
    this.ctx.onStop(() => {
      this.stopped = true
    })
    for (const kind of new KindRegistry(builtinKinds).list())
      if (!kind.storedAs && !IGNORED.has(kind.kind) && kind.verbs.includes('watch') && kind.verbs.includes('delete'))
        this.watch(kind.kind)
    this.ctx.informers.informer('CustomResourceDefinition').onChange((crd) => {
      if (crd?.status?.conditions?.some((c: any) => c.type === 'Established' && c.status === 'True'))
        this.watchCustom(crd)
    })
  }

  /** Custom kinds are found by discovery, which may be late. */
  private watchCustom({ spec }: KubeObject): void {
    const version = spec.versions.find((v: any) => v.storage).name
    try {
      this.watch(`${spec.group}/${version}/${spec.names.kind}`)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    }
  }

  private watch(kind: string): void {
    if (this.watched.has(kind)) return
    const informer = this.ctx.informers.informer(kind)
    this.watched.add(kind)
    informer.onChange((now, before) => {
      if (now) this.seen(now)
      else if (before) this.gone(before)
    })
  }

  private seen(object: KubeObject): void {
    const uid = object.metadata.uid!
    const before = this.live.get(uid)
    this.live.set(uid, object)
    for (const ref of before?.metadata.ownerReferences ?? []) this.dependents.get(ref.uid)?.delete(uid)
    for (const ref of object.metadata.ownerReferences ?? []) {
      let set = this.dependents.get(ref.uid)
      if (!set) this.dependents.set(ref.uid, (set = new Set()))
      set.add(uid)
    }
    const owned = (object.metadata.ownerReferences?.length ?? 0) > 0
    if ((owned && !before) || (object.metadata.deletionTimestamp && object.metadata.finalizers?.length))
      this.enqueue(uid)
  }

  private gone(object: KubeObject): void {
    const uid = object.metadata.uid!
    this.live.delete(uid)
    for (const ref of object.metadata.ownerReferences ?? []) {
      this.dependents.get(ref.uid)?.delete(uid)
      const owner = this.live.get(ref.uid)
      if (owner?.metadata.deletionTimestamp) this.enqueue(ref.uid)
    }
    for (const dependent of this.dependents.get(uid) ?? []) this.enqueue(dependent)
    this.dependents.delete(uid)
  }

  private enqueue(uid: string, ms = 5): void {
    this.queue.add(uid)
    if (this.scheduled || this.stopped) return
    this.scheduled = true
    this.ctx.kernel.after(ms, () => {
      this.scheduled = false
      if (this.stopped) return
      const batch = [...this.queue]
      this.queue.clear()
      for (const one of batch) this.attempt(one)
    })
  }

  private attempt(uid: string): void {
    const object = this.live.get(uid)
    if (!object) return
    try {
      if (object.metadata.deletionTimestamp) this.finalize(object)
      else this.collect(object)
    } catch (error) {
      if (!(error instanceof StatusError)) return this.retry(uid)
      if (error.code !== 404 && error.code !== 409) this.retry(uid)
      else if (error.code === 409) this.retry(uid)
    }
  }

  private retry(uid: string): void {
    this.ctx.kernel.after(1000, () => this.enqueue(uid))
  }

  /** attemptToDeleteItem: deletes an object none of whose owners exists any more. */
  private collect(object: KubeObject): void {
    const refs = object.metadata.ownerReferences ?? []
    if (refs.length === 0) return
    const there = refs.filter((r) => this.exists(r, object))
    const waiting = there.filter((r) => {
      const owner = this.live.get(r.uid)?.metadata
      return owner?.deletionTimestamp && owner.finalizers?.includes(FOREGROUND)
    })
    if (there.length > waiting.length) {
      // Owners that are gone, or wait for this object to go, are no owners any more.
      const solid = there.filter((r) => !waiting.includes(r))
      if (solid.length < refs.length) this.own(object, solid)
      return
    }
    if (waiting.length > 0 && (this.dependents.get(object.metadata.uid!)?.size ?? 0) > 0)
      return this.remove(object, 'Foreground')
    const policy = object.metadata.finalizers?.includes(ORPHAN)
      ? 'Orphan'
      : object.metadata.finalizers?.includes(FOREGROUND)
        ? 'Foreground'
        : 'Background'
    this.remove(object, policy)
  }

  /** isDangling's contrary. Throws when nobody can tell: the owner's kind is unknown. */
  private exists(ref: OwnerReference, { metadata, kind, apiVersion }: KubeObject): boolean {
    const owner = this.live.get(ref.uid)
    const { namespace } = metadata
    const coordinates = owner && owner.kind === ref.kind && owner.apiVersion === ref.apiVersion
    if (owner && coordinates && owner.metadata.name === ref.name) {
      if (!owner.metadata.namespace || owner.metadata.namespace === namespace) return true
      // Known, but elsewhere: nobody in this object's namespace.
      this.foreign({ apiVersion, kind, metadata }, ref)
      return false
    }
    const found = this.ctx.api.find(`${ref.apiVersion}/${ref.kind}`, namespace, ref.name)
    return found?.metadata.uid === ref.uid
  }

  /** An owner that lives in another namespace is told of, once a look (reportInvalidNamespaceOwnerRef). */
  private foreign(object: KubeObject, ref: OwnerReference): void {
    const { namespace } = object.metadata
    const inner = namespace ? `namespace: ${namespace}, ` : ''
    const owner = `[${ref.apiVersion}/${ref.kind}, ${inner}name: ${ref.name}, uid: ${ref.uid}]`
    const text = `ownerRef ${owner} does not exist in namespace ${JSON.stringify(namespace ?? '')}`
    this.ctx.events('garbage-collector-controller').warning(object, 'OwnerRefInvalidNamespace', text)
  }

  private own(object: KubeObject, refs: readonly OwnerReference[]): void {
    this.ctx.api.patch(
      this.ref(object),
      object.metadata.namespace,
      object.metadata.name,
      { metadata: { uid: object.metadata.uid, ownerReferences: refs.length > 0 ? refs : null } },
      'application/merge-patch+json',
    )
  }

  private remove(object: KubeObject, propagationPolicy: 'Orphan' | 'Foreground' | 'Background'): void {
    this.ctx.api.remove(this.ref(object), object.metadata.namespace, object.metadata.name, {
      propagationPolicy,
      preconditions: { uid: object.metadata.uid },
    })
  }

  private finalize(object: KubeObject): void {
    const finalizers = object.metadata.finalizers ?? []
    const dependents = [...(this.dependents.get(object.metadata.uid!) ?? [])]
      .map((uid) => this.live.get(uid))
      .filter((d) => d !== undefined)
    if (finalizers.includes(ORPHAN)) {
      for (const d of dependents) {
        const others = (d.metadata.ownerReferences ?? []).filter((r) => r.uid !== object.metadata.uid)
        this.own(d, others)
      }
      this.dropFinalizer(object, ORPHAN)
    } else if (finalizers.includes(FOREGROUND)) {
      for (const d of dependents) if (!d.metadata.deletionTimestamp) this.collect(d)
      const blocking = dependents.some((d) =>
        d.metadata.ownerReferences?.some((r) => r.uid === object.metadata.uid && r.blockOwnerDeletion),
      )
      if (!blocking) this.dropFinalizer(object, FOREGROUND)
    }
  }

  private dropFinalizer(object: KubeObject, finalizer: string): void {
    const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== finalizer)
    this.ctx.api.patch(
      this.ref(object),
      object.metadata.namespace,
      object.metadata.name,
      { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } },
      'application/merge-patch+json',
    )
  }

  private ref(object: KubeObject): ResourceRef {
    return `${object.apiVersion}/${object.kind}`
  }
}
