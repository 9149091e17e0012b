import { parse } from 'yaml'
import { goLookupError, lookup, type Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { parseGoDuration } from '../../print/index.ts'
import {
  CA_DIRS,
  type ClusterSettings,
  type ComponentSettings,
  DEFAULT_CLUSTER,
  type EnvVar,
  type NodeSettings,
  nodeSettings,
} from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { newestOf, RELEASE, releaseOf, semver, seriesOf } from '../../programs/lib/releases.ts'
import type { Client } from './client.ts'
import { Patches } from './patches.ts'

/** A token that lets nodes join. */
interface Token {
  readonly token: string
  /** 0: it never ends. */
  readonly ttlMs: number
  readonly usages?: readonly string[]
  readonly groups?: readonly string[]
  readonly description?: string
}

/** What kubeadm works with: a cluster's settings and this machine's. */
export interface Settings {
  readonly cluster: ClusterSettings
  readonly node: NodeSettings
  /** bootstrapTokens of an InitConfiguration. */
  readonly tokens: readonly Token[]
  /** Checks of preflight whose errors are only warned of, and phases that are left out, as flags and file have it. */
  readonly ignored?: readonly string[]
  readonly skipped?: readonly string[]
  /** Directory of a dry run, into which everything is written. */
  readonly dry?: string
  /** The cluster's authority has its key elsewhere; what it signs was brought here. */
  readonly externalCa?: boolean
  /** Patches of the directory that --patches or the configuration names. */
  readonly patches?: Patches
  /** How long kubeadm waits. */
  readonly timeouts?: Timeouts
  /** nodeRegistration.taints; undefined: the control plane's. */
  readonly taints?: readonly Taint[]
}

/** Of a configuration's timeouts, those that are waited for, ms; what is not said is as long as kubeadm's own. */
interface Timeouts {
  readonly kubelet?: number
  readonly components?: number
  readonly upgrade?: number
}

/** A taint of a Node. */
interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}

/** v1.Taint.ToString. */
export const taintText = ({ key, value, effect }: Taint): string =>
  effect ? `${key}${value ? `=${value}` : ''}:${effect}` : value ? `${key}=${value}:` : key

/** Timeouts of a configuration file. */
export function timeoutsFrom(given: any): Timeouts {
  const ms = (text: string | undefined): number | undefined => (text === undefined ? undefined : duration(text))
  return {
    kubelet: ms(given?.kubeletHealthCheck),
    components: ms(given?.controlPlaneComponentHealthCheck),
    upgrade: ms(given?.upgradeManifests),
  }
}

/** The patches of a directory; undefined without one. */
export const patchesAt = (p: Process, flag: string, configured: any): Patches | undefined => {
  const dir = flag || configured?.directory
  return dir ? new Patches(p, dir) : undefined
}

/** The address of the interface with the default route; here, the machine's first that is no pod or loopback address. */
export function defaultAddress(p: Process, podSubnet = DEFAULT_CLUSTER.podSubnet): string {
  const prefix = podSubnet.split('.').slice(0, 2).join('.')
  const own = p.net.addresses().filter((a) => a.includes('.') && !a.startsWith('127.') && !a.startsWith(`${prefix}.`))
  return own[0] ?? '127.0.0.1'
}

/** What a configuration says of the machine besides its name and address. */
interface OwnSettings {
  readonly criSocket?: string
  /** NodeRegistrationOptions. */
  readonly registration?: any
  readonly timeouts?: any
}

const isProxy = (name: string): boolean => name.toLowerCase().endsWith('_proxy')

/** Settings of the machine on which the process runs. */
export function thisNode(p: Process, name: string, address: string, own: OwnSettings = {}): NodeSettings {
  const node = nodeSettings(name, address)
  const health = own.timeouts?.controlPlaneComponentHealthCheck
  return {
    ...node,
    hostname: p.hostname,
    criSocket: own.criSocket ?? node.criSocket,
    kubeletExtraArgs: own.registration?.kubeletExtraArgs ?? undefined,
    componentTimeout: health === undefined ? undefined : duration(health),
    proxyEnvs: Object.entries(p.env).flatMap(([key, value]) => (isProxy(key) && value ? [{ name: key, value }] : [])),
    caDirs: CA_DIRS.filter((dir) => p.fs.exists(dir)),
    resolvConf: p.fs.exists('/run/systemd/resolve/resolv.conf') ? '/run/systemd/resolve/resolv.conf' : undefined,
  }
}

/** A variable with the defaults of its source. */
function withFieldVersion(variable: any): EnvVar {
  const ref = variable.valueFrom?.fieldRef
  if (!ref || ref.apiVersion) return variable
  return { ...variable, valueFrom: { ...variable.valueFrom, fieldRef: { apiVersion: 'v1', ...ref } } }
}

/** Arguments, volumes and variables that a component of the file gets besides. */
function componentFrom(given: any): ComponentSettings {
  const { extraArgs, extraVolumes, extraEnvs } = given ?? {}
  return {
    extraArgs: extraArgs?.map(({ name, value = '' }: any) => ({ name, value })),
    extraVolumes: extraVolumes ?? undefined,
    extraEnvs: extraEnvs?.map(withFieldVersion),
  }
}

/** ClusterConfiguration → settings. */
export function clusterFrom(doc: any, release = RELEASE): ClusterSettings {
  const net = doc?.networking ?? {}
  const version = String(doc?.kubernetesVersion ?? release)
  return {
    kubernetesVersion: version.startsWith('v') ? version : `v${version}`,
    clusterName: doc?.clusterName ?? DEFAULT_CLUSTER.clusterName,
    certificatesDir: doc?.certificatesDir ?? DEFAULT_CLUSTER.certificatesDir,
    imageRepository: doc?.imageRepository ?? DEFAULT_CLUSTER.imageRepository,
    dnsDomain: net.dnsDomain ?? DEFAULT_CLUSTER.dnsDomain,
    podSubnet: net.podSubnet ?? '',
    serviceSubnet: net.serviceSubnet ?? DEFAULT_CLUSTER.serviceSubnet,
    controlPlaneEndpoint: doc?.controlPlaneEndpoint ?? '',
    certSans: doc?.apiServer?.certSANs ?? [],
    etcdDataDir: doc?.etcd?.local?.dataDir ?? DEFAULT_CLUSTER.etcdDataDir,
    components: {
      'kube-apiserver': componentFrom(doc?.apiServer),
      'kube-controller-manager': componentFrom(doc?.controllerManager),
      'kube-scheduler': componentFrom(doc?.scheduler),
      etcd: componentFrom(doc?.etcd?.local),
    },
    externalEtcd: doc?.etcd?.external ?? undefined,
    document: doc,
  }
}

/** What a KubeProxyConfiguration says. */
export function kubeProxyFields(document: any): ClusterSettings['kubeProxy'] {
  if (!document) return undefined
  const { apiVersion: _, kind: __, ...fields } = document
  return fields
}

/** What a KubeletConfiguration says of all kubelets; the runtime's endpoint is each machine's own. */
export function kubeletFields(document: any): NodeSettings['kubelet'] {
  if (!document) return undefined
  const { apiVersion: _, kind: __, containerRuntimeEndpoint: ___, ...fields } = document
  return fields
}

/** A Go duration of a configuration file in ms. */
export const duration = (text: string): number => parseGoDuration(String(text))

/**
 * What dl.k8s.io says of `stable`, `stable-1` or `stable-1.35`; kubeadm's own release where it cannot be asked. A kubeadm
 * that is older than what is newest stays in its own series.
 */
export function* askForVersion(p: Process, label: string): Coro<string> {
  const url = `https://dl.k8s.io/release/${label}.txt`
  const found = yield* lookup(p, 'dl.k8s.io')
  const own = releaseOf(p)
  const log = new Klog(p)
  if (found.ok) {
    const series = /^stable-(\d+\.\d+)$/.exec(label)?.[1]
    if (series) return newestOf(series) ?? own
    if (semver(RELEASE)![1] <= semver(own)![1]) return RELEASE
    log.info('version.go:260', `remote version is much newer: ${RELEASE}; falling back to: stable-${seriesOf(own)}`)
    return newestOf(seriesOf(own)) ?? own
  }
  const reason = `Get "${url}": dial tcp: ${goLookupError(p, 'dl.k8s.io', found)}`
  log.warning(
    'version.go:108',
    `could not fetch a Kubernetes version from the internet: unable to get URL "${url}": ${reason}`,
  )
  log.warning('version.go:109', `falling back to the local client version: ${own}`)
  return own
}

/** FetchInitConfigurationFromCluster: announces, reads kubeadm-config, and adds what this machine knows of itself. */
export function* fetchSettings(p: Process, client: Client, prefix: string, aloud = true): Coro<Settings> {
  if (aloud)
    p.stdout.write(
      `[${prefix}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[${prefix}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n`,
    )
  const map = yield* client.get('ConfigMap', 'kube-system', 'kubeadm-config')
  const cluster = clusterFrom(parse((map as any).data?.ClusterConfiguration ?? ''))
  if (!p.fs.exists(INSTANCE_CONFIG))
    new Klog(p).warning(
      'cluster.go:186',
      `node ${JSON.stringify(p.hostname)} lacks annotation "kubeadm.alpha.kubernetes.io/cri-socket" and kubelet config file ${JSON.stringify(INSTANCE_CONFIG)}; attempting auto-detection`,
    )
  return { cluster, node: thisNode(p, p.hostname, advertised(p, cluster)), tokens: [] }
}

const INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml'

/** The advertise address that the API server's static pod carries, else the machine's own. */
function advertised(p: Process, cluster: ClusterSettings): string {
  const file = p.fs.find('/etc/kubernetes/manifests/kube-apiserver.yaml')
  const text = file?.kind === 'file' ? file.read() : ''
  return /--advertise-address=(\S+)/.exec(text)?.[1] ?? defaultAddress(p, cluster.podSubnet || undefined)
}
