import type { Process } from '../../host/index.ts'
import { appendCertsFromPem, type Certificate } from '../../pki/index.ts'
import { controlPlaneUrl, localUrl } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { KubeadmError } from './errors.ts'
import { current, readKubeconfig } from './kubeconfig-file.ts'
import type { Settings } from './settings.ts'

/** The API server that a kubeconfig file of this machine talks to. */
export const serverOf = ({ cluster, node }: Settings, name: string): string =>
  name === 'admin.conf' || name === 'super-admin.conf' ? controlPlaneUrl(cluster, node) : localUrl(node)

/** validateKubeConfig: a file that is there must trust the authority; another server is only warned of. */
export function checkKubeconfig(p: Process, path: string, ca: Certificate, server: string): void {
  const { cluster } = current(readKubeconfig(p, path))
  const theirs = appendCertsFromPem(Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString('utf8'))
  if (theirs.length === 0)
    throw new KubeadmError(`the kubeconfig file ${JSON.stringify(path)} contains an invalid CA cert`)
  if (!theirs[0].equals(ca))
    throw new KubeadmError(
      `a kubeconfig file ${JSON.stringify(path)} exists but does not contain a trusted CA in its current context's cluster. Total CA certificates found: ${theirs.length}`,
    )
  if (cluster.server !== server)
    new Klog(p).warning(
      'kubeconfig.go:291',
      `a kubeconfig file ${JSON.stringify(path)} exists already but has an unexpected API Server URL: expected: ${server}, got: ${cluster.server}`,
    )
}
