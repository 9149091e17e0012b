import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { ipBytes } from '../../pki/index.ts'
import { BOOTSTRAP_GROUP, generateBootstrapToken, parseBootstrapToken } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { releaseOf } from '../../programs/lib/releases.ts'
import type { Flags } from '../lib/cobra.ts'
import { warnOfComponents } from './component-advice.ts'
import { clusterWithDefaults, dynamicCluster, withFlags } from './configuration/cluster.ts'
import { configText } from './configuration/documents.ts'
import { type Reading, readInit } from './configuration/load.ts'
import * as check from './configuration/validate.ts'
import { dryRunDir } from './dry-run.ts'
import { KubeadmError } from './errors.ts'
import { checkExternal } from './external-ca.ts'
import { flagValues } from './flag-values.ts'
import { DETECTED_CRI_SOCKET } from './host-tools.ts'
import { runRng } from './run-rng.ts'
import {
  clusterFrom,
  defaultAddress,
  duration,
  kubeletFields,
  kubeProxyFields,
  patchesAt,
  type Settings,
  thisNode,
  timeoutsFrom,
} from './settings.ts'

/** Flags that may stand beside --config. */
const BESIDE = new Set([
  'allow-missing-template-keys',
  'config',
  'dry-run',
  'ignore-preflight-errors',
  'kubeconfig',
  'kubeconfig-dir',
  'log-file',
  'node-name',
  'output',
  'print-join-command',
  'print-manifest',
  'rootfs',
  'show-managed-fields',
  'upload-certs',
  'v',
  'yes',
])

/** validation.ValidateMixedArguments. */
export function checkMixed(flags: Flags): void {
  if (!flags.has('config') || !flags.changed('config')) return
  const mixed = [...flags.changes.keys()].filter((name) => !BESIDE.has(name) && !name.startsWith('skip-')).sort()
  if (mixed.length > 0) throw new KubeadmError(`can not mix '--config' with arguments [${mixed.join(' ')}]`)
}

/** A CRI endpoint without a scheme gets one, and a warning. */
export function criEndpoint(p: Process, given: string | undefined, place: string): string {
  if (!given) return DETECTED_CRI_SOCKET
  if (given.startsWith('unix')) return given
  new Klog(p).warning(
    place,
    `Usage of CRI endpoints without URL scheme is deprecated and can cause kubelet errors in the future. Automatically prepending scheme "unix" to the "criSocket" with value "${given}". Please update your configuration!`,
  )
  return `unix://${given}`
}

/** SetAPIEndpointDynamicDefaults. */
function advertised(p: Process, given: string | undefined): string {
  if (!given) return defaultAddress(p)
  if (!ipBytes(given))
    throw new KubeadmError(`couldn't use "${given}" as "apiserver-advertise-address", must be ipv4 or ipv6 address`)
  return given === '0.0.0.0' || given === '::' ? defaultAddress(p) : given
}

/** The tokens of the file or of --token; where neither names one, one by chance. */
function tokensOf(p: Process, init: any, flags: Flags): any[] {
  // Other commands have a --token of another kind.
  const given = flags.has('token-ttl') ? flagValues(flags).text('token') : ''
  if (given && !parseBootstrapToken(given))
    throw new KubeadmError(
      `the bootstrap token "${given}" was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
    )
  const ttl = flags.has('token-ttl') ? flags.duration('token-ttl') : undefined
  const listed: any[] = init?.bootstrapTokens?.length > 0 ? init.bootstrapTokens : [{ token: given || undefined }]
  return listed.map((one) => {
    const random = generateBootstrapToken(runRng(p).fork('token'))
    return {
      ...one,
      token: one.token ?? `${random.id}.${random.secret}`,
      ttlMs: one.ttl === undefined ? (ttl ?? 86_400_000) : duration(one.ttl),
      usages: one.usages ?? ['signing', 'authentication'],
      groups: one.groups ?? [BOOTSTRAP_GROUP],
    }
  })
}

/** What a file of `kubeadm init` says, its flags, and the defaults of both. */
interface InitConfiguration {
  readonly settings: Settings
  /** ClusterConfiguration with every default. */
  readonly cluster: any
  /** InitConfiguration as given. */
  readonly init: any
}

/** LoadOrDefaultInitConfiguration; `text`: the file's. */
export function* initConfiguration(
  p: Process,
  text: string | undefined,
  flags: Flags,
  reading: Reading = {},
): Coro<InitConfiguration> {
  const given = flagValues(flags)
  const documents: ReadonlyMap<string, any> = text === undefined ? new Map() : readInit(p, text, reading)
  const init = documents.get('InitConfiguration')
  const registration = init?.nodeRegistration ?? {}
  const own = text === undefined ? given : undefined
  const tokens = tokensOf(p, init, flags)
  const name = (registration.name ?? (own?.text('node-name') || p.hostname)).toLowerCase()
  const criSocket = criEndpoint(p, registration.criSocket ?? own?.text('cri-socket'), 'initconfiguration.go:127')
  const address = advertised(p, init?.localAPIEndpoint?.advertiseAddress ?? own?.text('apiserver-advertise-address'))
  const flagPort = own && flags.has('apiserver-bind-port') ? flags.int('apiserver-bind-port') : undefined
  const bindPort = (init?.localAPIEndpoint?.bindPort ?? flagPort) || 6443
  const document = withFlags(documents.get('ClusterConfiguration'), flags)
  const cluster = yield* dynamicCluster(p, clusterWithDefaults(document), bindPort)
  warnOfComponents(p, clusterFrom(cluster, releaseOf(p)), address, documents)
  const key = init?.certificateKey ?? own?.text('certificate-key') ?? ''
  check.throwAll([
    ...check.nodeProblems({ ...registration, name, criSocket }),
    ...check.tokenProblems(tokens),
    ...check.clusterProblems(cluster),
    ...check.endpointProblems(address, bindPort, 'localAPIEndpoint'),
    ...check.keyProblems(key, 'certificateKey'),
  ])
  const log = new Klog(p)
  for (const warning of check.validityWarnings(cluster)) log.warning('validation.go:79', warning)
  const node = thisNode(p, name, address, { criSocket, registration, timeouts: init?.timeouts })
  const kubeProxy = kubeProxyFields(documents.get('KubeProxyConfiguration'))
  const settings: Settings = {
    cluster: { ...clusterFrom(cluster, releaseOf(p)), kubeProxy },
    node: { ...node, bindPort, kubelet: kubeletFields(documents.get('KubeletConfiguration')) },
    tokens,
    patches: patchesAt(p, given.text('patches'), init?.patches),
    timeouts: timeoutsFrom(init?.timeouts),
    taints: registration.taints,
    ignored: [...given.list('ignore-preflight-errors'), ...(registration.ignorePreflightErrors ?? [])],
    skipped: flags.has('skip-phases') && flags.changed('skip-phases') ? given.list('skip-phases') : init?.skipPhases,
  }
  return { settings, cluster, init }
}

/** What commands beside `kubeadm init` make of --config, whatever flags stand beside it. */
export function* fileSettings(p: Process, flags: Flags): Coro<Settings> {
  const path = flagValues(flags).text('config')
  return (yield* initConfiguration(p, path ? configText(p, path) : undefined, flags)).settings
}

/** What `kubeadm init` and its phases work with: --config, or the flags. */
export function* initSettings(p: Process, flags: Flags): Coro<Settings> {
  const given = flagValues(flags)
  const path = given.text('config')
  checkMixed(flags)
  const { settings, init } = yield* initConfiguration(p, path ? configText(p, path) : undefined, flags)
  check.checkIgnored(settings.ignored ?? [])
  const name = given.text('node-name') || settings.node.name
  const dry =
    given.yes('dry-run') || init?.dryRun === true
      ? dryRunDir(p, 'kubeadm-init-dryrun', 'KUBEADM_INIT_DRYRUN_DIR')
      : undefined
  const found: Settings = { ...settings, node: { ...settings.node, name }, dry }
  const confDir = given.text('kubeconfig-dir') || '/etc/kubernetes'
  return { ...found, externalCa: checkExternal(p, found, confDir, given.yes('upload-certs')) }
}
