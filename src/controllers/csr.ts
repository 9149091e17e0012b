import { rfc3339 } from '../api/time.ts'
import { StatusError } from '../api/types.ts'
import { type CertificateRequest, requestFromPem } from '../pki/index.ts'
import { defineController, itself } from './controller.ts'
import { SIGNERS, whyNotSigned } from './csr-rules.ts'

/** A request that its sender may not have approved automatically is looked at again: the rules may change. */
const APPROVAL_RETRY_MS = 15_000
/** A signer that has no usable CA at the moment tries again. */
const SIGNING_RETRY_MS = 15_000

const pemOf = (csr: any): string =>
  new TextDecoder().decode(Uint8Array.from(atob(csr.spec.request), (c) => c.charCodeAt(0)))

const why = (csr: any, request: CertificateRequest): string | undefined =>
  whyNotSigned(csr.spec.signerName, request, csr.spec.usages ?? [])

/**
 * Models pkg/controller/certificates/approver: approves the client certificates that kubelets ask for, if RBAC lets their
 * sender create certificatesigningrequests/nodeclient, or …/selfnodeclient for a certificate of its own name.
 */
export const csrApprover = defineController({
  name: 'certificatesigningrequest-approving-controller',
  watches: { CertificateSigningRequest: itself },
  reconcile(name, { api, informer, now }) {
    const csr = informer('CertificateSigningRequest').get(undefined, name)
    if (!csr || csr.status?.certificate || (csr.status?.conditions ?? []).length > 0) return undefined
    if (csr.spec.signerName !== 'kubernetes.io/kube-apiserver-client-kubelet') return undefined
    const request = requestFromPem(pemOf(csr))
    if (!request || why(csr, request) !== undefined) return undefined
    const { username, uid, groups, extra } = csr.spec
    const allows = (subresource: string): boolean =>
      api.create({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        metadata: { name: '' },
        spec: {
          user: username,
          uid,
          groups,
          extra,
          resourceAttributes: {
            group: 'certificates.k8s.io',
            resource: 'certificatesigningrequests',
            verb: 'create',
            subresource,
          },
        },
      }).status?.allowed
    const own = username === request.subject.commonName && allows('selfnodeclient')
    if (!own && !allows('nodeclient')) return APPROVAL_RETRY_MS
    const message = `Auto approving ${own ? 'self ' : ''}kubelet client certificate after SubjectAccessReview.`
    const at = rfc3339(now())
    const conditions = [
      { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: at, lastTransitionTime: at },
    ]
    api.post('CertificateSigningRequest', undefined, name, 'approval', {
      ...csr,
      status: { ...csr.status, conditions },
    })
    return undefined
  },
})

/** Models pkg/controller/certificates/signer: signs approved requests with the cluster's CA, if its files are readable. */
export const csrSigner = defineController({
  name: 'certificatesigningrequest-signing-controller',
  watches: { CertificateSigningRequest: itself },
  reconcile(name, { api, informer, options, now }) {
    const csr = informer('CertificateSigningRequest').get(undefined, name)
    if (!csr || csr.status?.certificate || !SIGNERS.includes(csr.spec.signerName) || !options.signCsr) return undefined
    const has = (type: string): boolean => (csr.status?.conditions ?? []).some((c: any) => c.type === type)
    if (!has('Approved') || has('Denied') || has('Failed')) return undefined
    const pem = pemOf(csr)
    const request = requestFromPem(pem)
    const message = request && why(csr, request)
    if (message !== undefined) {
      const at = rfc3339(now())
      const failed = {
        type: 'Failed',
        status: 'True',
        reason: 'SignerValidationFailure',
        message,
        lastUpdateTime: at,
        lastTransitionTime: at,
      }
      api.updateStatus({ ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), failed] } })
      return undefined
    }
    let certificate: string
    try {
      certificate = options.signCsr(pem, csr.spec.signerName, csr.spec.expirationSeconds, csr.spec.usages ?? [])
    } catch (error) {
      if (error instanceof StatusError) throw error
      return SIGNING_RETRY_MS
    }
    api.updateStatus({ ...csr, status: { ...csr.status, certificate: btoa(certificate) } })
    return undefined
  },
})
