import { defineKind, ownSubresource } from '../define.ts'

export const podDisruptionBudget = defineKind({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: [ownSubresource('PodDisruptionBudget', 'status')],
  storageVersionHash: 'EVWiDmWqyJw=',
  status: true,
})
