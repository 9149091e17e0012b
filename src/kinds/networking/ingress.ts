import { defineKind, ownSubresource } from '../define.ts'

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
})
