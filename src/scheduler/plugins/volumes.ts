import { selectorMatches } from '../../api/match.ts'
import type { KubeObject } from '../../api/types.ts'
import { claimOfVolume, claimProblem } from '../../kinds/index.ts'
import { amount, type Plugin, type Rejection, reject, type Snapshot, unresolvable } from '../framework.ts'

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'

interface Claims {
  /** Bound claims with their volumes. */
  readonly bound: readonly { claim: KubeObject; volume: KubeObject | undefined }[]
  /** Claims of a class that waits for the scheduler. */
  readonly delayed: readonly KubeObject[]
}

const claimNames = (pod: KubeObject): string[] =>
  (pod.spec.volumes ?? []).flatMap((v: any) => claimOfVolume(pod, v) ?? [])

/** Volumes without owner that a delayed claim could take on this node. */
function candidates(claim: KubeObject, snapshot: Snapshot): KubeObject[] {
  const want = amount('storage', claim.spec.resources?.requests?.storage ?? '0')
  return snapshot
    .informer('PersistentVolume')
    .list()
    .filter(
      (v) =>
        !v.spec.claimRef &&
        v.status?.phase === 'Available' &&
        (v.spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '') &&
        (claim.spec.accessModes ?? []).every((m: string) => v.spec.accessModes?.includes(m)) &&
        amount('storage', v.spec.capacity?.storage ?? '0') >= want,
    )
}

const nodeFits = (volume: KubeObject, node: KubeObject): boolean => {
  const required = volume.spec.nodeAffinity?.required
  return !required || selectorMatches(required, node)
}

/** Models plugins/volumebinding. */
export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  wakes: (pod, change) =>
    change.kind === 'PersistentVolumeClaim' ? usesClaim(pod, change.object) : change.kind !== 'Pod',
  preFilter(pod, snapshot) {
    const volumes = (pod.spec.volumes ?? []).filter((v: any) => claimOfVolume(pod, v) !== undefined)
    if (volumes.length === 0) return { state: { bound: [], delayed: [] } satisfies Claims }
    const bound: { claim: KubeObject; volume: KubeObject | undefined }[] = []
    const delayed: KubeObject[] = []
    let immediate = false
    for (const volume of volumes) {
      const name = claimOfVolume(pod, volume)!
      const claim = snapshot.informer('PersistentVolumeClaim').get(pod.metadata.namespace, name)
      if (!claim) {
        const waiting = `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        return { reject: unresolvable(volume.ephemeral ? waiting : `persistentvolumeclaim "${name}" not found`) }
      }
      const foreign = volume.ephemeral ? claimProblem(pod, claim) : undefined
      if (foreign !== undefined) return { reject: unresolvable(foreign) }
      if (claim.metadata.deletionTimestamp)
        return { reject: unresolvable(`persistentvolumeclaim "${name}" is being deleted`) }
      if (claim.status?.phase === 'Lost')
        return {
          reject: unresolvable(
            `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`,
          ),
        }
      if (claim.spec.volumeName && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed']) {
        bound.push({ claim, volume: snapshot.informer('PersistentVolume').get(undefined, claim.spec.volumeName) })
        continue
      }
      const storage = snapshot.informer('StorageClass').get(undefined, claim.spec.storageClassName ?? '')
      if (storage?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.spec.volumeName) delayed.push(claim)
      else immediate = true
    }
    if (immediate) return { reject: unresolvable('pod has unbound immediate PersistentVolumeClaims') }
    return { state: { bound, delayed } satisfies Claims }
  },
  filter(_pod, node, state: Claims, snapshot) {
    if (state.bound.length + state.delayed.length === 0) return undefined
    const out: Rejection[] = []
    for (const { volume } of state.bound) {
      if (!volume) out.push(unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'))
      else if (!nodeFits(volume, node.node))
        out.push(unresolvable("node(s) didn't match PersistentVolume's node affinity"))
      if (out.length > 0) return out
    }
    for (const claim of state.delayed) {
      if (candidates(claim, snapshot).some((v) => nodeFits(v, node.node))) continue
      const storage = snapshot.informer('StorageClass').get(undefined, claim.spec.storageClassName)
      const selected = claim.metadata.annotations?.[SELECTED_NODE]
      if (
        storage &&
        storage.provisioner !== 'kubernetes.io/no-provisioner' &&
        (!selected || selected === node.name) &&
        topologyAllows(storage, node.node)
      )
        continue
      return unresolvable("node(s) didn't find available persistent volumes to bind")
    }
    return undefined
  },
}

const topologyAllows = (storage: KubeObject, node: KubeObject): boolean =>
  !storage.allowedTopologies ||
  storage.allowedTopologies.some((t: any) =>
    (t.matchLabelExpressions ?? []).every((e: any) => e.values.includes(node.metadata.labels?.[e.key])),
  )

/** What binding still has to wait for before the pod may be bound: claims to bind or provision on the node. */
export function delayedClaims(pod: KubeObject, snapshot: Snapshot): KubeObject[] {
  return claimNames(pod)
    .map((name) => snapshot.informer('PersistentVolumeClaim').get(pod.metadata.namespace, name))
    .filter((c): c is KubeObject => c !== undefined && !c.metadata.annotations?.['pv.kubernetes.io/bind-completed'])
}

/** The volume a delayed claim takes on the node; undefined asks the provisioner. */
export const volumeFor = (claim: KubeObject, node: KubeObject, snapshot: Snapshot): KubeObject | undefined =>
  candidates(claim, snapshot)
    .filter((v) => nodeFits(v, node))
    .sort((a, b) => amount('storage', a.spec.capacity.storage) - amount('storage', b.spec.capacity.storage))[0]

/** Models plugins/volumerestrictions: ReadWriteOncePod claims serve one pod. */
export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  wakes: (_pod, change) => change.kind === 'Pod' && change.action === 'delete',
  filter(pod, _node, _state, snapshot) {
    for (const name of claimNames(pod)) {
      const claim = snapshot.informer('PersistentVolumeClaim').get(pod.metadata.namespace, name)
      if (!claim?.spec.accessModes?.includes('ReadWriteOncePod')) continue
      for (const n of snapshot.nodes)
        for (const other of n.pods.values())
          if (
            other.metadata.uid !== pod.metadata.uid &&
            other.metadata.namespace === pod.metadata.namespace &&
            claimNames(other).includes(name)
          )
            return reject(
              'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
            )
    }
    return undefined
  },
}

const usesClaim = (pod: KubeObject, claim: KubeObject): boolean =>
  pod.metadata.namespace === claim.metadata.namespace && claimNames(pod).includes(claim.metadata.name)
