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
  readonly registerWithTaints: readonly { key: string; value?: string; effect: string }[]
  readonly certDir: string
  readonly rootDir: string
  /** -v; undefined: what the configuration file says. */
  readonly verbosity: number | undefined
  /** Flags that override fields of the configuration file, by field. */
  readonly overrides: Readonly<Record<string, unknown>>
  readonly help: boolean
  readonly version: boolean
}

const strings = (v: string): unknown => v
const bool = (v: string): unknown => v !== 'false'
const int = (v: string): unknown => Number(v)
const list = (v: string): unknown => v.split(',')
const pairs = (v: string): unknown => Object.fromEntries(v.split(',').map((p) => p.split(/=|</, 2)))

/** Flags that are fields of KubeletConfiguration. */
const CONFIG_FLAGS: Readonly<Record<string, [string, (v: string) => unknown]>> = {
  'pod-manifest-path': ['staticPodPath', strings],
  'cluster-dns': ['clusterDNS', list],
  'cluster-domain': ['clusterDomain', strings],
  'resolv-conf': ['resolvConf', strings],
  'max-pods': ['maxPods', int],
  address: ['address', strings],
  port: ['port', int],
  'read-only-port': ['readOnlyPort', int],
  'healthz-port': ['healthzPort', int],
  'healthz-bind-address': ['healthzBindAddress', strings],
  'container-runtime-endpoint': ['containerRuntimeEndpoint', strings],
  'serialize-image-pulls': ['serializeImagePulls', bool],
  'image-gc-high-threshold': ['imageGCHighThresholdPercent', int],
  'image-gc-low-threshold': ['imageGCLowThresholdPercent', int],
  'eviction-hard': ['evictionHard', pairs],
  'fail-swap-on': ['failSwapOn', bool],
  'rotate-certificates': ['rotateCertificates', bool],
  'rotate-server-certificates': ['serverTLSBootstrap', bool],
  'tls-cert-file': ['tlsCertFile', strings],
  'tls-private-key-file': ['tlsPrivateKeyFile', strings],
  'register-node': ['registerNode', bool],
  'system-reserved': ['systemReserved', pairs],
  'kube-reserved': ['kubeReserved', pairs],
  'cgroup-driver': ['cgroupDriver', strings],
  'node-status-update-frequency': ['nodeStatusUpdateFrequency', strings],
  'sync-frequency': ['syncFrequency', strings],
  'file-check-frequency': ['fileCheckFrequency', strings],
  'container-log-max-size': ['containerLogMaxSize', strings],
  'container-log-max-files': ['containerLogMaxFiles', int],
  'feature-gates': [
    'featureGates',
    (v) => Object.fromEntries(v.split(',').map((p) => [p.split('=')[0], p.endsWith('=true')])),
  ],
}

/** Flags that are accepted and change nothing here. */
const IGNORED = new Set(
  `vmodule log-flush-frequency logging-format runtime-cgroups kubelet-cgroups system-cgroups cgroup-root cgroups-per-qos
  enforce-node-allocatable authentication-token-webhook authorization-mode anonymous-auth client-ca-file cpu-manager-policy
  pod-infra-container-image volume-plugin-dir seccomp-default exit-on-lock-contention lock-file node-status-max-images
  provider-id cloud-provider allowed-unsafe-sysctls protect-kernel-defaults topology-manager-policy memory-manager-policy
  image-credential-provider-config image-credential-provider-bin-dir kube-api-qps kube-api-burst event-qps event-burst
  registry-qps registry-burst hairpin-mode eviction-soft eviction-soft-grace-period eviction-minimum-reclaim
  eviction-pressure-transition-period image-service-endpoint streaming-connection-idle-timeout minimum-image-ttl-duration
  enable-controller-attach-detach make-iptables-util-chains authentication-token-webhook-cache-ttl
  authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl tls-min-version tls-cipher-suites
  config-dir local-storage-capacity-isolation oom-score-adj run-once`.split(/\s+/),
)

const BOOLEAN = new Set([
  'register-node',
  'serialize-image-pulls',
  'fail-swap-on',
  'rotate-certificates',
  'rotate-server-certificates',
  'cgroups-per-qos',
  'anonymous-auth',
  'authentication-token-webhook',
  'seccomp-default',
  'help',
  'version',
  'h',
])

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
      name in CONFIG_FLAGS ||
      IGNORED.has(name) ||
      [
        'config',
        'kubeconfig',
        'bootstrap-kubeconfig',
        'hostname-override',
        'node-ip',
        'node-labels',
        'register-with-taints',
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
      if (BOOLEAN.has(name)) value = 'true'
      else if (i + 1 >= args.length) throw new Error(`failed to parse kubelet flag: flag needs an argument: --${name}`)
      else value = args[++i]
    }
    if (name in CONFIG_FLAGS) {
      const [field, parse] = CONFIG_FLAGS[name]
      const parsed = parse(value)
      if (typeof parsed === 'number' && Number.isNaN(parsed))
        throw new Error(
          `failed to parse kubelet flag: invalid argument ${JSON.stringify(value)} for "--${name}" flag: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`,
        )
      overrides[field] = parsed
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
    registerWithTaints: get('register-with-taints')
      ? get('register-with-taints')
          .split(',')
          .map((t) => {
            const [head, effect] = t.split(':')
            const [key, value] = head.split('=')
            return { key, effect: effect ?? '', ...(value ? { value } : {}) }
          })
      : [],
    certDir: get('cert-dir') || '/var/lib/kubelet/pki',
    rootDir: get('root-dir') || '/var/lib/kubelet',
    verbosity: values.has('v') ? verbosityOf(get('v')) : undefined,
    overrides,
    help: values.has('help') || values.has('h'),
    version: values.has('version'),
  }
}
