import type { KubeObject } from '../../api/types.ts'
import { condition, podFromTemplate } from '../pods.ts'
import { INDEX, indexOf } from './indexes.ts'
import { FINALIZER } from './tracking.ts'

/** The next pod of a job, for an index in an Indexed one. */
export function podFor(job: KubeObject, index: number | undefined, failedPods: readonly KubeObject[]): KubeObject {
  const pod = podFromTemplate(job.spec.template, job)
  const meta = pod.metadata
  meta.finalizers = [...(meta.finalizers ?? []), FINALIZER]
  if (index === undefined) return pod
  meta.generateName = `${job.metadata.name}-${index}-`
  meta.annotations = { ...meta.annotations, [INDEX]: String(index) }
  if (job.spec.backoffLimitPerIndex !== undefined) {
    const failures = failedPods.filter((p) => indexOf(p) === index).length
    meta.annotations['batch.kubernetes.io/job-index-failure-count'] = String(failures)
  }
  meta.labels = { ...meta.labels, [INDEX]: String(index) }
  const env = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } }
  const add = (c: any): any => ({ ...c, env: [...(c.env ?? []), env] })
  pod.spec = {
    ...pod.spec,
    hostname: `${job.metadata.name}-${index}`,
    containers: pod.spec.containers.map(add),
    ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.map(add) } : {}),
  }
  return pod
}

/** When its last container ended, it became unready, or its deletion was asked for, ms (getFinishedTime). */
export function finishTime(pod: KubeObject): number {
  const ends = (pod.status?.containerStatuses ?? []).map(
    (c: any) => Date.parse(c.state?.terminated?.finishedAt ?? '') || 0,
  )
  const last = ends.length > 0 && ends.every((t: number) => t > 0) ? Math.max(...ends) : 0
  const unready = condition(pod, 'Ready')
  if (last > 0) return last
  if (unready?.status === 'False' && unready.lastTransitionTime) return Date.parse(unready.lastTransitionTime)
  const { deletionTimestamp, deletionGracePeriodSeconds, creationTimestamp } = pod.metadata as any
  if (!deletionTimestamp) return Date.parse(creationTimestamp)
  return Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds ?? 0) * 1000
}
