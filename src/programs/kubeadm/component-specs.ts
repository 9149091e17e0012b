import type { EtcdCluster } from './manifests.ts'
import {
  argValue,
  bracketed,
  CA_DIRS,
  type ClusterSettings,
  type Component,
  etcdImage,
  type NodeSettings,
} from './settings.ts'

/** What a kubelet asks of a component. */
export interface Probe {
  /** Empty: the pod's address. */
  readonly host: string
  readonly path: string
  readonly scheme: 'HTTP' | 'HTTPS'
}

/** A path of the machine in a component's container. */
export interface Mount {
  readonly name: string
  readonly path: string
  /** Where it is not the same path. */
  readonly mountPath?: string
  readonly type: string
  readonly readOnly: boolean
}

/** What is a component's own in its static pod. */
export interface Spec {
  readonly image: string
  readonly args: Readonly<Record<string, string>>
  readonly annotations?: Record<string, string>
  readonly port: number
  readonly live: Probe
  readonly ready?: Probe
  readonly startup: Probe
  readonly requests: Record<string, string>
  readonly mounts: readonly Mount[]
}

const directory = (name: string, path: string, readOnly = true): Mount => ({
  name,
  path,
  type: 'DirectoryOrCreate',
  readOnly,
})
const kubeconfig = (path: string): Mount => ({ name: 'kubeconfig', path, type: 'FileOrCreate', readOnly: true })
/** The machine's own address of the family in which the API server advertises itself. */
const loopback = ({ address }: NodeSettings): string => (address.includes(':') ? '::1' : '127.0.0.1')
/** Where a kubelet asks a server that listens at an address; empty: at the pod's. */
const probeHost = (address: string): string => (address === '0.0.0.0' || address === '::' ? '' : address)

/** CA directories of the machine, named after their paths as kubeadm does. */
const caMounts = (cluster: ClusterSettings, node: NodeSettings): Mount[] => [
  directory('ca-certs', '/etc/ssl/certs'),
  directory('k8s-certs', cluster.certificatesDir),
  ...(node.caDirs ?? []).map((path) => directory(path.slice(1).replace(/\//g, '-'), path)),
]

/** Where the component listens, by its own flag. */
const boundTo = (cluster: ClusterSettings, component: Component): string =>
  probeHost(argValue(cluster.components?.[component]?.extraArgs, 'bind-address') ?? '127.0.0.1')

/** How the API server finds etcd. */
function etcdArgs(cluster: ClusterSettings, node: NodeSettings): Record<string, string> {
  const { externalEtcd: external, certificatesDir: pki } = cluster
  if (!external)
    return {
      'etcd-cafile': `${pki}/etcd/ca.crt`,
      'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
      'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
      'etcd-servers':
        argValue(cluster.components?.etcd?.extraArgs, 'advertise-client-urls') ??
        `https://${bracketed(loopback(node))}:2379`,
    }
  const { caFile, certFile, keyFile } = external
  return {
    ...(caFile ? { 'etcd-cafile': caFile } : {}),
    ...(certFile && keyFile ? { 'etcd-certfile': certFile, 'etcd-keyfile': keyFile } : {}),
    'etcd-servers': external.endpoints.join(','),
  }
}

/** Directories of an external etcd's certificates, as far as none that is mounted anyway holds them. */
function externalEtcdMounts({ externalEtcd, certificatesDir }: ClusterSettings): Mount[] {
  if (!externalEtcd) return []
  const dirs: string[] = []
  for (const file of [externalEtcd.caFile, externalEtcd.certFile, externalEtcd.keyFile]) {
    const dir = (file ?? '').replace(/\/[^/]*$/, '')
    if (!dir || [...CA_DIRS, '/etc/ssl/certs', certificatesDir].some((known) => dir.startsWith(known))) continue
    if (dirs.some((other) => dir.startsWith(other))) continue
    dirs.splice(0, dirs.length, ...dirs.filter((other) => !other.startsWith(dir)), dir)
  }
  return dirs.sort().map((dir, i) => directory(`etcd-certs-${i}`, dir))
}

const image = (cluster: ClusterSettings, component: string): string =>
  `${cluster.imageRepository}/${component}:${cluster.kubernetesVersion}`

/** kube-apiserver. */
export function apiServer(cluster: ClusterSettings, node: NodeSettings): Spec {
  const pki = cluster.certificatesDir
  const probe = (path: string): Probe => ({ host: probeHost(node.address), path, scheme: 'HTTPS' })
  return {
    image: image(cluster, 'kube-apiserver'),
    annotations: {
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${bracketed(node.address)}:${node.bindPort}`,
    },
    args: {
      'advertise-address': node.address,
      'allow-privileged': 'true',
      ...(argValue(cluster.components?.['kube-apiserver']?.extraArgs, 'authorization-config') === undefined
        ? { 'authorization-mode': 'Node,RBAC' }
        : {}),
      'client-ca-file': `${pki}/ca.crt`,
      'enable-admission-plugins': 'NodeRestriction',
      'enable-bootstrap-token-auth': 'true',
      ...etcdArgs(cluster, node),
      'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
      'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
      'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
      'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
      'proxy-client-key-file': `${pki}/front-proxy-client.key`,
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-username-headers': 'X-Remote-User',
      'secure-port': String(node.bindPort),
      'service-account-issuer': `https://kubernetes.default.svc.${cluster.dnsDomain}`,
      'service-account-key-file': `${pki}/sa.pub`,
      'service-account-signing-key-file': `${pki}/sa.key`,
      'service-cluster-ip-range': cluster.serviceSubnet,
      'tls-cert-file': `${pki}/apiserver.crt`,
      'tls-private-key-file': `${pki}/apiserver.key`,
    },
    port: node.bindPort,
    live: probe('/livez'),
    ready: probe('/readyz'),
    startup: probe('/livez'),
    requests: { cpu: '250m' },
    mounts: [...caMounts(cluster, node), ...externalEtcdMounts(cluster)],
  }
}

/** kube-controller-manager. */
export function controllerManager(cluster: ClusterSettings, node: NodeSettings): Spec {
  const pki = cluster.certificatesDir
  const conf = '/etc/kubernetes/controller-manager.conf'
  const probe: Probe = { host: boundTo(cluster, 'kube-controller-manager'), path: '/healthz', scheme: 'HTTPS' }
  return {
    image: image(cluster, 'kube-controller-manager'),
    args: {
      ...(cluster.podSubnet
        ? {
            'allocate-node-cidrs': 'true',
            'cluster-cidr': cluster.podSubnet,
            'service-cluster-ip-range': cluster.serviceSubnet,
          }
        : {}),
      'authentication-kubeconfig': conf,
      'authorization-kubeconfig': conf,
      'bind-address': '127.0.0.1',
      'client-ca-file': `${pki}/ca.crt`,
      'cluster-name': cluster.clusterName,
      'cluster-signing-cert-file': node.externalCa ? '' : `${pki}/ca.crt`,
      'cluster-signing-key-file': node.externalCa ? '' : `${pki}/ca.key`,
      controllers: '*,bootstrapsigner,tokencleaner',
      kubeconfig: conf,
      'leader-elect': 'true',
      'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
      'root-ca-file': `${pki}/ca.crt`,
      'service-account-private-key-file': `${pki}/sa.key`,
      'use-service-account-credentials': 'true',
    },
    port: 10257,
    live: probe,
    startup: probe,
    requests: { cpu: '200m' },
    mounts: [...caMounts(cluster, node), kubeconfig(conf)],
  }
}

/** kube-scheduler. */
export function scheduler(cluster: ClusterSettings): Spec {
  const conf = '/etc/kubernetes/scheduler.conf'
  const probe = (path: string): Probe => ({ host: boundTo(cluster, 'kube-scheduler'), path, scheme: 'HTTPS' })
  return {
    image: image(cluster, 'kube-scheduler'),
    args: {
      'authentication-kubeconfig': conf,
      'authorization-kubeconfig': conf,
      'bind-address': '127.0.0.1',
      kubeconfig: conf,
      'leader-elect': 'true',
    },
    port: 10259,
    live: probe('/livez'),
    ready: probe('/readyz'),
    startup: probe('/livez'),
    requests: { cpu: '100m' },
    mounts: [kubeconfig(conf)],
  }
}

/** Where etcd tells how it is: the first of listen-metrics-urls. */
function metrics(
  cluster: ClusterSettings,
  node: NodeSettings,
): { host: string; port: number; scheme: Probe['scheme'] } {
  const [host, port] = [loopback(node), 2381]
  const given = argValue(cluster.components?.etcd?.extraArgs, 'listen-metrics-urls')?.split(',')[0]
  const m = given === undefined ? null : /^(?:(\w+):\/\/)?(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?/.exec(given)
  if (!m) return { host, port, scheme: 'HTTP' }
  return { host: m[2] || m[3] || host, port: Number(m[4] ?? port), scheme: m[1] === 'https' ? 'HTTPS' : 'HTTP' }
}

/** A member of etcd beside the API server. */
export function etcd(cluster: ClusterSettings, node: NodeSettings, existing: EtcdCluster): Spec {
  const pki = `${cluster.certificatesDir}/etcd`
  const own = bracketed(loopback(node))
  const [client, peer] = ['2379', '2380'].map((port) => `https://${bracketed(node.address)}:${port}`)
  const { host, port, scheme } = metrics(cluster, node)
  const probe = (path: string): Probe => ({ host, path, scheme })
  const { members, together } = existing
  return {
    image: etcdImage(cluster),
    annotations: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': client },
    args: {
      'advertise-client-urls': client,
      'cert-file': `${pki}/server.crt`,
      'client-cert-auth': 'true',
      'data-dir': cluster.etcdDataDir,
      'feature-gates': 'InitialCorruptCheck=true',
      'initial-advertise-peer-urls': peer,
      'initial-cluster': (together ? members : [...members, `${node.name}=${peer}`]).join(','),
      ...(members.length > 0 && !together ? { 'initial-cluster-state': 'existing' } : {}),
      'key-file': `${pki}/server.key`,
      'listen-client-urls': `https://${own}:2379,${client}`,
      'listen-metrics-urls': `http://${own}:2381`,
      'listen-peer-urls': peer,
      name: node.name,
      'peer-cert-file': `${pki}/peer.crt`,
      'peer-client-cert-auth': 'true',
      'peer-key-file': `${pki}/peer.key`,
      'peer-trusted-ca-file': `${pki}/ca.crt`,
      'snapshot-count': '10000',
      'trusted-ca-file': `${pki}/ca.crt`,
      'watch-progress-notify-interval': '5s',
    },
    port,
    live: probe('/livez'),
    ready: probe('/readyz'),
    startup: probe('/readyz'),
    requests: { cpu: '100m', memory: '100Mi' },
    mounts: [directory('etcd-data', cluster.etcdDataDir, false), directory('etcd-certs', pki, false)],
  }
}
