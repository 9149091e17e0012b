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
    const free = (resource: 'cpu' | 'memory', used: number): number => {
      const have = node.allocatable.get(resource) ?? 0
      return have === 0 || used > have ? 0 : Math.floor(((have - used) * 100) / have)
    }
    return Math.floor(
      (free('cpu', node.scoredCpu + usage.scoredCpu) + free('memory', node.scoredMemory + usage.scoredMemory)) / 2,
    )
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

/** Models plugins/noderesources/balanced_allocation.go. Pods that ask for nothing are not scored. */
export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  score(pod, node) {
    const usage = usageOf(pod)
    if (!usage.requested.get('cpu') && !usage.requested.get('memory')) return 0
    const share = (resource: string): number => {
      const have = node.allocatable.get(resource) ?? 0
      const used = (node.requested.get(resource) ?? 0) + (usage.requested.get(resource) ?? 0)
      return have === 0 ? 1 : Math.min(1, used / have)
    }
    return Math.floor((1 - Math.abs(share('cpu') - share('memory')) / 2) * 100)
  },
  weight: 1,
}

const MB = 1024 * 1024

const tagged = (image: string): string => (image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image)

/** Models plugins/imagelocality: nodes that hold the images already. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score(pod, node, snapshot) {
    const images: any[] = node.node.status?.images ?? []
    if (images.length === 0) return 0
    // Names are compared as they are written: short ones are never those of an image on a node of containerd's.
    const wanted = pod.spec.containers.map((c: any) => tagged(c.image))
    const wantedImage = (image: any): boolean => (image.names ?? []).some((n: string) => wanted.includes(n))
    let sum = 0
    for (const image of images) {
      if (!wantedImage(image)) continue
      const holders = snapshot.nodes.filter((n) => n.node.status?.images?.some(wantedImage)).length
      sum += Math.floor((image.sizeBytes * holders) / snapshot.nodes.length)
    }
    const min = 23 * MB
    const max = 1000 * MB * wanted.length
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
const anyIp = (p: any): boolean => !p.hostIP || p.hostIP === '0.0.0.0' || p.hostIP === '::'

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
