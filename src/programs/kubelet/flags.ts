import type { Document } from '../lib/component-config.ts'

/** What the kubelet takes from its command line. */
export interface KubeletFlags {
  /** Flags given that are fields of the configuration file. */
  readonly deprecated: readonly string[]
  readonly config: string
  readonly kubeconfig: string
  readonly bootstrapKubeconfig: string
  readonly hostnameOverride: string
  readonly nodeIp: string
  readonly nodeLabels: Readonly<Record<string, string>>
  readonly certDir: string
  readonly rootDir: string
  /** -v; undefined: what the configuration file says. */
  readonly verbosity: number | undefined
  /** Flags that override fields of the configuration file, by the field's path. */
  readonly overrides: Readonly<Record<string, unknown>>
  readonly help: boolean
  readonly version: boolean
}

type Parse = (value: string) => unknown

const text: Parse = (v) => v
const bool: Parse = (v) => v !== 'false'
const number: Parse = (v) => Number(v)
const list: Parse = (v) => v.split(',')
const pairs: Parse = (v) => Object.fromEntries(v.split(',').map((p) => p.split(/=|</, 2)))
const taints: Parse = (v) =>
  v.split(',').map((taint) => {
    const [head, effect = ''] = taint.split(':')
    const [key, value] = head.split('=')
    return { key, ...(value ? { value } : {}), effect }
  })
const gates: Parse = (v) => Object.fromEntries(v.split(',').map((p) => [p.split('=')[0], p.endsWith('=true')]))

/** Flags that are fields of KubeletConfiguration (cmd/kubelet/app/options/options.go), by how their values read. */
const CONFIG_FLAGS: ReadonlyMap<string, readonly [path: string, parse: Parse]> = new Map(
  (
    [
      [
        text,
        {
          address: 'address',
          'authentication-token-webhook-cache-ttl': 'authentication.webhook.cacheTTL',
          'authorization-mode': 'authorization.mode',
          'authorization-webhook-cache-authorized-ttl': 'authorization.webhook.cacheAuthorizedTTL',
          'authorization-webhook-cache-unauthorized-ttl': 'authorization.webhook.cacheUnauthorizedTTL',
          'cgroup-driver': 'cgroupDriver',
          'cgroup-root': 'cgroupRoot',
          'client-ca-file': 'authentication.x509.clientCAFile',
          'cluster-domain': 'clusterDomain',
          'container-log-max-size': 'containerLogMaxSize',
          'container-runtime-endpoint': 'containerRuntimeEndpoint',
          'cpu-cfs-quota-period': 'cpuCFSQuotaPeriod',
          'cpu-manager-policy': 'cpuManagerPolicy',
          'cpu-manager-reconcile-period': 'cpuManagerReconcilePeriod',
          'eviction-pressure-transition-period': 'evictionPressureTransitionPeriod',
          'file-check-frequency': 'fileCheckFrequency',
          'hairpin-mode': 'hairpinMode',
          'healthz-bind-address': 'healthzBindAddress',
          'http-check-frequency': 'httpCheckFrequency',
          'image-service-endpoint': 'imageServiceEndpoint',
          'kube-api-content-type': 'contentType',
          'kube-reserved-cgroup': 'kubeReservedCgroup',
          'kubelet-cgroups': 'kubeletCgroups',
          'log-flush-frequency': 'logging.flushFrequency',
          'logging-format': 'logging.format',
          'memory-manager-policy': 'memoryManagerPolicy',
          'minimum-image-ttl-duration': 'imageMinimumGCAge',
          'node-status-update-frequency': 'nodeStatusUpdateFrequency',
          'pod-cidr': 'podCIDR',
          'pod-manifest-path': 'staticPodPath',
          'provider-id': 'providerID',
          'reserved-cpus': 'reservedSystemCPUs',
          'resolv-conf': 'resolvConf',
          'runtime-request-timeout': 'runtimeRequestTimeout',
          'streaming-connection-idle-timeout': 'streamingConnectionIdleTimeout',
          'sync-frequency': 'syncFrequency',
          'system-cgroups': 'systemCgroups',
          'system-reserved-cgroup': 'systemReservedCgroup',
          'tls-cert-file': 'tlsCertFile',
          'tls-min-version': 'tlsMinVersion',
          'tls-private-key-file': 'tlsPrivateKeyFile',
          'topology-manager-policy': 'topologyManagerPolicy',
          'topology-manager-scope': 'topologyManagerScope',
          'volume-plugin-dir': 'volumePluginDir',
          'volume-stats-agg-period': 'volumeStatsAggPeriod',
        },
      ],
      [
        number,
        {
          'container-log-max-files': 'containerLogMaxFiles',
          'event-burst': 'eventBurst',
          'event-qps': 'eventRecordQPS',
          'eviction-max-pod-grace-period': 'evictionMaxPodGracePeriod',
          'healthz-port': 'healthzPort',
          'image-gc-high-threshold': 'imageGCHighThresholdPercent',
          'image-gc-low-threshold': 'imageGCLowThresholdPercent',
          'kube-api-burst': 'kubeAPIBurst',
          'kube-api-qps': 'kubeAPIQPS',
          'max-open-files': 'maxOpenFiles',
          'max-pods': 'maxPods',
          'node-status-max-images': 'nodeStatusMaxImages',
          'oom-score-adj': 'oomScoreAdj',
          'pod-max-pids': 'podPidsLimit',
          'pods-per-core': 'podsPerCore',
          port: 'port',
          'read-only-port': 'readOnlyPort',
          'registry-burst': 'registryBurst',
          'registry-qps': 'registryPullQPS',
        },
      ],
      [
        bool,
        {
          'anonymous-auth': 'authentication.anonymous.enabled',
          'authentication-token-webhook': 'authentication.webhook.enabled',
          'cgroups-per-qos': 'cgroupsPerQOS',
          'contention-profiling': 'enableContentionProfiling',
          'cpu-cfs-quota': 'cpuCFSQuota',
          'enable-controller-attach-detach': 'enableControllerAttachDetach',
          'enable-debugging-handlers': 'enableDebuggingHandlers',
          'enable-server': 'enableServer',
          'fail-swap-on': 'failSwapOn',
          'kernel-memcg-notification': 'kernelMemcgNotification',
          'local-storage-capacity-isolation': 'localStorageCapacityIsolation',
          'make-iptables-util-chains': 'makeIPTablesUtilChains',
          'protect-kernel-defaults': 'protectKernelDefaults',
          'register-node': 'registerNode',
          'rotate-certificates': 'rotateCertificates',
          'rotate-server-certificates': 'serverTLSBootstrap',
          runonce: 'runOnce',
          'seccomp-default': 'seccompDefault',
          'serialize-image-pulls': 'serializeImagePulls',
        },
      ],
      [
        list,
        {
          'allowed-unsafe-sysctls': 'allowedUnsafeSysctls',
          'cluster-dns': 'clusterDNS',
          'enforce-node-allocatable': 'enforceNodeAllocatable',
          'tls-cipher-suites': 'tlsCipherSuites',
        },
      ],
      [
        pairs,
        {
          'cpu-manager-policy-options': 'cpuManagerPolicyOptions',
          'eviction-hard': 'evictionHard',
          'eviction-minimum-reclaim': 'evictionMinimumReclaim',
          'eviction-soft': 'evictionSoft',
          'eviction-soft-grace-period': 'evictionSoftGracePeriod',
          'kube-reserved': 'kubeReserved',
          'system-reserved': 'systemReserved',
          'topology-manager-policy-options': 'topologyManagerPolicyOptions',
        },
      ],
      [taints, { 'register-with-taints': 'registerWithTaints' }],
      [gates, { 'feature-gates': 'featureGates' }],
    ] as const
  ).flatMap(([parse, flags]) => Object.entries(flags).map(([flag, path]) => [flag, [path, parse]] as const)),
)

/** Flags that are accepted and change nothing here. */
const IGNORED = new Set(
  `vmodule runtime-cgroups pod-infra-container-image exit-on-lock-contention lock-file cloud-provider
  image-credential-provider-config image-credential-provider-bin-dir config-dir`.split(/\s+/),
)

const BOOLEAN = new Set(['help', 'version', 'h'])

/** The document with a field, named by its path, set. */
const withField = (doc: Document, [name, ...rest]: readonly string[], value: unknown): Document => ({
  ...doc,
  [name]: rest.length === 0 ? value : withField((doc[name] as Document | undefined) ?? {}, rest, value),
})

/** The document as the flags change it: they win over the file. */
export const withFlags = (doc: Document, { overrides, verbosity }: KubeletFlags): Document =>
  Object.entries({ ...overrides, ...(verbosity === undefined ? {} : { 'logging.verbosity': verbosity }) }).reduce(
    (now, [path, value]) => withField(now, path.split('.'), value),
    doc,
  )

function verbosityOf(value: string): number {
  const level = Number(value)
  if (/^[+-]?\d+$/.test(value)) return level
  const quoted = JSON.stringify(value)
  throw new Error(
    `failed to parse kubelet flag: invalid argument ${quoted} for "-v, --v" flag: strconv.ParseInt: parsing ${quoted}: invalid syntax`,
  )
}

/** Parses the command line. Throws Error with pflag's text. */
export function parseFlags(args: readonly string[]): KubeletFlags {
  const values = new Map<string, string>()
  const overrides: Record<string, unknown> = {}
  const deprecated: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (!arg.startsWith('-')) throw new Error(`unknown command: ${arg}`)
    const m = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(arg)
    const name = m?.[1] ?? ''
    const known =
      CONFIG_FLAGS.has(name) ||
      IGNORED.has(name) ||
      [
        'config',
        'kubeconfig',
        'bootstrap-kubeconfig',
        'hostname-override',
        'node-ip',
        'node-labels',
        'cert-dir',
        'root-dir',
        'v',
        'help',
        'h',
        'version',
      ].includes(name)
    if (!known) {
      if (!arg.startsWith('--'))
        throw new Error(`failed to parse kubelet flag: unknown shorthand flag: '${name[0]}' in ${arg}`)
      throw new Error(`failed to parse kubelet flag: unknown flag: --${name}`)
    }
    let value = m?.[2]
    if (value === undefined) {
      if (BOOLEAN.has(name) || CONFIG_FLAGS.get(name)?.[1] === bool) value = 'true'
      else if (i + 1 >= args.length) throw new Error(`failed to parse kubelet flag: flag needs an argument: --${name}`)
      else value = args[++i]
    }
    const setting = CONFIG_FLAGS.get(name)
    if (setting) {
      const [path, parse] = setting
      const parsed = parse(value)
      if (typeof parsed === 'number' && Number.isNaN(parsed))
        throw new Error(
          `failed to parse kubelet flag: invalid argument ${JSON.stringify(value)} for "--${name}" flag: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`,
        )
      overrides[path] = parsed
      deprecated.push(name)
    } else values.set(name, value)
  }
  const get = (name: string): string => values.get(name) ?? ''
  return {
    deprecated,
    config: get('config'),
    kubeconfig: get('kubeconfig'),
    bootstrapKubeconfig: get('bootstrap-kubeconfig'),
    hostnameOverride: get('hostname-override'),
    nodeIp: get('node-ip'),
    nodeLabels: get('node-labels') ? (pairs(get('node-labels')) as Record<string, string>) : {},
    certDir: get('cert-dir') || '/var/lib/kubelet/pki',
    rootDir: get('root-dir') || '/var/lib/kubelet',
    verbosity: values.has('v') ? verbosityOf(get('v')) : undefined,
    overrides,
    help: values.has('help') || values.has('h'),
    version: values.has('version'),
  }
}
