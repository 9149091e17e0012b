import { formatLabels } from '../../print/index.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'
import { validateReplicationControllerStatus } from '../validation/status-counts.ts'
import { validateReplicationController } from '../validation/workloads.ts'
import { workloadWarnings } from '../warnings/kinds.ts'
import { replicaTable } from './replica-table.ts'

export const replicationController = defineKind({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('ReplicationController', 'status')],
  storageVersionHash: 'Jond2If31h0=',
  warnings: workloadWarnings,
  status: true,
  ...replicaTable(formatLabels),
  generation: true,
  defaults(obj) {
    const { spec } = obj
    if (!spec) return
    spec.replicas ??= 1
    const labels = spec.template?.metadata?.labels
    if (labels) {
      if (!Object.keys(spec.selector ?? {}).length) spec.selector = labels
      if (!Object.keys(obj.metadata.labels ?? {}).length) obj.metadata.labels = labels
    }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  fields: { 'status.replicas': (rc) => String(rc.status?.replicas ?? 0) },
  validate: validateReplicationController,
  validateSubresource: validateReplicationControllerStatus,
})
