import { StatusError, TransportError } from '../../api/types.ts'
import type { FsView } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Container, GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { runtimeStatus } from './runtime-status.ts'
import { type PodRecord, podKey } from './types.ts'

/** A worker has come to its end: everything of the pod has stopped. */
export function podFinished(k: Kubelet, r: PodRecord): void {
  if (r.pod.metadata.deletionTimestamp && r.source === 'api' && !r.removed) deleteFromApi(k, r)
  if (r.removed) forgetPod(k, r)
}

function deleteFromApi(k: Kubelet, r: PodRecord): void {
  const { name, namespace } = r.pod.metadata
  k.statuses.flush(r)
  try {
    k.client!.remove('Pod', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: r.uid } })
  } catch (error) {
    if (error instanceof StatusError && (error.code === 404 || error.code === 409)) return
    if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    k.process.after(10_000, () => {
      if (k.records.has(r.uid)) deleteFromApi(k, r)
    })
  }
}

/** Removes what is left of a pod: containers, memory. Sandboxes and logs go with the next garbage collection. */
export function forgetPod(k: Kubelet, r: PodRecord): void {
  k.records.delete(r.uid)
  k.statuses.forget(r)
  k.images.forget(r.uid)
  k.tokens.forget(r.uid)
  k.crashBackoff.delete(`${r.uid}/`)
  k.spawn(`clean ${podKey(r.pod)}`, clean(k, r), () => {})
}

function* clean(k: Kubelet, r: PodRecord): Coro {
  try {
    const status = runtimeStatus(k.cri, r.uid)
    for (const c of status.containers) yield* removeContainer(k, r.pod.metadata, c)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
  }
}

/** Removes a dead container with its log. */
export function* removeContainer(
  k: Kubelet,
  { name, namespace }: { name: string; namespace?: string },
  c: Container,
): Coro {
  k.log.info('scope.go:122', 'RemoveContainer', { containerID: c.id })
  yield* k.cri.removeContainer(c.id)
  for (const path of [c.logFile, `/var/log/containers/${name}_${namespace}_${c.config.name}-${c.id}.log`])
    if (k.host.fs.find(path) || linkExists(k.host.fs, path)) removeFile(k.host.fs, path)
}

function linkExists(fs: FsView, path: string): boolean {
  const dir = fs.find(path.slice(0, path.lastIndexOf('/')))
  return dir?.kind === 'dir' && dir.entries.has(path.slice(path.lastIndexOf('/') + 1))
}

function removeFile(fs: FsView, path: string): void {
  const parent = fs.find(path.slice(0, path.lastIndexOf('/')))
  if (parent?.kind !== 'dir') return
  fs.unlink(path)
}
