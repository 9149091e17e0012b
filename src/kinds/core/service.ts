import { formatLabels } from '../../print/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { ingressAddresses } from '../load-balancer.ts'
import { dnsLabel } from '../meta.ts'
import type { KubeObject } from '../object.ts'
import { validateLoadBalancerStatus } from '../validation/load-balancer.ts'
import { validateService, validateServiceUpdate } from '../validation/service.ts'
import { serviceWarnings } from '../warnings/kinds.ts'
import { dropTypeDependentFields, keepAllocatedValues, normalizeClusterIPs } from './service-update.ts'

function externalIP(svc: KubeObject): string {
  const { type, externalIPs = [], externalName } = svc.spec ?? {}
  if (type === 'ExternalName') return externalName ?? ''
  if (type === 'LoadBalancer') {
    return [...ingressAddresses(svc.status?.loadBalancer), ...externalIPs].join(',') || '<pending>'
  }
  if (type === 'ClusterIP' || type === 'NodePort') return externalIPs.join(',') || '<none>'
  return '<unknown>'
}

const ports = (svc: KubeObject): string =>
  (svc.spec?.ports ?? [])
    .map((p: any) => `${p.nodePort > 0 ? `${p.port}:${p.nodePort}` : p.port}/${p.protocol}`)
    .join(',') || '<none>'

export const service = defineKind({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: [
    { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    ownSubresource('Service', 'status'),
  ],
  storageVersionHash: '0/CO1lhkEBI=',
  warnings: serviceWarnings,
  validateSubresource: validateLoadBalancerStatus,
  status: true,
  columns: columns('Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', '+Selector'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.type ?? '',
    obj.spec?.clusterIPs?.[0] || '<none>',
    externalIP(obj),
    ports(obj),
    age(obj, ctx),
    formatLabels(obj.spec?.selector),
  ],
  defaults({ spec, status }) {
    if (!spec) return
    spec.sessionAffinity ||= 'None'
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
    if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } }
    }
    spec.type ||= 'ClusterIP'
    for (const port of spec.ports ?? []) {
      port.protocol ||= 'TCP'
      port.targetPort ||= port.port
    }
    const loadBalancer = spec.type === 'LoadBalancer'
    if (loadBalancer || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && spec.externalIPs?.length)) {
      spec.externalTrafficPolicy ||= 'Cluster'
    }
    if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
    if (!loadBalancer) return
    spec.allocateLoadBalancerNodePorts ??= true
    for (const ingress of status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
  },
  prepareForCreate: (obj) => normalizeClusterIPs(obj),
  prepareForUpdate(next, old, subresource) {
    if (subresource === 'status') return
    keepAllocatedValues(next, old)
    normalizeClusterIPs(next, old)
    dropTypeDependentFields(next, old)
  },
  fields: {
    'spec.clusterIP': (svc) => svc.spec?.clusterIP ?? '',
    'spec.type': (svc) => svc.spec?.type ?? '',
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  nameRule: dnsLabel,
})
