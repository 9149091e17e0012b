import type { KubeObject } from '../../api/types.ts'
import type { Steps, Tools } from '../controller.ts'
import { unlessGone } from '../pods.ts'

/** Keeps a pod until the job has counted it. */
export const FINALIZER = 'batch.kubernetes.io/job-tracking'

/** Complete or Failed; undefined while it goes on. */
export const endedAs = (j: KubeObject): 'Complete' | 'Failed' | undefined =>
  (j.status?.conditions ?? []).find((c: any) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
    ?.type

/** The Job is complete or has failed. */
export const finished = (j: KubeObject): boolean => endedAs(j) !== undefined

/** Pods of a finished or deleted job need no accounting any more. */
export function* releaseFinalizers(j: KubeObject | undefined, tools: Tools): Steps {
  if (!j) return undefined
  const tracked = tools.informer('Pod').by('owner', j.metadata.uid!).filter(isTracked)
  if (tracked.length > 0) yield
  for (const pod of tracked) untrack(pod, tools)
  return undefined
}

/** The pod still waits to be counted: it has the Job's finalizer. */
export const isTracked = (pod: KubeObject): boolean => pod.metadata.finalizers?.includes(FINALIZER) ?? false

/** Lets a pod go, if it has not gone already. */
export function untrack(pod: KubeObject, tools: Tools): void {
  if (!isTracked(pod)) return
  const finalizers = pod.metadata.finalizers!.filter((f) => f !== FINALIZER)
  const patch = { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } }
  unlessGone(() =>
    tools.api.patch('Pod', pod.metadata.namespace, pod.metadata.name, patch, 'application/merge-patch+json'),
  )
}
