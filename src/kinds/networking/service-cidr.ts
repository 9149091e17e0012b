import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateServiceCIDR, validateServiceCIDRUpdate } from '../validation/service-cidr.ts'

export const serviceCIDR = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  subresources: [ownSubresource('ServiceCIDR', 'status')],
  storageVersionHash: 'gNLvruQhW2g=',
  status: true,
  statusKeepsMeta: true,
  columns: columns('Name', 'CIDRs', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, (obj.spec?.cidrs ?? []).join(','), age(obj, ctx)],
  generation: true,
  validate: validateServiceCIDR,
  validateUpdate: validateServiceCIDRUpdate,
})
