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
import { type ComponentSpec, type Flags, type LoopRuntime, runComponent, VERSION } from '../lib/component.ts'
import { Identities } from './identities.ts'
import { USAGE } from './usage.ts'

/** Files that it must be able to read at the start, by flag (each ends the process otherwise). */
const FILES = [
  'root-ca-file',
  'service-account-private-key-file',
  'client-ca-file',
  'requestheader-client-ca-file',
] as const

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
  'horizontal-pod-autoscaler-sync-period duration',
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
  lost: ['controllermanager.go:345', '"leaderelection lost"'],
  check(p, flags) {
    for (const flag of FILES) {
      const file = flags.get(flag)
      if (file && !p.fs.exists(file)) return `open ${file}: no such file or directory`
    }
    return undefined
  },
  run: startLoops,
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

function startLoops({ p, flags, log, client, informers, config }: LoopRuntime): void {
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
      ? new Identities(p, client, config, `kube-controller-manager/${VERSION} (linux/amd64)`)
      : undefined
  const ctx: ControllerContext = {
    api: client,
    informers,
    kernel: p.host.kernel,
    rng: p.host.rng.fork('controllers'),
    now: () => p.now(),
    events: recordersOf(client),
    log: (level, message) => log.write(level, 'controllermanager.go:812', message),
    onStop: (fn) => p.defer(fn),
    options: {
      clusterCidr: flags.get('cluster-cidr'),
      allocateNodeCidrs: flags.get('allocate-node-cidrs') === 'true',
      nodeMonitorGracePeriodMs: duration(flags.get('node-monitor-grace-period')),
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
      log.warning('controllermanager.go:736', `"Controller is disabled" controller="${controller.name}"`)
      continue
    }
    const api = (controller.name === ROOT_CLIENT ? undefined : identities?.client(controller.name)) ?? client
    controller.start({ ...ctx, api, events: recordersOf(api) })
    log.info('controllermanager.go:812', `"Started controller" controller="${controller.name}"`)
  }
}

const duration = (text: string | undefined): number | undefined => {
  const m = /^(\d+)(ms|s|m|h)/.exec(text ?? '')
  return m ? Number(m[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[m[2] as 's'] : undefined
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
