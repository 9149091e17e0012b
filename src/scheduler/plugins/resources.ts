import type { KubeObject } from '../../api/types.ts'
import { type NodeInfo, type Plugin, type Rejection, reject, unresolvable, usageOf } from '../framework.ts'

/** Models plugins/noderesources/fit.go; scoring is LeastAllocated. */
export const resourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakes: (_pod, change) => change.kind === 'Node' || (change.kind === 'Pod' && change.action === 'delete'),
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

/** Models plugins/noderesources/balanced_allocation.go. */
export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  score(pod, node) {
    const usage = usageOf(pod)
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

/** Models plugins/imagelocality: nodes that hold the images already. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score(pod, node, snapshot) {
    const images: any[] = node.node.status?.images ?? []
    if (images.length === 0) return 0
    const wanted = pod.spec.containers.map((c: any) => c.image as string)
    let sum = 0
    for (const image of images)
      if ((image.names ?? []).some((n: string) => wanted.some((w: string) => n === w || n.endsWith(`/${w}`))))
        sum += image.sizeBytes / Math.max(1, snapshot.nodes.length)
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
  wakes: (_pod, change) => change.kind === 'Node' || (change.kind === 'Pod' && change.action === 'delete'),
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
