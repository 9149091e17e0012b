import { compareBytes } from '../../print/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateFlowSchema, validateFlowSchemaUpdate, validateFlowStatus } from '../validation/flow-control.ts'

export const flowSchema = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  subresources: [ownSubresource('FlowSchema', 'status')],
  storageVersionHash: 'GJVAJZSZBIw=',
  status: true,
  statusKeepsMeta: true,
  columns: columns('Name', 'PriorityLevel', 'MatchingPrecedence', 'DistinguisherMethod', 'Age', 'MissingPL'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.priorityLevelConfiguration?.name ?? '',
    obj.spec?.matchingPrecedence ?? 0,
    obj.spec?.distinguisherMethod?.type ?? '<none>',
    age(obj, ctx),
    obj.status?.conditions?.find((c: any) => c.type === 'Dangling')?.status ?? '?',
  ],
  compareRows: (a, b) =>
    (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) ||
    compareBytes(a.metadata.name, b.metadata.name),
  generation: true,
  defaults({ spec }) {
    if (spec) spec.matchingPrecedence ||= 1000
  },
  validate: validateFlowSchema,
  validateUpdate: validateFlowSchemaUpdate,
  validateSubresource: validateFlowStatus,
})
