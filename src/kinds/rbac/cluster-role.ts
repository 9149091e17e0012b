import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { validateClusterRole } from '../validation/rbac.ts'

export const clusterRole = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  storageVersionHash: 'bYE5ZWDrJ44=',
  validate: validateClusterRole,
  nameRule: pathSegment,
})
