import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const csiNode = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  storageVersionHash: 'Pe62DkZtjuo=',
  columns: columns('Name', 'Drivers#', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.spec?.drivers?.length ?? 0, age(obj, ctx)],
})
