import { matchesNodeAffinity, selects, untolerated } from '../../api/match.ts'
import type { KubeObject } from '../../api/types.ts'
import { type Change, type NodeInfo, type Plugin, reject, required, type Snapshot, unresolvable } from '../framework.ts'

/** Does `other` fall under a pod affinity term of `pod`? */
function covers(term: any, pod: KubeObject, other: KubeObject, snapshot: Snapshot): boolean {
  const ns = other.metadata.namespace!
  const listed = term.namespaces?.includes(ns)
  const bySelector =
    term.namespaceSelector &&
    selects(term.namespaceSelector, snapshot.informer('Namespace').get(undefined, ns)?.metadata.labels)
  const own = !term.namespaces && !term.namespaceSelector && ns === pod.metadata.namespace
  if (!listed && !bySelector && !own) return false
  const keys: any[] = [
    ...(term.matchLabelKeys ?? []).map((key: string) => ({
      key,
      operator: 'In',
      values: [pod.metadata.labels?.[key]],
    })),
    ...(term.mismatchLabelKeys ?? []).map((key: string) => ({
      key,
      operator: 'NotIn',
      values: [pod.metadata.labels?.[key]],
    })),
  ]
  const selector =
    keys.length > 0
      ? { ...term.labelSelector, matchExpressions: [...(term.labelSelector?.matchExpressions ?? []), ...keys] }
      : term.labelSelector
  return selects(selector, other.metadata.labels)
}

interface State {
  /** key=value pairs where an incoming affinity term has a match, per term. */
  readonly affinity: readonly { term: any; places: Set<string> }[]
  readonly antiAffinity: readonly { term: any; places: Set<string> }[]
  /** Places that existing pods with anti-affinity keep this pod away from. */
  readonly repelled: Set<string>
  /** No pod anywhere matches, and the pod matches its own terms: the first of a group may go anywhere. */
  readonly first: boolean
}

const place = (node: NodeInfo, key: string): string | undefined => {
  const value = node.node.metadata.labels?.[key]
  return value === undefined ? undefined : `${key}=${value}`
}

const existed = ({ action, object, before }: Change): KubeObject | undefined => (action === 'delete' ? object : before)
const exists = ({ action, object }: Change): KubeObject | undefined => (action === 'delete' ? undefined : object)

/** A pod that a required affinity looks for has come. */
const attracts = (pod: KubeObject, change: Change, snapshot: Snapshot): boolean =>
  required(pod, 'podAffinity').some((term) => {
    const [now, before] = [exists(change), existed(change)]
    return now && covers(term, pod, now, snapshot) && !(before && covers(term, pod, before, snapshot))
  })

/** A pod that kept this one away has gone. */
function letsIn(pod: KubeObject, change: Change, snapshot: Snapshot): boolean {
  const [now, before] = [exists(change), existed(change)]
  if (!before) return false
  const gone = (terms: readonly any[], covered: (term: any, other: KubeObject) => boolean): boolean =>
    terms.some((term) => covered(term, before) && !(now && covered(term, now)))
  return (
    gone(required(pod, 'podAntiAffinity'), (term, other) => covers(term, pod, other, snapshot)) ||
    gone(required(before, 'podAntiAffinity'), (term, other) => covers(term, other, pod, snapshot))
  )
}

/** The node has (or had) another place under one of the topology keys. */
const placed = ({ action, object, before }: Change, keys: readonly string[]): boolean =>
  keys.some((key) => {
    const at = object.metadata.labels?.[key]
    return action === 'update' ? at !== before?.metadata.labels?.[key] : at !== undefined
  })

/** Models plugins/interpodaffinity. */
export const interPodAffinity: Plugin = {
  name: 'InterPodAffinity',
  wakes: (pod, change, snapshot) =>
    change.kind === 'Pod'
      ? attracts(pod, change, snapshot) || letsIn(pod, change, snapshot)
      : change.kind === 'Node' &&
        placed(
          change,
          [...required(pod, 'podAffinity'), ...required(pod, 'podAntiAffinity')].map((t) => t.topologyKey),
        ),
  preFilter(pod, snapshot) {
    const affinity = required(pod, 'podAffinity').map((term) => ({ term, places: new Set<string>() }))
    const antiAffinity = required(pod, 'podAntiAffinity').map((term) => ({ term, places: new Set<string>() }))
    const repelled = new Set<string>()
    for (const node of snapshot.nodes) {
      for (const list of [affinity, antiAffinity])
        for (const { term, places } of list) {
          const at = place(node, term.topologyKey)
          if (!at || places.has(at)) continue
          for (const other of node.pods.values()) if (covers(term, pod, other, snapshot)) places.add(at)
        }
      for (const other of node.repelling)
        for (const term of required(other, 'podAntiAffinity')) {
          const at = place(node, term.topologyKey)
          if (at && covers(term, other, pod, snapshot)) repelled.add(at)
        }
    }
    const first = affinity.every((a) => a.places.size === 0 && covers(a.term, pod, pod, snapshot))
    return { state: { affinity, antiAffinity, repelled, first } satisfies State }
  },
  filter(_pod, node, state: State) {
    for (const { term, places } of state.affinity) {
      const at = place(node, term.topologyKey)
      if (at === undefined || (!places.has(at) && !state.first))
        return unresolvable("node(s) didn't match pod affinity rules")
    }
    for (const { term, places } of state.antiAffinity) {
      const at = place(node, term.topologyKey)
      if (at !== undefined && places.has(at)) return reject("node(s) didn't match pod anti-affinity rules")
    }
    for (const at of state.repelled) {
      const cut = at.indexOf('=')
      if (place(node, at.slice(0, cut)) === at)
        return reject("node(s) didn't satisfy existing pods anti-affinity rules")
    }
    return undefined
  },
  score(pod, node, snapshot) {
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
    const terms: [any, number][] = [
      ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((p: any) => [
        p.podAffinityTerm,
        p.weight,
      ]),
      ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((p: any) => [
        p.podAffinityTerm,
        -p.weight,
      ]),
    ]
    let sum = 0
    for (const [term, weight] of terms) {
      const at = place(node, term.topologyKey)
      if (!at) continue
      for (const n of snapshot.nodes)
        if (place(n, term.topologyKey) === at)
          for (const other of n.pods.values()) if (covers(term, pod, other, snapshot)) sum += weight
    }
    return sum
  },
  normalize: 'higher',
  weight: 2,
}

const HOSTNAME = 'kubernetes.io/hostname'

function countsOf(pod: KubeObject, c: any, snapshot: Snapshot): Map<string, number> {
  const counts = new Map<string, number>()
  for (const node of snapshot.nodes) {
    const value = node.node.metadata.labels?.[c.topologyKey]
    if (value === undefined) continue
    if ((c.nodeAffinityPolicy ?? 'Honor') === 'Honor' && !matchesNodeAffinity(pod.spec, node.node)) continue
    if (
      c.nodeTaintsPolicy === 'Honor' &&
      untolerated(node.node.spec?.taints ?? [], pod.spec.tolerations, ['NoSchedule', 'NoExecute'])
    )
      continue
    let n = counts.get(value) ?? 0
    for (const other of node.pods.values())
      if (
        !other.metadata.deletionTimestamp &&
        other.metadata.namespace === pod.metadata.namespace &&
        selects(c.labelSelector, other.metadata.labels)
      )
        n++
    counts.set(value, n)
  }
  return counts
}

const hardConstraints = (pod: KubeObject): any[] =>
  (pod.spec.topologySpreadConstraints ?? []).filter((c: any) => c.whenUnsatisfiable !== 'ScheduleAnyway')

/** Models plugins/podtopologyspread, with the cluster's default constraints (ScheduleAnyway) in scoring. */
export const podTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  wakes(pod, change) {
    const hard = hardConstraints(pod)
    if (change.kind === 'Node')
      return placed(
        change,
        hard.map((c) => c.topologyKey),
      )
    if (change.kind !== 'Pod' || change.object.metadata.namespace !== pod.metadata.namespace) return false
    const counted = (p: KubeObject | undefined): boolean =>
      p !== undefined && hard.some((c) => selects(withKeys(c, pod).labelSelector, p.metadata.labels))
    return change.action === 'update' ? counted(change.before) !== counted(change.object) : counted(change.object)
  },
  preFilter(pod, snapshot) {
    return {
      state: hardConstraints(pod).map((c: any) => ({
        c: withKeys(c, pod),
        counts: countsOf(pod, withKeys(c, pod), snapshot),
      })),
    }
  },
  filter(pod, node, state: { c: any; counts: Map<string, number> }[]) {
    for (const { c, counts } of state) {
      const value = node.node.metadata.labels?.[c.topologyKey]
      if (value === undefined)
        return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")
      const least = c.minDomains && counts.size < c.minDomains ? 0 : Math.min(...counts.values())
      const self = selects(c.labelSelector, pod.metadata.labels) ? 1 : 0
      if ((counts.get(value) ?? 0) + self - least > c.maxSkew)
        return reject("node(s) didn't match pod topology spread constraints")
    }
    return undefined
  },
  score(pod, node, snapshot) {
    const soft = (pod.spec.topologySpreadConstraints ?? []).filter((c: any) => c.whenUnsatisfiable === 'ScheduleAnyway')
    if (soft.length === 0 && !pod.spec.topologySpreadConstraints) return defaultSpread(pod, node)
    return soft.reduce(
      (n: number, c: any) =>
        n + (countsOf(pod, withKeys(c, pod), snapshot).get(node.node.metadata.labels?.[c.topologyKey] ?? '') ?? 0),
      0,
    )
  },
  normalize: 'lower',
  weight: 2,
}

const withKeys = (c: any, pod: KubeObject): any =>
  c.matchLabelKeys?.length
    ? {
        ...c,
        labelSelector: {
          ...c.labelSelector,
          matchExpressions: [
            ...(c.labelSelector?.matchExpressions ?? []),
            ...c.matchLabelKeys.map((key: string) => ({ key, operator: 'In', values: [pod.metadata.labels?.[key]] })),
          ],
        },
      }
    : c

/** Siblings (same controller) on the node; the node's name is the topology. */
function defaultSpread(pod: KubeObject, node: NodeInfo): number {
  const owner = pod.metadata.ownerReferences?.find((r) => r.controller)?.uid
  return !owner || node.node.metadata.labels?.[HOSTNAME] === undefined ? 0 : node.ownedBy(owner)
}
