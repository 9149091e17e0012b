import { selects } from '../api/match.ts'
import type { KubeObject } from '../api/types.ts'
import { countReasons, filterNode, type Placement } from './cycle.ts'
import { type NodeInfo, type Plugin, type Rejection, reject, type Snapshot } from './framework.ts'

const priorityOf = (pod: KubeObject): number => pod.spec.priority ?? 0
const startOf = (pod: KubeObject): number =>
  pod.status?.startTime ? Date.parse(pod.status.startTime) : Number.MAX_SAFE_INTEGER

interface Preemption {
  readonly node?: string
  readonly victims: readonly KubeObject[]
  /** Tail of the FailedScheduling message; undefined when victims are being evicted. */
  readonly message?: string
}

/** Models plugins/defaultpreemption: which pods of lower priority would have to go so that this one fits. */
export function preempt(
  pod: KubeObject,
  failed: Extract<Placement, { rejections: unknown }>,
  snapshot: Snapshot,
  plugins: readonly Plugin[],
): Preemption {
  if (pod.spec.preemptionPolicy === 'Never')
    return { victims: [], message: 'not eligible due to preemptionPolicy=Never.' }
  const nominated = snapshot.nodes.find((n) => n.name === pod.status?.nominatedNodeName)
  const hopeless = (node: NodeInfo): boolean => (failed.rejections.get(node.name) ?? []).some((r) => !r.resolvable)
  if (nominated && !hopeless(nominated))
    for (const other of nominated.pods.values())
      if (priorityOf(other) < priorityOf(pod) && leaves(other))
        return { victims: [], message: 'not eligible due to a terminating pod on the nominated node.' }
  let best: { node: NodeInfo; victims: KubeObject[]; violations: number } | undefined
  const reasons: (readonly Rejection[])[] = []
  for (const node of snapshot.nodes) {
    const found = hopeless(node) ? UNHELPFUL : victimsOn(pod, node, snapshot, plugins)
    if (!('victims' in found)) reasons.push(found)
    else if (!best || better(found, best)) best = { node, ...found }
  }
  if (best) return { node: best.node.name, victims: best.victims }
  return { victims: [], message: `0/${snapshot.nodes.length} nodes are available: ${countReasons(reasons)}.` }
}

const UNHELPFUL = [reject('Preemption is not helpful for scheduling')]
const NO_VICTIMS = [reject('No preemption victims found for incoming pod')]

/** It goes because the scheduler wanted its room (podTerminatingByPreemption). */
const leaves = ({ metadata, status }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  Boolean(
    status?.conditions?.some(
      (c: any) => c.type === 'DisruptionTarget' && c.status === 'True' && c.reason === 'PreemptionByScheduler',
    ),
  )

/** selectVictimsOnNode: remove all of lower priority, then spare as many as possible, the most important first. */
function victimsOn(
  pod: KubeObject,
  node: NodeInfo,
  snapshot: Snapshot,
  plugins: readonly Plugin[],
): { victims: KubeObject[]; violations: number } | readonly Rejection[] {
  const lower = [...node.pods.values()].filter((p) => priorityOf(p) < priorityOf(pod))
  if (lower.length === 0) return NO_VICTIMS
  const trial = node.clone()
  for (const p of lower) trial.remove(p)
  const view: Snapshot = {
    nodes: snapshot.nodes.map((n) => (n.name === node.name ? trial : n)),
    informer: (k) => snapshot.informer(k),
    nominated: (name) => snapshot.nominated(name),
  }
  const refused = (): readonly Rejection[] | undefined => {
    const states = new Map<Plugin, unknown>()
    for (const plugin of plugins) {
      const result = plugin.preFilter?.(pod, view)
      if (result?.reject) return [result.reject]
      if (result?.state !== undefined) states.set(plugin, result.state)
    }
    return filterNode(pod, trial, view, plugins, states)
  }
  const why = refused()
  if (why) return why
  const important = (a: KubeObject, b: KubeObject): number => priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b)
  const guarded = brokenBudgets(lower.sort(important), snapshot)
  const victims: KubeObject[] = []
  let violations = 0
  for (const p of [...lower.filter((x) => guarded.has(x)), ...lower.filter((x) => !guarded.has(x))]) {
    trial.add(p)
    if (!refused()) continue
    trial.remove(p)
    victims.push(p)
    if (guarded.has(p)) violations++
  }
  return { victims: victims.sort(important), violations }
}

/** The pods whose going would leave a PodDisruptionBudget with too few, the most important first (filterPodsWithPDBViolation). */
function brokenBudgets(pods: readonly KubeObject[], snapshot: Snapshot): ReadonlySet<KubeObject> {
  const left = new Map<KubeObject, number>()
  const broken = new Set<KubeObject>()
  for (const pod of pods)
    for (const budget of snapshot.informer('PodDisruptionBudget').list(pod.metadata.namespace)) {
      const { matchLabels, matchExpressions } = budget.spec.selector ?? {}
      if (!matchExpressions?.length && Object.keys(matchLabels ?? {}).length === 0) continue
      if (!pod.metadata.labels || !selects(budget.spec.selector, pod.metadata.labels)) continue
      if (budget.status?.disruptedPods?.[pod.metadata.name]) continue
      const n = (left.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1
      left.set(budget, n)
      if (n < 0) broken.add(pod)
    }
  return broken
}

type Option = { victims: KubeObject[]; violations: number }

/** pickOneNodeForPreemption: fewest broken budgets, lowest top priority, lowest sum, fewest victims, latest start. */
function better(a: Option, b: Option): boolean {
  const top = (o: Option): number => Math.max(...o.victims.map(priorityOf))
  const sum = (o: Option): number => o.victims.reduce((n, p) => n + priorityOf(p) + 2 ** 31, 0)
  const start = (o: Option): number => Math.min(...o.victims.filter((p) => priorityOf(p) === top(o)).map(startOf))
  return (
    (a.violations - b.violations ||
      top(a) - top(b) ||
      sum(a) - sum(b) ||
      a.victims.length - b.victims.length ||
      start(b) - start(a)) < 0
  )
}
