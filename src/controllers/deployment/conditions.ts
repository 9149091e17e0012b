import { rfc3339 } from '../../api/time.ts'
import type { KubeObject } from '../../api/types.ts'
import { scaled } from '../pods.ts'

/** The status's condition of that type. */
export const get = (status: any, type: string): any => status?.conditions?.find((c: any) => c.type === type)

/** SetDeploymentCondition: keeps an equal one, else moves the new one to the end. */
export function set(
  status: any,
  next: { type: string; status: string; reason: string; message: string },
  now: number,
): void {
  const old = get(status, next.type)
  if (old && old.status === next.status && old.reason === next.reason) return
  const stamped = {
    type: next.type,
    status: next.status,
    lastUpdateTime: rfc3339(now),
    lastTransitionTime: old && old.status === next.status ? old.lastTransitionTime : rfc3339(now),
    reason: next.reason,
    message: next.message,
  }
  remove(status, next.type)
  status.conditions = [...(status.conditions ?? []), stamped]
}

/** Drops the condition of that type. */
export function remove(status: any, type: string): void {
  if (status.conditions) status.conditions = status.conditions.filter((c: any) => c.type !== type)
}

/** How many replicas a replica set is to have. */
export const replicasOf = (rs: KubeObject): number => rs.spec.replicas ?? 1

/** Adds up a number over replica sets. */
export const sum = (sets: readonly KubeObject[], of: (rs: KubeObject) => number): number =>
  sets.reduce((n, rs) => n + of(rs), 0)

/** Pods above the wanted number that a rolling update may have, and pods that may be missing. */
export function limits(d: KubeObject): { surge: number; unavailable: number } {
  if (d.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 }
  const rolling = d.spec.strategy?.rollingUpdate ?? {}
  const surge = scaled(rolling.maxSurge ?? '25%', d.spec.replicas, true)
  const unavailable = scaled(rolling.maxUnavailable ?? '25%', d.spec.replicas, false)
  // Both zero would never move (ResolveFenceposts).
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, d.spec.replicas) }
}

/** Progress is watched: the largest int32 stands for no deadline. */
export const hasDeadline = (d: KubeObject): boolean =>
  d.spec.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== 2147483647

/** calculateStatus (sync.go). */
export function calculate(all: KubeObject[], newRs: KubeObject | undefined, d: KubeObject, now: number): any {
  const of = (field: string) => sum(all, (rs) => rs.status?.[field] ?? 0)
  const available = of('availableReplicas')
  const total = sum(all, replicasOf)
  const put = (name: string, n: number) => (n > 0 ? { [name]: n } : {})
  const status: any = {
    observedGeneration: d.metadata.generation ?? 1,
    ...put('replicas', of('replicas')),
    ...put('updatedReplicas', newRs?.status?.replicas ?? 0),
    ...put('readyReplicas', of('readyReplicas')),
    ...put('availableReplicas', available),
    ...put('unavailableReplicas', Math.max(0, total - available)),
    terminatingReplicas: of('terminatingReplicas'),
    ...(d.status?.collisionCount ? { collisionCount: d.status.collisionCount } : {}),
    conditions: [...(d.status?.conditions ?? [])],
  }
  if (available >= d.spec.replicas - limits(d).unavailable)
    set(
      status,
      {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      },
      now,
    )
  else
    set(
      status,
      {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      },
      now,
    )
  return status
}

/** Whether all replicas are of the present template and available (DeploymentComplete). */
export const complete = (d: KubeObject, status: any): boolean =>
  (status.updatedReplicas ?? 0) === d.spec.replicas &&
  (status.replicas ?? 0) === d.spec.replicas &&
  (status.availableReplicas ?? 0) === d.spec.replicas &&
  status.observedGeneration >= (d.metadata.generation ?? 1)

/** Whether a status shows more done than the one before (DeploymentProgressing). */
export function progressing(d: KubeObject, next: any): boolean {
  const old = d.status ?? {}
  const n = (s: any, f: string): number => s[f] ?? 0
  return (
    n(next, 'updatedReplicas') > n(old, 'updatedReplicas') ||
    n(next, 'replicas') - n(next, 'updatedReplicas') < n(old, 'replicas') - n(old, 'updatedReplicas') ||
    n(next, 'readyReplicas') > n(old, 'readyReplicas') ||
    n(next, 'availableReplicas') > n(old, 'availableReplicas')
  )
}

/** Whether progressDeadlineSeconds are over without progress (DeploymentTimedOut). */
export function timedOut(d: KubeObject, next: any, now: number): boolean {
  const c = get(next, 'Progressing')
  if (!c || c.reason === 'NewReplicaSetAvailable') return false
  if (c.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(c.lastUpdateTime) + d.spec.progressDeadlineSeconds * 1000 < now
}

/** The part of syncRolloutStatus (progress.go) that decides the Progressing and ReplicaFailure conditions. */
export function judgeProgress(
  d: KubeObject,
  status: any,
  all: KubeObject[],
  newRs: KubeObject | undefined,
  now: number,
): void {
  if (!hasDeadline(d)) remove(status, 'Progressing')
  const current = get(d.status, 'Progressing')
  const done = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  const subject = newRs ? `ReplicaSet "${newRs.metadata.name}"` : `Deployment "${d.metadata.name}"`
  if (hasDeadline(d) && !done) {
    if (complete(d, status)) {
      set(
        status,
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `${subject} has successfully progressed.`,
        },
        now,
      )
    } else if (progressing(d, status)) {
      const next = {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `${subject} is progressing.`,
      }
      remove(status, 'Progressing')
      set(status, next, now)
      if (current?.status === 'True') get(status, 'Progressing').lastTransitionTime = current.lastTransitionTime
    } else if (timedOut(d, status, now)) {
      set(
        status,
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: `${subject} has timed out progressing.`,
        },
        now,
      )
    }
  }
  const failing = [newRs, ...all].find((rs) => rs && get(rs.status, 'ReplicaFailure'))
  if (failing) {
    const c = get(failing.status, 'ReplicaFailure')
    set(status, { type: 'ReplicaFailure', status: c.status, reason: c.reason, message: c.message }, now)
  } else remove(status, 'ReplicaFailure')
}
