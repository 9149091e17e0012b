import { type KubeObject, type OwnerReference, StatusError } from '../api/types.ts'
import { type Tools, Unfinished } from './controller.ts'
import { ownerRef } from './pods.ts'

/** The number at the end of a pod's name; -1 without one. */
export const ordinalOf = (name: string): number => Number(/-(\d+)$/.exec(name)?.[1] ?? -1)

/** The number at the end of a StatefulSet's pod's name is within the range that the set keeps (podInOrdinalRange). */
export const inRange = (set: KubeObject, pod: string): boolean => {
  const start = set.spec.ordinals?.start ?? 0
  return ordinalOf(pod) >= start && ordinalOf(pod) < start + (set.spec.replicas ?? 1)
}

const claimName = (template: any, pod: string): string => `${template.metadata.name}-${pod}`

const known = (set: KubeObject, template: any, pod: string, tools: Tools): KubeObject | undefined => {
  const { namespace } = set.metadata
  const name = claimName(template, pod)
  return (
    tools.informer('PersistentVolumeClaim').get(namespace, name) ??
    tools.api.find('PersistentVolumeClaim', namespace, name)
  )
}

/** Models createPersistentVolumeClaims: makes those of a pod's claims that are missing. Throws what was in the way. */
export function ensureClaims(set: KubeObject, pod: string, tools: Tools): void {
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(template, pod)
    const there = known(set, template, pod, tools)
    if (there?.metadata.deletionTimestamp) throw new Unfinished(`pvc ${name} is being deleted`)
    if (there) continue
    const event = (what: string): string => `Create Claim ${name} ${what}`
    try {
      tools.api.create({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          ...template.metadata,
          name,
          namespace: set.metadata.namespace,
          labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
        },
        spec: template.spec,
      })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      const text = event(`for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${error.message}`)
      tools.recorder.warning(set, 'FailedCreate', text)
      throw new Unfinished(`failed to create PVC ${name}: ${error.message}`)
    }
    tools.recorder.normal(set, 'SuccessfulCreate', event(`Pod ${pod} in StatefulSet ${set.metadata.name} success`))
  }
}

/** Who is to own a pod's claims by spec.persistentVolumeClaimRetentionPolicy: the set, a pod that is scaled away, or nobody. */
function wantedOwner(set: KubeObject, pod: KubeObject): OwnerReference | undefined {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const away = !inRange(set, pod.metadata.name)
  if (whenScaled === 'Delete' && away) return ownerRef({ ...pod, apiVersion: 'v1', kind: 'Pod' })
  return whenDeleted === 'Delete' ? ownerRef(set) : undefined
}

const isOurs = (ref: OwnerReference, set: KubeObject, pod: KubeObject): boolean =>
  (ref.kind === 'StatefulSet' && ref.name === set.metadata.name) ||
  (ref.kind === 'Pod' && ref.name === pod.metadata.name)

/** Claims of a pod whose owners are not what the set's policy says (isClaimOwnerUpToDate). */
function strayClaims(set: KubeObject, pod: KubeObject, tools: Tools): KubeObject[] {
  const want = wantedOwner(set, pod)
  return (set.spec.volumeClaimTemplates ?? []).flatMap((template: any) => {
    const claim = known(set, template, pod.metadata.name, tools)
    const refs = (claim?.metadata.ownerReferences ?? []).filter((r) => isOurs(r, set, pod))
    // What an earlier set or pod of this name left is for the garbage collector.
    const stale = refs.some((r) => r.uid !== set.metadata.uid && r.uid !== pod.metadata.uid)
    const right = refs.length === (want ? 1 : 0) && refs.every((r) => r.uid === want?.uid && r.controller)
    return claim && !stale && !right ? [claim] : []
  })
}

/** Models UpdatePodClaimForRetentionPolicy: gives a pod's claims the owners that the policy wants. True when it had to. */
export function ownClaims(set: KubeObject, pod: KubeObject, tools: Tools): boolean {
  const stray = strayClaims(set, pod, tools)
  const want = wantedOwner(set, pod)
  for (const claim of stray) {
    const others = (claim.metadata.ownerReferences ?? []).filter((r) => !isOurs(r, set, pod))
    const foreign = others.some((r) => r.controller)
    if (foreign) {
      const text = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`
      tools.recorder.warning(set, 'ConflictingController', text)
    }
    const ownerReferences = want && !foreign ? [...others, want] : others
    tools.api.update({ ...claim, metadata: { ...claim.metadata, ownerReferences } })
  }
  return stray.length > 0
}

/** Models PodClaimIsStale: a claim still belongs to the pod of this name that was scaled away. */
export const hasStaleClaim = (set: KubeObject, pod: string, tools: Tools): boolean =>
  set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete' &&
  (set.spec.volumeClaimTemplates ?? []).some((template: any) =>
    known(set, template, pod, tools)?.metadata.ownerReferences?.some((r) => r.kind === 'Pod' && r.name === pod),
  )
