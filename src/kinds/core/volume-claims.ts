import type { KubeObject } from '../object.ts'

/** The claim that a volume of a pod stands for; undefined: none. Models component-helpers/storage/ephemeral. */
export const claimOfVolume = (pod: KubeObject, volume: any): string | undefined =>
  volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName

/** Why a claim cannot be an ephemeral volume of the pod: it was there before, for something else. */
export function claimProblem(pod: KubeObject, claim: KubeObject): string | undefined {
  const { namespace, name, uid } = pod.metadata
  const owned = claim.metadata.ownerReferences?.some((r) => r.controller && r.uid === uid)
  return owned
    ? undefined
    : `PVC ${claim.metadata.namespace}/${claim.metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`
}
