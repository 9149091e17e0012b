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
})
