import { defineKind, ownSubresource } from '../define.ts'

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
})
