import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const secret = defineKind({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  storageVersionHash: 'S6u1pOWzb84=',
  columns: columns('Name', 'Type', 'Data', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.type ?? '', Object.keys(obj.data ?? {}).length, age(obj, ctx)],
})
