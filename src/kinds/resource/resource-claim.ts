import { defineKind, ownSubresource } from '../define.ts'

export const resourceClaim = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  subresources: [ownSubresource('ResourceClaim', 'status')],
  storageVersionHash: 'wgAZaHcZxUg=',
  status: true,
})
