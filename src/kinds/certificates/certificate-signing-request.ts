import { defineKind, ownSubresource } from '../define.ts'

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
})
