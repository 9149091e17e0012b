import { ageCells, ageColumns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateResourceClaimTemplate, validateResourceClaimTemplateUpdate } from '../validation/devices.ts'
import { defaultRequests } from './resource-claim.ts'

export const resourceClaimTemplate = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
  storageVersionHash: 'TuzjC49aUfM=',
  defaults: ({ spec }) => defaultRequests(spec?.spec),
  columns: ageColumns,
  cells: ageCells,
  validate: validateResourceClaimTemplate,
  validateUpdate: validateResourceClaimTemplateUpdate,
})
