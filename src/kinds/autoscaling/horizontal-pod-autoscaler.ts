import { defineKind, ownSubresource } from '../define.ts'
import { givenEmpty } from '../schema/decode.ts'
import { validateAutoscaler } from '../validation/autoscaler.ts'
import { validateAutoscalerStatus } from '../validation/status-counts.ts'
import { hpaCells, hpaColumns } from './metrics-table.ts'

const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const SCALE_DOWN = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }

/** No policies at all is not the same as none that were told. */
const withDefaults = (rules: any, defaults: object): any =>
  rules && givenEmpty(rules, 'policies') ? { ...defaults, policies: undefined, ...rules } : { ...defaults, ...rules }

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
  defaults({ spec }) {
    if (!spec) return
    spec.minReplicas ??= 1
    if (!spec.metrics?.length) {
      const target = { type: 'Utilization', averageUtilization: 80 }
      spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
    }
    if (!spec.behavior) return
    spec.behavior.scaleUp = withDefaults(spec.behavior.scaleUp, SCALE_UP)
    spec.behavior.scaleDown = withDefaults(spec.behavior.scaleDown, SCALE_DOWN)
  },
  validate: validateAutoscaler,
  validateSubresource: validateAutoscalerStatus,
})
