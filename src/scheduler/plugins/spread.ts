import { matchesNodeAffinity, selects, untolerated } from '../../api/match.ts'
import type { KubeObject } from '../../api/types.ts'
import { type NodeInfo, type Plugin, reject, unresolvable } from '../framework.ts'
import { placed } from './affinity.ts'
import { withKeys } from './keys.ts'

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

interface Constraint {
  readonly key: string
  readonly maxSkew: number
  readonly minDomains: number
  /** Does this pod count? */
  selects(pod: KubeObject): boolean
  /** How many pods on the node count. */
  count(node: NodeInfo): number
  /** Do pods on the node count at all (its inclusion policies)? */
  includes(node: KubeObject): boolean
}

const emptySelector = (s: any): boolean =>
  !s || !(Object.keys(s.matchLabels ?? {}).length || s.matchExpressions?.length)

function constraint(c: any, pod: KubeObject): Constraint {
  const selector = withKeys(c, pod)
  const empty = emptySelector(selector)
  return {
    key: c.topologyKey,
    maxSkew: c.maxSkew,
    minDomains: c.minDomains ?? 1,
    selects: (other) => selects(selector, other.metadata.labels),
    count(node) {
      let n = 0
      // An empty selector selects the pod itself, but counts nobody.
      if (!empty)
        for (const other of node.pods.values())
          if (
            !other.metadata.deletionTimestamp &&
            other.metadata.namespace === pod.metadata.namespace &&
            selects(selector, other.metadata.labels)
          )
            n++
      return n
    },
    includes: (node) =>
      (c.nodeAffinityPolicy === 'Ignore' || matchesNodeAffinity(pod.spec, node)) &&
      (c.nodeTaintsPolicy !== 'Honor' ||
        !untolerated(node.spec?.taints ?? [], pod.spec.tolerations, ['NoSchedule', 'NoExecute'])),
  }
}

const constraints = (pod: KubeObject, hard: boolean): Constraint[] =>
  (pod.spec.topologySpreadConstraints ?? [])
    .filter((c: any) => (c.whenUnsatisfiable !== 'ScheduleAnyway') === hard)
    .map((c: any) => constraint(c, pod))

const has = (node: KubeObject, all: readonly Constraint[]): boolean =>
  all.every(({ key }) => node.metadata.labels?.[key] !== undefined)

/** Owners whose pods are spread without being told to (helper.DefaultSelector). */
const SPREAD = ['ReplicaSet', 'ReplicationController', 'StatefulSet']

/** The cluster's own constraints (systemDefaultConstraints): siblings are spread over nodes, and a little over zones. */
function defaults(pod: KubeObject): Constraint[] {
  const owner = pod.metadata.ownerReferences?.find((r) => r.controller)
  if (!owner || !SPREAD.includes(owner.kind)) return []
  const own = {
    minDomains: 1,
    selects: () => true,
    count: (node: NodeInfo) => node.ownedBy(owner.uid),
    includes: (node: KubeObject) => matchesNodeAffinity(pod.spec, node),
  }
  return [
    { ...own, key: HOSTNAME, maxSkew: 3 },
    { ...own, key: ZONE, maxSkew: 5 },
  ]
}

interface Soft {
  readonly all: readonly Constraint[]
  /** Per constraint: how many pods in each place; a node counts for itself under its name. */
  readonly counts: readonly Map<string, number>[]
  /** Per constraint: what a pod is worth there, more where there are more places. */
  readonly weights: readonly number[]
  /** Nodes that lack one of the keys, which are the last to be chosen. */
  readonly ignored: ReadonlySet<NodeInfo>
  /** The nodes in the order in which they are scored. */
  readonly nodes: readonly NodeInfo[]
}

/** Models plugins/podtopologyspread. */
export const podTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  wakes(pod, change) {
    const hard = constraints(pod, true)
    if (change.kind === 'Node')
      return placed(
        change,
        hard.map((c) => c.key),
      )
    if (change.kind !== 'Pod' || change.object.metadata.namespace !== pod.metadata.namespace) return false
    const counted = (p: KubeObject | undefined): boolean => p !== undefined && hard.some((c) => c.selects(p))
    return change.action === 'update' ? counted(change.before) !== counted(change.object) : counted(change.object)
  },
  preFilter(pod, snapshot) {
    const hard = constraints(pod, true)
    if (hard.length === 0) return undefined
    const state = hard.map((c) => ({ c, counts: new Map<string, number>() }))
    for (const node of snapshot.nodes) {
      if (!has(node.node, hard)) continue
      for (const { c, counts } of state) {
        if (!c.includes(node.node)) continue
        const value = node.node.metadata.labels![c.key]
        counts.set(value, (counts.get(value) ?? 0) + c.count(node))
      }
    }
    return { state }
  },
  filter(pod, node, state: { c: Constraint; counts: Map<string, number> }[] | undefined) {
    for (const { c, counts } of state ?? []) {
      const value = node.node.metadata.labels?.[c.key]
      if (value === undefined)
        return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")
      const least = counts.size < c.minDomains ? 0 : Math.min(...counts.values())
      if ((counts.get(value) ?? 0) + (c.selects(pod) ? 1 : 0) - least > c.maxSkew)
        return reject("node(s) didn't match pod topology spread constraints")
    }
    return undefined
  },
  preScore(pod, feasible, snapshot): Soft | undefined {
    const told = pod.spec.topologySpreadConstraints?.length > 0
    const all = told ? constraints(pod, false) : defaults(pod)
    if (all.length === 0) return undefined
    const ignored = new Set(told ? feasible.filter((n) => !has(n.node, all)) : [])
    const counts = all.map(() => new Map<string, number>())
    for (const { node } of feasible.filter((n) => !ignored.has(n)))
      for (const [i, { key }] of all.entries())
        if (key !== HOSTNAME) counts[i].set(node.metadata.labels?.[key] ?? '', 0)
    const sizes = all.map(({ key }, i) => (key === HOSTNAME ? feasible.length - ignored.size : counts[i].size))
    for (const [i, c] of all.entries()) {
      // Nobody is there to be compared when no node has the label.
      if (c.key === HOSTNAME || (counts[i].size === 1 && counts[i].has(''))) continue
      for (const node of snapshot.nodes) {
        const value = node.node.metadata.labels?.[c.key] ?? ''
        const known = counts[i].get(value)
        if (known === undefined || (told && !has(node.node, all)) || !c.includes(node.node)) continue
        counts[i].set(value, known + c.count(node))
      }
    }
    return { all, counts, weights: sizes.map((n) => Math.log(n + 2)), ignored, nodes: feasible }
  },
  score(_pod, node, _snapshot, { all, counts, weights, ignored }: Soft) {
    if (ignored.has(node)) return 0
    let sum = 0
    for (const [i, c] of all.entries()) {
      const value = node.node.metadata.labels?.[c.key]
      if (value === undefined) continue
      const n = c.key === HOSTNAME ? c.count(node) : (counts[i].get(value) ?? 0)
      sum += n * weights[i] + c.maxSkew - 1
    }
    return Math.round(sum)
  },
  normalize(scores, { ignored, nodes }: Soft) {
    const counted = scores.filter((_, i) => !ignored.has(nodes[i]))
    const max = Math.max(0, ...counted)
    const min = Math.min(...counted)
    for (let i = 0; i < scores.length; i++)
      if (ignored.has(nodes[i])) scores[i] = 0
      else scores[i] = max === 0 ? 100 : Math.floor((100 * (max + min - scores[i])) / max)
  },
  weight: 2,
}
