import { defineKind, ownSubresource } from '../define.ts'

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
})
