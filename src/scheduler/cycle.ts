import type { KubeObject } from '../api/types.ts'
import type { Rng } from '../kernel/index.ts'
import type { NodeInfo, Plugin, Rejection, Snapshot } from './framework.ts'

/** Outcome of one attempt to place a pod. */
export type Placement =
  | { readonly node: NodeInfo }
  | {
      readonly rejections: ReadonlyMap<string, readonly Rejection[]>
      /** Set when a PreFilter refused the pod without looking at nodes. */
      readonly whole?: Rejection
      /** Plugins that refused; only what can change their mind wakes the pod. */
      readonly refusers: ReadonlySet<Plugin>
    }

/** Filters and scores (schedule_one.go). Ties are broken by chance. */
export function place(pod: KubeObject, snapshot: Snapshot, plugins: readonly Plugin[], rng: Rng): Placement {
  const states = new Map<Plugin, unknown>()
  let allowed: ReadonlySet<string> | undefined
  const narrowing: string[] = []
  const refusers = new Set<Plugin>()
  for (const plugin of plugins) {
    const result = plugin.preFilter?.(pod, snapshot)
    if (result?.reject) return { rejections: new Map(), whole: result.reject, refusers: new Set([plugin]) }
    if (result?.state !== undefined) states.set(plugin, result.state)
    if (result?.nodes) {
      narrowing.push(plugin.name)
      refusers.add(plugin)
      const before: ReadonlySet<string> | undefined = allowed
      allowed = before ? new Set([...result.nodes].filter((n) => before.has(n))) : result.nodes
    }
  }
  const rejections = new Map<string, readonly Rejection[]>()
  const nominee = snapshot.nodes.find((n) => n.name === pod.status?.nominatedNodeName)
  if (nominee && (allowed?.has(nominee.name) ?? true) && !filterNode(pod, nominee, snapshot, plugins, states))
    return { node: nominee }
  const feasible: NodeInfo[] = []
  for (const node of snapshot.nodes) {
    if (allowed && !allowed.has(node.name)) {
      rejections.set(node.name, [
        { reason: `node(s) didn't satisfy plugin(s) [${narrowing.join(' ')}]`, resolvable: false },
      ])
      continue
    }
    const refused = filterNode(pod, node, snapshot, plugins, states, refusers)
    if (refused) rejections.set(node.name, refused)
    else feasible.push(node)
  }
  if (feasible.length === 0) return { rejections, refusers }
  return { node: feasible.length === 1 ? feasible[0] : best(pod, feasible, snapshot, plugins, rng) }
}

const priorityOf = (pod: KubeObject): number => pod.spec.priority ?? 0

/**
 * All filters on one node; the first plugin that refuses speaks. Pods for which room is being made there count as if
 * they were there already (RunFilterPluginsWithNominatedPods).
 */
export function filterNode(
  pod: KubeObject,
  node: NodeInfo,
  snapshot: Snapshot,
  plugins: readonly Plugin[],
  states: ReadonlyMap<Plugin, unknown>,
  refusers?: Set<Plugin>,
): readonly Rejection[] | undefined {
  const ahead = snapshot
    .nominated(node.name)
    .filter((p) => p.metadata.uid !== pod.metadata.uid && priorityOf(p) >= priorityOf(pod))
  if (ahead.length > 0) {
    const crowded = node.clone()
    for (const p of ahead) crowded.add(p)
    const refused = filterAlone(pod, crowded, snapshot, plugins, states, refusers)
    if (refused) return refused
  }
  return filterAlone(pod, node, snapshot, plugins, states, refusers)
}

function filterAlone(
  pod: KubeObject,
  node: NodeInfo,
  snapshot: Snapshot,
  plugins: readonly Plugin[],
  states: ReadonlyMap<Plugin, unknown>,
  refusers?: Set<Plugin>,
): readonly Rejection[] | undefined {
  for (const plugin of plugins) {
    const refused = plugin.filter?.(pod, node, states.get(plugin), snapshot)
    if (refused) refusers?.add(plugin)
    if (refused) return Array.isArray(refused) ? refused : [refused as Rejection]
  }
  return undefined
}

function best(
  pod: KubeObject,
  nodes: readonly NodeInfo[],
  snapshot: Snapshot,
  plugins: readonly Plugin[],
  rng: Rng,
): NodeInfo {
  const totals = new Array<number>(nodes.length).fill(0)
  for (const plugin of plugins) {
    if (!plugin.score) continue
    const state = plugin.preScore?.(pod, nodes, snapshot)
    if (plugin.preScore && state === undefined) continue
    const scores = nodes.map((node) => plugin.score!(pod, node, snapshot, state))
    plugin.normalize?.(scores, state)
    for (let i = 0; i < scores.length; i++) totals[i] += scores[i] * (plugin.weight ?? 1)
  }
  const top = Math.max(...totals)
  const winners = nodes.filter((_, i) => totals[i] === top)
  if (winners.length === 1) return winners[0]
  // Each pod has chance of its own: where others went does not shift it.
  return rng.fork(`${pod.metadata.namespace}/${pod.metadata.name}`).pick(winners)
}

/** `2 Insufficient cpu, 1 node(s) had untolerated taint(s)`, sorted as upstream sorts: as strings. */
export function countReasons(rejections: Iterable<readonly Rejection[]>): string {
  const counts = new Map<string, number>()
  for (const list of rejections) for (const r of list) counts.set(r.reason, (counts.get(r.reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, n]) => `${n} ${reason}`)
    .sort()
    .join(', ')
}
