import { age, columns } from '../columns.ts'
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
  columns: columns('Name', 'State', 'Age'),
  cells: (obj, ctx) => {
    const { allocation, reservedFor } = obj.status ?? {}
    const deleted = Boolean(obj.metadata.deletionTimestamp)
    const states = deleted ? ['deleted'] : []
    if (allocation) states.push('allocated', ...(reservedFor?.length ? ['reserved'] : []))
    else if (!deleted) states.push('pending')
    return [obj.metadata.name, states.join(','), age(obj, ctx)]
  },
})
