import { accessModes, age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { storageClassOf } from '../storage/class.ts'

export const persistentVolumeClaim = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: [ownSubresource('PersistentVolumeClaim', 'status')],
  storageVersionHash: 'QWTyNDq0dC4=',
  status: true,
  columns: columns(
    'Name',
    'Status',
    'Volume',
    'Capacity',
    'Access Modes',
    'StorageClass',
    'VolumeAttributesClass',
    'Age',
    '+VolumeMode',
  ),
  cells: (obj, ctx) => {
    const { volumeName, volumeMode, volumeAttributesClassName } = obj.spec ?? {}
    return [
      obj.metadata.name,
      obj.metadata.deletionTimestamp ? 'Terminating' : (obj.status?.phase ?? ''),
      volumeName ?? '',
      volumeName ? (obj.status?.capacity?.storage ?? '0') : '',
      volumeName ? accessModes(obj.status?.accessModes) : '',
      storageClassOf(obj),
      volumeAttributesClassName ?? '<unset>',
      age(obj, ctx),
      volumeMode ?? '<unset>',
    ]
  },
})
