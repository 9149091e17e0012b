import type { KubeObject } from '../object.ts'

const needsClusterIP = (spec: any): boolean => spec.type !== 'ExternalName'
const needsNodePort = (spec: any): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
const hasExternalTraffic = (spec: any): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || Boolean(spec.externalIPs?.length)

/**
 * Drops fields that the old type of a Service needed and the new one does not, unless the client changed them. Models
 * dropTypeDependentFields of pkg/registry/core/service/strategy.go.
 */
export function dropTypeDependentFields(next: KubeObject, old: KubeObject): void {
  const before = old.spec
  const after = next.spec
  if (needsClusterIP(before) && !needsClusterIP(after) && after.clusterIP === before.clusterIP) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete after[field]
  }
  if (needsNodePort(before) && !needsNodePort(after) && sameNodePorts(before, after)) {
    after.ports = after.ports.map(({ nodePort: _, ...port }: any) => port)
  }
  if (hasExternalTraffic(before) && !hasExternalTraffic(after)) {
    if (after.externalTrafficPolicy === before.externalTrafficPolicy) delete after.externalTrafficPolicy
    if (after.healthCheckNodePort === before.healthCheckNodePort) delete after.healthCheckNodePort
  }
  if (before.type === 'LoadBalancer' && after.type !== 'LoadBalancer') {
    for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
      if (after[field] === before[field]) delete after[field]
    }
  }
}

function sameNodePorts(before: any, after: any): boolean {
  const ports = (spec: any): string =>
    (spec.ports ?? [])
      .map((p: any) => p.nodePort ?? 0)
      .sort()
      .join()
  return ports(before) === ports(after)
}
