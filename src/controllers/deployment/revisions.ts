import type { KubeObject } from '../../api/types.ts'
import { deepEqual } from '../../kinds/index.ts'

const PREFIX = 'deployment.kubernetes.io/'
export const REVISION = `${PREFIX}revision`
const HISTORY = `${PREFIX}revision-history`
const DESIRED = `${PREFIX}desired-replicas`
const MAX = `${PREFIX}max-replicas`

/** Annotations of a Deployment that its ReplicaSets do not inherit. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
])

/** The replica set's revision; 0 before it was given one. */
export const revisionOf = (rs: KubeObject): number => Number(rs.metadata.annotations?.[REVISION] ?? 0)
/** Replicas that the deployment wanted when it last scaled the set. */
export const desiredOf = (rs: KubeObject): number | undefined => {
  const text = rs.metadata.annotations?.[DESIRED]
  return text === undefined ? undefined : Number(text)
}
/** Replicas that the deployment then allowed at most, surge included. */
export const maxOf = (rs: KubeObject): number | undefined => {
  const text = rs.metadata.annotations?.[MAX]
  return text === undefined ? undefined : Number(text)
}

/** Annotations that record both. */
export const withCounts = (
  annotations: Record<string, string>,
  desired: number,
  max: number,
): Record<string, string> => ({
  ...annotations,
  [DESIRED]: String(desired),
  [MAX]: String(max),
})

/** SetNewReplicaSetAnnotations: what the current ReplicaSet's annotations become for `revision`. */
export function annotationsFor(
  d: KubeObject,
  old: Record<string, string> | undefined,
  revision: number,
): Record<string, string> {
  const out: Record<string, string> = { ...(old ?? {}) }
  for (const [k, v] of Object.entries(d.metadata.annotations ?? {})) if (!NOT_COPIED.has(k)) out[k] = v
  const before = Number(out[REVISION] ?? 0)
  if (before < revision) {
    if (before > 0) out[HISTORY] = out[HISTORY] ? `${out[HISTORY]},${before}` : String(before)
    out[REVISION] = String(revision)
  }
  return out
}

const withoutHash = (template: any): any => {
  const labels = { ...(template?.metadata?.labels ?? {}) }
  delete labels['pod-template-hash']
  return { ...template, metadata: { ...template?.metadata, labels, creationTimestamp: undefined } }
}

/** The oldest ReplicaSet whose template is the Deployment's. */
export const findNew = (d: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined => {
  const want = withoutHash(d.spec.template)
  return [...sets]
    .sort(
      (a, b) =>
        Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!) ||
        (a.metadata.name < b.metadata.name ? -1 : 1),
    )
    .find((rs) => deepEqual(withoutHash(rs.spec.template), want))
}
