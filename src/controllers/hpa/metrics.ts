import { formatSelector, goSelector, type LabelSelector } from '../../api/selector.ts'
import { type KubeObject, StatusError } from '../../api/types.ts'
import { parseGoDuration, Quantity, quantityOf } from '../../print/index.ts'
import type { Tools } from '../controller.ts'
import { byUtilization, byValue, type PodMetric, type Reckoning } from './replicas.ts'

/** What one metric asks for. */
export interface Proposal {
  readonly replicas: number
  /** In the words of a condition: `cpu resource utilization (percentage of request)`. */
  readonly name: string
  /** For status.currentMetrics. */
  readonly status: any
}

/** A metric that tells nothing. */
export class MetricError extends Error {
  constructor(
    /** Of the event and the condition. */
    readonly reason: string,
    message: string,
    /** Which one it was: what the sum of all errors says of it. */
    readonly whole: string,
  ) {
    super(message)
  }
}

/** The pods in question, and from what replicas are reckoned but for the resource. */
interface Target {
  readonly namespace: string
  readonly selector: LabelSelector
  readonly reckoning: Omit<Reckoning, 'resource'>
}

/** Asks one metric (computeReplicasForMetric). Throws MetricError. */
export function propose(metric: any, target: Target, tools: Tools): Proposal {
  const fail = (reason: string, what: string, error: unknown): never => {
    if (!(error instanceof Error)) throw error
    throw new MetricError(reason, error.message, `failed to get ${what} metric value: ${error.message}`)
  }
  const { type } = metric
  if (type === 'Resource') {
    const { name, target: goal } = metric.resource
    try {
      const { replicas, label, current } = ofResource(name, goal, '', target, tools)
      return { replicas, name: label, status: { type, resource: { name, current } } }
    } catch (error) {
      return fail('FailedGetResourceMetric', `${name} resource`, error)
    }
  }
  if (type === 'ContainerResource') {
    const { name, container, target: goal } = metric.containerResource
    try {
      const { replicas, label, current } = ofResource(name, goal, container, target, tools)
      return { replicas, name: label, status: { type, containerResource: { name, container, current } } }
    } catch (error) {
      return fail('FailedGetContainerResourceMetric', `${container} container`, error)
    }
  }
  return notServed(metric, target.namespace)
}

function ofResource(name: string, goal: any, container: string, target: Target, tools: Tools) {
  const reckoning = { ...target.reckoning, resource: name }
  const byAverage = goal.averageValue !== undefined
  try {
    let metrics: Map<string, PodMetric>
    try {
      metrics = resourceMetrics(name, container, target, tools)
    } catch (error) {
      throw new Error(`unable to get metrics for resource ${name}: ${(error as Error).message}`)
    }
    const { replicas, average, utilization } = byAverage
      ? { ...byValue(metrics, quantityOf(goal.averageValue).milliValue(), reckoning), utilization: undefined }
      : byUtilization(metrics, goal.averageUtilization, container, reckoning)
    const averageValue = Quantity.milli(average, name === 'memory' ? 'BinarySI' : 'DecimalSI').toString()
    const share = `${container === '' ? '' : 'container '}resource utilization (percentage of request)`
    return {
      replicas,
      label: `${name} ${byAverage ? 'resource' : share}`,
      current: utilization === undefined ? { averageValue } : { averageUtilization: utilization, averageValue },
    }
  } catch (error) {
    throw new Error(`failed to get ${name} ${byAverage ? 'usage' : 'utilization'}: ${(error as Error).message}`)
  }
}

/** What metrics.k8s.io knows of the pods. */
function resourceMetrics(name: string, container: string, target: Target, tools: Tools): Map<string, PodMetric> {
  let items: KubeObject[]
  try {
    const ref = { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods' }
    items = tools.api.list(ref, target.namespace, { labelSelector: formatSelector(target.selector) })
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    // client-go adds what was asked where the server has no words of its own.
    const what = error.code === 404 || error.code === 503 ? ' (get pods.metrics.k8s.io)' : ''
    throw new Error(`unable to fetch metrics from resource metrics API: ${error.message}${what}`)
  }
  if (items.length === 0) throw new Error('no metrics returned from resource metrics API')
  const metrics = new Map<string, PodMetric>()
  for (const { metadata, timestamp, window, containers } of items as any[]) {
    const measured = (containers ?? []).filter((c: any) => container === '' || c.name === container)
    if (measured.length === 0 || measured.some((c: any) => c.usage?.[name] === undefined)) continue
    const value = measured.reduce((sum: number, c: any) => sum + quantityOf(c.usage[name]).milliValue(), 0)
    metrics.set(metadata.name, { value, at: Date.parse(timestamp), window: parseGoDuration(window) })
  }
  return metrics
}

const CUSTOM =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'

/** Metrics for which nobody registered a server: there is no adapter among the images. */
function notServed(metric: any, namespace: string): never {
  if (metric.type === 'External') {
    const { name, selector } = metric.external.metric
    const missing = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
    const why = `unable to get external metric ${namespace}/${name}/${goSelector(selector)}: unable to fetch metrics from external metrics API: ${missing}`
    const average = metric.external.target.averageValue !== undefined
    const which = average ? `failed to get ${name} external metric` : `failed to get external metric ${name}`
    throw new MetricError(
      'FailedGetExternalMetric',
      why,
      `failed to get ${name} external metric value: ${which}: ${why}`,
    )
  }
  if (metric.type === 'Object') {
    const { describedObject, metric: asked, target } = metric.object
    // The verbs stand in another order than what they are for.
    const why = `unable to get metric ${asked.name}: ${describedObject.kind} on ${namespace} ${describedObject.name}/${CUSTOM}`
    const which = target.type === 'AverageValue' ? `failed to get ${asked.name} object metric: ` : ''
    throw new MetricError('FailedGetObjectMetric', why, `failed to get object metric value: ${which}${why}`)
  }
  const why = `unable to get metric ${metric.pods.metric.name}: ${CUSTOM}`
  throw new MetricError('FailedGetPodsMetric', why, `failed to get pods metric value: ${why}`)
}
