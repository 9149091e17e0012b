import { formatLabels } from '../../print/index.ts'
import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'
import { validateReplicationController } from '../validation/workloads.ts'
import { workloadWarnings } from '../warnings/kinds.ts'

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
  columns: columns('Name', 'Desired#', 'Current#', 'Ready#', 'Age', ...containerColumns, '+Selector'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.replicas ?? 0,
    obj.status?.replicas ?? 0,
    obj.status?.readyReplicas ?? 0,
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    formatLabels(obj.spec?.selector),
  ],
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
})
