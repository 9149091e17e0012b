import type { ApiClient } from '../../api/client.ts'
import { CoreEventRecorder } from '../../api/events.ts'
import { type ControllerContext, controllers } from '../../controllers/index.ts'
import { type Process, type Program, SysError } from '../../host/index.ts'
import {
  certificatesOf,
  LEGACY_ISSUER,
  privateKeyFromPem,
  requestFromPem,
  signLegacyToken,
  signRequest,
} from '../../pki/index.ts'
import { parseGoDuration } from '../../print/index.ts'
import { type ComponentSpec, type Flags, type LoopRuntime, runComponent } from '../lib/component.ts'
import type { Klog } from '../lib/klog.ts'
import { releaseOf } from '../lib/releases.ts'
import { Identities } from './identities.ts'
import { USAGE } from './usage.ts'

/** Files of the secure port, and how their absence reads. */
const SERVING_FILES: readonly (readonly [flag: string, message: string])[] = [
  ['client-ca-file', 'unable to load client CA provider: '],
  ['requestheader-client-ca-file', 'unable to load request header CA file: '],
]

/** Files that a controller reads when it is built: `$FLAG` stands for another flag's value. */
const CONTROLLER_FILES: readonly (readonly [flag: string, controller: string, message: string])[] = [
  [
    'service-account-private-key-file',
    'serviceaccount-token-controller',
    'error reading key for service account token controller: ',
  ],
  ['root-ca-file', 'serviceaccount-token-controller', 'error parsing root-ca-file at $FILE: '],
  [
    'cluster-signing-key-file',
    'certificatesigningrequest-signing-controller',
    'failed to init kubernetes.io/kubelet-serving certificate controller: error reading CA cert file "$CERT": ',
  ],
  [
    'cluster-signing-cert-file',
    'certificatesigningrequest-signing-controller',
    'failed to init kubernetes.io/kubelet-serving certificate controller: error reading CA cert file "$CERT": ',
  ],
]

/** The recorded usage page was cut short; these are the flags of its missing sections that kubeadm and operators set. */
const MORE_FLAGS = [
  'authentication-kubeconfig string',
  'authentication-skip-lookup',
  'authentication-token-webhook-cache-ttl duration',
  'authentication-tolerate-lookup-failure',
  'authorization-always-allow-paths strings',
  'authorization-kubeconfig string',
  'bind-address ip',
  'cert-dir string',
  'client-ca-file string',
  'cluster-signing-cert-file string',
  'cluster-signing-duration duration',
  'cluster-signing-key-file string',
  'concurrent-deployment-syncs int32',
  'concurrent-replicaset-syncs int32',
  'enable-garbage-collector',
  'help',
  'horizontal-pod-autoscaler-cpu-initialization-period duration',
  'horizontal-pod-autoscaler-downscale-stabilization duration',
  'horizontal-pod-autoscaler-initial-readiness-delay duration',
  'horizontal-pod-autoscaler-sync-period duration',
  'horizontal-pod-autoscaler-tolerance float',
  'http2-max-streams-per-connection int',
  'kubeconfig string',
  'log-flush-frequency duration',
  'logging-format string',
  'master string',
  'node-cidr-mask-size int32',
  'node-monitor-grace-period duration',
  'node-monitor-period duration',
  'node-startup-grace-period duration',
  'permit-port-sharing',
  'pv-recycler-timeout-increment-hostpath int32',
  'pvclaimbinder-sync-period duration',
  'requestheader-allowed-names strings',
  'requestheader-client-ca-file string',
  'requestheader-extra-headers-prefix strings',
  'requestheader-group-headers strings',
  'requestheader-username-headers strings',
  'root-ca-file string',
  'secure-port int',
  'service-account-private-key-file string',
  'service-cluster-ip-range string',
  'terminated-pod-gc-threshold int32',
  'tls-cert-file string',
  'tls-cipher-suites strings',
  'tls-min-version string',
  'tls-private-key-file string',
  'use-service-account-credentials',
  'v Level',
  'version version[=true]',
  'vmodule pattern=N,...',
]

const spec: ComponentSpec = {
  name: 'kube-controller-manager',
  usage: USAGE,
  moreFlags: MORE_FLAGS,
  port: 10257,
  eventSource: 'kube-controller-manager',
  banner: (version) => [
    ['E', 'options.go:205', 'The manifest file is empty, ignoring.'],
    ['I', 'controllermanager.go:211', `"Starting" version="${version}"`],
    ['I', 'controllermanager.go:213', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'],
    [
      'I',
      'dynamic_cafile_content.go:161',
      '"Starting controller" name="request-header::/etc/kubernetes/pki/front-proxy-ca.crt"',
    ],
    ['I', 'dynamic_cafile_content.go:161', '"Starting controller" name="client-ca-bundle::/etc/kubernetes/pki/ca.crt"'],
  ],
  lookup: 'fatal',
  lost: () => [['E', 'controllermanager.go:440', '"leaderelection lost/stopped"']],
  cancels: false,
  terminated: {
    early: [],
    lines: () => [],
    ofLeader: [['E', 'controllermanager.go:440', '"leaderelection lost/stopped"']],
    code: 1,
  },
  validate(flags) {
    for (const name of (flags.get('controllers') ?? '*').split(','))
      if (name !== '*' && !KNOWN_CONTROLLERS.has(name.replace(/^-/, '')))
        return `${JSON.stringify(name)} is not in the list of known controllers`
    return undefined
  },
  check(p, flags) {
    for (const [flag, message] of SERVING_FILES) {
      const file = flags.get(flag)
      if (file && !p.fs.exists(file)) return `${message}open ${file}: no such file or directory`
    }
    return undefined
  },
  run: startLoops,
}

/** Names and older names that --controllers takes, simulated or not. */
const KNOWN_CONTROLLERS = new Set([
  ...controllers.map((c) => c.name),
  ...`bootstrapsigner tokencleaner attachdetach certificatesigningrequest-approving-controller
  certificatesigningrequest-cleaner-controller certificatesigningrequest-signing-controller cloud-node-lifecycle-controller
  clusterrole-aggregation-controller cronjob csrapproving csrcleaner csrsigning daemonset deployment
  device-taint-eviction-controller disruption endpoint endpointslice endpointslicemirroring ephemeral-volume
  ephemeral-volume-controller garbagecollector horizontalpodautoscaling job
  kube-apiserver-serving-clustertrustbundle-publisher-controller legacy-serviceaccount-token-cleaner-controller namespace
  node-ipam-controller node-lifecycle-controller node-route-controller nodeipam nodelifecycle persistentvolume-attach-detach-controller
  persistentvolume-binder persistentvolume-binder-controller persistentvolume-expander persistentvolume-expander-controller
  persistentvolume-protection-controller persistentvolumeclaim-protection-controller podgc pv-protection pvc-protection
  replicaset replicationcontroller resource-claim-controller resourceclaim resourcepoolstatusrequest-controller resourcequota
  root-ca-cert-publisher root-ca-certificate-publisher-controller route selinux-warning-controller service service-cidr-controller
  service-lb-controller serviceaccount serviceaccount-controller serviceaccount-token serviceaccount-token-controller statefulset
  storage-version-migrator-controller storageversion-garbage-collector-controller taint-eviction-controller ttl ttl-after-finished
  ttl-after-finished-controller ttl-controller validatingadmissionpolicy-status-controller volumeattributesclass-protection-controller`.split(
    /\s+/,
  ),
])

/** Lines that tell which controllers a default start leaves out. */
const LEFT_OUT: readonly (readonly [place: string, message: string])[] = [
  [
    'controller_descriptor.go:99',
    '"Controller is disabled by a feature gate" controller="kube-apiserver-serving-clustertrustbundle-publisher-controller" requiredFeatureGates=["ClusterTrustBundle"]',
  ],
  [
    'controllermanager.go:687',
    '"Warning: skipping controller" controller="kube-apiserver-serving-clustertrustbundle-publisher-controller"',
  ],
  ['controllermanager.go:735', '"Warning: controller is disabled" controller="selinux-warning-controller"'],
  [
    'controller_descriptor.go:99',
    '"Controller is disabled by a feature gate" controller="storageversion-garbage-collector-controller" requiredFeatureGates=["APIServerIdentity","StorageVersionAPI"]',
  ],
  [
    'controllermanager.go:687',
    '"Warning: skipping controller" controller="storageversion-garbage-collector-controller"',
  ],
  [
    'controller_descriptor.go:99',
    '"Controller is disabled by a feature gate" controller="resourcepoolstatusrequest-controller" requiredFeatureGates=["DRAResourcePoolStatus"]',
  ],
  ['controllermanager.go:687', '"Warning: skipping controller" controller="resourcepoolstatusrequest-controller"'],
]

/** Builds controllers as far as their files allow. Returns the error of the first that cannot be built. */
function missingFile(p: Process, flags: Flags, log: Klog): string | undefined {
  for (const [flag, controller, words] of CONTROLLER_FILES) {
    const file = flags.get(flag)
    if (!file || p.fs.exists(file)) continue
    if (controller !== 'serviceaccount-token-controller') for (const [place, line] of LEFT_OUT) log.info(place, line)
    const prefix = words.replace('$FILE', file).replace('$CERT', flags.get('cluster-signing-cert-file') ?? '')
    const message = `${prefix}open ${file}: no such file or directory`
    const err = JSON.stringify(message)
    log.error('controllermanager.go:683', `"Error initializing a controller" err=${err} controller="${controller}"`)
    log.error('controllermanager.go:296', `"Error building controllers" err=${err}`)
    return message
  }
  return undefined
}

/** Loops that run only when they are named, and the older names by which kubeadm names them. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'bootstrap-signer-controller': ['bootstrapsigner'],
  'token-cleaner-controller': ['tokencleaner'],
}

/** `*`, `foo`, `-foo` of --controllers. */
function enabled(name: string, list: readonly string[]): boolean {
  const names = [name, ...(ALIASES[name] ?? [])]
  if (names.some((n) => list.includes(`-${n}`))) return false
  return (list.includes('*') && !(name in ALIASES)) || names.some((n) => list.includes(n))
}

/** Makes the accounts' tokens, so it cannot depend on one. */
const ROOT_CLIENT = 'serviceaccount-token-controller'

function startLoops({ p, flags, log, client, informers, config }: LoopRuntime): string | undefined {
  const problem = missingFile(p, flags, log)
  if (problem !== undefined) return problem
  const list = (flags.get('controllers') ?? '*').split(',')
  const runtime = { rng: p.host.rng, now: () => p.now(), after: (ms: number, fn: () => void) => p.after(ms, fn) }
  const recordersOf = (api: ApiClient): ControllerContext['events'] => {
    const recorders = new Map<string, CoreEventRecorder>()
    return (component) => {
      let recorder = recorders.get(component)
      if (!recorder) recorders.set(component, (recorder = new CoreEventRecorder(api, runtime, component)))
      return recorder
    }
  }
  const identities =
    flags.get('use-service-account-credentials') === 'true'
      ? new Identities(p, client, config, `kube-controller-manager/${releaseOf(p)} (linux/amd64)`)
      : undefined
  const ctx: ControllerContext = {
    api: client,
    informers,
    kernel: p.timers,
    rng: p.host.rng.fork('controllers'),
    now: () => p.now(),
    events: recordersOf(client),
    log: (level, message) => log.write(level, 'controllermanager.go:812', message),
    onStop: (fn) => p.defer(fn),
    options: {
      clusterCidr: flags.get('cluster-cidr'),
      allocateNodeCidrs: flags.get('allocate-node-cidrs') === 'true',
      nodeMonitorGracePeriodMs: duration(flags.get('node-monitor-grace-period')),
      autoscaler: autoscalerFlags(flags),
      terminatedPodThreshold: number(flags.get('terminated-pod-gc-threshold')),
      qps: Number(flags.get('kube-api-qps')) || undefined,
      burst: Number(flags.get('kube-api-burst')) || undefined,
      rootCaPem: read(p, flags, 'root-ca-file'),
      signAccountToken: accountTokens(read(p, flags, 'service-account-private-key-file')),
      signCsr: flags.has('cluster-signing-cert-file')
        ? (csr, _signer, seconds, usages) => sign(p, flags, csr, seconds, usages)
        : undefined,
    },
  }
  identities?.createIdle()
  for (const controller of controllers) {
    if (!enabled(controller.name, list)) {
      log.info('controllermanager.go:735', `"Warning: controller is disabled" controller="${controller.name}"`)
      continue
    }
    const api = (controller.name === ROOT_CLIENT ? undefined : identities?.client(controller.name)) ?? client
    controller.start({ ...ctx, api, events: recordersOf(api) })
    log.info('controllermanager.go:812', `"Started controller" controller="${controller.name}"`)
  }
}

/** A flag's duration, ms: the parser has seen to its form. */
const duration = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseGoDuration(text)

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

function autoscalerFlags(flags: Flags): ControllerContext['options']['autoscaler'] {
  const of = (name: string): string | undefined => flags.get(`horizontal-pod-autoscaler-${name}`)
  const given = {
    periodMs: duration(of('sync-period')),
    downscaleMs: duration(of('downscale-stabilization')),
    cpuInitializationMs: duration(of('cpu-initialization-period')),
    readinessDelayMs: duration(of('initial-readiness-delay')),
    tolerance: number(of('tolerance')),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function read(p: Process, flags: Flags, flag: string): string | undefined {
  const file = flags.get(flag)
  if (!file) return undefined
  try {
    return p.fs.readFile(file)
  } catch (error) {
    if (error instanceof SysError) return undefined
    throw error
  }
}

/** Signs legacy tokens with the key as it was at the start. */
function accountTokens(pem: string | undefined): ControllerContext['options']['signAccountToken'] {
  const key = privateKeyFromPem(pem ?? '')
  if (!key) return undefined
  return ({ metadata: account }, { metadata: secret }) =>
    signLegacyToken(
      {
        iss: LEGACY_ISSUER,
        'kubernetes.io/serviceaccount/namespace': secret.namespace!,
        'kubernetes.io/serviceaccount/secret.name': secret.name,
        'kubernetes.io/serviceaccount/service-account.name': account.name,
        'kubernetes.io/serviceaccount/service-account.uid': account.uid!,
        sub: `system:serviceaccount:${secret.namespace}:${account.name}`,
      },
      key,
    )
}

/** Signs with the CA files as they are now on disk. Throws Error in the signer's words. */
function sign(p: Process, flags: Flags, csr: string, seconds: number | undefined, usages: readonly string[]): string {
  const cert = certificatesOf(p.fs.readFile(flags.get('cluster-signing-cert-file')!))[0]
  const key = privateKeyFromPem(p.fs.readFile(flags.get('cluster-signing-key-file') ?? ''))
  const request = requestFromPem(csr)
  if (!cert || !key || !request) throw new Error('error reading CA key file')
  const ms = seconds ? seconds * 1000 : (duration(flags.get('cluster-signing-duration')) ?? 8760 * 3_600_000)
  return signRequest(request, { cert, key }, { rng: p.host.rng, now: p.now(), usages, duration: ms }).pem
}

/** Models cmd/kube-controller-manager. */
export const kubeControllerManager: Program = { name: 'kube-controller-manager', main: (p) => runComponent(p, spec) }
