import { defineKind, ownSubresource } from '../define.ts'

export const apiService = defineKind({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [ownSubresource('APIService', 'status')],
  storageVersionHash: 'InPBPD7+PqM=',
  status: true,
})
