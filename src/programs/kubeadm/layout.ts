import type { Rng } from '../../kernel/index.ts'
import type { KubeObject } from '../../kinds/index.ts'
import {
  type CertAndKey,
  type Issuing,
  KUBECONFIGS,
  newControlPlaneCerts,
  newKubeconfigCert,
  pkiFiles,
  type SharedPki,
  selfSignedServing,
} from '../../pki/index.ts'
import { clusterInfo, uploadKubeadmConfig, uploadKubeletConfig } from './config.ts'
import { coreDnsAddon } from './coredns.ts'
import { kubeProxyAddon } from './kube-proxy.ts'
import { certKubeconfig, KUBELET_PEM, rotatingKubeletConf } from './kubeconfig.ts'
import { instanceConfig, kubeadmFlags, kubeletConfig } from './kubelet.ts'
import { type EtcdCluster, manifest } from './manifests.ts'
import { bootstrapTokenRbac, clusterAdmins } from './rbac.ts'
import {
  type ClusterSettings,
  type Component,
  certHost,
  controlPlaneUrl,
  KUBELET_DIR,
  KUBERNETES_DIR,
  localUrl,
  MANIFESTS_DIR,
  type NodeSettings,
} from './settings.ts'

/** A file to put on a machine. Lazy content has its exact size in bytes. */
export interface LaidFile {
  readonly path: string
  readonly mode: number
  readonly content: string | (() => string)
  readonly size?: number
  /** Set for a symbolic link, whose content is ''. */
  readonly target?: string
}

const STATIC_PODS: readonly Component[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** Directories that kubeadm makes for root alone. */
export const PRIVATE_DIRS: readonly string[] = [MANIFESTS_DIR, '/var/lib/etcd', KUBELET_DIR]

/** Static pod manifests of a control plane. */
const manifestFiles = (cluster: ClusterSettings, node: NodeSettings, existing?: EtcdCluster): LaidFile[] =>
  STATIC_PODS.map((component) => ({
    path: `${MANIFESTS_DIR}/${component}.yaml`,
    mode: 0o600,
    content: manifest(component, cluster, node, existing),
  }))

/** Files that tell a kubelet how to run (init phase kubelet-start, and join). */
const kubeletFiles = (cluster: ClusterSettings, node: NodeSettings): LaidFile[] => [
  { path: `${KUBELET_DIR}/config.yaml`, mode: 0o644, content: kubeletConfig(cluster, node) },
  { path: `${KUBELET_DIR}/instance-config.yaml`, mode: 0o644, content: instanceConfig(node) },
  { path: `${KUBELET_DIR}/kubeadm-flags.env`, mode: 0o644, content: kubeadmFlags(node) },
]

/** base64 of so many bytes. */
const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4

/** A kubeconfig whose embedded certificates are signed when it is first read. */
function lazyKubeconfig(path: string, ca: CertAndKey, server: string, cluster: string, pair: CertAndKey): LaidFile {
  const name = pair.cert.subject.commonName
  const empty = { pem: '' }
  const bare = certKubeconfig('', server, cluster, {
    cert: { ...empty, subject: { commonName: name } },
    key: empty,
  } as never)
  // Three empty strings print as `""`, two characters each that the data replace.
  const size =
    bare.length -
    6 +
    base64Length(ca.cert.pemSize) +
    base64Length(pair.cert.pemSize) +
    base64Length(pair.key.pem.length)
  return { path, mode: 0o600, size, content: () => certKubeconfig(ca.cert.pem, server, cluster, pair) }
}

/** The kubelet's own certificates: the client pair under its dated name, the link to it, and the self-signed serving pair. */
function kubeletPkiFiles(node: NodeSettings, pair: CertAndKey, rng: Rng, now: number): LaidFile[] {
  const dir = `${KUBELET_DIR}/pki`
  const dated = `${dir}/kubelet-client-${new Date(now).toISOString().slice(0, 19).replace(/[T:]/g, '-')}.pem`
  const serving = selfSignedServing(node.name, rng, now)
  const { cert, key } = pair
  return [
    { path: dated, mode: 0o600, size: cert.pemSize + key.pem.length, content: () => cert.pem + key.pem },
    { path: KUBELET_PEM, mode: 0o777, content: '', target: dated },
    {
      path: `${dir}/kubelet.crt`,
      mode: 0o644,
      size: serving.cert.pemSize + serving.ca.pemSize,
      content: () => serving.cert.pem + serving.ca.pem,
    },
    { path: `${dir}/kubelet.key`, mode: 0o600, size: serving.key.pem.length, content: () => serving.key.pem },
  ]
}

interface ControlPlaneOptions {
  readonly cluster: ClusterSettings
  readonly node: NodeSettings
  readonly shared: SharedPki
  readonly issuing: Issuing
  /** Members of etcd before this one. */
  readonly existing?: EtcdCluster
  /** super-admin.conf exists only where `kubeadm init` ran. */
  readonly first?: boolean
}

/** Everything that `kubeadm init` (or `join --control-plane`) leaves on a control plane, and its leaf certificates. */
export function controlPlaneFiles(options: ControlPlaneOptions): {
  files: LaidFile[]
  leaves: Map<string, CertAndKey>
} {
  const { cluster, node, shared, issuing, existing, first = true } = options
  const leaves = newControlPlaneCerts(shared, certHost(cluster, node), issuing)
  const pairs = new Map(KUBECONFIGS.map((d) => [d.name, newKubeconfigCert(d, node.name, shared.ca, issuing)]))
  const server = controlPlaneUrl(cluster, node)
  const conf = (name: string): LaidFile =>
    // Since 1.29 controller manager and scheduler talk to the API server beside them.
    lazyKubeconfig(
      `${KUBERNETES_DIR}/${name}`,
      shared.ca,
      /^(controller|scheduler)/.test(name) ? localUrl(node) : server,
      cluster.clusterName,
      pairs.get(name)!,
    )
  // So does the kubelet (feature gate ControlPlaneKubeletLocalMode).
  const kubeletConf = (pem: string): string => rotatingKubeletConf(pem, localUrl(node), cluster.clusterName, node.name)
  return {
    leaves,
    files: [
      ...pkiFiles(shared, leaves).map((f) => ({ ...f, path: `${cluster.certificatesDir}/${f.path}` })),
      conf('admin.conf'),
      ...(first ? [conf('super-admin.conf')] : []),
      conf('controller-manager.conf'),
      conf('scheduler.conf'),
      {
        path: `${KUBERNETES_DIR}/kubelet.conf`,
        mode: 0o600,
        size: kubeletConf('').length - 2 + base64Length(shared.ca.cert.pemSize),
        content: () => kubeletConf(shared.ca.cert.pem),
      },
      ...manifestFiles(cluster, node, existing),
      ...kubeletFiles(cluster, node),
      ...kubeletPkiFiles(node, pairs.get('kubelet.conf')!, issuing.rng, issuing.now),
    ],
  }
}

/** Everything that `kubeadm join` and the TLS bootstrap leave on a worker. */
export function workerFiles(
  options: Pick<ControlPlaneOptions, 'cluster' | 'node' | 'issuing'> & {
    readonly ca: CertAndKey
    /** URL of the API server. */
    readonly server: string
    /** The client certificate that the controller manager signed for it. */
    readonly client: CertAndKey
  },
): LaidFile[] {
  const { cluster, node, issuing, ca, server, client } = options
  const conf = (pem: string): string => rotatingKubeletConf(pem, server, cluster.clusterName, node.name)
  return [
    { path: `${cluster.certificatesDir}/ca.crt`, mode: 0o644, size: ca.cert.pemSize, content: () => ca.cert.pem },
    {
      path: `${KUBERNETES_DIR}/kubelet.conf`,
      mode: 0o600,
      size: conf('').length - 2 + base64Length(ca.cert.pemSize),
      content: () => conf(ca.cert.pem),
    },
    ...kubeletFiles(cluster, node),
    ...kubeletPkiFiles(node, client, issuing.rng, issuing.now),
  ]
}

/** Every API object that `kubeadm init` makes, in its order, except the bootstrap token and the Node. */
export function clusterObjects(cluster: ClusterSettings, node: NodeSettings, caPem: string): KubeObject[] {
  const server = controlPlaneUrl(cluster, node)
  return [
    clusterAdmins(),
    ...uploadKubeadmConfig(cluster),
    ...uploadKubeletConfig(cluster, node),
    ...bootstrapTokenRbac(),
    ...clusterInfo(caPem, server),
    ...coreDnsAddon(cluster),
    ...kubeProxyAddon(cluster, server),
  ]
}

/** Labels and taint of `init phase mark-control-plane`. */
export const CONTROL_PLANE_LABELS: Readonly<Record<string, string>> = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
}
export const CONTROL_PLANE_TAINT = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
