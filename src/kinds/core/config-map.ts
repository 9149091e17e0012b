import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateConfigMap, validateConfigMapUpdate } from '../validation/config.ts'

export const configMap = defineKind({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  storageVersionHash: 'qFsyl6wFWjQ=',
  columns: columns('Name', 'Data', 'Age'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    Object.keys(obj.data ?? {}).length + Object.keys(obj.binaryData ?? {}).length,
    age(obj, ctx),
  ],
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
})
