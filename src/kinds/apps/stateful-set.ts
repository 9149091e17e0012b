import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'

export const statefulSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('StatefulSet', 'status')],
  storageVersionHash: 'H+vl74LkKdo=',
  status: true,
})
