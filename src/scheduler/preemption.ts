import { selects } from '../api/match.ts'
import type { KubeObject } from '../api/types.ts'
import { filterNode, type Placement } from './cycle.ts'
import type { NodeInfo, Plugin, Snapshot } from './framework.ts'

const priorityOf = (pod: KubeObject): number => pod.spec.priority ?? 0
const startOf = (pod: KubeObject): number =>
  Date.parse(pod.status?.startTime ?? pod.metadata.creationTimestamp ?? '') || 0

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
  const total = snapshot.nodes.length
  const nominated = pod.status?.nominatedNodeName
  const terminating = nominated
    ? [...(snapshot.nodes.find((n) => n.name === nominated)?.pods.values() ?? [])].some(
        (p) => p.metadata.deletionTimestamp && priorityOf(p) < priorityOf(pod),
      )
    : false
  if (terminating) return { victims: [], message: 'not eligible due to a terminating pod on the nominated node.' }
  let best: { node: NodeInfo; victims: KubeObject[]; violations: number } | undefined
  let none = 0
  let unhelpful = 0
  for (const node of snapshot.nodes) {
    const why = failed.rejections.get(node.name) ?? []
    if (why.some((r) => !r.resolvable)) {
      unhelpful++
      continue
    }
    const found = victimsOn(pod, node, snapshot, plugins)
    if (!found) none++
    else if (!best || better(found, best)) best = { node, ...found }
  }
  if (best) return { node: best.node.name, victims: best.victims }
  const parts: string[] = []
  if (none > 0) parts.push(`${none} No preemption victims found for incoming pod`)
  if (unhelpful > 0) parts.push(`${unhelpful} Preemption is not helpful for scheduling`)
  return { victims: [], message: `0/${total} nodes are available: ${parts.sort().join(', ')}.` }
}

/** selectVictimsOnNode: remove all of lower priority, then spare as many as possible, the most important first. */
function victimsOn(
  pod: KubeObject,
  node: NodeInfo,
  snapshot: Snapshot,
  plugins: readonly Plugin[],
): { victims: KubeObject[]; violations: number } | undefined {
  const lower = [...node.pods.values()].filter((p) => priorityOf(p) < priorityOf(pod))
  if (lower.length === 0) return undefined
  const trial = node.clone()
  for (const p of lower) trial.remove(p)
  const view: Snapshot = {
    nodes: snapshot.nodes.map((n) => (n.name === node.name ? trial : n)),
    informer: (k) => snapshot.informer(k),
    nominated: (name) => snapshot.nominated(name),
  }
  const fits = (): boolean => {
    const states = new Map<Plugin, unknown>()
    for (const plugin of plugins) {
      const result = plugin.preFilter?.(pod, view)
      if (result?.reject) return false
      if (result?.state !== undefined) states.set(plugin, result.state)
    }
    return filterNode(pod, trial, view, plugins, states) === undefined
  }
  if (!fits()) return undefined
  const guarded = (p: KubeObject): boolean =>
    snapshot
      .informer('PodDisruptionBudget')
      .list(p.metadata.namespace)
      .some((b) => selects(b.spec.selector, p.metadata.labels) && (b.status?.disruptionsAllowed ?? 0) <= 0)
  const important = (a: KubeObject, b: KubeObject): number => priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b)
  const victims: KubeObject[] = []
  let violations = 0
  for (const p of [...lower.filter(guarded).sort(important), ...lower.filter((x) => !guarded(x)).sort(important)]) {
    trial.add(p)
    if (fits()) continue
    trial.remove(p)
    victims.push(p)
    if (guarded(p)) violations++
  }
  return victims.length > 0 ? { victims, violations } : undefined
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
