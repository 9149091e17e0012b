import type { KubeObject } from '../../api/types.ts'
import { claimOfVolume } from '../../kinds/index.ts'
import { type Plugin, reject, type Snapshot, unresolvable } from '../framework.ts'

/** Volumes that a pod's claims are bound to. */
const volumesOf = (pod: KubeObject, snapshot: Snapshot): KubeObject[] =>
  (pod.spec.volumes ?? []).flatMap((v: any) => {
    const name = claimOfVolume(pod, v)
    const claim = name ? snapshot.informer('PersistentVolumeClaim').get(pod.metadata.namespace, name) : undefined
    const volume = claim?.spec.volumeName
    return volume ? (snapshot.informer('PersistentVolume').get(undefined, volume) ?? []) : []
  })

/** CSI driver → handles of its volumes. */
function attached(pods: Iterable<KubeObject>, snapshot: Snapshot): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>()
  for (const pod of pods)
    for (const { spec } of volumesOf(pod, snapshot)) {
      if (!spec.csi) continue
      const handles = out.get(spec.csi.driver) ?? new Set()
      out.set(spec.csi.driver, handles.add(spec.csi.volumeHandle))
    }
  return out
}

/** Models plugins/nodevolumelimits: how many volumes of a CSI driver a node takes stands in its CSINode. */
export const nodeVolumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  wakes: (_pod, { kind, action }) => kind !== 'Pod' || action === 'delete',
  preFilter: (pod, snapshot) => ({ state: attached([pod], snapshot) }),
  filter(_pod, node, wanted: Map<string, Set<string>>, snapshot) {
    if (wanted.size === 0) return undefined
    const limits = snapshot.informer('CSINode').get(undefined, node.name)?.spec.drivers ?? []
    const there = attached(node.pods.values(), snapshot)
    for (const { name, allocatable } of limits) {
      const fresh = [...(wanted.get(name) ?? [])].filter((handle) => !there.get(name)?.has(handle))
      if (fresh.length > 0 && allocatable?.count !== undefined)
        if ((there.get(name)?.size ?? 0) + fresh.length > allocatable.count)
          return reject('node(s) exceed max volume count')
    }
    return undefined
  },
}

/** A volume's label → the node's that says the same today. */
const TOPOLOGY: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
}

/** Models plugins/volumezone: a volume with a zone's label can only be had on nodes of that zone. */
export const volumeZone: Plugin = {
  name: 'VolumeZone',
  wakes: (_pod, { kind }) => kind !== 'Pod',
  preFilter: (pod, snapshot) => ({
    state: volumesOf(pod, snapshot).flatMap(({ metadata }) =>
      Object.keys(TOPOLOGY).flatMap((key) => {
        const value = metadata.labels?.[key]
        return value === undefined ? [] : [{ key, values: value.split('__') }]
      }),
    ),
  }),
  filter(_pod, { node }, wanted: readonly { key: string; values: readonly string[] }[]) {
    const labels = node.metadata.labels ?? {}
    if (wanted.length === 0 || !Object.keys(TOPOLOGY).some((key) => key in labels)) return undefined
    const fits = wanted.every(({ key, values }) => values.includes(labels[key] ?? labels[TOPOLOGY[key]] ?? ''))
    return fits ? undefined : unresolvable('node(s) had no available volume zone')
  },
}
