import type { Process } from '../../host/index.ts'
import { formatGo } from '../../print/index.ts'
import { type ClusterSettings, dnsServiceIp, MANIFESTS_DIR } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { initSystem } from './host-tools.ts'

const RESOLVED = '/run/systemd/resolve/resolv.conf'

/** The value at a path of field names; null and empty texts are as good as nothing. */
function at(document: any, path: string): unknown {
  const value = path.split('.').reduce((inner, field) => inner?.[field], document)
  return value === null || value === '' ? undefined : value
}

/** What kubeadm would have in a component's configuration, field by field, in its order. */
type Advice = readonly (readonly [path: string, value: unknown])[]

const kubeProxy = (cluster: ClusterSettings, address: string): Advice => [
  ['bindAddress', address.includes(':') || address === '' ? '::' : '0.0.0.0'],
  ...(cluster.podSubnet ? [['clusterCIDR', cluster.podSubnet] as const] : []),
  ['clientConnection.kubeconfig', '/var/lib/kube-proxy/kubeconfig.conf'],
]

const kubelet = (cluster: ClusterSettings): Advice => [
  ['staticPodPath', MANIFESTS_DIR],
  ['clusterDNS', [dnsServiceIp(cluster)]],
  ['clusterDomain', cluster.dnsDomain],
  ['authentication.x509.clientCAFile', `${cluster.certificatesDir}/ca.crt`],
  ['authentication.anonymous.enabled', false],
  ['authorization.mode', 'Webhook'],
  ['authentication.webhook.enabled', true],
  ['healthzBindAddress', '127.0.0.1'],
  ['healthzPort', 10248],
  ['readOnlyPort', 0],
]

function warn(p: Process, kind: string, document: any, advice: Advice): void {
  if (!document) return
  for (const [path, value] of advice) {
    const given = at(document, path)
    if (given !== undefined && JSON.stringify(given) !== JSON.stringify(value))
      new Klog(p).warning(
        'utils.go:69',
        `The recommended value for ${JSON.stringify(path)} in ${JSON.stringify(kind)} is: ${formatGo(value)}; the provided value is: ${formatGo(given)}`,
      )
  }
}

/**
 * componentconfigs.Default: what kubeadm thinks of the components' configurations that were given, by kind. `address`: of
 * the API server on this machine; empty where there is none.
 */
export function warnOfComponents(
  p: Process,
  cluster: ClusterSettings,
  address: string,
  documents: ReadonlyMap<string, any>,
): void {
  warn(p, 'KubeProxyConfiguration', documents.get('KubeProxyConfiguration'), kubeProxy(cluster, address))
  warn(p, 'KubeletConfiguration', documents.get('KubeletConfiguration'), kubelet(cluster))
}

/** Mutate of a KubeletConfiguration: where systemd-resolved is, its file is the one to have. */
export function warnOfResolver(p: Process, given: unknown): void {
  if (initSystem(p) && p.fs.exists(RESOLVED) && given !== undefined && given !== RESOLVED)
    new Klog(p).warning(
      'utils.go:69',
      `The recommended value for "resolvConf" in "KubeletConfiguration" is: ${RESOLVED}; the provided value is: ${formatGo(given)}`,
    )
}
