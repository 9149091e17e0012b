import { ageCells, ageColumns } from '../columns.ts'
import { defineKind } from '../define.ts'

export const serviceAccount = defineKind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  subresources: [
    { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  ],
  storageVersionHash: 'pbx9ZvyFpBE=',
  columns: ageColumns,
  cells: ageCells,
})
