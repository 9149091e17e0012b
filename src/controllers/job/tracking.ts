import type { KubeObject } from '../../api/types.ts'
import type { Tools } from '../controller.ts'

/** Keeps a pod until the job has counted it. */
export const FINALIZER = 'batch.kubernetes.io/job-tracking'

/** Complete or Failed; undefined while it goes on. */
export const endedAs = (j: KubeObject): 'Complete' | 'Failed' | undefined =>
  (j.status?.conditions ?? []).find((c: any) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
    ?.type

export const finished = (j: KubeObject): boolean => endedAs(j) !== undefined

/** Pods of a finished or deleted job need no accounting any more. */
export function releaseFinalizers(j: KubeObject | undefined, tools: Tools): undefined {
  if (!j) return undefined
  for (const pod of tools.informer('Pod').by('owner', j.metadata.uid!)) untrack(pod, tools)
  return undefined
}

/** Lets a pod go. */
export function untrack(pod: KubeObject, tools: Tools): void {
  if (!pod.metadata.finalizers?.includes(FINALIZER)) return
  const finalizers = pod.metadata.finalizers.filter((f) => f !== FINALIZER)
  tools.api.patch(
    'Pod',
    pod.metadata.namespace,
    pod.metadata.name,
    { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } },
    'application/merge-patch+json',
  )
}
