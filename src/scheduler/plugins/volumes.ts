import { selectorMatches, selects } from '../../api/match.ts'
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

/** Volumes that a delayed claim could take, whatever the node (FindMatchingVolume). */
function candidates(claim: KubeObject, snapshot: Snapshot): KubeObject[] {
  const want = amount('storage', claim.spec.resources?.requests?.storage ?? '0')
  return snapshot
    .informer('PersistentVolume')
    .list()
    .filter(
      (v) =>
        !v.metadata.deletionTimestamp &&
        (!v.spec.claimRef || promised(v, claim)) &&
        v.status?.phase === 'Available' &&
        (v.spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '') &&
        (v.spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem') &&
        (!claim.spec.selector || selects(claim.spec.selector, v.metadata.labels)) &&
        (claim.spec.accessModes ?? []).every((m: string) => v.spec.accessModes?.includes(m)) &&
        amount('storage', v.spec.capacity?.storage ?? '0') >= want,
    )
}

/** The volume was made for this very claim. */
const promised = ({ spec: { claimRef } }: KubeObject, { metadata }: KubeObject): boolean =>
  claimRef.name === metadata.name &&
  claimRef.namespace === metadata.namespace &&
  (!claimRef.uid || claimRef.uid === metadata.uid)

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
    const reasons: Rejection[] = []
    const lost = state.bound.find(({ volume }) => !volume || !nodeFits(volume, node.node))
    if (lost?.volume) reasons.push(unresolvable("node(s) didn't match PersistentVolume's node affinity"))
    if (!findVolumes(state.delayed, node.node, snapshot))
      reasons.push(unresolvable("node(s) didn't find available persistent volumes to bind"))
    if (lost && !lost.volume)
      reasons.push(unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'))
    return reasons.length > 0 ? reasons : undefined
  },
}

/** A volume for each delayed claim, the smallest claim first; nothing stands for one to be made there; undefined when a claim can have neither. */
function findVolumes(
  claims: readonly KubeObject[],
  node: KubeObject,
  snapshot: Snapshot,
): ReadonlyMap<KubeObject, KubeObject | undefined> | undefined {
  const found = new Map<KubeObject, KubeObject | undefined>()
  const size = (o: KubeObject): number =>
    amount('storage', o.spec.capacity?.storage ?? o.spec.resources?.requests?.storage ?? '0')
  for (const claim of [...claims].sort((a, b) => size(a) - size(b))) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE]
    if (selected !== undefined && selected !== node.metadata.name) return undefined
    const taken = [...found.values()]
    const volume =
      selected === undefined
        ? candidates(claim, snapshot)
            .filter((v) => nodeFits(v, node) && !taken.includes(v))
            .sort((a, b) => Number(!a.spec.claimRef) - Number(!b.spec.claimRef) || size(a) - size(b))[0]
        : undefined
    if (!volume && !provides(claim, node, snapshot)) return undefined
    found.set(claim, volume)
  }
  return found
}

/** The claim's class makes volumes, and for this node. */
function provides(claim: KubeObject, node: KubeObject, snapshot: Snapshot): boolean {
  const storage = snapshot.informer('StorageClass').get(undefined, claim.spec.storageClassName)
  return (
    storage !== undefined && storage.provisioner !== 'kubernetes.io/no-provisioner' && topologyAllows(storage, node)
  )
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

/** The volumes that delayed claims take on the node; nothing for what the provisioner is to make. */
export const volumesFor = (
  claims: readonly KubeObject[],
  node: KubeObject,
  snapshot: Snapshot,
): ReadonlyMap<KubeObject, KubeObject | undefined> => findVolumes(claims, node, snapshot) ?? new Map()

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
