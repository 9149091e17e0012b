import { type CertHost, formatIp, ipBytes } from '../../pki/index.ts'
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
  /** What the components get besides. */
  readonly components?: Readonly<Partial<Record<Component, ComponentSettings>>>
  /** etcd.external; undefined: a member on each control plane. */
  readonly externalEtcd?: ExternalEtcd
  /** Fields of a KubeProxyConfiguration that was given. */
  readonly kubeProxy?: Readonly<Record<string, unknown>>
  /** The ClusterConfiguration that was given, with all its fields. */
  readonly document?: any
}

/** An argument of a program, name without dashes; the same name may come more than once. */
export interface Arg {
  readonly name: string
  readonly value: string
}

/** A path of the machine that a static pod mounts besides (extraVolumes). */
interface HostPathMount {
  readonly name: string
  readonly hostPath: string
  readonly mountPath: string
  readonly readOnly?: boolean
  readonly pathType?: string
}

/** A variable of a container's environment, as the API has it. */
export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: unknown
}

/** ControlPlaneComponent of a ClusterConfiguration. */
export interface ComponentSettings {
  readonly extraArgs?: readonly Arg[]
  readonly extraVolumes?: readonly HostPathMount[]
  readonly extraEnvs?: readonly EnvVar[]
}

/** An etcd that somebody else runs. */
export interface ExternalEtcd {
  readonly endpoints: readonly string[]
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** The last argument of a name (GetArgValue with -1). */
export const argValue = (args: readonly Arg[] | undefined, name: string): string | undefined =>
  args?.findLast((arg) => arg.name === name)?.value

/** ArgumentsToCommand: what kubeadm says in order, without what is said anew, and that behind it as it was given. */
export function commandLine(base: Readonly<Record<string, string>>, given: readonly Arg[] = []): string[] {
  const anew = new Set(given.map((arg) => arg.name))
  return [
    ...Object.keys(base)
      .filter((name) => !anew.has(name))
      .sort()
      .map((name) => `--${name}=${base[name]}`),
    ...given.map(({ name, value }) => `--${name}=${value}`),
  ]
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
  /** nodeRegistration.kubeletExtraArgs. */
  readonly kubeletExtraArgs?: readonly Arg[]
  /** Taints with which the kubelet registers its Node, as `key=value:effect`. */
  readonly registerTaints?: readonly string[]
  /** timeouts.controlPlaneComponentHealthCheck, ms; four minutes where nothing is said. */
  readonly componentTimeout?: number
  /** Variables `*_proxy` of kubeadm's own environment: the control plane gets them too. */
  readonly proxyEnvs?: readonly EnvVar[]
  /** The authority's key is not on the machine: the controller manager signs nothing. */
  readonly externalCa?: boolean
}

/** NodeRegistration where nobody asked for anything else. */
export const nodeSettings = (name: string, address: string): NodeSettings => ({
  name,
  hostname: name,
  address,
  bindPort: 6443,
  criSocket: 'unix:///run/containerd/containerd.sock',
})

/** The n-th address of a network, or of the first of two: the API service is the first, cluster DNS the tenth. */
function serviceIp(cidr: string, n: number): string {
  const bytes = ipBytes(cidr.split(/[,/]/)[0]) ?? Buffer.alloc(4)
  const last = BigInt(`0x${bytes.toString('hex')}`) + BigInt(n)
  return formatIp(Buffer.from(last.toString(16).padStart(bytes.length * 2, '0'), 'hex'))
}

const apiServiceIp = (cluster: ClusterSettings): string => serviceIp(cluster.serviceSubnet, 1)

/** The tenth address of the service subnet. */
export const dnsServiceIp = (cluster: ClusterSettings): string => serviceIp(cluster.serviceSubnet, 10)

/** Directories of CA certificates that kubeadm mounts into control plane pods where they exist. */
export const CA_DIRS: readonly string[] = [
  '/etc/ca-certificates',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/usr/local/share/ca-certificates',
  '/usr/share/ca-certificates',
]

/** An address as it stands before a port. */
export const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** Host and port of the shared endpoint. */
function endpoint(text: string): readonly [host: string, port: string] {
  const m = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text)
  return [m?.[1] ?? m?.[2] ?? text, m?.[3] ?? '6443']
}

/** Where clients find the control plane: the shared endpoint if there is one, else this machine. */
export function controlPlaneUrl(cluster: ClusterSettings, node: NodeSettings): string {
  if (!cluster.controlPlaneEndpoint) return localUrl(node)
  const [host, port] = endpoint(cluster.controlPlaneEndpoint)
  return `https://${bracketed(host)}:${port}`
}

/** The API server of this very node. */
export const localUrl = (node: NodeSettings): string => `https://${bracketed(node.address)}:${node.bindPort}`

/** What of the settings shows in certificates. */
export function certHost(cluster: ClusterSettings, node: NodeSettings): CertHost {
  const [shared] = endpoint(cluster.controlPlaneEndpoint)
  return {
    nodeName: node.name,
    advertiseAddress: node.address,
    apiServiceIp: apiServiceIp(cluster),
    dnsDomain: cluster.dnsDomain,
    extraSans: [...(shared ? [shared] : []), ...cluster.certSans],
    etcdServerSans: cluster.document?.etcd?.local?.serverCertSANs ?? [],
    etcdPeerSans: cluster.document?.etcd?.local?.peerCertSANs ?? [],
  }
}

/** GetEtcdImage. */
export function etcdImage({ imageRepository, kubernetesVersion, document }: ClusterSettings): string {
  const local = document?.etcd?.local ?? {}
  return `${local.imageRepository || imageRepository}/etcd:${local.imageTag || companions(kubernetesVersion).etcd}`
}

/** `kubeadm config images list`. */
export function images(cluster: ClusterSettings): string[] {
  const { imageRepository: repository, kubernetesVersion: version, document } = cluster
  const { coredns, pause } = companions(version)
  const { dns = {}, proxy = {} } = document ?? {}
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
    ...(cluster.externalEtcd ? [] : [etcdImage(cluster)]),
  ]
}
