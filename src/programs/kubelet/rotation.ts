import { StatusError, TransportError } from '../../api/types.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { base64Pem, certificatesOf, nodeClientRequest } from '../../pki/index.ts'
import { decodeBase64 } from '../lib/kubeconfig.ts'
import type { Kubelet } from './kubelet.ts'

const SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'
/** A request that is not answered for so long is given up; then another one is made. */
const PATIENCE = 15 * 60_000

/** Writes a new client pair under its dated name and points kubelet-client-current.pem to it. */
export function installClientPem(k: { process: Kubelet['process'] }, certDir: string, pem: string): void {
  const { fs } = k.process
  const stamp = new Date(k.process.now()).toISOString().slice(0, 19).replaceAll(':', '-').replace('T', '-')
  const file = `${certDir}/kubelet-client-${stamp}.pem`
  const current = `${certDir}/kubelet-client-current.pem`
  fs.mkdir(certDir, { parents: true })
  fs.writeFile(file, pem, { mode: 0o600 })
  if (fs.exists(current)) fs.unlink(current)
  fs.symlink(file, current)
}

/**
 * Renews the kubelet's client certificate when 70 to 90 % of its life are over (client-go's certificate manager), as
 * long as the present one still opens the door.
 */
export function* rotateClientCertificate(k: Kubelet, certDir: string, reconnect: () => void): Coro<number> {
  const { kernel } = k.host
  const current = `${certDir}/kubelet-client-current.pem`
  for (;;) {
    const node = k.process.fs.find(current)
    if (node?.kind !== 'file') return 0
    const [cert] = certificatesOf(node.read())
    if (!cert) return 0
    const due = cert.notBefore + (cert.notAfter - cert.notBefore) * (0.7 + 0.2 * k.rng.float())
    // Through the longest sleeps the clock may be set; look again once a day.
    while (k.now() < due) yield* sleep(kernel, Math.min(due - k.now(), 86_400_000))
    for (let wait = 2000; !(yield* renew(k, certDir)); wait = Math.min(wait * 2, 256_000)) yield* sleep(kernel, wait)
    k.log.info(
      'transport.go:147',
      'Certificate rotation detected, shutting down client connections to start using new credentials',
    )
    reconnect()
  }
}

function* renew(k: Kubelet, certDir: string): Coro<boolean> {
  const { kernel } = k.host
  const { request, key } = nodeClientRequest(k.nodeName, k.rng)
  try {
    const made = k.client!.create({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: '', generateName: 'csr-' },
      spec: { request: base64Pem(request.pem), signerName: SIGNER, usages: ['digital signature', 'client auth'] },
    })
    const until = kernel.now() + PATIENCE
    while (kernel.now() < until) {
      yield* sleep(kernel, 1000)
      const csr = k.client!.get('CertificateSigningRequest', undefined, made.metadata.name)
      if (!csr.status?.certificate) continue
      installClientPem(k, certDir, decodeBase64(csr.status.certificate) + key.pem)
      return true
    }
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    k.log.error(
      'certificate_manager.go:596',
      'Failed while requesting a signed certificate from the control plane',
      `cannot create certificate signing request: ${error.message}`,
      { logger: 'kubernetes.io/kube-apiserver-client-kubelet' },
    )
  }
  return false
}
