import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'

export const namespace = defineKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, ownSubresource('Namespace', 'status')],
  storageVersionHash: 'Q3oi5N2YM8M=',
  status: true,
  columns: columns('Name', 'Status', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.status?.phase ?? '', age(obj, ctx)],
})
