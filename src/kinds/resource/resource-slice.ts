import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const resourceSlice = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  storageVersionHash: 'KsC072WgaEY=',
  columns: columns('Name', 'Node', 'Driver', 'Pool', 'Age'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.nodeName ?? '',
    obj.spec?.driver ?? '',
    obj.spec?.pool?.name ?? '',
    age(obj, ctx),
  ],
  generation: true,
})
