import { parse, parseAllDocuments } from 'yaml'
import { goLookupError, lookup, type Process, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type ClusterSettings, DEFAULT_CLUSTER, type NodeSettings, nodeSettings } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { newestOf, RELEASE, releaseOf, semver, seriesOf } from '../../programs/lib/releases.ts'
import type { Flags } from '../lib/cobra.ts'
import type { Client } from './client.ts'
import { dryRunDir } from './dry-run.ts'
import { KubeadmError } from './errors.ts'
import { EXTRA_ARGS } from './flags.ts'

/** What kubeadm works with: a cluster's settings and this machine's. */
export interface Settings {
  readonly cluster: ClusterSettings
  readonly node: NodeSettings
  /** bootstrapTokens of an InitConfiguration. */
  readonly tokens: readonly { token: string; ttlMs: number }[]
  /** Directory of a dry run, into which everything is written. */
  readonly dry?: string
}

/** The address of the interface with the default route; here, the machine's first that is no pod or loopback address. */
export function defaultAddress(p: Process, podSubnet = DEFAULT_CLUSTER.podSubnet): string {
  const prefix = podSubnet.split('.').slice(0, 2).join('.')
  const own = p.net.addresses().filter((a) => a.includes('.') && !a.startsWith('127.') && !a.startsWith(`${prefix}.`))
  return own[0] ?? '127.0.0.1'
}

/** Directories of CA certificates that kubeadm mounts into control plane pods where they exist. */
const CA_DIRS = [
  '/etc/ca-certificates',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/usr/local/share/ca-certificates',
  '/usr/share/ca-certificates',
]

/** Settings of the machine on which the process runs. */
export function thisNode(p: Process, name: string, address: string, criSocket?: string): NodeSettings {
  const node = nodeSettings(name, address)
  return {
    ...node,
    hostname: p.hostname,
    criSocket: criSocket ?? node.criSocket,
    caDirs: CA_DIRS.filter((dir) => p.fs.exists(dir)),
    resolvConf: p.fs.exists('/run/systemd/resolve/resolv.conf') ? '/run/systemd/resolve/resolv.conf' : undefined,
  }
}

const OLD_RELEASES: Readonly<Record<string, string>> = {
  v1alpha1: 'v1.11',
  v1alpha2: 'v1.12',
  v1alpha3: 'v1.14',
  v1beta1: 'v1.15',
  v1beta2: 'v1.22',
}

/** Fields by kind that strict decoding accepts, one level deep (`networking.podSubnet` two). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  ClusterConfiguration: [
    'apiServer',
    'caCertificateValidityPeriod',
    'certificateValidityPeriod',
    'certificatesDir',
    'clusterName',
    'controlPlaneEndpoint',
    'controllerManager',
    'dns',
    'encryptionAlgorithm',
    'etcd',
    'featureGates',
    'imageRepository',
    'kubernetesVersion',
    'networking',
    'proxy',
    'scheduler',
  ],
  'ClusterConfiguration.networking': ['dnsDomain', 'podSubnet', 'serviceSubnet'],
  InitConfiguration: [
    'bootstrapTokens',
    'certificateKey',
    'dryRun',
    'localAPIEndpoint',
    'nodeRegistration',
    'patches',
    'skipPhases',
    'timeouts',
  ],
  'InitConfiguration.localAPIEndpoint': ['advertiseAddress', 'bindPort'],
  JoinConfiguration: [
    'caCertPath',
    'controlPlane',
    'discovery',
    'dryRun',
    'nodeRegistration',
    'patches',
    'skipPhases',
    'timeouts',
  ],
}

/** The documents of a configuration file by kind, checked as kubeadm checks them. */
export function readConfig(p: Process, path: string): Map<string, any> {
  let text: string
  try {
    text = p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new KubeadmError(`unable to read config from ${JSON.stringify(path)} : ${error.goMessage}`)
  }
  const documents = new Map<string, any>()
  const checked: [version: string, kind: string, object: any][] = []
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as any
    if (!object) continue
    const [group, version] = String(object.apiVersion ?? '').split('/')
    const kind = String(object.kind ?? '')
    if (group === 'kubeadm.k8s.io') checked.push([version, kind, object])
    documents.set(kind, object)
  }
  // The real one goes through a map; what concerns the cluster came first in what was recorded.
  checked.sort((a, b) => (a[1] < b[1] ? -1 : 1))
  for (const [version, kind] of checked) checkVersion(version, kind)
  for (const one of checked) checkFields(...one)
  return documents
}

function checkVersion(version: string, kind: string): void {
  const release = OLD_RELEASES[version]
  if (release === undefined) return
  throw new KubeadmError(
    `your configuration file uses an old API spec: "kubeadm.k8s.io/${version}" (kind: "${kind}"). Please use kubeadm ${release} instead and run 'kubeadm config migrate --old-config old-config-file --new-config new-config-file', which will write the new, similar spec using a newer API version.`,
  )
}

function checkFields(version: string, kind: string, object: any): void {
  const unknown: string[] = []
  for (const [name, value] of Object.entries(object)) {
    if (name === 'apiVersion' || name === 'kind') continue
    if (FIELDS[kind] && !FIELDS[kind].includes(name)) unknown.push(name)
    const inner = FIELDS[`${kind}.${name}`]
    if (inner && value && typeof value === 'object')
      for (const field of Object.keys(value)) if (!inner.includes(field)) unknown.push(`${name}.${field}`)
  }
  if (unknown.length === 0) return
  const fields = unknown.map((f) => `unknown field "${f}"`).join(', ')
  throw new KubeadmError(
    `error unmarshaling configuration schema.GroupVersionKind{Group:"kubeadm.k8s.io", Version:"${version}", Kind:"${kind}"}: strict decoding error: ${fields}`,
  )
}

/** extraArgs of v1beta4 (a list) or of older versions (a map). */
function extraArgs(value: any): Record<string, string> | undefined {
  if (!value) return undefined
  if (Array.isArray(value)) return Object.fromEntries(value.map((arg) => [arg.name, String(arg.value)]))
  return value
}

/** ClusterConfiguration → settings. */
export function clusterFrom(doc: any, release = RELEASE): ClusterSettings {
  const net = doc?.networking ?? {}
  const version = String(doc?.kubernetesVersion ?? release)
  const args = {
    'kube-apiserver': extraArgs(doc?.apiServer?.extraArgs),
    'kube-controller-manager': extraArgs(doc?.controllerManager?.extraArgs),
    'kube-scheduler': extraArgs(doc?.scheduler?.extraArgs),
    etcd: extraArgs(doc?.etcd?.local?.extraArgs),
  }
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
    extraArgs: args as ClusterSettings['extraArgs'],
  }
}

/** What a configuration file says, and this machine where it says nothing. */
export function settingsOf(p: Process, documents: ReadonlyMap<string, any>): Settings {
  const init = documents.get('InitConfiguration')
  const tokens = (init?.bootstrapTokens ?? []).map((t: any) => ({
    token: String(t.token),
    ttlMs: duration(t.ttl ?? '24h0m0s'),
  }))
  const node = thisNode(
    p,
    init?.nodeRegistration?.name ?? p.hostname,
    init?.localAPIEndpoint?.advertiseAddress ?? defaultAddress(p),
    init?.nodeRegistration?.criSocket,
  )
  const kubelet = kubeletFields(documents.get('KubeletConfiguration'))
  return {
    cluster: clusterFrom(documents.get('ClusterConfiguration'), releaseOf(p)),
    node: { ...node, kubelet },
    tokens,
  }
}

/** What a KubeletConfiguration says of all kubelets; the runtime's endpoint is each machine's own. */
export function kubeletFields(document: any): NodeSettings['kubelet'] {
  if (!document) return undefined
  const { apiVersion: _, kind: __, containerRuntimeEndpoint: ___, ...fields } = document
  return fields
}

/** --apiserver-extra-args and its like, by component. */
function extraArgFlags(flags: Flags): ClusterSettings['extraArgs'] {
  const given = Object.entries(EXTRA_ARGS).filter(([, { name }]) => flags.has(name) && flags.changed(name))
  return Object.fromEntries(given.map(([component, { name }]) => [component, flags.map(name)]))
}

/** What `kubeadm init` and its phases work with: --config, or the flags. */
export function* initSettings(p: Process, flags: Flags): Coro<Settings> {
  const path = flags.has('config') ? flags.string('config') : ''
  const documents = path ? readConfig(p, path) : new Map<string, any>()
  const base = settingsOf(p, documents)
  let { cluster } = base
  const doc = documents.get('ClusterConfiguration')
  const text = (name: string): string | undefined =>
    flags.has(name) && flags.changed(name) ? flags.string(name) : undefined
  cluster = {
    ...cluster,
    certificatesDir: text('cert-dir') ?? cluster.certificatesDir,
    kubernetesVersion: text('kubernetes-version') ?? cluster.kubernetesVersion,
    podSubnet: text('pod-network-cidr') ?? cluster.podSubnet,
    serviceSubnet: text('service-cidr') ?? cluster.serviceSubnet,
    dnsDomain: text('service-dns-domain') ?? cluster.dnsDomain,
    imageRepository: text('image-repository') ?? cluster.imageRepository,
    controlPlaneEndpoint: text('control-plane-endpoint') ?? cluster.controlPlaneEndpoint,
    certSans:
      flags.has('apiserver-cert-extra-sans') && flags.changed('apiserver-cert-extra-sans')
        ? flags.strings('apiserver-cert-extra-sans')
        : cluster.certSans,
    extraArgs: { ...cluster.extraArgs, ...extraArgFlags(flags) },
  }
  if (!doc?.kubernetesVersion && text('kubernetes-version') === undefined) yield* askForVersion(p, 'stable-1')
  const token = text('token')
  const node = {
    ...base.node,
    name: text('node-name') ?? base.node.name,
    address: text('apiserver-advertise-address') ?? base.node.address,
    criSocket: text('cri-socket') ?? base.node.criSocket,
  }
  const dry =
    flags.has('dry-run') && flags.bool('dry-run')
      ? dryRunDir(p, 'kubeadm-init-dryrun', 'KUBEADM_INIT_DRYRUN_DIR')
      : undefined
  const tokens = token ? [{ token, ttlMs: flags.duration('token-ttl') }] : base.tokens
  return { cluster, node, tokens, dry }
}

/** A Go duration of a configuration file in ms. */
export function duration(text: string): number {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
  let ms = 0
  for (const [, number, unit] of String(text).matchAll(/([\d.]+)(ms|h|m|s)/g)) ms += Number(number) * units[unit]
  return ms
}

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
export function* fetchSettings(p: Process, client: Client, prefix: string): Coro<Settings> {
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
