import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'

const needsClusterIP = (spec: any): boolean => spec.type !== 'ExternalName'
const needsNodePort = (spec: any): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'
const needsHealthCheck = (spec: any): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
const hasExternalTraffic = (spec: any): boolean =>
  spec.type === 'LoadBalancer' ||
  spec.type === 'NodePort' ||
  (spec.type === 'ClusterIP' && Boolean(spec.externalIPs?.length))

/**
 * Drops fields that the old type of a Service needed and the new one does not, unless the client changed them. Models
 * dropTypeDependentFields of pkg/registry/core/service/strategy.go.
 */
export function dropTypeDependentFields(next: KubeObject, old: KubeObject): void {
  const before = old.spec
  const after = next.spec
  if (needsClusterIP(before) && !needsClusterIP(after)) {
    for (const fields of [['clusterIP', 'clusterIPs'], ['ipFamilies'], ['ipFamilyPolicy']])
      if (fields.every((field) => same(after[field], before[field]))) for (const field of fields) delete after[field]
  }
  if (needsNodePort(before) && !needsNodePort(after) && sameNodePorts(before, after)) {
    after.ports = after.ports?.map(({ nodePort: _, ...port }: any) => port)
  }
  if (needsHealthCheck(before) && !needsHealthCheck(after) && after.healthCheckNodePort === before.healthCheckNodePort)
    delete after.healthCheckNodePort
  if (hasExternalTraffic(before) && !hasExternalTraffic(after)) {
    if (after.externalTrafficPolicy === before.externalTrafficPolicy) delete after.externalTrafficPolicy
  }
  if (before.type === 'LoadBalancer' && after.type !== 'LoadBalancer') {
    for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
      if (after[field] === before[field]) delete after[field]
    }
  }
}

/** Are no node ports asked for that were not there before? */
function sameNodePorts(before: any, after: any): boolean {
  const ports = (spec: any): number[] => (spec.ports ?? []).flatMap((p: any) => (p.nodePort ? [p.nodePort] : []))
  return ports(after).every((port) => ports(before).includes(port))
}

/**
 * Takes over from the old Service what the server had chosen and the client left out. Models patchAllocatedValues of
 * pkg/registry/core/service/storage.
 */
export function keepAllocatedValues(next: KubeObject, old: KubeObject): void {
  const before = old.spec
  const after = next.spec
  if (needsClusterIP(before) && needsClusterIP(after)) {
    if (!after.clusterIP && before.clusterIP) after.clusterIP = before.clusterIP
    if (!after.clusterIPs?.length && before.clusterIPs?.length) after.clusterIPs = before.clusterIPs
  }
  if (needsNodePort(before) && needsNodePort(after)) keepNodePorts(after, before)
  if (needsHealthCheck(before) && needsHealthCheck(after) && !after.healthCheckNodePort && before.healthCheckNodePort) {
    after.healthCheckNodePort = before.healthCheckNodePort
  }
}

function keepNodePorts(after: any, before: any): void {
  const ports = (spec: any): any[] => spec.ports ?? []
  const mine = new Set(ports(after).map((p) => p.nodePort))
  const used = new Set(ports(before).flatMap((p) => (p.nodePort && mine.has(p.nodePort) ? [p.nodePort] : [])))
  const byName = new Map(ports(before).map((p) => [p.name ?? '', p.nodePort]))
  if (!after.ports) return
  after.ports = ports(after).map((port) => {
    const known = byName.get(port.name ?? '')
    return !port.nodePort && known && !used.has(known) ? { ...port, nodePort: known } : port
  })
}

/** Keeps clusterIPs in step with clusterIP for clients that know only the latter. Models normalizeClusterIPs. */
export function normalizeClusterIPs(next: KubeObject, old?: KubeObject): void {
  const { spec } = next
  if (!old) {
    if (spec?.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
    return
  }
  const before = old.spec
  if (before.clusterIPs?.length && !spec.clusterIPs?.length && before.clusterIP === spec.clusterIP) {
    spec.clusterIPs = before.clusterIPs
  }
  if (before.clusterIP === spec.clusterIP || !same(before.clusterIPs, spec.clusterIPs)) return
  if (before.clusterIP && !spec.clusterIP) delete spec.clusterIPs
  else spec.clusterIPs = [spec.clusterIP]
}
