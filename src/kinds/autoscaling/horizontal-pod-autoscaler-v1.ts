import { defineKind, ownSubresource } from '../define.ts'
import { hpaCells, hpaColumns } from './metrics-table.ts'
import { hpaFromV1, hpaToV1 } from './v1-conversion.ts'

export const horizontalPodAutoscalerV1 = defineKind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('HorizontalPodAutoscaler', 'status')],
  storageVersionHash: 'qwQve8ut294=',
  status: true,
  storedAs: { group: 'autoscaling', version: 'v2', toStored: hpaFromV1, fromStored: hpaToV1 },
  columns: hpaColumns,
  cells: (obj, ctx) => hpaCells(hpaFromV1(obj), ctx),
})
