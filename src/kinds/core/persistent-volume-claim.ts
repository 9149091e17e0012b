import { defineKind, ownSubresource } from '../define.ts'

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
})
