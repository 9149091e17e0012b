import { defineKind, ownSubresource } from '../define.ts'

export const customResourceDefinition = defineKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [ownSubresource('CustomResourceDefinition', 'status')],
  storageVersionHash: 'jfWCUB31mvA=',
  status: true,
})
