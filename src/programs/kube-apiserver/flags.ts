import { type ParsedType, valueProblem } from '../lib/flag-values.ts'

/** A flag's value does not parse, or the flag does not exist: pflag's words, without `Error: `. */
export class FlagError extends Error {}

type FlagType = ParsedType | 'string' | 'list'

const NAMES: Readonly<Record<FlagType, string>> = {
  bool: `aggregator-reject-forwarding-redirect allow-privileged anonymous-auth audit-log-compress
    audit-log-batch-throttle-enable audit-log-truncate-enabled audit-webhook-batch-throttle-enable
    audit-webhook-truncate-enabled contention-profiling disable-http2-serving emulation-forward-compatible
    enable-aggregator-routing enable-bootstrap-token-auth enable-garbage-collector enable-priority-and-fairness
    encryption-provider-config-automatic-reload help log-json-split-stream log-text-split-stream permit-address-sharing
    permit-port-sharing profiling runtime-config-emulation-forward-compatible service-account-extend-token-expiration
    service-account-lookup shutdown-send-retry-after watch-cache enable-logs-handler`,
  int: `audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-throttle-burst audit-log-maxage
    audit-log-maxbackup audit-log-maxsize audit-log-truncate-max-batch-size audit-log-truncate-max-event-size
    audit-webhook-batch-buffer-size audit-webhook-batch-max-size audit-webhook-batch-throttle-burst
    audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size default-not-ready-toleration-seconds
    default-unreachable-toleration-seconds default-watch-cache-size delete-collection-workers
    http2-max-streams-per-connection kubernetes-service-node-port lease-reuse-duration-seconds
    max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight min-request-timeout secure-port
    apiserver-count`,
  uint: 'kubelet-port kubelet-read-only-port',
  float: 'goaway-chance audit-log-batch-throttle-qps audit-webhook-batch-throttle-qps',
  duration: `audit-log-batch-max-wait audit-webhook-batch-initial-backoff audit-webhook-batch-max-wait
    audit-webhook-initial-backoff authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl coordinated-leadership-lease-duration
    coordinated-leadership-renew-deadline coordinated-leadership-retry-period etcd-compaction-interval
    etcd-count-metric-poll-period etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-readycheck-timeout
    event-ttl kubelet-timeout livez-grace-period log-flush-frequency request-timeout
    service-account-max-token-expiration shutdown-delay-duration shutdown-watch-termination-grace-period
    storage-initialization-timeout`,
  ip: 'advertise-address bind-address',
  list: `admission-control allow-metric-labels api-audiences authorization-mode cors-allowed-origins
    disable-admission-plugins disabled-metrics emulated-version enable-admission-plugins etcd-servers
    etcd-servers-overrides feature-gates kubelet-preferred-address-types oidc-groups-claim oidc-required-claim
    oidc-signing-algs requestheader-allowed-names requestheader-extra-headers-prefix requestheader-group-headers
    requestheader-uid-headers requestheader-username-headers runtime-config service-account-issuer
    service-account-key-file strict-transport-security-directives tls-cipher-suites tls-curve-preferences
    tls-sni-cert-key vmodule watch-cache-sizes`,
  string: `admission-control-config-file allow-metric-labels-manifest audit-log-format audit-log-mode audit-log-path
    audit-log-version audit-policy-file audit-webhook-config-file audit-webhook-mode audit-webhook-version
    authentication-config authentication-token-webhook-config-file authentication-token-webhook-version
    authorization-config authorization-policy-file authorization-webhook-config-file authorization-webhook-version
    cert-dir client-ca-file debug-socket-path egress-selector-config-file encryption-provider-config
    endpoint-reconciler-type etcd-cafile etcd-certfile etcd-keyfile etcd-prefix external-hostname
    kubelet-certificate-authority kubelet-client-certificate kubelet-client-key log-json-info-buffer-size
    log-text-info-buffer-size logging-format oidc-ca-file oidc-client-id oidc-groups-prefix oidc-issuer-url
    oidc-username-claim oidc-username-prefix peer-advertise-ip peer-advertise-port peer-ca-file
    proxy-client-cert-file proxy-client-key-file requestheader-client-ca-file service-account-jwks-uri
    service-account-signing-endpoint service-account-signing-key-file service-cluster-ip-range
    service-node-port-range show-hidden-metrics-for-version storage-backend storage-media-type tls-cert-file
    tls-min-version tls-private-key-file token-auth-file tracing-config-file v version`,
}

const TYPES = new Map<string, FlagType>(
  Object.entries(NAMES).flatMap(([type, names]) => names.split(/\s+/).map((name) => [name, type as FlagType] as const)),
)

/** The flags of a kube-apiserver as given. Lists are joined over repeated flags. */
export class ApiServerFlags {
  constructor(private readonly values: ReadonlyMap<string, string>) {}

  get(name: string, fallback = ''): string {
    return this.values.get(name) ?? fallback
  }

  given(name: string): boolean {
    return this.values.has(name)
  }

  list(name: string, fallback: readonly string[] = []): readonly string[] {
    const value = this.values.get(name)
    return value === undefined ? fallback : value.split(',').filter((v) => v !== '')
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.values.get(name)
    return value === undefined ? fallback : /^(1|t|T|TRUE|true|True)$/.test(value)
  }

  int(name: string, fallback: number): number {
    const value = this.values.get(name)
    return value === undefined ? fallback : Number(value)
  }
}

/** Parses the command line as pflag does. Throws FlagError at the first problem. */
export function parseFlags(args: readonly string[]): ApiServerFlags {
  const values = new Map<string, string>()
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    const short = /^-v(?:=?(\d+))?$/.exec(arg)
    if (short) {
      values.set('v', short[1] ?? args[++i] ?? '0')
      continue
    }
    const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg)
    if (!match) {
      if (arg.startsWith('-')) throw new FlagError(`unknown shorthand flag: ${JSON.stringify(arg[1])} in ${arg}`)
      throw new FlagError(`"kube-apiserver" does not take any arguments, got ${JSON.stringify(args.slice(i))}`)
    }
    const name = match[1]!.replaceAll('_', '-')
    const type = TYPES.get(name)
    if (!type) throw new FlagError(`unknown flag: --${match[1]}`)
    let value = match[2]
    if (value === undefined) {
      if (type === 'bool') value = 'true'
      else if (name === 'version') value = 'true'
      else if (i + 1 < args.length) value = args[++i]!
      else throw new FlagError(`flag needs an argument: --${name}`)
    }
    const wrong = type === 'string' || type === 'list' ? undefined : valueProblem(type, value)
    if (wrong) throw new FlagError(`invalid argument ${JSON.stringify(value)} for "--${name}" flag: ${wrong}`)
    const before = values.get(name)
    values.set(name, type === 'list' && before ? `${before},${value}` : value)
  }
  return new ApiServerFlags(values)
}
