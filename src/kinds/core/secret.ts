import { base64 } from '../../kernel/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateSecret, validateSecretUpdate } from '../validation/config.ts'
import { secretWarnings } from '../warnings/secret.ts'

export const secret = defineKind({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  storageVersionHash: 'S6u1pOWzb84=',
  columns: columns('Name', 'Type', 'Data', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.type ?? '', Object.keys(obj.data ?? {}).length, age(obj, ctx)],
  defaults(obj) {
    obj.type ||= 'Opaque'
    if (!obj.stringData) return
    obj.data = { ...obj.data }
    for (const key in obj.stringData) obj.data[key] = base64(obj.stringData[key])
    delete obj.stringData
  },
  prepareForUpdate(next, old) {
    next.type ||= old.type
  },
  fields: { type: (secret) => secret.type ?? '' },
  warnings: secretWarnings,
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
})
