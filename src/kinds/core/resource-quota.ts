import { defineKind, ownSubresource } from '../define.ts'

export const resourceQuota = defineKind({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  subresources: [ownSubresource('ResourceQuota', 'status')],
  storageVersionHash: '8uhSgffRX6w=',
  status: true,
})
