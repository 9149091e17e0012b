import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { formatSelector } from '../selectors.ts'
import { validateNetworkPolicy } from '../validation/network.ts'

export const networkPolicy = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  storageVersionHash: 'YpfwF18m1G8=',
  columns: columns('Name', 'Pod-Selector', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, formatSelector(obj.spec?.podSelector), age(obj, ctx)],
  generation: true,
  defaults({ spec }) {
    if (!spec) return
    spec.podSelector ??= {}
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP'
    }
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  },
  validate: validateNetworkPolicy,
})
