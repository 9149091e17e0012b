import { newLeaf } from '../../pki/index.ts'
import { certKubeconfig, controlPlaneUrl, kubeconfig as render } from '../../programs/kubeadm/index.ts'
import { errorText, KubeadmError } from './errors.ts'
import { loadPair } from './files.ts'
import { fileSettings } from './init-settings.ts'
import { issuing } from './issuing.ts'
import type { Run } from './tree.ts'

/** `kubeadm kubeconfig user`. */
export const kubeconfigUser: Run = function* ({ p, flags }) {
  const { cluster, node } = yield* fileSettings(p, flags)
  let ca: ReturnType<typeof loadPair>
  try {
    ca = loadPair(p, `${cluster.certificatesDir}/ca`)
  } catch (error) {
    throw new KubeadmError(`couldn't create a kubeconfig; the CA files couldn't be loaded: ${errorText(error)}`)
  }
  const [name, token, server] = [flags.string('client-name'), flags.string('token'), controlPlaneUrl(cluster, node)]
  const now = p.now()
  const text = token
    ? render({ caPem: ca.cert.pem, server, cluster: cluster.clusterName, userName: name, user: { token } })
    : certKubeconfig(
        ca.cert.pem,
        server,
        cluster.clusterName,
        newLeaf({ commonName: name, organizations: flags.strings('org'), usages: ['clientAuth'] }, ca, {
          ...issuing(p, cluster, 'user'),
          notBefore: ca.cert.notBefore,
          notAfter: now + flags.duration('validity-period'),
        }),
      )
  p.stdout.write(`${text}\n`)
  return 0
}
