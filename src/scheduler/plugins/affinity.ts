import { selects } from '../../api/match.ts'
import type { KubeObject } from '../../api/types.ts'
import {
  type Change,
  type NodeInfo,
  type Plugin,
  preferred,
  reject,
  required,
  type Snapshot,
  unresolvable,
} from '../framework.ts'
import { withKeys } from './keys.ts'

/** Does `other` fall under a pod affinity term of `pod`? */
function covers(term: any, pod: KubeObject, other: KubeObject, snapshot: Snapshot): boolean {
  const ns = other.metadata.namespace!
  const listed = term.namespaces?.includes(ns)
  const bySelector =
    term.namespaceSelector &&
    selects(term.namespaceSelector, snapshot.informer('Namespace').get(undefined, ns)?.metadata.labels)
  const own = !term.namespaces?.length && !term.namespaceSelector && ns === pod.metadata.namespace
  return (listed || bySelector || own) && selects(withKeys(term, pod), other.metadata.labels)
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
export const placed = ({ action, object, before }: Change, keys: readonly string[]): boolean =>
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
    const together = (other: KubeObject): boolean => affinity.every(({ term }) => covers(term, pod, other, snapshot))
    for (const node of snapshot.nodes) {
      if (affinity.length > 0)
        for (const other of node.pods.values()) {
          if (!together(other)) continue
          for (const { term, places } of affinity) {
            const at = place(node, term.topologyKey)
            if (at) places.add(at)
          }
          break
        }
      for (const { term, places } of antiAffinity) {
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
    const first = together(pod) && affinity.every((a) => a.places.size === 0)
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
  preScore(pod, _feasible, snapshot) {
    const worth: Worth = new Map()
    const own = [...preferred(pod, 'podAffinity'), ...preferred(pod, 'podAntiAffinity')].length > 0
    for (const node of snapshot.nodes)
      for (const other of own ? node.pods.values() : node.choosy) weigh(worth, pod, other, node, snapshot)
    return worth.size > 0 ? worth : undefined
  },
  score(_pod, node, _snapshot, worth: Worth) {
    let sum = 0
    for (const [key, values] of worth) sum += values.get(node.node.metadata.labels?.[key] ?? '') ?? 0
    return sum
  },
  normalize(scores) {
    const min = Math.min(...scores)
    const range = Math.max(...scores) - min
    for (let i = 0; i < scores.length; i++) scores[i] = range === 0 ? 0 : Math.trunc(100 * ((scores[i] - min) / range))
  },
  weight: 2,
}

/** Topology key → its value → what being there is worth. */
type Worth = Map<string, Map<string, number>>

/** What a required affinity of a pod that is there is worth to those it is for (HardPodAffinityWeight). */
const REQUIRED_WEIGHT = 1

/** What one pod that is there, and its own preferences, make its node's places worth (processExistingPod). */
function weigh(worth: Worth, pod: KubeObject, other: KubeObject, { node }: NodeInfo, snapshot: Snapshot): void {
  const count = (term: any, weight: number, from: KubeObject, to: KubeObject): void => {
    const value = node.metadata.labels?.[term.topologyKey]
    if (value === undefined || !covers(term, from, to, snapshot)) return
    let values = worth.get(term.topologyKey)
    if (!values) worth.set(term.topologyKey, (values = new Map()))
    values.set(value, (values.get(value) ?? 0) + weight)
  }
  for (const p of preferred(pod, 'podAffinity')) count(p.podAffinityTerm, p.weight, pod, other)
  for (const p of preferred(pod, 'podAntiAffinity')) count(p.podAffinityTerm, -p.weight, pod, other)
  for (const term of required(other, 'podAffinity')) count(term, REQUIRED_WEIGHT, other, pod)
  for (const p of preferred(other, 'podAffinity')) count(p.podAffinityTerm, p.weight, other, pod)
  for (const p of preferred(other, 'podAntiAffinity')) count(p.podAffinityTerm, -p.weight, other, pod)
}
