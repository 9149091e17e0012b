import type { ApiClient } from '../api/client.ts'
import { rfc3339 } from '../api/time.ts'
import { type KubeObject, type OwnerReference, StatusError } from '../api/types.ts'
import { hash } from '../kernel/index.ts'
import { controllerOf, type Tools } from './controller.ts'

/** The object's condition of that type. */
export const condition = (object: KubeObject, type: string): any =>
  object.status?.conditions?.find((c: any) => c.type === type)

/** What control loops ask of each version of a pod again and again. */
interface PodFacts {
  readonly terminal: boolean
  /** When it became Ready, ms since 1970; undefined while it is not. */
  readonly readySince: number | undefined
}

/** A workload looks at all its pods whenever one changes: the others' facts are read once. */
const known = new WeakMap<KubeObject, PodFacts>()

function factsOf(pod: KubeObject): PodFacts {
  let facts = known.get(pod)
  if (!facts) {
    const phase = pod.status?.phase
    const ready = condition(pod, 'Ready')
    facts = {
      terminal: phase === 'Succeeded' || phase === 'Failed',
      readySince: ready?.status === 'True' ? Date.parse(ready.lastTransitionTime) : undefined,
    }
    known.set(pod, facts)
  }
  return facts
}

/** Succeeded or Failed: none of its containers will run again. */
export const isTerminal = (pod: KubeObject): boolean => factsOf(pod).terminal

/** Neither finished nor being deleted. */
export const isActive = (pod: KubeObject): boolean => !pod.metadata.deletionTimestamp && !isTerminal(pod)

/** The pod's Ready condition is true. */
export const isReady = (pod: KubeObject): boolean => factsOf(pod).readySince !== undefined

/** Ready for at least `minReadySeconds`. */
export const isAvailable = (pod: KubeObject, minReadySeconds: number, now: number): boolean => {
  const since = factsOf(pod).readySince
  return since !== undefined && (minReadySeconds <= 0 || since + minReadySeconds * 1000 <= now)
}

/** A controller reference to an owner (metav1.NewControllerRef). */
export const ownerRef = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid!,
  controller: true,
  blockOwnerDeletion: true,
})

/** `owner` is the controller of the object. */
export const isOwnedBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid

/** A pod from a workload's template. Its name is left to the server (generateName) unless given. */
export function podFromTemplate(template: any, owner: KubeObject, name?: string): KubeObject {
  const meta = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: name ?? '',
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ...(meta.labels ? { labels: meta.labels } : {}),
      ...(meta.annotations ? { annotations: meta.annotations } : {}),
      ...(meta.finalizers ? { finalizers: meta.finalizers } : {}),
      ownerReferences: [ownerRef(owner)],
    },
    spec: template.spec,
  }
}

/** JSON that is the same for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}:${canonical(v)}`)
    .join(',')}}`
}

const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

/** Pod template hash: deterministic, in the form in which controllers print it (up to ten safe characters). */
export function templateHash(template: unknown, collisions = 0): string {
  const decimal = String(hash(`${canonical(template)}#${collisions}`))
  return [...decimal].map((c) => SAFE[c.charCodeAt(0) % SAFE.length]).join('')
}

const PHASE: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }
const time = (t: string | undefined): number => Date.parse(t ?? '') || 0

/**
 * Order in which pods are given up (controller_utils.go, ActivePodsWithRanks): unassigned, pending, not ready,
 * cheaper to delete, more on the same node, ready for a shorter time, more restarts, younger.
 */
export function deletionOrder(pods: readonly KubeObject[], related: readonly KubeObject[] = pods): KubeObject[] {
  const perNode = new Map<string, number>()
  for (const p of related) if (isActive(p)) perNode.set(p.spec.nodeName, (perNode.get(p.spec.nodeName) ?? 0) + 1)
  const cost = (p: KubeObject): number =>
    Number(p.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  const restarts = (p: KubeObject): number =>
    Math.max(0, ...(p.status?.containerStatuses ?? []).map((c: any) => c.restartCount as number))
  return [...pods].sort(
    (a, b) =>
      Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
      (PHASE[a.status?.phase] ?? 0) - (PHASE[b.status?.phase] ?? 0) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      cost(a) - cost(b) ||
      (perNode.get(b.spec.nodeName) ?? 0) - (perNode.get(a.spec.nodeName) ?? 0) ||
      time(condition(b, 'Ready')?.lastTransitionTime) - time(condition(a, 'Ready')?.lastTransitionTime) ||
      restarts(b) - restarts(a) ||
      time(b.metadata.creationTimestamp) - time(a.metadata.creationTimestamp) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  )
}

/** Upserts a condition by type, moving lastTransitionTime only when the status changes. */
export function withCondition(conditions: readonly any[] | undefined, next: any, now: number): any[] {
  const list = conditions ?? []
  const old = list.find((c) => c.type === next.type)
  const made = {
    ...next,
    lastTransitionTime: old && old.status === next.status ? old.lastTransitionTime : rfc3339(now),
  }
  return old ? list.map((c) => (c === old ? made : c)) : [...list, made]
}

/** intstr: a number, or a percentage of `total` rounded up or down. */
export function scaled(value: number | string | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const share = (Number.parseFloat(value) * total) / 100
  return roundUp ? Math.ceil(share) : Math.floor(share)
}

/** Value of the `owner` index for objects without a controller. */
export const ORPHANS = ''

/** Gives the pod informer an index by the controlling owner's uid. */
export const indexByOwner = (tools: Tools, kind = 'Pod'): void =>
  tools.informer(kind).addIndex('owner', (object) => controllerOf(object)?.uid ?? ORPHANS)

/** Sizes of the batches in which `n` pods are created: 1, 2, 4 …, so that a template that is refused costs one call (slowStartBatch). */
export function* slowStart(n: number): Generator<number> {
  for (let left = n, size = 1; left > 0; left -= size, size *= 2) yield Math.min(size, left)
}

/** Does `write` unless what it is about has gone meanwhile; tells whether it was done. */
export function unlessGone(write: () => unknown): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return false
    throw error
  }
}

/** Deletes this very pod; false when it was gone already, of which no event tells (PodControl). */
export const removePod = ({ metadata }: KubeObject, api: ApiClient): boolean =>
  unlessGone(() => api.remove('Pod', metadata.namespace, metadata.name, { preconditions: { uid: metadata.uid } }))
