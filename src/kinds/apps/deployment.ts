import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { defineKind, ownSubresource, same, scaleSubresource } from '../define.ts'
import { selectorText } from '../selectors.ts'
import { validateDeploymentStatus } from '../validation/status-counts.ts'
import { validateDeployment, validateDeploymentUpdate } from '../validation/workloads.ts'
import { workloadWarnings } from '../warnings/kinds.ts'

export const deployment = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('Deployment', 'status')],
  storageVersionHash: '8aSe+NMegvE=',
  warnings: workloadWarnings,
  status: true,
  columns: columns('Name', 'Ready', 'Up-to-date', 'Available', 'Age', ...containerColumns, '+Selector'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    `${obj.status?.readyReplicas ?? 0}/${obj.spec?.replicas ?? 0}`,
    obj.status?.updatedReplicas ?? 0,
    obj.status?.availableReplicas ?? 0,
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    selectorText(obj.spec?.selector),
  ],
  generation: true,
  defaults({ spec }) {
    if (!spec) return
    spec.replicas ??= 1
    spec.strategy ??= {}
    spec.strategy.type ||= 'RollingUpdate'
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate ??= {}
      spec.strategy.rollingUpdate.maxUnavailable ??= '25%'
      spec.strategy.rollingUpdate.maxSurge ??= '25%'
    }
    spec.revisionHistoryLimit ??= 10
    spec.progressDeadlineSeconds ??= 600
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  prepareForUpdate(next, old, subresource) {
    if (subresource !== 'status') return
    if (old.metadata.labels) next.metadata.labels = old.metadata.labels
    else delete next.metadata.labels
  },
  // Annotations are copied to the ReplicaSets.
  generationChanged: (next, old) => !same(next.metadata.annotations, old.metadata.annotations),
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateSubresource: validateDeploymentStatus,
})
