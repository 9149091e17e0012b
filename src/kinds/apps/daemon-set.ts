import { formatLabels } from '../../print/index.ts'
import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { defineKind, ownSubresource, same } from '../define.ts'
import { formatSelector } from '../selectors.ts'
import { validateDaemonSet, validateDaemonSetUpdate } from '../validation/daemon-set.ts'
import { validateDaemonSetStatus } from '../validation/status-counts.ts'
import { workloadWarnings } from '../warnings/kinds.ts'

/** spec.templateGeneration of the internal type lives in this annotation in apps/v1. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

export const daemonSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('DaemonSet', 'status')],
  storageVersionHash: 'dd7pWHUlMKQ=',
  warnings: workloadWarnings,
  status: true,
  columns: columns(
    'Name',
    'Desired#',
    'Current#',
    'Ready#',
    'Up-to-date#',
    'Available#',
    'Node Selector',
    'Age',
    ...containerColumns,
    '+Selector',
  ),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.status?.desiredNumberScheduled ?? 0,
    obj.status?.currentNumberScheduled ?? 0,
    obj.status?.numberReady ?? 0,
    obj.status?.updatedNumberScheduled ?? 0,
    obj.status?.numberAvailable ?? 0,
    formatLabels(obj.spec?.template?.spec?.nodeSelector),
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    formatSelector(obj.spec?.selector),
  ],
  generation: true,
  defaults({ metadata, spec }) {
    if (!spec) return
    spec.updateStrategy ??= {}
    spec.updateStrategy.type ||= 'RollingUpdate'
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {}
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0
    }
    spec.revisionHistoryLimit ??= 10
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
    metadata.annotations ??= {}
    metadata.annotations[TEMPLATE_GENERATION] ??= '1'
  },
  prepareForUpdate(next, old, subresource) {
    if (subresource === 'status') return
    const generation = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1)
    const changed = !same(next.spec?.template, old.spec?.template)
    next.metadata.annotations = {
      ...next.metadata.annotations,
      [TEMPLATE_GENERATION]: String(changed ? generation + 1 : generation),
    }
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateSubresource: validateDaemonSetStatus,
})
