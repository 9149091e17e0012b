import { type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import type { Kubelet } from './kubelet.ts'
import { type Pod, type PodRecord, podKey } from './types.ts'

/** The API's images of static pods: made again whenever they are missing. Models pkg/kubelet/pod/mirror_client.go. */
export class MirrorPods {
  private readonly known = new Map<string, KubeObject>()

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
    if (!r) {
      this.remove(now)
      return
    }
    if (now.metadata.deletionTimestamp || !this.belongs(now, r)) this.k.wake(r)
    else if (before?.metadata.uid !== now.metadata.uid) this.k.statuses.resend(r)
  }

  /** Makes the mirror pod of a static pod what it should be. */
  ensure(r: PodRecord): void {
    const { k } = this
    if (!k.client) return
    const key = podKey(r.pod)
    const present = this.known.get(key)
    if (present && (present.metadata.deletionTimestamp || !this.belongs(present, r))) {
      k.log.info('kubelet.go:3497', 'Trying to delete pod', { pod: key, podUID: present.metadata.uid! })
      if (!this.remove(present)) return
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
      const made = k.client.create({
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
      })
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

  /** The manifest has gone, and its pod has stopped. */
  forget(r: PodRecord): void {
    const pod = this.known.get(podKey(r.pod))
    if (pod && this.belongs(pod, r)) this.remove(pod)
  }

  /** Mirror pods without a static pod are deleted, however often it takes. */
  removeOrphans(): void {
    for (const [key, pod] of this.known) if (!this.record(key)) this.remove(pod)
  }

  /** Whether it is gone now. */
  private remove(pod: Pod): boolean {
    const { k } = this
    const { name, namespace, uid } = pod.metadata
    try {
      k.client?.remove('Pod', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } })
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
