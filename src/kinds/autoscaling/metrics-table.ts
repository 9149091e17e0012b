import { age, columns } from '../columns.ts'
import type { Cell, CellContext } from '../kind.ts'
import type { KubeObject } from '../object.ts'

export const hpaColumns = columns('Name', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age')

/** A row of an autoscaling/v2 HorizontalPodAutoscaler. */
export function hpaCells(obj: KubeObject, ctx: CellContext): Cell[] {
  const { scaleTargetRef, metrics, minReplicas, maxReplicas } = obj.spec ?? {}
  return [
    obj.metadata.name,
    `${scaleTargetRef?.kind ?? ''}/${scaleTargetRef?.name ?? ''}`,
    metricsText(metrics ?? [], obj.status?.currentMetrics ?? []),
    String(minReplicas ?? '<unset>'),
    maxReplicas ?? 0,
    obj.status?.currentReplicas ?? 0,
    age(obj, ctx),
  ]
}

/** formatHPAMetrics: two metrics, current/target each. */
function metricsText(specs: any[], statuses: any[]): string {
  if (!specs.length) return '<none>'
  const list = specs.map((spec, i) => metricText(spec, statuses[i]))
  return list.length > 2 ? `${list.slice(0, 2).join(', ')} + ${list.length - 2} more...` : list.join(', ')
}

const SOURCES: Readonly<Record<string, string>> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}

function metricText(spec: any, status: any): string {
  const source = SOURCES[spec.type]
  if (!source) return '<unknown type>'
  const { target = {}, name } = spec[source] ?? {}
  const current = status?.[source]?.current
  if (spec.type === 'Resource' || spec.type === 'ContainerResource') {
    if (target.averageValue !== undefined)
      return `${name}: ${current?.averageValue ?? '<unknown>'}/${target.averageValue}`
    const percent = (value: number | undefined, otherwise: string): string =>
      value === undefined ? otherwise : `${value}%`
    return `${name}: ${percent(current?.averageUtilization, '<unknown>')}/${percent(target.averageUtilization, '<auto>')}`
  }
  if (spec.type === 'Pods') return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}`
  if (target.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`
  return `${current?.value ?? '<unknown>'}/${target.value}`
}
