import { containers, initContainers, isSidecar, type Pod } from './types.ts'

interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
}

const byName = (statuses: any[]): Map<string, any> => new Map(statuses.map((s) => [s.name, s]))

/** Models status/generate.go: Initialized. */
function initializedCondition(pod: Pod, statuses: any[], phase: string, anyStarted: boolean): Condition {
  const of = byName(statuses)
  const unknown: string[] = []
  const incomplete: string[] = []
  for (const spec of initContainers(pod)) {
    const s = of.get(spec.name)
    if (!s) unknown.push(spec.name)
    else if (isSidecar(spec) ? !s.started : !s.ready) incomplete.push(spec.name)
  }
  if (phase === 'Succeeded' && unknown.length === 0)
    return { type: 'Initialized', status: 'True', reason: 'PodCompleted' }
  // Once a regular container has run, initialization is over whatever sidecars do now.
  if (anyStarted && unknown.length === 0) return { type: 'Initialized', status: 'True' }
  const problems = [
    unknown.length > 0 ? `containers with unknown status: [${unknown.join(' ')}]` : '',
    incomplete.length > 0 ? `containers with incomplete status: [${incomplete.join(' ')}]` : '',
  ].filter(Boolean)
  return problems.length === 0
    ? { type: 'Initialized', status: 'True' }
    : { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: problems.join(', ') }
}

function containersReady(pod: Pod, statuses: any[], initStatuses: any[], phase: string): Condition {
  const type = 'ContainersReady'
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' }
  const of = byName(statuses)
  const initOf = byName(initStatuses)
  const unknown: string[] = []
  const unready: string[] = []
  for (const spec of initContainers(pod)) {
    if (!isSidecar(spec)) continue
    const s = initOf.get(spec.name)
    if (!s) unknown.push(spec.name)
    else if (!s.ready) unready.push(spec.name)
  }
  for (const spec of containers(pod)) {
    const s = of.get(spec.name)
    if (!s) unknown.push(spec.name)
    else if (!s.ready) unready.push(spec.name)
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'False', reason: 'PodCompleted' }
  const problems = [
    unknown.length > 0 ? `containers with unknown status: [${unknown.join(' ')}]` : '',
    unready.length > 0 ? `containers with unready status: [${unready.join(' ')}]` : '',
  ].filter(Boolean)
  return problems.length === 0
    ? { type, status: 'True' }
    : { type, status: 'False', reason: 'ContainersNotReady', message: problems.join(', ') }
}

/** Readiness gates come on top of ready containers. */
function readyCondition(pod: Pod, ready: Condition, present: any[]): Condition {
  const type = 'Ready'
  if (ready.status !== 'True') return { ...ready, type }
  const problems: string[] = []
  for (const gate of pod.spec.readinessGates ?? []) {
    const c = present.find((p) => p.type === gate.conditionType)
    if (!c) problems.push(`corresponding condition of pod readiness gate "${gate.conditionType}" does not exist.`)
    else if (c.status !== 'True')
      problems.push(`the status of pod readiness gate "${gate.conditionType}" is not "True", but ${c.status}`)
  }
  return problems.length === 0
    ? { type, status: 'True' }
    : { type, status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') }
}

/** The kubelet's own, which comes and goes. */
export const RESIZING = 'PodResizeInProgress'

/** The kubelet's own conditions in the order in which it writes them, then those of others (readiness gates, …). */
export function podConditions(
  pod: Pod,
  input: {
    statuses: any[]
    initStatuses: any[]
    phase: string
    hasSandbox: boolean
    resizing: boolean
    generation: number | undefined
  },
  before: any[],
  now: string,
): any[] {
  const { statuses, initStatuses, phase } = input
  const anyStarted = statuses.some((s) => s.state.running || s.state.terminated || s.lastState?.terminated)
  const ready = containersReady(pod, statuses, initStatuses, phase)
  const own: Condition[] = [
    ...(input.resizing ? [{ type: RESIZING, status: 'True' }] : []),
    { type: 'PodReadyToStartContainers', status: input.hasSandbox ? 'True' : 'False' },
    initializedCondition(pod, initStatuses, phase, anyStarted),
    readyCondition(pod, ready, before),
    ready,
    { type: 'PodScheduled', status: 'True' },
  ]
  const out = own.map((c) => {
    const old = before.find((b) => b.type === c.type)
    return {
      lastProbeTime: c.type === RESIZING ? (old?.lastProbeTime ?? now) : null,
      lastTransitionTime: old && old.status === c.status ? old.lastTransitionTime : now,
      ...(c.message ? { message: c.message } : {}),
      ...(input.generation !== undefined ? { observedGeneration: input.generation } : {}),
      ...(c.reason ? { reason: c.reason } : {}),
      status: c.status,
      type: c.type,
    }
  })
  for (const b of before) if (b.type !== RESIZING && !own.some((c) => c.type === b.type)) out.push(b)
  return out
}
