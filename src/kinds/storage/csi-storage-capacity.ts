import { columns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const csiStorageCapacity = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  storageVersionHash: 'xeVl+2Ly1kE=',
  columns: columns('Name', 'StorageClassName', 'Capacity'),
  cells: (obj) => [obj.metadata.name, obj.storageClassName ?? '', obj.capacity ?? '<unset>'],
})
