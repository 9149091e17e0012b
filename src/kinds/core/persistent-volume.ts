import { accessModes, age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { storageClassOf } from '../storage/class.ts'
import { validateVolume, validateVolumeUpdate } from '../validation/storage.ts'
import { defaultResourceList } from './pod-defaults.ts'

export const persistentVolume = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: [ownSubresource('PersistentVolume', 'status')],
  storageVersionHash: 'HN/zwEC+JgM=',
  status: true,
  columns: columns(
    'Name',
    'Capacity',
    'Access Modes',
    'Reclaim Policy',
    'Status',
    'Claim',
    'StorageClass',
    'VolumeAttributesClass',
    'Reason',
    'Age',
    '+VolumeMode',
  ),
  cells: (obj, ctx) => {
    const { capacity, accessModes: modes, claimRef, volumeMode, volumeAttributesClassName } = obj.spec ?? {}
    return [
      obj.metadata.name,
      capacity?.storage ?? '0',
      accessModes(modes),
      obj.spec?.persistentVolumeReclaimPolicy ?? '',
      obj.metadata.deletionTimestamp ? 'Terminating' : (obj.status?.phase ?? ''),
      claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
      storageClassOf(obj),
      volumeAttributesClassName ?? '<unset>',
      obj.status?.reason ?? '',
      age(obj, ctx),
      volumeMode ?? '<unset>',
    ]
  },
  defaults(obj) {
    const { spec } = obj
    if (spec) {
      spec.persistentVolumeReclaimPolicy ||= 'Retain'
      spec.volumeMode ??= 'Filesystem'
      defaultResourceList(spec.capacity)
      if (spec.hostPath) spec.hostPath.type ??= ''
    }
    obj.status ??= {}
    obj.status.phase ||= 'Pending'
  },
  prepareForCreate(obj, { now }) {
    obj.status = { phase: 'Pending', lastPhaseTransitionTime: now }
  },
  prepareForUpdate(next, old, subresource, { now }) {
    if (subresource !== 'status') return
    const { phase, lastPhaseTransitionTime: time } = old.status ?? {}
    const given = next.status?.lastPhaseTransitionTime
    if (phase === next.status?.phase) {
      if (!given && time) next.status = { ...next.status, lastPhaseTransitionTime: time }
    } else if (!given || given === time) next.status = { ...next.status, lastPhaseTransitionTime: now }
  },
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
})
