import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { validateRoleBinding, validateRoleBindingUpdate } from '../validation/rbac.ts'
import { bindingCells, bindingColumns } from './binding.ts'
import { defaultBinding } from './defaults.ts'

export const roleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  storageVersionHash: 'eGsCzGH6b1g=',
  columns: bindingColumns,
  cells: bindingCells,
  defaults: defaultBinding,
  validate: validateRoleBinding,
  validateUpdate: validateRoleBindingUpdate,
  nameRule: pathSegment,
})
