import { defineKind, ownSubresource } from '../define.ts'
import { hpaCells, hpaColumns } from './metrics-table.ts'

export const horizontalPodAutoscaler = defineKind({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('HorizontalPodAutoscaler', 'status')],
  storageVersionHash: 'qwQve8ut294=',
  status: true,
  columns: hpaColumns,
  cells: hpaCells,
})
