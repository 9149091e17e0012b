import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'

export const replicationController = defineKind({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('ReplicationController', 'status')],
  storageVersionHash: 'Jond2If31h0=',
  status: true,
})
