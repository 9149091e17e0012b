import type { KubeObject } from '../../api/types.ts'
import { podTotal } from '../../kinds/index.ts'
import { quantityOf } from '../../print/index.ts'
import { condition } from '../pods.ts'

/** A pod's figure, in thousandths. */
export interface PodMetric {
  readonly value: number
  /** When it was measured, and over how long, ms. */
  readonly at: number
  readonly window: number
}

/** Ratios of a pod's use to its target within which nothing changes. */
interface Tolerances {
  readonly down: number
  readonly up: number
}

/** What replicas are reckoned from. */
export interface Reckoning {
  readonly pods: readonly KubeObject[]
  readonly current: number
  readonly tolerances: Tolerances
  /** cpu is not believed while a pod starts. */
  readonly resource: string
  readonly cpuInitializationMs: number
  readonly readinessDelayMs: number
  readonly now: number
}

/** Use per pod against the target: a ratio, and what a status shows of it. */
interface Usage {
  readonly ratio: number
  readonly average: number
  readonly utilization?: number
}

type Values = Map<string, number>

/**
 * Replicas for a share (per cent) of what the pods request. Throws Error in the words of replica_calculator.go; so do the
 * others here.
 */
export function byUtilization(metrics: Map<string, PodMetric>, target: number, container: string, r: Reckoning) {
  const { resource } = r
  let requests: Map<string, number> | undefined
  const requested = (): Map<string, number> => {
    requests ??= new Map(r.pods.map((pod) => [pod.metadata.name, requestOf(pod, container, resource)]))
    return requests
  }
  const usage = (values: Values): Usage => {
    let used = 0
    let asked = 0
    let n = 0
    for (const [name, value] of values) {
      const request = requested().get(name)
      if (request === undefined) continue
      used += value
      asked += request
      n++
    }
    if (asked === 0) throw new Error('no metrics returned matched known pods')
    const utilization = Math.trunc((used * 100) / asked)
    return { ratio: utilization / target, average: Math.trunc(used / n), utilization }
  }
  const missing = (name: string): number => Math.trunc((requested().get(name)! * Math.max(100, target)) / 100)
  return reckon(metrics, usage, missing, r)
}

/** Replicas for a use per pod, in thousandths. */
export function byValue(metrics: Map<string, PodMetric>, target: number, r: Reckoning) {
  const usage = (values: Values): Usage => {
    const average = Math.trunc([...values.values()].reduce((sum, v) => sum + v, 0) / values.size)
    return { ratio: average / target, average }
  }
  return reckon(metrics, usage, () => target, r)
}

/** `missing`: what a pod without a figure is taken to use when the others speak for fewer replicas. */
function reckon(
  metrics: Map<string, PodMetric>,
  usage: (values: Values) => Usage,
  missing: (pod: string) => number,
  r: Reckoning,
): { replicas: number; average: number; utilization?: number } {
  const { pods, current, tolerances } = r
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count')
  const groups = grouped(metrics, r)
  const values: Values = new Map()
  for (const [name, { value }] of metrics)
    if (!groups.ignored.has(name) && !groups.unready.has(name)) values.set(name, value)
  if (values.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)')
  const first = usage(values)
  const { ratio, ...shown } = first
  const within = (x: number): boolean => 1 - tolerances.down <= x && x <= 1 + tolerances.up
  const unready = ratio > 1 ? groups.unready : new Set<string>()
  if (unready.size === 0 && groups.missing.size === 0)
    return { replicas: within(ratio) ? current : Math.ceil(ratio * groups.ready), ...shown }
  if (ratio !== 1) for (const name of groups.missing) values.set(name, ratio < 1 ? missing(name) : 0)
  for (const name of unready) values.set(name, 0)
  const again = usage(values).ratio
  const turned = (ratio < 1 && again > 1) || (ratio > 1 && again < 1)
  if (within(again) || turned) return { replicas: current, ...shown }
  const replicas = Math.ceil(again * values.size)
  const wrongWay = (again < 1 && replicas > current) || (again > 1 && replicas < current)
  return { replicas: wrongWay ? current : replicas, ...shown }
}

/** Which pods count, and how (groupPods). */
function grouped(metrics: ReadonlyMap<string, PodMetric>, r: Reckoning) {
  const unready = new Set<string>()
  const missing = new Set<string>()
  const ignored = new Set<string>()
  let ready = 0
  for (const pod of r.pods) {
    const { name, deletionTimestamp } = pod.metadata
    const metric = metrics.get(name)
    if (deletionTimestamp || pod.status?.phase === 'Failed') ignored.add(name)
    else if (pod.status?.phase === 'Pending') unready.add(name)
    else if (!metric) missing.add(name)
    else if (r.resource === 'cpu' && isStarting(pod, metric, r)) unready.add(name)
    else ready++
  }
  return { unready, missing, ignored, ready }
}

function isStarting(pod: KubeObject, metric: PodMetric, r: Reckoning): boolean {
  const ready = condition(pod, 'Ready')
  const start = Date.parse(pod.status?.startTime ?? '')
  if (!ready || Number.isNaN(start)) return true
  const turned = Date.parse(ready.lastTransitionTime)
  if (start + r.cpuInitializationMs > r.now) return ready.status === 'False' || metric.at < turned + metric.window
  return ready.status === 'False' && start + r.readinessDelayMs > turned
}

/** What a pod, or one container of it, requests, in thousandths. */
function requestOf(pod: KubeObject, container: string, resource: string): number {
  const { spec, metadata } = pod
  if (container === '' && spec.resources?.requests) {
    const total = podTotal(spec, 'requests')[resource]
    if (!total) throw new Error(`missing pod-level request for ${resource} in Pod ${metadata.name}`)
    return total.milliValue()
  }
  const sidecars = (spec.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always')
  let sum = 0
  for (const { name, resources } of [...spec.containers, ...sidecars]) {
    if (container !== '' && container !== name) continue
    const request = resources?.requests?.[resource]
    if (request === undefined)
      throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`)
    sum += quantityOf(request).milliValue()
    if (container === name) return sum
  }
  if (container !== '') throw new Error(`container ${container} not found in Pod ${metadata.name}`)
  return sum
}
