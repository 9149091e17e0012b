import { base64Pem, type CertAndKey } from '../../pki/index.ts'
import { writeYaml } from '../../print/index.ts'

/** How a user proves who it is in a kubeconfig file. */
type KubeconfigUser =
  | { readonly certPem: string; readonly keyPem: string }
  | { readonly certFile: string; readonly keyFile: string }
  | { readonly token: string }

interface KubeconfigSpec {
  readonly caPem: string
  readonly server: string
  readonly cluster: string
  readonly userName: string
  readonly user: KubeconfigUser
  /** Name of the only context; `USER@CLUSTER` by default. */
  readonly context?: string
}

/** Text of a kubeconfig file as client-go writes it. */
export function kubeconfig(spec: KubeconfigSpec): string {
  const { user, context = `${spec.userName}@${spec.cluster}` } = spec
  return writeYaml({
    apiVersion: 'v1',
    clusters: [
      {
        cluster: { 'certificate-authority-data': base64Pem(spec.caPem), server: spec.server },
        name: spec.cluster,
      },
    ],
    contexts: [{ context: { cluster: spec.cluster, user: spec.userName }, name: context }],
    'current-context': context,
    kind: 'Config',
    users: [
      {
        name: spec.userName,
        user:
          'token' in user
            ? { token: user.token }
            : 'certPem' in user
              ? { 'client-certificate-data': base64Pem(user.certPem), 'client-key-data': base64Pem(user.keyPem) }
              : { 'client-certificate': user.certFile, 'client-key': user.keyFile },
      },
    ],
  })
}

/** A kubeconfig with an embedded certificate; the user is named after its common name. */
export const certKubeconfig = (caPem: string, server: string, cluster: string, pair: CertAndKey): string =>
  kubeconfig({
    caPem,
    server,
    cluster,
    userName: pair.cert.subject.commonName,
    user: { certPem: pair.cert.pem, keyPem: pair.key.pem },
  })

export const KUBELET_PEM = '/var/lib/kubelet/pki/kubelet-client-current.pem'

/** kubelet.conf once it points to the rotating certificate (init phase kubelet-finalize, and after a TLS bootstrap). */
export const rotatingKubeletConf = (caPem: string, server: string, cluster: string, nodeName: string): string =>
  kubeconfig({
    caPem,
    server,
    cluster,
    userName: `system:node:${nodeName}`,
    user: { certFile: KUBELET_PEM, keyFile: KUBELET_PEM },
  })

/** The kubeconfig inside the ConfigMap `cluster-info`: a server and its authority, nobody in particular. */
export const clusterInfoKubeconfig = (caPem: string, server: string): string =>
  writeYaml({
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': base64Pem(caPem), server }, name: '' }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    users: null,
  })
