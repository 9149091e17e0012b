import type { KubeObject } from '../api/types.ts'
import { certificatesOf } from '../pki/index.ts'
import { defineController } from './controller.ts'
import { unlessGone } from './pods.ts'

const HOUR_MS = 3_600_000
const PENDING_MS = 24 * HOUR_MS

/** Models pkg/controller/certificates/cleaner: every hour, requests that nobody will look at any more are deleted. */
export const csrCleaner = defineController({
  name: 'certificatesigningrequest-cleaner-controller',
  watches: { CertificateSigningRequest: () => [] },
  start: ({ enqueue }) => enqueue('all'),
  reconcile(_key, { api, informer, now }) {
    for (const csr of informer('CertificateSigningRequest').list())
      if (isOver(csr, now())) unlessGone(() => api.remove('CertificateSigningRequest', undefined, csr.metadata.name))
    return HOUR_MS
  },
})

function isOver({ metadata, status }: KubeObject, now: number): boolean {
  const conditions: any[] = status?.conditions ?? []
  const older = (time: string | undefined, ms: number): boolean => time !== undefined && now - Date.parse(time) > ms
  if (conditions.length === 0) return older(metadata.creationTimestamp, PENDING_MS)
  const issued = Boolean(status?.certificate)
  return conditions.some(({ type, lastUpdateTime }) => {
    if (type === 'Denied' || type === 'Failed') return older(lastUpdateTime, HOUR_MS)
    if (type !== 'Approved') return false
    return older(lastUpdateTime, issued ? HOUR_MS : PENDING_MS) || (issued && isExpired(status.certificate, now))
  })
}

/** The first certificate that was issued has ended. */
function isExpired(certificate: string, now: number): boolean {
  const [first] = certificatesOf(atob(certificate))
  return first !== undefined && now > first.notAfter
}
