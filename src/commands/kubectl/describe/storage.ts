import { age } from '../../../print/index.ts'
import type { Describer } from './context.ts'
import { describeSource } from './volumes.ts'
import { formatLabels, rfc1123, titleOrUnset, Writer } from './writer.ts'

const MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const ORDER = Object.keys(MODES)

/** `RWO,ROX` in the fixed order of the modes. */
const modes = (list: readonly string[] | undefined): string =>
  ORDER.filter((mode) => list?.includes(mode))
    .map((mode) => MODES[mode])
    .join(',')

const finalizers = (object: any): string => `[${(object.metadata.finalizers ?? []).join(' ')}]`

const status = (object: any, now: number): string =>
  object.metadata.deletionTimestamp
    ? `Terminating (lasts ${age(object.metadata.deletionTimestamp, now)})`
    : (object.status?.phase ?? '')

/** PersistentVolumeDescriber: its claim, and where the data is. */
export const describePersistentVolume: Describer = function* (c, pv) {
  const w = new Writer(c.now)
  const { spec } = pv
  w.meta(pv, { namespace: false })
  w.row(0, 'Finalizers', finalizers(pv))
  w.row(
    0,
    'StorageClass',
    pv.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
  )
  w.row(0, 'Status', status(pv, c.now))
  w.row(0, 'Claim', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')
  w.row(0, 'Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '')
  w.row(0, 'Access Modes', modes(spec.accessModes))
  w.optional(0, 'VolumeMode', spec.volumeMode)
  w.row(0, 'Capacity', spec.capacity?.storage ?? '0')
  affinity(w, spec.nodeAffinity?.required)
  w.row(0, 'Message', pv.status?.message ?? '')
  w.w(0, 'Source:\n')
  if (!describeSource(w, spec)) w.w(1, '<unknown>\n')
  w.events(yield* c.events(pv))
  return w.toString()
}

function affinity(w: Writer, required: any): void {
  if (!required) {
    w.row(0, 'Node Affinity', '<none>')
    return
  }
  w.w(0, 'Node Affinity:\t\n')
  const terms: any[] = required.nodeSelectorTerms ?? []
  w.w(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}\n`)
  terms.forEach((term, i) => {
    const lines = (term.matchExpressions ?? []).map(
      (e: any) => `${e.key} ${e.operator.toLowerCase()}${e.values?.length ? ` [${e.values.join(', ')}]` : ''}`,
    )
    w.w(2, `Term ${i}:\t${lines.length === 0 ? '<none>' : lines.join('\n    \t')}\n`)
  })
}

/** PersistentVolumeClaimDescriber, with the pods that use it. */
export const describeClaim: Describer = function* (c, pvc) {
  const w = new Writer(c.now)
  const { spec } = pvc
  w.row(0, 'Name', pvc.metadata.name)
  w.row(0, 'Namespace', pvc.metadata.namespace)
  w.row(
    0,
    'StorageClass',
    pvc.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
  )
  w.row(0, 'Status', status(pvc, c.now))
  w.row(0, 'Volume', spec.volumeName ?? '')
  w.labels('Labels', pvc.metadata.labels)
  w.annotations('Annotations', pvc.metadata.annotations)
  w.row(0, 'Finalizers', finalizers(pvc))
  w.row(0, 'Capacity', spec.volumeName ? (pvc.status?.capacity?.storage ?? '0') : '')
  w.row(0, 'Access Modes', spec.volumeName ? modes(pvc.status?.accessModes) : '')
  w.optional(0, 'VolumeMode', spec.volumeMode)
  if (spec.dataSource) {
    w.w(0, 'DataSource:\n')
    w.optional(1, 'APIGroup', spec.dataSource.apiGroup)
    w.row(1, 'Kind', spec.dataSource.kind)
    w.row(1, 'Name', spec.dataSource.name)
  }
  const pods = yield* c.list('', 'v1', 'pods', pvc.metadata.namespace)
  const users = pods.filter((pod) =>
    pod.spec.volumes?.some((v: any) => v.persistentVolumeClaim?.claimName === pvc.metadata.name),
  )
  w.multi('Used By', users.map((pod) => pod.metadata.name as string).sort())
  const conditions = pvc.status?.conditions ?? []
  if (conditions.length > 0) {
    w.w(0, 'Conditions:\n')
    w.w(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n')
    w.w(1, '----\t------\t-----------------\t------------------\t------\t-------\n')
    for (const x of conditions)
      w.w(
        1,
        `${x.type} \t${x.status} \t${rfc1123(x.lastProbeTime)} \t${rfc1123(x.lastTransitionTime)} \t${x.reason ?? ''} \t${x.message ?? ''}\n`,
      )
  }
  w.events(yield* c.events(pvc))
  return w.toString()
}

/** StorageClassDescriber. */
export const describeStorageClass: Describer = function* (c, sc) {
  const w = new Writer(c.now)
  const marked = [
    'storageclass.kubernetes.io/is-default-class',
    'storageclass.beta.kubernetes.io/is-default-class',
  ].some((key) => sc.metadata.annotations?.[key] === 'true')
  w.row(0, 'Name', sc.metadata.name)
  w.row(0, 'IsDefaultClass', marked ? 'Yes' : 'No')
  w.row(0, 'Annotations', formatLabels(sc.metadata.annotations))
  w.row(0, 'Provisioner', sc.provisioner)
  w.row(0, 'Parameters', formatLabels(sc.parameters))
  w.row(0, 'AllowVolumeExpansion', titleOrUnset(sc.allowVolumeExpansion))
  w.w(0, sc.mountOptions?.length ? 'MountOptions:\n' : 'MountOptions:\t<none>\n')
  for (const option of sc.mountOptions ?? []) w.w(1, `${option}\n`)
  w.optional(0, 'ReclaimPolicy', sc.reclaimPolicy)
  w.optional(0, 'VolumeBindingMode', sc.volumeBindingMode)
  w.events(yield* c.events(sc))
  return w.toString()
}
