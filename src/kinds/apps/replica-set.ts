import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'

export const replicaSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('ReplicaSet', 'status')],
  storageVersionHash: 'P1RzHs8/mWQ=',
  status: true,
})
