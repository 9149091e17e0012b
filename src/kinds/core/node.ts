import { defineKind, ownSubresource } from '../define.ts'

export const node = defineKind({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: [
    { name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    ownSubresource('Node', 'status'),
  ],
  storageVersionHash: 'XwShjMxG9Fs=',
  status: true,
})
