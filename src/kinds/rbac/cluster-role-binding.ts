import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { bindingCells, bindingColumns } from './binding.ts'
import { defaultBinding } from './defaults.ts'

export const clusterRoleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  nameRule: pathSegment,
  storageVersionHash: '48tpQ8gZHFc=',
  columns: bindingColumns,
  cells: bindingCells,
  defaults: defaultBinding,
})
