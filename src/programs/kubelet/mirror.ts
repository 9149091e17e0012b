import { type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Kubelet } from './kubelet.ts'
import { type Pod, type PodRecord, podKey } from './types.ts'

const PODS = { group: '', version: 'v1', resource: 'pods' }

/** The API's images of static pods: made again whenever they are missing. Models pkg/kubelet/pod/mirror_client.go. */
export class MirrorPods {
  private readonly known = new Map<string, KubeObject>()
  private removing = false

  constructor(private readonly k: Kubelet) {}

  of(r: PodRecord): Pod | undefined {
    const pod = this.known.get(podKey(r.pod))
    return pod && this.belongs(pod, r) ? pod : undefined
  }

  private belongs(pod: Pod, r: PodRecord): boolean {
    return (
      pod.metadata.annotations?.['kubernetes.io/config.mirror'] ===
      r.pod.metadata.annotations!['kubernetes.io/config.hash']
    )
  }

  private record(key: string): PodRecord | undefined {
    for (const r of this.k.records.values()) if (r.source === 'file' && podKey(r.pod) === key && !r.removed) return r
    return undefined
  }

  /** The API says a mirror pod came, changed or went. */
  changed(now: Pod | undefined, last: Pod): void {
    const key = podKey(last)
    const r = this.record(key)
    if (!now) {
      this.known.delete(key)
      if (r) this.k.wake(r)
      return
    }
    const before = this.known.get(key)
    this.known.set(key, now)
    if (!r) return
    if (now.metadata.deletionTimestamp || !this.belongs(now, r)) this.k.wake(r)
    else if (before?.metadata.uid !== now.metadata.uid) {
      this.k.statuses.resend(r)
      this.k.wake(r)
    }
  }

  /** Makes the mirror pod of a static pod what it should be; waits as long as the API server needs to answer. */
  *ensure(r: PodRecord): Coro {
    const { k } = this
    if (!k.client) return
    const key = podKey(r.pod)
    const present = this.known.get(key)
    if (present && (present.metadata.deletionTimestamp || !this.belongs(present, r))) {
      k.log.info('kubelet.go:3497', 'Trying to delete pod', { pod: key, podUID: present.metadata.uid! })
      if (!(yield* this.remove(present))) return
      k.log.info('kubelet.go:3503', "Deleted mirror pod as it didn't match the static Pod", { pod: key })
      this.known.delete(key)
    } else if (present) return
    const node = k.nodeObject()
    if (!node) {
      k.log.error(
        'kubelet.go:3531',
        'Unable to register mirror pod because node is not registered yet',
        `node "${k.nodeName}" not found`,
        { node: k.nodeName },
      )
      return
    }
    k.log.info('kubelet.go:3514', 'Creating a mirror pod for static pod', { pod: key })
    const { metadata, spec } = r.pod
    const { uid: _, ...rest } = metadata
    try {
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...rest,
          annotations: {
            ...metadata.annotations,
            'kubernetes.io/config.mirror': metadata.annotations!['kubernetes.io/config.hash'],
          },
          ownerReferences: [
            { apiVersion: 'v1', controller: true, kind: 'Node', name: k.nodeName, uid: node.metadata.uid! },
          ],
        },
        spec,
      }
      const { namespace } = metadata
      const made = yield* k.ask({ ...PODS, verb: 'create', namespace, body })
      if (!this.known.has(key)) this.known.set(key, made)
      k.statuses.resend(r)
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'AlreadyExists') return
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      k.log.error(
        'kubelet.go:3516',
        'Failed creating a mirror pod',
        k.requestError('Post', `/api/v1/namespaces/${metadata.namespace}/pods`, error),
        { pod: key },
      )
    }
  }

  /** The node is registered now: what had to wait is done. */
  retry(): void {
    for (const r of this.k.records.values()) if (r.source === 'file' && !this.of(r)) this.k.wake(r)
  }

  /** Mirror pods whose static pod has gone and stopped are deleted, however often it takes. */
  removeOrphans(): void {
    if (this.removing) return
    const orphans = [...this.known].filter(([key]) => !this.k.sources.occupied(key) && !this.k.sources.queue.next(key))
    if (orphans.length === 0) return
    this.removing = true
    const all = function* (this: MirrorPods): Coro {
      for (const [, pod] of orphans) yield* this.remove(pod)
    }
    this.k.spawn('orphaned mirror pods', all.call(this), () => {
      this.removing = false
    })
  }

  /** Whether it is gone now. */
  private *remove(pod: Pod): Coro<boolean> {
    const { k } = this
    const { name, namespace, uid } = pod.metadata
    k.log.v(2)?.info('mirror_client.go:131', 'Deleting a mirror pod', { pod: podKey(pod), podUID: uid! })
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } }
      yield* k.ask({ ...PODS, ...options, verb: 'delete', namespace, name })
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      if (error instanceof StatusError && error.code === 404) return true
      k.log.error(
        'mirror_client.go:139',
        'Failed deleting a mirror pod',
        k.requestError('Delete', `/api/v1/namespaces/${namespace}/pods/${name}`, error),
        { pod: podKey(pod) },
      )
      return false
    }
    return true
  }
}
