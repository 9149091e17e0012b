import { defineKind, ownSubresource } from '../define.ts'

export const service = defineKind({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: [
    { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    ownSubresource('Service', 'status'),
  ],
  storageVersionHash: '0/CO1lhkEBI=',
  status: true,
})
