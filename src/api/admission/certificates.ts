import { requestFromPem } from '../../pki/index.ts'
import { forbid } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'

const RESOURCE = 'certificatesigningrequests.certificates.k8s.io'

/** Whether the user may `verb` requests for the signer, by its name or by its domain. */
function mayUse({ ctx }: Attributes, verb: string, signer: string): boolean {
  const names = [signer, `${signer.split('/')[0]}/*`]
  return names.some(
    (name) =>
      ctx.server.authorizer.authorize(
        {
          user: ctx.user,
          verb,
          namespace: '',
          group: 'certificates.k8s.io',
          version: '*',
          resource: 'signers',
          subresource: '',
          name,
        },
        ctx.server,
      ).allowed,
  )
}

/** Whoever approves a request must be allowed to `approve` for its signer (certificates/approval). */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: (operation, resource, subresource) =>
    operation === 'UPDATE' && resource === RESOURCE && subresource === 'approval',
  validate(a) {
    const { signerName } = a.old!.spec
    if (!mayUse(a, 'approve', signerName)) {
      throw forbid(a, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`)
    }
  },
}

/** Whoever fills in a certificate must be allowed to `sign` for its signer (certificates/signing). */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: (operation, resource, subresource) =>
    operation === 'UPDATE' && resource === RESOURCE && subresource === 'status',
  validate(a) {
    const { signerName } = a.old!.spec
    if (a.object.status?.certificate === a.old!.status?.certificate) return
    if (!mayUse(a, 'sign', signerName)) {
      throw forbid(a, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`)
    }
  },
}

const API_CLIENT = 'kubernetes.io/kube-apiserver-client'

/** No client certificates for the group system:masters (certificates/subjectrestriction). */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (operation, resource, subresource) => operation === 'CREATE' && resource === RESOURCE && subresource === '',
  validate(a) {
    const { signerName, request } = a.object.spec
    if (signerName !== API_CLIENT) return
    const parsed = requestFromPem(atob(request ?? ''))
    if (parsed?.subject.organizations.includes('system:masters')) {
      throw forbid(a, `use of ${API_CLIENT} signer with system:masters group is not allowed`)
    }
  },
}
