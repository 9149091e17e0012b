import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { validateClusterRoleBinding, validateClusterRoleBindingUpdate } from '../validation/rbac.ts'
import { bindingCells, bindingColumns } from './binding.ts'
import { defaultBinding } from './defaults.ts'

export const clusterRoleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  storageVersionHash: '48tpQ8gZHFc=',
  columns: bindingColumns,
  cells: bindingCells,
  defaults: defaultBinding,
  validate: validateClusterRoleBinding,
  validateUpdate: validateClusterRoleBindingUpdate,
  nameRule: pathSegment,
})
