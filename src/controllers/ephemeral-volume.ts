import { StatusError } from '../api/index.ts'
import { claimOfVolume, claimProblem, type KubeObject } from '../kinds/index.ts'
import { defineController, itself, itsOwner, splitKey, type Tools, Unfinished } from './controller.ts'

/** Models pkg/controller/volume/ephemeral: a pod's generic ephemeral volumes become claims that it owns. */
export const ephemeralVolume = defineController({
  name: 'ephemeral-volume-controller',
  component: 'ephemeral_volume',
  watches: {
    Pod: (pod, tools) => (pod.spec.volumes?.some((v: any) => v.ephemeral) ? itself(pod, tools) : []),
    PersistentVolumeClaim: itsOwner('Pod'),
  },
  reconcile(key, tools) {
    const pod = tools.informer('Pod').get(...(splitKey(key) as [string, string]))
    if (!pod || pod.metadata.deletionTimestamp) return undefined
    for (const volume of pod.spec.volumes ?? []) {
      const problem = volume.ephemeral ? claim(pod, volume, tools) : undefined
      if (problem === undefined) continue
      tools.recorder.warning(pod, 'FailedBinding', `ephemeral volume ${volume.name}: ${problem}`)
      throw new Unfinished(`pod ${key}, ephemeral volume ${volume.name}: ${problem}`)
    }
    return undefined
  },
})

/** Makes the claim if it is missing. Returns why it is not this pod's. */
function claim(pod: KubeObject, volume: any, { api, informer }: Tools): string | undefined {
  const name = claimOfVolume(pod, volume)!
  const known = informer('PersistentVolumeClaim').get(pod.metadata.namespace, name)
  if (known) return claimProblem(pod, known)
  const { metadata: { annotations, labels } = {} as any, spec } = volume.ephemeral.volumeClaimTemplate
  const owner = { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid! }
  try {
    api.create({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace: pod.metadata.namespace,
        annotations,
        labels,
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      },
      spec,
    })
    return undefined
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return `create PVC ${name}: ${error.message}`
  }
}
