import { LocalClient } from '../../api/index.ts'
import { StatusError, TransportError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { base64Pem, nodeClientRequest } from '../../pki/index.ts'
import { toYaml } from '../../print/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { type ClientConfig, decodeBase64, loadKubeconfig } from '../lib/kubeconfig.ts'
import { releaseOf } from '../lib/releases.ts'
import type { StructuredLog as Klog } from '../lib/structured-log.ts'
import type { KubeletFlags } from './flags.ts'
import { installClientPem } from './rotation.ts'

const SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'

/** TLS bootstrap: asks for a client certificate with the bootstrap token and writes kubelet.conf. Waits until it has one. */
export function* bootstrap(p: Process, log: Klog, flags: KubeletFlags): Coro<ClientConfig> {
  const { kernel } = p.host
  const client = loadKubeconfig(p, flags.bootstrapKubeconfig)
  const api = new LocalClient(
    new ApiTransport(p, client, `kubelet/${releaseOf(p)} (linux/amd64) kubernetes/bc23c89`).send,
  )
  const nodeName = (flags.hostnameOverride || p.host.name).toLowerCase()
  const rng = p.host.rng.fork(`bootstrap/${kernel.now()}`)
  const { request, key } = nodeClientRequest(nodeName, rng)
  let name: string | undefined
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      if (name === undefined)
        name = api.create({
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: { name: '', generateName: 'csr-' },
          spec: { request: base64Pem(request.pem), signerName: SIGNER, usages: ['digital signature', 'client auth'] },
        }).metadata.name
      const csr = api.get('CertificateSigningRequest', undefined, name)
      if (csr.status?.certificate) return install(p, flags, client, decodeBase64(csr.status.certificate) + key.pem)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      const url = `${client.server}/apis/certificates.k8s.io/v1/certificatesigningrequests`
      const text = error instanceof TransportError ? `Post "${url}": ${error.message}` : error.message
      log.error(
        'certificate_manager.go:596',
        'Failed while requesting a signed certificate from the control plane',
        `cannot create certificate signing request: ${text}`,
        { logger: 'kubernetes.io/kube-apiserver-client-kubelet' },
      )
    }
    yield* sleep(kernel, wait)
  }
}

function install(p: Process, flags: KubeletFlags, client: ClientConfig, pem: string): ClientConfig {
  const { fs } = p
  const current = `${flags.certDir}/kubelet-client-current.pem`
  installClientPem({ process: p }, flags.certDir, pem)
  const ca = client.caPem
    ? { 'certificate-authority-data': base64Pem(client.caPem) }
    : { 'certificate-authority': client.caFile }
  const doc = {
    apiVersion: 'v1',
    clusters: [{ cluster: { ...ca, server: client.server }, name: 'default-cluster' }],
    contexts: [
      { context: { cluster: 'default-cluster', namespace: 'default', user: 'default-auth' }, name: 'default-context' },
    ],
    'current-context': 'default-context',
    kind: 'Config',
    users: [{ name: 'default-auth', user: { 'client-certificate': current, 'client-key': current } }],
  }
  fs.writeFile(flags.kubeconfig, toYaml(doc), { mode: 0o600 })
  return loadKubeconfig(p, flags.kubeconfig)
}
