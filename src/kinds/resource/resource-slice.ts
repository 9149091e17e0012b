import { defineKind } from '../define.ts'

export const resourceSlice = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  storageVersionHash: 'KsC072WgaEY=',
})
