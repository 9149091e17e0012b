import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { validateDisruptionBudget, validateDisruptionBudgetStatus } from '../validation/policy.ts'

export const podDisruptionBudget = defineKind({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: [ownSubresource('PodDisruptionBudget', 'status')],
  storageVersionHash: 'EVWiDmWqyJw=',
  status: true,
  columns: columns('Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions#', 'Age'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    String(obj.spec?.minAvailable ?? 'N/A'),
    String(obj.spec?.maxUnavailable ?? 'N/A'),
    obj.status?.disruptionsAllowed ?? 0,
    age(obj, ctx),
  ],
  generation: true,
  nameRule: pathSegment,
  validate: validateDisruptionBudget,
  validateSubresource: validateDisruptionBudgetStatus,
})
