import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { ingressAddresses } from '../load-balancer.ts'
import { validateIngressStatus } from '../validation/load-balancer.ts'
import { validateIngress, validateIngressUpdate } from '../validation/network.ts'

function hosts(rules: any[]): string {
  const list: string[] = []
  let more = false
  for (const { host } of rules) {
    if (list.length === 3) more = true
    if (!more && host) list.push(host)
  }
  if (!list.length) return '*'
  return more ? `${list.join(',')} + ${rules.length - 3} more...` : list.join(',')
}

export const ingress = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  subresources: [ownSubresource('Ingress', 'status')],
  storageVersionHash: '39NQlfNR+bo=',
  status: true,
  columns: columns('Name', 'Class', 'Hosts', 'Address', 'Ports', 'Age'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.ingressClassName ?? '<none>',
    hosts(obj.spec?.rules ?? []),
    ingressAddresses(obj.status?.loadBalancer).join(','),
    obj.spec?.tls?.length ? '80, 443' : '80',
    age(obj, ctx),
  ],
  generation: true,
  warnings({ metadata, spec }, old) {
    const name = 'kubernetes.io/ingress.class'
    if (old || metadata.annotations?.[name] === undefined || spec?.ingressClassName !== undefined) return []
    return [`annotation "${name}" is deprecated, please use 'spec.ingressClassName' instead`]
  },
  validate: validateIngress,
  validateUpdate: validateIngressUpdate,
  validateSubresource: validateIngressStatus,
})
