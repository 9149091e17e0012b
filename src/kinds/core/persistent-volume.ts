import { accessModes, age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { storageClassOf } from '../storage/class.ts'

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
})
