import type { KubeObject } from '../../api/types.ts'
import { type Change, NodeInfo, type Plugin, type Rejection, reject, unresolvable, usageOf } from '../framework.ts'

/** Models plugins/noderesources/fit.go; scoring is LeastAllocated. */
export const resourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakes: (pod, change) => leavesRoom(change) || (change.kind === 'Node' && moreToHave(pod, change)),
  filter(pod, node) {
    const out: Rejection[] = []
    const most = node.allocatable.get('pods') ?? 0
    if (node.pods.size + 1 > most) out.push(reject('Too many pods'))
    for (const [resource, want] of usageOf(pod).requested) {
      if (want === 0) continue
      const have = node.allocatable.get(resource) ?? 0
      if (want > have - (node.requested.get(resource) ?? 0)) {
        const text = `Insufficient ${resource}`
        out.push(want > have ? unresolvable(text) : reject(text))
      }
    }
    return out.length > 0 ? out : undefined
  },
  score(pod, node) {
    const usage = usageOf(pod)
    let sum = 0
    let counted = 0
    const free = (have: number, used: number): void => {
      if (have === 0) return
      counted++
      sum += used > have ? 0 : Math.floor(((have - used) * 100) / have)
    }
    free(node.allocatable.get('cpu') ?? 0, node.scoredCpu + usage.scoredCpu)
    free(node.allocatable.get('memory') ?? 0, node.scoredMemory + usage.scoredMemory)
    return counted === 0 ? 0 : Math.floor(sum / counted)
  },
  weight: 1,
}

/** A pod that was on some node has gone, or asks for less. */
function leavesRoom({ kind, action, object, before }: Change): boolean {
  if (kind !== 'Pod') return false
  if (action === 'delete') return Boolean(object.spec.nodeName || object.status?.nominatedNodeName)
  if (!before) return false
  const less = usageOf(object).requested
  return [...usageOf(before).requested].some(([k, v]) => v > (less.get(k) ?? 0))
}

/** An empty node of this kind could hold the pod, and either could not before or has more now of what it asks for. */
function moreToHave(pod: KubeObject, { action, object, before }: Change): boolean {
  if (action === 'delete') return false
  const wanted = [...usageOf(pod).requested].filter(([, v]) => v > 0)
  const now = new NodeInfo(object).allocatable
  if (wanted.some(([k, v]) => v > (now.get(k) ?? 0))) return false
  if (!before) return true
  const old = new NodeInfo(before).allocatable
  return [...wanted.map(([k]) => k), 'pods'].some((k) => (now.get(k) ?? 0) > (old.get(k) ?? 0))
}

/** How far the shares of cpu and memory in use are from each other; 100: equal (balancedResourceScore). */
function balance(node: NodeInfo, cpu: number, memory: number): number {
  const most = [node.allocatable.get('cpu') ?? 0, node.allocatable.get('memory') ?? 0]
  if (most[0] === 0 || most[1] === 0) return 100
  const apart = Math.abs(Math.min(1, cpu / most[0]) - Math.min(1, memory / most[1])) / 2
  return Math.floor((1 - apart) * 100)
}

/** Models plugins/noderesources/balanced_allocation.go. Pods that ask for nothing are not scored. */
export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore(pod) {
    const { requested } = usageOf(pod)
    return requested.get('cpu') || requested.get('memory') ? requested : undefined
  },
  score(_pod, node, _snapshot, wanted: ReadonlyMap<string, number>) {
    const cpu = node.requested.get('cpu') ?? 0
    const memory = node.requested.get('memory') ?? 0
    const after = balance(node, cpu + (wanted.get('cpu') ?? 0), memory + (wanted.get('memory') ?? 0))
    return 50 + Math.trunc((50 + after - balance(node, cpu, memory)) / 2)
  },
  weight: 1,
}

const MB = 1024 * 1024

const tagged = (image: string): string => (image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image)

/** Models plugins/imagelocality: nodes that hold the images already. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score(pod, node, snapshot) {
    if (!node.node.status?.images?.length) return 0
    // Names are compared as they are written: short ones are never those of an image on a node of containerd's.
    const named = (n: NodeInfo, name: string): any =>
      n.node.status?.images?.find((image: any) => image.names?.includes(name))
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    const volumes = (pod.spec.volumes ?? []).flatMap((v: any) => v.image?.reference ?? [])
    let sum = 0
    for (const name of [...containers.map((c: any) => c.image), ...volumes].map(tagged)) {
      const image = named(node, name)
      if (!image) continue
      const holders = snapshot.nodes.filter((n) => named(n, name)).length
      sum += Math.floor(image.sizeBytes * (holders / snapshot.nodes.length))
    }
    const min = 23 * MB
    const max = 1000 * MB * containers.length
    return Math.floor((100 * (Math.min(Math.max(sum, min), max) - min)) / (max - min))
  },
  weight: 1,
}

const hostPorts = (pod: KubeObject): any[] =>
  [
    ...(pod.spec.containers ?? []),
    ...(pod.spec.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always'),
  ].flatMap((c: any) => (c.ports ?? []).filter((p: any) => p.hostPort))

const clash = (a: any, b: any): boolean =>
  a.hostPort === b.hostPort &&
  (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP') &&
  (anyIp(a) || anyIp(b) || a.hostIP === b.hostIP)
const anyIp = (p: any): boolean => !p.hostIP || p.hostIP === '0.0.0.0'

/** Models plugins/nodeports. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  wakes: (pod, { kind, action, object }) =>
    kind === 'Node'
      ? action === 'add'
      : kind === 'Pod' &&
        action === 'delete' &&
        hostPorts(pod).some((want) => hostPorts(object).some((used) => clash(want, used))),
  preFilter: (pod) => ({ state: hostPorts(pod) }),
  filter(_pod, node: NodeInfo, wanted: any[]) {
    if (wanted.length === 0) return undefined
    for (const other of node.pods.values())
      for (const used of hostPorts(other))
        if (wanted.some((w) => clash(w, used)))
          return reject("node(s) didn't have free ports for the requested pod ports")
    return undefined
  },
}
