import { humanDuration } from '../../print/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import type { KubeObject } from '../object.ts'

function condition(csr: KubeObject): string {
  const has = (type: string): boolean => csr.status?.conditions?.some((c: any) => c.type === type) ?? false
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decision}${has('Failed') ? ',Failed' : ''}${csr.status?.certificate ? ',Issued' : ''}`
}

export const certificateSigningRequest = defineKind({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: [
    ownSubresource('CertificateSigningRequest', 'approval'),
    ownSubresource('CertificateSigningRequest', 'status'),
  ],
  storageVersionHash: '95fRKMXA+00=',
  status: true,
  columns: columns('Name', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'),
  cells: (obj, ctx) => {
    const { signerName, username, expirationSeconds } = obj.spec ?? {}
    return [
      obj.metadata.name,
      age(obj, ctx),
      signerName || '<none>',
      username ?? '',
      expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
      condition(obj),
    ]
  },
})
