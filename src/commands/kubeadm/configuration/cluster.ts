import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { isSubdomain } from '../../../kinds/index.ts'
import { ipBytes } from '../../../pki/index.ts'
import { goDuration, parseGoDuration } from '../../../print/index.ts'
import { DEFAULT_CLUSTER } from '../../../programs/kubeadm/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import { releaseOf, semver } from '../../../programs/lib/releases.ts'
import type { Flags } from '../../lib/cobra.ts'
import { KubeadmError } from '../errors.ts'
import { flagValues } from '../flag-values.ts'
import { askForVersion } from '../settings.ts'
import { FEATURE_GATES } from './validate.ts'

/** Fields of ClusterConfiguration behind flags. */
const TEXTS: Readonly<Record<string, readonly [field: string, inner?: string]>> = {
  'cert-dir': ['certificatesDir'],
  'control-plane-endpoint': ['controlPlaneEndpoint'],
  'image-repository': ['imageRepository'],
  'kubernetes-version': ['kubernetesVersion'],
  'pod-network-cidr': ['networking', 'podSubnet'],
  'service-cidr': ['networking', 'serviceSubnet'],
  'service-dns-domain': ['networking', 'dnsDomain'],
}

/** Flags that hand flags on to the components, by the field that holds them. */
const EXTRA_ARGS: Readonly<Record<string, string>> = {
  'apiserver-extra-args': 'apiServer',
  'controller-manager-extra-args': 'controllerManager',
  'scheduler-extra-args': 'scheduler',
}

/** features.NewFeatureGate. */
function featureGates(text: string): Record<string, boolean> {
  const gates: Record<string, boolean> = {}
  for (const part of text.split(',').filter((one) => one !== '')) {
    const [key, value] = part.split(/=(.*)/s).map((one) => one.trim())
    if (value === undefined) throw new KubeadmError(`missing bool value for feature-gate key:${part}`)
    if (!FEATURE_GATES.includes(key)) throw new KubeadmError(`unrecognized feature-gate key: ${key}`)
    if (!/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value))
      throw new KubeadmError(`invalid value ${value} for feature-gate key: ${key}, use true|false instead`)
    gates[key] = /^[1tT]/.test(value)
  }
  return gates
}

/** --feature-gates, with the warning of those that will go. */
export function flagGates(p: Process, flags: Flags): Record<string, boolean> {
  const gates = featureGates(flagValues(flags).text('feature-gates'))
  for (const [key, value] of Object.entries(gates))
    if (key === 'PublicKeysECDSA')
      new Klog(p).warning(
        'features.go:153',
        `Setting deprecated feature gate ${key}=${value}. It will be removed in a future release.`,
      )
  return gates
}

/** A ClusterConfiguration with what flags say over it. */
export function withFlags(document: any, flags: Flags): any {
  const out: any = structuredClone(document ?? {})
  const given = (name: string): boolean => flags.has(name) && flags.changed(name)
  for (const [name, [field, inner]] of Object.entries(TEXTS)) {
    if (!given(name)) continue
    if (inner) out[field] = { ...out[field], [inner]: flags.string(name) }
    else out[field] = flags.string(name)
  }
  if (given('apiserver-cert-extra-sans'))
    out.apiServer = { ...out.apiServer, certSANs: [...flags.strings('apiserver-cert-extra-sans')] }
  for (const [name, field] of Object.entries(EXTRA_ARGS))
    if (given(name)) {
      const args = Object.entries(flags.map(name)).map(([key, value]) => ({ name: key, value }))
      out[field] = { ...out[field], extraArgs: args }
    }
  const gates = featureGates(flagValues(flags).text('feature-gates'))
  if (Object.keys(gates).length > 0) out.featureGates = gates
  return out
}

/** A duration as Go writes it. */
const period = (given: string | undefined, standard: string): string => goDuration(parseGoDuration(given ?? standard))

/** SetDefaults_ClusterConfiguration. */
export function clusterWithDefaults(document: any): any {
  const { etcd = {} } = document
  const { local, external } = etcd
  const places = external?.endpoints && !external.httpEndpoints?.length ? { httpEndpoints: external.endpoints } : {}
  return {
    ...document,
    kubernetesVersion: String(document.kubernetesVersion || 'stable-1'),
    networking: {
      ...document.networking,
      dnsDomain: document.networking?.dnsDomain || DEFAULT_CLUSTER.dnsDomain,
      serviceSubnet: document.networking?.serviceSubnet || DEFAULT_CLUSTER.serviceSubnet,
    },
    certificatesDir: document.certificatesDir || DEFAULT_CLUSTER.certificatesDir,
    imageRepository: document.imageRepository || DEFAULT_CLUSTER.imageRepository,
    clusterName: document.clusterName || DEFAULT_CLUSTER.clusterName,
    encryptionAlgorithm: document.encryptionAlgorithm || 'RSA-2048',
    certificateValidityPeriod: period(document.certificateValidityPeriod, '8760h'),
    caCertificateValidityPeriod: period(document.caCertificateValidityPeriod, '87600h'),
    etcd: {
      ...(local || !external ? { local: { ...local, dataDir: local?.dataDir || DEFAULT_CLUSTER.etcdDataDir } } : {}),
      ...(external ? { external: { ...external, ...places } } : {}),
    },
  }
}

const RELEASE = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-\w.+]*)?$/
const LABEL = /^((latest|stable)+(-[1-9](\.[1-9](\d)?)?)?)$/

/** NormalizeKubernetesVersion. */
function* versionOf(p: Process, given: string): Coro<string> {
  const own = releaseOf(p)
  let version = given
  if (LABEL.test(given)) version = yield* askForVersion(p, given)
  else if (!RELEASE.test(given))
    throw new KubeadmError(
      `version "${given}" doesn't match patterns for neither semantic version nor labels (stable, latest, ...)`,
    )
  if (!version.startsWith('v')) version = `v${version}`
  const [major, minor] = semver(own)!
  const [ourMajor, ourMinor] = semver(version)!
  if (ourMajor < major || (ourMajor === major && ourMinor < minor - 1))
    throw new KubeadmError(
      `this version of kubeadm only supports deploying clusters with the control plane version >= ${major}.${minor - 1}.0. Current version: ${version}`,
    )
  return version
}

/** kubeadmutil.ParseHostPort. */
function hostPort(text: string): readonly [host: string, port: string] {
  const m = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text)
  const host = m ? (m[1] ?? m[2]) : text
  const port = m ? m[3] : ''
  if (port !== '' && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535))
    throw new KubeadmError(`hostport ${text}: port ${port} must be a valid number between 1 and 65535, inclusive`)
  if (!ipBytes(host) && isSubdomain(host).length > 0)
    throw new KubeadmError(
      `hostport ${text}: host '${host}' must be a valid IP address or a valid RFC-1123 DNS subdomain`,
    )
  return [host, port]
}

/** SetClusterDynamicDefaults: the version behind a label, the shared endpoint's port, names in lower case. */
export function* dynamicCluster(p: Process, cluster: any, bindPort: number): Coro<any> {
  const out = { ...cluster, kubernetesVersion: yield* versionOf(p, cluster.kubernetesVersion) }
  if (out.controlPlaneEndpoint) {
    const [host, port] = hostPort(out.controlPlaneEndpoint)
    if (port === '') out.controlPlaneEndpoint = `${host.includes(':') ? `[${host}]` : host}:${bindPort}`
  }
  if (out.apiServer?.certSANs)
    out.apiServer = { ...out.apiServer, certSANs: out.apiServer.certSANs.map((name: string) => name.toLowerCase()) }
  return out
}
