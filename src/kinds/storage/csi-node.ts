import { defineKind } from '../define.ts'

export const csiNode = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  storageVersionHash: 'Pe62DkZtjuo=',
})
