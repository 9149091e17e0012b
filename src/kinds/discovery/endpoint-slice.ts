import { defineKind } from '../define.ts'

export const endpointSlice = defineKind({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  storageVersionHash: 'qgS0xkrxYAI=',
})
