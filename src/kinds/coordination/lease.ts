import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateLease } from '../validation/extension.ts'

export const lease = defineKind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  storageVersionHash: 'gqkMMb/YqFM=',
  validate: validateLease,
  columns: columns('Name', 'Holder', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.spec?.holderIdentity ?? '', age(obj, ctx)],
})
