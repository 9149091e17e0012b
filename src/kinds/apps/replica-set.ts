import { defaultPodSpec } from '../core/pod-defaults.ts'
import { replicaTable } from '../core/replica-table.ts'
import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'
import { formatSelector } from '../selectors.ts'
import { validateReplicaSetStatus } from '../validation/status-counts.ts'
import { validateReplicaSet, validateReplicaSetUpdate } from '../validation/workloads.ts'
import { workloadWarnings } from '../warnings/kinds.ts'

export const replicaSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('ReplicaSet', 'status')],
  storageVersionHash: 'P1RzHs8/mWQ=',
  warnings: workloadWarnings,
  status: true,
  ...replicaTable(formatSelector),
  generation: true,
  defaults({ spec }) {
    if (!spec) return
    spec.replicas ??= 1
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  fields: { 'status.replicas': (rs) => String(rs.status?.replicas ?? 0) },
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateSubresource: validateReplicaSetStatus,
})
