import { tolerates } from '../api/match.ts'
import { rfc3339 } from '../api/time.ts'
import type { KubeObject } from '../api/types.ts'
import { happened, learnFromSilence } from '../kernel/index.ts'
import { deepEqual } from '../kinds/index.ts'
import { type Controller, type ControllerContext, defineController, itself, type Tools } from './controller.ts'
import { condition, isTerminal } from './pods.ts'

const MONITOR_MS = 5000
const GRACE_MS = 50_000
/** Conditions that a silent kubelet leaves Unknown, with what they said before. */
const MONITORED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

const UNREACHABLE = 'node.kubernetes.io/unreachable'
const NOT_READY = 'node.kubernetes.io/not-ready'

/** Condition type and status → the NoSchedule taint (taintNodesByCondition). */
const CONDITION_TAINTS: readonly [string, string, string][] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]
const MANAGED = new Set([...CONDITION_TAINTS.map((c) => c[2]), 'node.kubernetes.io/unschedulable'])

interface Health {
  readonly uid: string
  /** When this controller last saw a sign of life, by its own clock. */
  seen: number
  renewTime: string | undefined
  heartbeat: string | undefined
}

/** Models pkg/controller/nodelifecycle: notices silent kubelets by lease and status, and taints their nodes. */
export const nodeLifecycle: Controller = {
  name: 'node-lifecycle-controller',
  start(ctx) {
    controllerFor({ health: new Map(), tainted: new Map() }).start(ctx)
  },
}

/** What the controller remembers while it runs. */
interface Memory {
  readonly health: Map<string, Health>
  /** Zone → when one of its nodes was last tainted so that pods have to leave. */
  readonly tainted: Map<string, number>
}

/** --node-eviction-rate is 0.1: of a zone one node in so many ms. */
const EVICTION_MS = 10_000

const controllerFor = (memory: Memory): Controller =>
  defineController({
    name: 'node-lifecycle-controller',
    component: 'node-controller',
    watches: {
      Node: itself,
      Lease: (lease) => (lease.metadata.namespace === 'kube-node-lease' ? [lease.metadata.name] : []),
    },
    start(tools) {
      tools.informer('Pod').addIndex('node', (p) => p.spec.nodeName)
    },
    reconcile(name, tools) {
      const node = tools.informer('Node').get(undefined, name)
      return node ? monitor(node, memory, tools) : forget(name, memory, tools)
    },
  })

/** A node that is no more is told of by the next monitoring pass. */
function forget(name: string, { health }: Memory, tools: Tools): number | undefined {
  const known = health.get(name)
  const left = (MONITOR_MS - (tools.now() % MONITOR_MS)) % MONITOR_MS
  if (!known || left > 0) return known && left
  health.delete(name)
  announce(
    { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: known.uid } },
    'RemovingNode',
    'Removing',
    'from',
    tools,
  )
  return undefined
}

function monitor(node: KubeObject, memory: Memory, tools: Tools): number | undefined {
  const { health } = memory
  const name = node.metadata.name
  const lease = tools.informer('Lease').get('kube-node-lease', name)
  const ready = condition(node, 'Ready')
  const renewTime = lease?.spec?.renewTime
  const heartbeat = ready?.lastHeartbeatTime
  const now = tools.now()
  let known = health.get(name)
  if (!known) {
    known = { uid: node.metadata.uid!, seen: now, renewTime, heartbeat }
    health.set(name, known)
    announce(node, 'RegisteredNode', 'Registered', 'in', tools)
  }
  const alive = ready?.reason !== 'NodeStatusUnknown' && heartbeat !== known.heartbeat
  if (renewTime !== known.renewTime || alive) known.seen = now
  known.renewTime = renewTime
  known.heartbeat = heartbeat

  const grace = tools.options.nodeMonitorGracePeriodMs ?? GRACE_MS
  const deadline = Math.ceil((known.seen + grace) / MONITOR_MS) * MONITOR_MS
  let current = relabel(node, tools)
  if (now > known.seen + grace && ready?.status !== 'Unknown') current = markUnknown(current, tools)
  current = taintByCondition(current, tools)
  const again = evictByTaint(current, memory, tools)
  const status = condition(current, 'Ready')?.status
  // A kubelet that reports itself not ready speaks for its pods, too.
  if (status === 'Unknown') markPodsNotReady(current, tools)
  const next = status === 'Unknown' ? undefined : Math.max(1, deadline - now)
  return again === undefined ? next : Math.min(again, next ?? again)
}

/** Label → the older label that says the same (reconcileNodeLabels). */
const OLD_LABELS: Readonly<Record<string, string>> = {
  'kubernetes.io/os': 'beta.kubernetes.io/os',
  'kubernetes.io/arch': 'beta.kubernetes.io/arch',
}

function relabel(node: KubeObject, { api }: Tools): KubeObject {
  const have = node.metadata.labels ?? {}
  const labels: Record<string, string> = {}
  for (const key in OLD_LABELS)
    if (have[key] !== undefined && have[OLD_LABELS[key]] !== have[key]) labels[OLD_LABELS[key]] = have[key]
  if (Object.keys(labels).length === 0) return node
  const type = 'application/strategic-merge-patch+json'
  return api.patch('Node', undefined, node.metadata.name, { metadata: { labels } }, type)
}

function announce(node: KubeObject, reason: string, deed: string, where: string, tools: Tools): void {
  const { name } = node.metadata
  tools.recorder.normal(node, reason, `Node ${name} event: ${deed} Node ${name} ${where} Controller`)
}

function markUnknown(node: KubeObject, tools: Tools): KubeObject {
  learnFromSilence(node.metadata.name)
  happened(`node/${node.metadata.name}`, 'Ready: Unknown (NodeStatusUnknown)')
  const at = rfc3339(tools.now())
  const before = node.status?.conditions ?? []
  const conditions = before.map((c: any) =>
    MONITORED.includes(c.type) && c.status !== 'Unknown'
      ? {
          ...c,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: at,
        }
      : c,
  )
  for (const type of MONITORED)
    if (!before.some((c: any) => c.type === type))
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime: at,
      })
  const next = tools.api.updateStatus({ ...node, status: { ...node.status, conditions } })
  tools.log('I', `"Node is unresponsive" node="${node.metadata.name}"`)
  tools.recorder.normal(node, 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
  return next
}

function wantedTaints(node: KubeObject): any[] {
  const conditions: readonly any[] = node.status?.conditions ?? []
  const wanted = conditions.flatMap(({ type, status }) =>
    CONDITION_TAINTS.filter((c) => c[0] === type && c[1] === status).map(([, , key]) => ({
      effect: 'NoSchedule',
      key,
    })),
  )
  if (node.spec?.unschedulable) wanted.push({ effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable' })
  return wanted
}

function taintByCondition(node: KubeObject, tools: Tools): KubeObject {
  const taints: any[] = node.spec?.taints ?? []
  const wanted = wantedTaints(node)
  const isManaged = (t: any): boolean => t.effect === 'NoSchedule' && MANAGED.has(t.key)
  const missing = wanted.filter((w) => !taints.some((t) => isManaged(t) && t.key === w.key))
  const stale = taints.filter((t) => isManaged(t) && !wanted.some((w) => w.key === t.key))
  if (missing.length === 0 && stale.length === 0) return node
  const at = rfc3339(tools.now())
  return putTaints(
    node,
    [...taints.filter((t) => !stale.includes(t)), ...missing.map((t) => ({ ...t, timeAdded: at }))],
    tools,
  )
}

function putTaints(node: KubeObject, taints: any[], tools: Tools): KubeObject {
  return tools.api.patch(
    'Node',
    undefined,
    node.metadata.name,
    { spec: { taints: taints.length > 0 ? taints : null } },
    'application/merge-patch+json',
  )
}

/** The NoExecute taint follows one monitoring pass after the condition (doNoExecuteTaintingPass). */
function evictByTaint(node: KubeObject, { tainted }: Memory, tools: Tools): number | undefined {
  const ready = condition(node, 'Ready')
  const taints: any[] = node.spec?.taints ?? []
  const want = ready?.status === 'Unknown' ? UNREACHABLE : ready?.status === 'False' ? NOT_READY : undefined
  const present = taints.filter((t) => t.effect === 'NoExecute' && (t.key === UNREACHABLE || t.key === NOT_READY))
  if (present.length === (want ? 1 : 0) && present[0]?.key === want) return undefined
  if (!want) {
    putTaints(
      node,
      taints.filter((t) => !present.includes(t)),
      tools,
    )
    return undefined
  }
  if (evictionsStopped(tools)) return MONITOR_MS
  const due = Date.parse(ready.lastTransitionTime) + MONITOR_MS
  if (tools.now() < due) return due - tools.now()
  if (present.length === 0) {
    const { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone } = node.metadata.labels ?? {}
    const place = `${region}/${zone}`
    const left = (tainted.get(place) ?? Number.NEGATIVE_INFINITY) + EVICTION_MS - tools.now()
    if (left > 0) return left
    tainted.set(place, tools.now())
  }
  const rest = taints.filter((t) => !present.includes(t))
  putTaints(node, [...rest, { effect: 'NoExecute', key: want, timeAdded: rfc3339(tools.now()) }], tools)
  return undefined
}

/**
 * With no node ready, or more than two of a small cluster and over half of it, the fault is rather the control plane's
 * own: nobody is evicted (ComputeZoneState; the eviction rate of such zones is 0).
 */
function evictionsStopped(tools: Tools): boolean {
  const nodes = tools.informer('Node').list()
  const down = nodes.filter((node) => condition(node, 'Ready')?.status !== 'True').length
  return down === nodes.length || (down > 2 && down / nodes.length >= 0.55)
}

function markPodsNotReady(node: KubeObject, tools: Tools): void {
  for (const pod of tools.informer('Pod').by('node', node.metadata.name)) {
    const ready = condition(pod, 'Ready')
    if (ready?.status !== 'True' || isTerminal(pod)) continue
    const at = rfc3339(tools.now())
    const conditions = pod.status.conditions.map((c: any) =>
      c === ready ? { ...c, status: 'False', lastTransitionTime: at } : c,
    )
    tools.api.updateStatus({ ...pod, status: { ...pod.status, conditions } })
    tools.recorder.warning(pod, 'NodeNotReady', 'Node is not ready')
  }
}

/** Models pkg/controller/tainteviction: deletes pods that do not tolerate a NoExecute taint, when their time is up. */
export const taintEviction: Controller = {
  name: 'taint-eviction-controller',
  start(ctx: ControllerContext) {
    const marked = new Map<string, number>()
    defineController({
      name: 'taint-eviction-controller',
      component: 'taint-eviction-controller',
      watches: {
        Pod: itself,
        Node: (node, tools) =>
          tools
            .informer('Pod')
            .by('node', node.metadata.name)
            .map((p) => `${p.metadata.namespace}/${p.metadata.name}`),
      },
      start: (tools) => tools.informer('Pod').addIndex('node', (p) => p.spec.nodeName),
      reconcile: (key, tools) => evict(key, tools, marked),
    }).start(ctx)
  },
}

/** Its events name a pod without its UID: `kubectl describe pod` does not find them. */
function tell(key: string, what: string, { recorder }: Tools): void {
  const [namespace, name] = key.split('/')
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } }
  recorder.normal(pod, 'TaintManagerEviction', `${what} Pod ${key}`)
}

/** For how long a pod may stay beside these taints, ms; Infinity: for ever (GetMatchingTolerations, getMinTolerationTime). */
function stayOf(pod: KubeObject, taints: readonly any[]): number {
  let stay = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((t: any) => tolerates([t], taint))
    if (matching.length === 0) return 0
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined) stay = Math.min(stay, Math.max(0, tolerationSeconds * 1000))
  }
  return stay
}

function evict(key: string, tools: Tools, marked: Map<string, number>): number | undefined {
  const [namespace, name] = key.split('/')
  const pod = tools.informer('Pod').get(namespace, name)
  const node = pod?.spec.nodeName ? tools.informer('Node').get(undefined, pod.spec.nodeName) : undefined
  const taints = (node?.spec?.taints ?? []).filter((t: any) => t.effect === 'NoExecute')
  const now = tools.now()
  const stay = pod ? stayOf(pod, taints) : 0
  const waits = marked.get(key)
  if (!pod && marked.delete(key)) tell(key, 'Cancelling deletion of', tools)
  if (!pod || pod.metadata.deletionTimestamp || isTerminal(pod)) return undefined
  // A time that runs goes on, even if it would be another now.
  const runs = waits !== undefined && stay > 0 && stay !== Number.POSITIVE_INFINITY
  if (waits && !runs && marked.delete(key)) tell(key, 'Cancelling deletion of', tools)
  if (stay === Number.POSITIVE_INFINITY) return undefined
  const due = runs ? waits : now + stay
  if (due > now) {
    marked.set(key, due)
    return due - now
  }
  marked.delete(key)
  tell(key, 'Marking for deletion', tools)
  const disruption = {
    type: 'DisruptionTarget',
    observedGeneration: pod.metadata.generation,
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastProbeTime: null,
    lastTransitionTime: rfc3339(tools.now()),
  }
  const conditions = [...(pod.status?.conditions ?? []).filter((c: any) => c.type !== 'DisruptionTarget'), disruption]
  if (!deepEqual(conditions, pod.status?.conditions))
    tools.api.updateStatus({ ...pod, status: { ...pod.status, conditions } })
  tools.api.remove('Pod', namespace, name)
  return undefined
}
