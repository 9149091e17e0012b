import { parseLabelSelector } from '../api/selector.ts'
import { rfc3339 } from '../api/time.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { quantityOf } from '../print/index.ts'
import { type Controller, defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { isActive, isReady, withCondition } from './pods.ts'

const PERIOD_MS = 15_000
/** Ratios this close to 1 change nothing. */
const TOLERANCE = 0.1
const DOWN_STABILIZATION_MS = 300_000

/** One metric's verdict: how many replicas it asks for, or why it cannot tell. */
type Proposal = { replicas: number; current: any } | { reason: string; message: string; short: string; current?: any }

/** Models pkg/controller/podautoscaler: compares metrics with targets every 15 s and scales within the limits. */
export const horizontalPodAutoscaler: Controller = {
  name: 'horizontal-pod-autoscaler-controller',
  start(ctx) {
    const recommendations = new Map<string, { at: number; replicas: number }[]>()
    /** HPAs whose pods are known: only they can be told to have the same ones. */
    const known = new Set<string>()
    defineController({
      name: 'horizontal-pod-autoscaler-controller',
      component: 'horizontal-pod-autoscaler',
      watches: { HorizontalPodAutoscaler: itself },
      // NewDefaultHPARateLimiter: nothing is looked at sooner.
      batch: { HorizontalPodAutoscaler: () => PERIOD_MS },
      reconcile(key, tools) {
        const hpa = tools.informer('HorizontalPodAutoscaler').get(...(splitKey(key) as [string, string]))
        if (!hpa) {
          recommendations.delete(key)
          known.delete(key)
          return undefined
        }
        known.add(key)
        autoscale(hpa, tools, recommendations, known)
        return PERIOD_MS
      },
    }).start(ctx)
  },
}

function autoscale(
  hpa: KubeObject,
  tools: Tools,
  memory: Map<string, { at: number; replicas: number }[]>,
  known: ReadonlySet<string>,
): void {
  const { recorder } = tools
  const now = tools.now()
  let conditions = hpa.status?.conditions
  const note = (type: string, status: string, reason: string, message: string): void => {
    conditions = withCondition(conditions, { type, status, reason, message }, now)
  }
  const ref = hpa.spec.scaleTargetRef
  const save = (extra: any): void => {
    const status = { ...hpa.status, ...extra, conditions }
    if (!deepEqual(status, hpa.status)) tools.api.updateStatus({ ...hpa, status })
  }
  let target: Scale
  try {
    target = scaleOf(hpa, tools)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    const message = `the HPA controller was unable to get the target's current scale: ${error.message}`
    recorder.warning(hpa, 'FailedGetScale', error.message)
    note('AbleToScale', 'False', 'FailedGetScale', message)
    return save({})
  }
  note('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
  const { replicas: current, statusReplicas } = target
  if (current === 0 && (hpa.spec.minReplicas ?? 1) !== 0) {
    note(
      'ScalingActive',
      'False',
      'ScalingDisabled',
      'scaling is disabled since the replica count of the target is zero',
    )
    return save({ currentReplicas: statusReplicas, desiredReplicas: 0 })
  }
  const rivals = tools
    .informer('HorizontalPodAutoscaler')
    .list(hpa.metadata.namespace)
    .filter((h) => known.has(keyOf(h)))
    .filter((h) => h.spec.scaleTargetRef.kind === ref.kind && h.spec.scaleTargetRef.name === ref.name)
  if (rivals.length > 1) {
    const message = `pods by selector ${target.selector} are controlled by multiple HPAs: [${rivals.map(keyOf).join(' ')}]`
    recorder.warning(hpa, 'AmbiguousSelector', message)
    recorder.warning(hpa, 'FailedComputeMetricsReplicas', message)
    note('ScalingActive', 'False', 'AmbiguousSelector', message)
    return save({
      currentReplicas: statusReplicas,
      desiredReplicas: hpa.status?.desiredReplicas ?? 0,
      currentMetrics: hpa.status?.currentMetrics ?? null,
    })
  }
  const metrics: any[] = hpa.spec.metrics ?? []
  const proposals = metrics.map((m) => propose(m, hpa.metadata.namespace!, target, tools))
  const bad = proposals.filter((p) => 'reason' in p)
  const good = proposals.filter((p) => 'replicas' in p)
  if (good.length === 0) {
    const first = bad[0]
    if (!first || !('reason' in first)) return
    recorder.warning(hpa, first.reason, first.message)
    const wrapped = `invalid metrics (${bad.length} invalid out of ${metrics.length}), first error is: failed to get ${first.short} resource metric value: ${first.message}`
    recorder.warning(hpa, 'FailedComputeMetricsReplicas', wrapped)
    note('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`)
    return save({
      currentReplicas: statusReplicas,
      desiredReplicas: hpa.status?.desiredReplicas ?? 0,
      currentMetrics: metrics.map(() => ({ type: '' })),
    })
  }
  note(
    'ScalingActive',
    'True',
    'ValidMetricFound',
    'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
  )
  let desired = Math.max(...good.map((p) => ('replicas' in p ? p.replicas : 0)))
  desired = stabilized(keyOf(hpa), hpa, desired, now, memory)
  const min = hpa.spec.minReplicas ?? 1
  if (desired > hpa.spec.maxReplicas) {
    desired = hpa.spec.maxReplicas
    note(
      'ScalingLimited',
      'True',
      'TooManyReplicas',
      'the desired replica count is more than the maximum replica count',
    )
  } else if (desired < min) {
    desired = min
    note('ScalingLimited', 'True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count')
  } else note('ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range')
  const extra: any = {
    currentReplicas: statusReplicas,
    desiredReplicas: desired,
    currentMetrics: proposals.map((p) => p.current ?? { type: '' }),
  }
  if (desired !== current) {
    tools.api.patch(
      ref.kind,
      hpa.metadata.namespace,
      ref.name,
      { spec: { replicas: desired } },
      'application/merge-patch+json',
      { subresource: 'scale' },
    )
    const why =
      desired > current ? 'cpu resource utilization (percentage of request) above target' : 'All metrics below target'
    recorder.normal(hpa, 'SuccessfulRescale', `New size: ${desired}; reason: ${why}`)
    note(
      'AbleToScale',
      'True',
      'SucceededRescale',
      `the HPA controller was able to update the target scale to ${desired}`,
    )
    extra.lastScaleTime = rfc3339(now)
  } else note('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size')
  save(extra)
}

/** Scaling down waits for the highest recommendation of the last five minutes. */
function stabilized(
  key: string,
  hpa: KubeObject,
  desired: number,
  now: number,
  memory: Map<string, { at: number; replicas: number }[]>,
): number {
  const window = (hpa.spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWN_STABILIZATION_MS / 1000) * 1000
  const kept = (memory.get(key) ?? []).filter((r) => r.at > now - window)
  kept.push({ at: now, replicas: desired })
  memory.set(key, kept)
  return Math.max(...kept.map((r) => r.replicas))
}

/** What the scale subresource of the target says; that is all this controller may read of it. */
interface Scale {
  readonly replicas: number
  readonly statusReplicas: number
  /** As text: `app=web`. */
  readonly selector: string
}

function scaleOf(hpa: KubeObject, tools: Tools): Scale {
  const { kind, name, apiVersion } = hpa.spec.scaleTargetRef
  const ref = tools.api.resolve(`${apiVersion}/${kind}`)
  const { namespace } = hpa.metadata
  const { code, body } = tools.api.request({ ...ref, verb: 'get', namespace, name, subresource: 'scale' })
  if (code >= 400) throw new StatusError(code, body.reason ?? '', body.message ?? '', body.details)
  const { spec = {}, status = {} } = body
  return { replicas: spec.replicas ?? 0, statusReplicas: status.replicas ?? 0, selector: status.selector ?? '' }
}

function propose(metric: any, namespace: string, { selector, replicas: current }: Scale, tools: Tools): Proposal {
  if (metric.type !== 'Resource') {
    const message = `unable to get metric: unable to fetch metrics from ${metric.type.toLowerCase()} metrics API: the server could not find the requested resource`
    return { reason: `FailedGet${metric.type}Metric`, message, short: metric.type.toLowerCase() }
  }
  const { name, target: goal } = metric.resource
  const kind = goal.type === 'Utilization' ? 'utilization' : 'usage'
  const fail = (why: string): Proposal => ({
    reason: 'FailedGetResourceMetric',
    short: name,
    message: `failed to get ${name} ${kind}: ${why}`,
  })
  const chosen = parseLabelSelector(selector)
  const pods = tools
    .informer('Pod')
    .list(namespace)
    .filter((p) => isActive(p) && chosen.matches(p.metadata.labels))
  let samples: KubeObject[]
  try {
    samples = tools.api.list({ group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods' }, namespace)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    // client-go adds what was asked where the server has no words of its own.
    const what = error.code === 404 || error.code === 503 ? ' (get pods.metrics.k8s.io)' : ''
    return fail(
      `unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: ${error.message}${what}`,
    )
  }
  let used = 0
  let requested = 0
  let counted = 0
  for (const pod of pods) {
    const sample = samples.find((s) => s.metadata.name === pod.metadata.name)
    if (!sample || !isReady(pod)) continue
    for (const c of pod.spec.containers) {
      const request = c.resources?.requests?.[name]
      if (request === undefined && goal.type === 'Utilization')
        return fail(`missing request for ${name} in container ${c.name} of Pod ${pod.metadata.name}`)
      requested += Number(quantityOf(request).nano)
      used += Number(quantityOf((sample.containers ?? []).find((x: any) => x.name === c.name)?.usage?.[name]).nano)
    }
    counted++
  }
  if (counted === 0)
    return fail(`unable to get metrics for resource ${name}: no metrics returned from resource metrics API`)
  const perPod = used / counted
  const utilization = Math.floor((used * 100) / Math.max(1, requested))
  const ratio =
    goal.type === 'Utilization'
      ? utilization / goal.averageUtilization
      : perPod / Number(quantityOf(goal.averageValue).nano)
  const replicas = Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(ratio * counted)
  const averageValue = name === 'cpu' ? `${Math.ceil(perPod / 1e6)}m` : String(Math.ceil(perPod / 1e9))
  const now = { averageValue, ...(goal.type === 'Utilization' ? { averageUtilization: utilization } : {}) }
  return { replicas, current: { resource: { current: now, name }, type: 'Resource' } }
}
