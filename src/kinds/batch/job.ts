import { defineKind, ownSubresource } from '../define.ts'

export const job = defineKind({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('Job', 'status')],
  storageVersionHash: 'mudhfqk/qZY=',
  status: true,
})
