import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { validateRole } from '../validation/rbac.ts'

export const role = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  storageVersionHash: '7FuwZcIIItM=',
  validate: validateRole,
  nameRule: pathSegment,
})
