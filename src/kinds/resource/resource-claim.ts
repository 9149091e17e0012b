import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateResourceClaim, validateResourceClaimUpdate } from '../validation/devices.ts'

/** Defaults of a claim's spec, also in a template: one device of the class is asked for unless more are. */
export function defaultRequests(spec: any): void {
  for (const request of spec?.devices?.requests ?? []) {
    for (const exact of [request.exactly, ...(request.firstAvailable ?? [])]) {
      if (!exact) continue
      exact.allocationMode ||= 'ExactCount'
      if (exact.allocationMode === 'ExactCount') exact.count ||= 1
      for (const toleration of exact.tolerations ?? []) toleration.operator ||= 'Equal'
    }
  }
}

export const resourceClaim = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  subresources: [ownSubresource('ResourceClaim', 'status')],
  storageVersionHash: 'wgAZaHcZxUg=',
  status: true,
  statusKeepsMeta: true,
  defaults: ({ spec }) => defaultRequests(spec),
  validate: validateResourceClaim,
  validateUpdate: validateResourceClaimUpdate,
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
