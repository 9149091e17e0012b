import type { KubeObject } from '../object.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'

/** The annotations of autoscaling/v1 in which it keeps what it has no fields for. */
const ROUND_TRIP = [METRICS, CURRENT, CONDITIONS, BEHAVIOR]

const isCpu = (metric: any, side: 'target' | 'current'): boolean =>
  metric.type === 'Resource' &&
  metric.resource?.name === 'cpu' &&
  metric.resource[side]?.averageUtilization !== undefined

/** `{target: {averageUtilization}}` of v2 against `{targetAverageUtilization}` of v1, and likewise for `current`. */
const flatten = (metric: any, side: 'target' | 'current'): any => {
  const out: any = { type: metric.type }
  for (const key in metric) {
    if (key === 'type') continue
    const { [side]: value = {}, ...rest } = metric[key]
    out[key] = { ...rest }
    if (value.averageUtilization !== undefined) out[key][`${side}AverageUtilization`] = value.averageUtilization
    if (value.averageValue !== undefined) out[key][`${side}AverageValue`] = value.averageValue
    if (value.value !== undefined) out[key][`${side}Value`] = value.value
  }
  return out
}

const nest = (metric: any, side: 'target' | 'current'): any => {
  const out: any = { type: metric.type }
  for (const key in metric) {
    if (key === 'type') continue
    const value: any = {}
    const rest: any = {}
    for (const [name, given] of Object.entries(metric[key])) {
      if (name === `${side}AverageUtilization`) value.averageUtilization = given
      else if (name === `${side}AverageValue`) value.averageValue = given
      else if (name === `${side}Value`) value.value = given
      else rest[name] = given
    }
    if (side === 'target') {
      value.type = value.averageUtilization !== undefined ? 'Utilization' : value.value ? 'Value' : 'AverageValue'
    }
    out[key] = { ...rest, [side]: value }
  }
  return out
}

function parsed(text: string | undefined): any {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** autoscaling/v2 as v1 shows it. Models pkg/apis/autoscaling/v1/conversion.go. */
export function hpaToV1(obj: KubeObject): KubeObject {
  const { metrics = [], behavior, ...spec } = obj.spec ?? {}
  const { currentMetrics = [], conditions = [], ...status } = obj.status ?? {}
  const cpu = metrics.find((m: any) => isCpu(m, 'target'))
  const others = metrics.filter((m: any) => !isCpu(m, 'target'))
  const annotations: Record<string, string> = { ...obj.metadata.annotations }
  for (const key of ROUND_TRIP) delete annotations[key]
  if (others.length) annotations[METRICS] = JSON.stringify(others.map((m: any) => flatten(m, 'target')))
  if (currentMetrics?.length)
    annotations[CURRENT] = JSON.stringify(currentMetrics.map((m: any) => flatten(m, 'current')))
  if (behavior) annotations[BEHAVIOR] = JSON.stringify(behavior)
  if (conditions.length) annotations[CONDITIONS] = JSON.stringify(conditions)
  const current = currentMetrics?.find((m: any) => isCpu(m, 'current'))?.resource.current.averageUtilization
  const metadata = { ...obj.metadata, annotations }
  if (Object.keys(annotations).length === 0) delete (metadata as any).annotations
  return {
    ...obj,
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { ...spec, ...(cpu && { targetCPUUtilizationPercentage: cpu.resource.target.averageUtilization }) },
    status: { ...status, ...(current !== undefined && { currentCPUUtilizationPercentage: current }) },
  }
}

/** The other way round. */
export function hpaFromV1(obj: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage, ...spec } = obj.spec ?? {}
  const { currentCPUUtilizationPercentage, ...status } = obj.status ?? {}
  const given = obj.metadata?.annotations ?? {}
  const cpu = (side: 'target' | 'current', averageUtilization: number) => ({
    type: 'Resource',
    resource: {
      name: 'cpu',
      [side]: side === 'target' ? { type: 'Utilization', averageUtilization } : { averageUtilization },
    },
  })
  const metrics = (parsed(given[METRICS]) ?? []).map((m: any) => nest(m, 'target'))
  if (targetCPUUtilizationPercentage !== undefined) metrics.push(cpu('target', targetCPUUtilizationPercentage))
  if (metrics.length) spec.metrics = metrics
  const behavior = parsed(given[BEHAVIOR])
  if (behavior) spec.behavior = behavior
  const current = parsed(given[CURRENT])?.map((m: any) => nest(m, 'current'))
  if (current) status.currentMetrics = current
  else if (currentCPUUtilizationPercentage !== undefined) {
    status.currentMetrics = [cpu('current', currentCPUUtilizationPercentage)]
  }
  const conditions = parsed(given[CONDITIONS])
  if (conditions) status.conditions = conditions
  const metadata = { ...obj.metadata }
  if (metadata.annotations) {
    const annotations = { ...given }
    for (const key of ROUND_TRIP) delete annotations[key]
    metadata.annotations = annotations
  }
  return { ...obj, apiVersion: 'autoscaling/v2', metadata, spec, status }
}
