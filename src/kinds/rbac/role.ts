import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'

export const role = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  nameRule: pathSegment,
  storageVersionHash: '7FuwZcIIItM=',
})
