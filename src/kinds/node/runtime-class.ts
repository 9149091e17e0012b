import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/extension.ts'

export const runtimeClass = defineKind({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  storageVersionHash: 'WQTu1GL3T2Q=',
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
  columns: columns('Name', 'Handler', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.handler ?? '', age(obj, ctx)],
})
