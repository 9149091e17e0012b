import type { KubeObject } from '../../api/types.ts'
import { controllerOf, type Steps, splitKey, type Tools } from '../controller.ts'
import { unlessGone } from '../pods.ts'

/** Keeps a pod until the job has counted it. */
export const FINALIZER = 'batch.kubernetes.io/job-tracking'

/** Complete or Failed; undefined while it goes on. */
export const endedAs = (j: KubeObject): 'Complete' | 'Failed' | undefined =>
  (j.status?.conditions ?? []).find((c: any) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
    ?.type

/** The Job is complete or has failed. */
export const finished = (j: KubeObject): boolean => endedAs(j) !== undefined

/** Pods of a finished job, or of one that is being deleted or has gone (syncOrphanPod), need no accounting any more. */
export function* releaseFinalizers(key: string, j: KubeObject | undefined, tools: Tools): Steps {
  const pods = j ? tools.informer('Pod').by('owner', j.metadata.uid!) : orphans(key, tools)
  const tracked = pods.filter(isTracked)
  if (tracked.length > 0) yield
  for (const pod of tracked) untrack(pod, tools)
  return undefined
}

function orphans(key: string, tools: Tools): KubeObject[] {
  const [namespace, name] = splitKey(key)
  const isOf = (owner: ReturnType<typeof controllerOf>): boolean => owner?.kind === 'Job' && owner.name === name
  return tools
    .informer('Pod')
    .list(namespace)
    .filter((pod) => isOf(controllerOf(pod)))
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
