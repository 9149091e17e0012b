import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'

export const deployment = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('Deployment', 'status')],
  storageVersionHash: '8aSe+NMegvE=',
  status: true,
})
