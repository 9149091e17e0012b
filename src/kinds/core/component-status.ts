import { columns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const componentStatus = defineKind({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  verbs: ['get', 'list'],
  columns: columns('Name', 'Status', 'Message', 'Error'),
  cells: (obj) => {
    const healthy = obj.conditions?.find((c: any) => c.type === 'Healthy')
    const status = !healthy ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy'
    return [obj.metadata.name, status, healthy?.message ?? '', healthy?.error ?? '']
  },
})
