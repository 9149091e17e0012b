import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defaultClaimSpec, defaultPodSpec } from '../core/pod-defaults.ts'
import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'
import { dnsLabel } from '../meta.ts'
import { validateStatefulSet, validateStatefulSetUpdate } from '../validation/stateful-set.ts'
import { validateStatefulSetStatus } from '../validation/status-counts.ts'
import { statefulSetWarnings } from '../warnings/kinds.ts'

export const statefulSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('StatefulSet', 'status')],
  storageVersionHash: 'H+vl74LkKdo=',
  warnings: statefulSetWarnings,
  status: true,
  columns: columns('Name', 'Ready', 'Age', ...containerColumns),
  cells: (obj, ctx) => [
    obj.metadata.name,
    `${obj.status?.readyReplicas ?? 0}/${obj.spec?.replicas ?? 0}`,
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
  ],
  generation: true,
  defaults({ spec }) {
    if (!spec) return
    spec.podManagementPolicy ||= 'OrderedReady'
    spec.updateStrategy ??= {}
    if (!spec.updateStrategy.type) {
      spec.updateStrategy.type = 'RollingUpdate'
      spec.updateStrategy.rollingUpdate ??= {}
    }
    if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate) {
      spec.updateStrategy.rollingUpdate.partition ??= 0
      // MaxUnavailableStatefulSet is off in 1.36.
      delete spec.updateStrategy.rollingUpdate.maxUnavailable
    }
    spec.persistentVolumeClaimRetentionPolicy ??= {}
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain'
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain'
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.serviceName ??= ''
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.apiVersion ||= 'v1'
      claim.kind ||= 'PersistentVolumeClaim'
      if (claim.spec) defaultClaimSpec(claim.spec)
      claim.status ??= {}
      claim.status.phase ||= 'Pending'
    }
  },
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateSubresource: validateStatefulSetStatus,
  nameRule: dnsLabel,
})
