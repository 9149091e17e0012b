import { type CertHost, ipBytes } from '../../pki/index.ts'
import { companions, RELEASE } from '../lib/releases.ts'

export const MANIFESTS_DIR = '/etc/kubernetes/manifests'
export const KUBERNETES_DIR = '/etc/kubernetes'
const CERTS_DIR = '/etc/kubernetes/pki'
export const KUBELET_DIR = '/var/lib/kubelet'

/** What kubeadm's ClusterConfiguration says, as far as it is simulated. */
export interface ClusterSettings {
  /** With the `v`. */
  readonly kubernetesVersion: string
  readonly clusterName: string
  readonly certificatesDir: string
  readonly imageRepository: string
  readonly dnsDomain: string
  /** Empty: no --cluster-cidr. */
  readonly podSubnet: string
  readonly serviceSubnet: string
  /** `host` or `host:port`; empty for a single control plane. */
  readonly controlPlaneEndpoint: string
  /** apiServer.certSANs. */
  readonly certSans: readonly string[]
  readonly etcdDataDir: string
  /** apiServer/controllerManager/scheduler/etcd extraArgs: `name` without dashes. */
  readonly extraArgs?: Readonly<Partial<Record<Component, Readonly<Record<string, string>>>>>
  /** The ClusterConfiguration that was given: fields that are not simulated are kept in it. */
  readonly document?: any
}

/** What kubeadm runs as static pods. */
export type Component = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'

/** ClusterConfiguration where nobody asked for anything else. */
export const DEFAULT_CLUSTER: ClusterSettings = {
  kubernetesVersion: RELEASE,
  clusterName: 'kubernetes',
  certificatesDir: CERTS_DIR,
  imageRepository: 'registry.k8s.io',
  dnsDomain: 'cluster.local',
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
  controlPlaneEndpoint: '',
  certSans: [],
  etcdDataDir: '/var/lib/etcd',
}

/** What InitConfiguration or JoinConfiguration says of one machine. */
export interface NodeSettings {
  /** nodeRegistration.name. */
  readonly name: string
  /** What `hostname` says: kubeadm writes --hostname-override when it differs from the name. */
  readonly hostname: string
  /** localAPIEndpoint.advertiseAddress, or a worker's own address. */
  readonly address: string
  readonly bindPort: number
  readonly criSocket: string
  /** Set by kubeadm where systemd-resolved is active. */
  readonly resolvConf?: string
  /** More fields of KubeletConfiguration. */
  readonly kubelet?: Readonly<Record<string, unknown>>
  /** Directories of CA certificates besides /etc/ssl/certs that exist on the machine. */
  readonly caDirs?: readonly string[]
}

/** NodeRegistration where nobody asked for anything else. */
export const nodeSettings = (name: string, address: string): NodeSettings => ({
  name,
  hostname: name,
  address,
  bindPort: 6443,
  criSocket: 'unix:///run/containerd/containerd.sock',
})

/** The n-th address of an IPv4 network: the API service is the first, cluster DNS the tenth. */
function serviceIp(cidr: string, n: number): string {
  const bytes = ipBytes(cidr.split('/')[0]) ?? Buffer.alloc(4)
  const value = bytes.readUInt32BE(0) + n
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

const apiServiceIp = (cluster: ClusterSettings): string => serviceIp(cluster.serviceSubnet, 1)

/** The tenth address of the service subnet. */
export const dnsServiceIp = (cluster: ClusterSettings): string => serviceIp(cluster.serviceSubnet, 10)

/** Where clients find the control plane: the shared endpoint if there is one, else this machine. */
export function controlPlaneUrl(cluster: ClusterSettings, node: NodeSettings): string {
  if (!cluster.controlPlaneEndpoint) return localUrl(node)
  const [host, port = '6443'] = cluster.controlPlaneEndpoint.split(':')
  return `https://${host}:${port}`
}

/** The API server of this very node. */
export const localUrl = (node: NodeSettings): string => `https://${node.address}:${node.bindPort}`

/** What of the settings shows in certificates. */
export function certHost(cluster: ClusterSettings, node: NodeSettings): CertHost {
  const endpoint = cluster.controlPlaneEndpoint.split(':')[0]
  return {
    nodeName: node.name,
    advertiseAddress: node.address,
    apiServiceIp: apiServiceIp(cluster),
    dnsDomain: cluster.dnsDomain,
    extraSans: [...(endpoint ? [endpoint] : []), ...cluster.certSans],
  }
}

/** `kubeadm config images list`. */
export function images(cluster: ClusterSettings): string[] {
  const { imageRepository: repository, kubernetesVersion: version, document } = cluster
  const { coredns, pause, etcd } = companions(version)
  const { dns = {}, proxy = {}, etcd: { local = {}, external } = {} as any } = document ?? {}
  const core = [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    ...(proxy.disabled ? [] : ['kube-proxy']),
  ]
  return [
    ...core.map((name) => `${repository}/${name}:${version}`),
    ...(dns.disabled ? [] : [`${dns.imageRepository || `${repository}/coredns`}/coredns:${dns.imageTag || coredns}`]),
    `${repository}/pause:${pause}`,
    ...(external ? [] : [`${local.imageRepository || repository}/etcd:${local.imageTag || etcd}`]),
  ]
}
