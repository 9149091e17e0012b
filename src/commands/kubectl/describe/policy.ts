import { canonicalQuantity, goQuote, parseQuantity, Quantity } from '../../../print/index.ts'
import type { Describer } from './context.ts'
import { formatLabels, formatSelector, orUnset, rfc1123, sortedKeys, Writer } from './writer.ts'

const SCOPES: Record<string, string> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

/** What is used, in the format of what is allowed. */
function used(status: any, name: string): string {
  const hard = parseQuantity(status.hard[name])
  const value = status.used?.[name] === undefined ? new Quantity(0n) : parseQuantity(status.used[name])
  return (value.format === hard.format ? value : Quantity.of(value.value(), hard.format)).toString()
}

/** ResourceQuotaDescriber: used against hard. */
export const describeQuota: Describer = function* (c, q) {
  const w = new Writer(c.now)
  w.row(0, 'Name', q.metadata.name)
  w.row(0, 'Namespace', q.metadata.namespace)
  const scopes = [...(q.spec.scopes ?? [])].sort()
  if (scopes.length > 0) w.row(0, 'Scopes', scopes.join(', '))
  for (const scope of scopes) if (SCOPES[scope]) w.w(0, ` * ${SCOPES[scope]}\n`)
  w.w(0, 'Resource\tUsed\tHard\n')
  w.w(0, '--------\t----\t----\n')
  for (const name of sortedKeys(q.status?.hard))
    w.w(0, `${name}\t${used(q.status, name)}\t${canonicalQuantity(q.status.hard[name])}\n`)
  yield* []
  return w.toString()
}

const RANGE_HEAD = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n'
const RANGE_LINE = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n'

function limits(w: Writer, spec: any, prefix: string): void {
  for (const item of spec.limits ?? []) {
    const lists = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
    const names = [...new Set(lists.flatMap((list) => Object.keys(list ?? {})))].sort()
    for (const name of names)
      w.w(
        0,
        `${prefix}${item.type}\t${name}\t${lists.map((list) => (list?.[name] === undefined ? '-' : list[name])).join('\t')}\n`,
      )
  }
}

/** LimitRangeDescriber: a table of the limits by type and resource. */
export const describeLimitRange: Describer = function* (c, l) {
  const w = new Writer(c.now)
  w.row(0, 'Name', l.metadata.name)
  w.row(0, 'Namespace', l.metadata.namespace)
  w.w(0, RANGE_HEAD)
  w.w(0, RANGE_LINE)
  limits(w, l.spec, '')
  yield* []
  return w.toString()
}

/** NamespaceDescriber, with its quotas and limit ranges. */
export const describeNamespace: Describer = function* (c, ns) {
  const w = new Writer(c.now)
  w.meta(ns, { namespace: false })
  w.row(0, 'Status', ns.status?.phase ?? '')
  if (ns.status?.conditions?.length) {
    w.w(0, 'Conditions:\n')
    w.w(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
    w.w(1, '----\t------\t------------------\t------\t-------\n')
    for (const x of ns.status.conditions)
      w.w(1, `${x.type}\t${x.status}\t${rfc1123(x.lastTransitionTime)}\t${x.reason}\t${x.message}\n`)
  }
  const quotas = yield* c.list('', 'v1', 'resourcequotas', ns.metadata.name)
  w.w(0, '\n')
  if (quotas.length === 0) w.w(0, 'No resource quota.\n')
  else {
    w.w(0, 'Resource Quotas\n')
    for (const q of quotas.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
      w.row(1, 'Name', q.metadata.name)
      const scopes = [...(q.spec.scopes ?? [])].sort()
      if (scopes.length > 0) w.row(1, 'Scopes', scopes.join(', '))
      for (const scope of scopes) if (SCOPES[scope]) w.w(1, `* ${SCOPES[scope]}\n`)
      w.w(1, 'Resource\tUsed\tHard\n')
      w.w(1, '--------\t---\t---\n')
      for (const name of sortedKeys(q.status?.hard))
        w.w(
          1,
          `${name}\t${canonicalQuantity(q.status.used?.[name] ?? '0')}\t${canonicalQuantity(q.status.hard[name])}\n`,
        )
    }
  }
  const ranges = yield* c.list('', 'v1', 'limitranges', ns.metadata.name)
  w.w(0, '\n')
  if (ranges.length === 0) w.w(0, 'No LimitRange resource.\n')
  else {
    w.w(0, `Resource Limits\n ${RANGE_HEAD}`)
    w.w(0, ` ${RANGE_LINE}`)
    for (const range of ranges) limits(w, range.spec, ' ')
  }
  return w.toString()
}

/** PodDisruptionBudgetDescriber: how many disruptions are allowed now. */
export const describeDisruptionBudget: Describer = function* (c, p) {
  const w = new Writer(c.now)
  const { spec, status = {} } = p
  w.row(0, 'Name', p.metadata.name)
  w.row(0, 'Namespace', p.metadata.namespace)
  if (spec.minAvailable !== undefined) w.row(0, 'Min available', spec.minAvailable)
  else w.optional(0, 'Max unavailable', spec.maxUnavailable)
  w.row(0, 'Selector', spec.selector ? formatSelector(spec.selector) : '<unset>')
  w.w(0, 'Status:\n')
  w.row(2, 'Allowed disruptions', status.disruptionsAllowed ?? 0)
  w.row(2, 'Current', status.currentHealthy ?? 0)
  w.row(2, 'Desired', status.desiredHealthy ?? 0)
  w.row(2, 'Total', status.expectedPods ?? 0)
  w.events(yield* c.events(p))
  return w.toString()
}

/** PriorityClassDescriber. */
export const describePriorityClass: Describer = function* (c, p) {
  const w = new Writer(c.now)
  w.row(0, 'Name', p.metadata.name)
  w.row(0, 'Value', p.value)
  w.row(0, 'GlobalDefault', p.globalDefault === true)
  w.row(0, 'PreemptionPolicy', p.preemptionPolicy ?? 'PreemptLowerPriority')
  w.row(0, 'Description', p.description ?? '')
  w.row(0, 'Annotations', formatLabels(p.metadata.annotations))
  w.events(yield* c.events(p))
  return w.toString()
}

function metric(w: Writer, m: any, current: any): void {
  const unknown = '<unknown>'
  const resource = m.resource ?? m.containerResource
  if (resource) {
    const now = current?.resource?.current ?? current?.containerResource?.current
    const of = m.containerResource ? ` of container "${resource.container}"` : ''
    w.w(1, `resource ${resource.name}${of} on pods`)
    if (resource.target.averageValue !== undefined)
      w.w(0, `:\t${now?.averageValue ?? unknown} / ${resource.target.averageValue}\n`)
    else {
      const use = now?.averageUtilization === undefined ? unknown : `${now.averageUtilization}% (${now.averageValue})`
      const target =
        resource.target.averageUtilization === undefined ? '<auto>' : `${resource.target.averageUtilization}%`
      w.w(1, `(as a percentage of request):\t${use} / ${target}\n`)
    }
  } else if (m.pods)
    w.w(
      1,
      `${goQuote(m.pods.metric.name)} on pods:\t${current?.pods?.current?.averageValue ?? unknown} / ${m.pods.target.averageValue}\n`,
    )
  else if (m.object) {
    const { target, describedObject: o } = m.object
    const average = target.type === 'AverageValue'
    const key = average ? 'averageValue' : 'value'
    w.w(1, `"${m.object.metric.name}" on ${o.kind}/${o.name} `)
    w.w(
      0,
      `(target ${average ? 'average ' : ''}value):\t${current?.object?.current?.[key] ?? unknown} / ${target[key]}\n`,
    )
  } else if (m.external) {
    const average = m.external.target.averageValue !== undefined
    const key = average ? 'averageValue' : 'value'
    w.w(
      1,
      `${goQuote(m.external.metric.name)} (target ${average ? 'average ' : ''}value):\t${current?.external?.current?.[key] ?? unknown} / ${m.external.target[key]}\n`,
    )
  }
}

/** HorizontalPodAutoscalerDescriber: each metric's current and target value. */
export const describeAutoscaler: Describer = function* (c, h) {
  // As upstream, the v2 view is shown whatever version was asked for.
  const hpa =
    h.apiVersion === 'autoscaling/v2'
      ? h
      : yield* c.find('autoscaling', 'v2', 'horizontalpodautoscalers', h.metadata.namespace, h.metadata.name)
  const w = new Writer(c.now)
  const { spec, status = {} } = hpa
  w.meta(hpa)
  w.row(0, 'CreationTimestamp', rfc1123(hpa.metadata.creationTimestamp))
  w.row(0, 'Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
  w.w(0, 'Metrics:\t( current / target )\n')
  ;(spec.metrics ?? []).forEach((m: any, i: number) => {
    metric(w, m, status.currentMetrics?.[i])
  })
  w.row(0, 'Min replicas', orUnset(spec.minReplicas))
  w.row(0, 'Max replicas', spec.maxReplicas)
  if (spec.behavior) {
    w.w(0, 'Behavior:\n')
    behavior(w, 'Scale Up', spec.behavior.scaleUp)
    behavior(w, 'Scale Down', spec.behavior.scaleDown)
  }
  w.row(
    0,
    `${spec.scaleTargetRef.kind} pods`,
    `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`,
  )
  if (status.conditions?.length) {
    w.w(0, 'Conditions:\n')
    w.w(1, 'Type\tStatus\tReason\tMessage\n')
    w.w(1, '----\t------\t------\t-------\n')
    for (const x of status.conditions) w.w(1, `${x.type}\t${x.status}\t${x.reason}\t${x.message}\n`)
  }
  w.events(yield* c.events(hpa))
  return w.toString()
}

function behavior(w: Writer, direction: string, rules: any): void {
  if (!rules) return
  w.w(1, `${direction}:\n`)
  if (rules.stabilizationWindowSeconds !== undefined)
    w.w(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`)
  if (!rules.policies?.length) return
  w.w(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}\n`)
  w.w(2, 'Policies:\n')
  for (const p of rules.policies) w.w(3, `- Type: ${p.type}\tValue: ${p.value}\tPeriod: ${p.periodSeconds} seconds\n`)
}
