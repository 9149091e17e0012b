import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const volumeAttributesClass = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  storageVersionHash: 'tIjydgKBC5w=',
  columns: columns('Name', 'DriverName', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.driverName ?? '', age(obj, ctx)],
})
