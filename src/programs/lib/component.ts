import { CoreEventRecorder } from '../../api/events.ts'
import { Informers } from '../../api/informers.ts'
import { LeaderElector } from '../../api/leader-election.ts'
import { LocalClient } from '../../api/local-client.ts'
import { type ApiRequest, StatusError, TransportError } from '../../api/types.ts'
import { type Process, type Service, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { certificatesOf, selfSignedServing } from '../../pki/index.ts'
import { ApiTransport } from './api-transport.ts'
import { type ParsedType, valueProblem } from './flag-values.ts'
import { goQuoted, Klog } from './klog.ts'
import { type ClientConfig, loadKubeconfig } from './kubeconfig.ts'
import { releaseOf } from './releases.ts'

/** Flags as given: the last value wins but lists grow, a bare boolean flag is `true`. */
export type Flags = ReadonlyMap<string, string>

/** Thrown when the command line has a flag that the usage page does not know, or a value that does not parse. */
class UnknownFlag extends Error {}

/** The types of the usage page whose values are parsed. */
const PARSED: Readonly<Record<string, ParsedType>> = {
  '': 'bool',
  int: 'int',
  int32: 'int',
  float: 'float',
  float32: 'float',
  duration: 'duration',
  ip: 'ip',
}

/** Parses pflag-style arguments against the flags a usage page lists. Throws UnknownFlag with pflag's words. */
function parseFlags(argv: readonly string[], usage: string, more: readonly string[] = []): Flags {
  const known = new Map<string, string>()
  for (const flag of more) {
    const [name, type = ''] = flag.split(' ')
    known.set(name, type)
  }
  for (const m of usage.matchAll(/^ {2,6}(?:-\w, )? *--([a-z0-9-]+)(?: (\S+))?(?: {2,}|$)/gm))
    known.set(m[1], m[2] ?? '')
  const out = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const short = /^-([vh])(?:=?(.+))?$/.exec(argv[i])
    const m = short ? [argv[i], short[1] === 'v' ? 'v' : 'help', short[2]] : /^--([^=]+)(?:=([\s\S]*))?$/.exec(argv[i])
    if (!m) throw new UnknownFlag(`unknown command ${JSON.stringify(argv[i])}`)
    const [, written, value] = m
    const name = written.replaceAll('_', '-')
    const type = known.get(name)
    if (type === undefined) throw new UnknownFlag(`unknown flag: --${written}`)
    const given = value ?? (type === '' || type.startsWith('version[') ? 'true' : argv[++i])
    if (given === undefined)
      throw new UnknownFlag(`flag needs an argument: ${short ? `'v' in ${argv[i - 1]}` : `--${name}`}`)
    const parsed = PARSED[type]
    const wrong = parsed && valueProblem(parsed, given)
    if (wrong) throw new UnknownFlag(`invalid argument ${JSON.stringify(given)} for "--${name}" flag: ${wrong}`)
    const before = type === 'strings' ? out.get(name) : undefined
    out.set(name, before === undefined ? given : `${before},${given}`)
  }
  return out
}

/** What distinguishes the scheduler's process from the controller manager's. */
export interface ComponentSpec {
  readonly name: 'kube-scheduler' | 'kube-controller-manager'
  readonly usage: string
  /** Flags that the page above lacks, as `name type` (no type: boolean). */
  readonly moreFlags?: readonly string[]
  readonly port: number
  /** As which it records the events of its election. */
  readonly eventSource: string
  /** What is wrong with the flags; found before anything else. */
  validate?(flags: Flags): string | undefined
  /** Reads configuration files; returns the error for the `command failed` line. */
  check?(p: Process, flags: Flags): string | undefined
  /** Lines of the log between the listener and the election. `known`: the cluster said how callers authenticate. */
  banner(version: string, known: boolean): readonly Line[]
  /** It asks the API server how to authenticate its own callers: whether a failure is fatal. */
  readonly lookup: 'fatal' | 'tolerated'
  /** Its caches fill before it takes part in the election. */
  readonly syncsFirst?: boolean
  /** Lines after the lease is lost; then it ends. */
  lost(known: boolean): readonly Line[]
  /** It gives its lease back at the end. */
  readonly releases?: true
  /** Its transport cannot cancel requests, and says so. */
  readonly cancels?: false
  /** Lines at SIGTERM before the loops ran, and its exit status. */
  readonly terminated: {
    readonly early: readonly Line[]
    lines(known: boolean): readonly Line[]
    /** Only the leader has these lines. */
    readonly ofLeader: readonly Line[]
    readonly code: number
  }
  /** Starts the control loops; leadership is held. Returns what ends it instead, for the `command failed` line. */
  run(loops: LoopRuntime): string | undefined
}

/** `$ADDRESS` stands for where it listens. */
export type Line = readonly [level: 'I' | 'W' | 'E', place: string, message: string]

/** What the control loops of a component get. */
export interface LoopRuntime {
  readonly p: Process
  readonly flags: Flags
  readonly log: Klog
  readonly client: LocalClient
  readonly informers: Informers
  readonly config: ClientConfig
}

/**
 * The life of kube-scheduler and kube-controller-manager: flags, kubeconfig, secure port with health endpoints, leader
 * election, control loops; losing the lease ends the process.
 */
export function* runComponent(p: Process, spec: ComponentSpec): Coro<number> {
  const log = new Klog(p)
  const release = releaseOf(p)
  let flags: Flags
  try {
    flags = parseFlags(p.argv.slice(1), spec.usage, spec.moreFlags)
  } catch (error) {
    if (!(error instanceof UnknownFlag)) throw error
    p.stderr.write(`${spec.usage}\nError: ${error.message}\n`)
    return 1
  }
  if (flags.get('version') === 'true') {
    p.stdout.write(`Kubernetes ${release}\n`)
    return 0
  }
  yield { until: p.host.kernel.now() + 400 }
  const fail = (message: string): number => {
    log.error('run.go:72', `"command failed" err=${goQuoted(message)}`)
    return 1
  }
  const invalid = spec.validate?.(flags)
  if (invalid !== undefined) return fail(invalid)
  const port = Number(flags.get('secure-port') ?? spec.port)
  const addr = flags.get('bind-address') ?? '0.0.0.0'
  if (port > 0) log.info('serving.go:411', 'Generated self-signed cert in-memory')
  const config = configuration(p, spec, flags)
  if (typeof config === 'string') return fail(config)
  const transport = new ApiTransport(p, config, `${spec.name}/${release} (linux/amd64) kubernetes/$Format`)
  const client = new LocalClient(tellingUrl(config.server, transport.send))
  const refused = port > 0 ? serve(p, addr, port) : undefined
  if (refused !== undefined) return fail(refused)
  const known = lookUpAuthentication(spec, flags, client, log)
  if (typeof known === 'string') return fail(known)

  const address = `${addr === '0.0.0.0' ? '[::]' : addr}:${port}`
  const write = (lines: readonly Line[]): void => {
    for (const [level, place, message] of lines) log.write(level, place, message.replace('$ADDRESS', address))
  }
  write(spec.banner(release, known))
  if (!p.fs.exists(`/proc/${p.pid}`) && !p.fs.exists('/proc/self'))
    log.error(
      'processstarttime.go:40',
      `Could not get process start time, stat /proc/${p.pid}: no such file or directory`,
    )
  if (port > 0) {
    log.info('secure_serving.go:214', `Serving securely on ${address}`)
    log.info('tlsconfig.go:243', '"Starting DynamicServingCertificateController"')
  }
  p.rss = 48 << 20
  p.cpuMilli = 4
  const informers = new Informers(client, {
    rng: p.host.rng,
    after: (ms, fn) => p.after(ms, fn),
    onError: ({ kind, error, action }) => reflectorError(log, kind, error, action),
  })
  p.defer(() => informers.stop())
  const begin = (): void => {
    const problem = spec.run({ p, flags, log, client, informers, config })
    if (problem !== undefined) p.exit(fail(problem))
  }
  let electing = false
  let elector: LeaderElector | undefined
  const terminate = (): void => {
    if (!electing) write(spec.terminated.early)
    if (elector?.leading) write(spec.terminated.ofLeader)
    elector?.stop(spec.releases)
    write(spec.terminated.lines(known))
    p.exit(spec.terminated.code)
  }
  p.onSignal('SIGTERM', terminate)
  p.onSignal('SIGINT', terminate)
  if (spec.syncsFirst) yield* synced(p, client)
  if (spec.syncsFirst && known) log.info('shared_informer.go:409', '"Caches are synced"')
  electing = true
  if (flags.get('leader-elect') === 'false') begin()
  else elector = elect(p, spec, client, log, flags, () => write(spec.lost(known)), begin)
  return yield* p.park()
}

/** The kubeconfigs, then files of configuration; a text is what ends the program. */
function configuration(p: Process, spec: ComponentSpec, flags: Flags): ClientConfig | string {
  try {
    const problem = spec.check?.(p, flags)
    if (problem !== undefined) return problem
    const config = loadKubeconfig(p, flags.get('kubeconfig') ?? '')
    for (const flag of ['authentication-kubeconfig', 'authorization-kubeconfig']) {
      const file = flags.get(flag)
      const other = file ? loadKubeconfig(p, file) : undefined
      if (other?.certPem && !certificatesOf(other.certPem)[0])
        return 'failed to get delegated authentication kubeconfig: tls: failed to find any PEM data in certificate input'
    }
    return config
  } catch (error) {
    if (error instanceof TransportError) return error.message
    throw error
  }
}

/**
 * The generic server reads how its callers authenticate from the cluster unless flags say so. Returns whether it did; a
 * text is what ends the program.
 */
function lookUpAuthentication(spec: ComponentSpec, flags: Flags, client: LocalClient, log: Klog): string | boolean {
  if (flags.has('client-ca-file') && flags.has('requestheader-client-ca-file')) return false
  if (!flags.has('authentication-kubeconfig')) return false
  try {
    client.find('ConfigMap', 'kube-system', 'extension-apiserver-authentication')
    return true
  } catch (error) {
    // Whoever hangs is waited for; whoever may not read it goes on without.
    if (!(error instanceof TransportError) || error.kind === 'timeout') return false
    const reason = error.message
    if (spec.lookup === 'fatal') return `unable to load configmap based request-header-client-ca-file: ${reason}`
    log.warning('authentication.go:397', `Error looking up in-cluster authentication configuration: ${reason}`)
    log.warning(
      'authentication.go:398',
      'Continuing without authentication configuration. This may treat all requests as anonymous.',
    )
    log.warning(
      'authentication.go:399',
      'To require authentication configuration lookup to succeed, set --authentication-tolerate-lookup-failure=false',
    )
    return false
  }
}

/** Until the API server lists: caches could fill now. Nothing is logged meanwhile. */
function* synced(p: Process, client: LocalClient): Coro<void> {
  for (;;) {
    try {
      client.list('Node')
      return
    } catch (error) {
      if (!(error instanceof TransportError || error instanceof StatusError)) throw error
    }
    yield { until: p.host.kernel.now() + 1000 }
  }
}

/** client-go's errors name what was asked. */
function tellingUrl(server: string, send: ApiTransport['send']): ApiTransport['send'] {
  return (request) => {
    try {
      return send(request)
    } catch (error) {
      if (!(error instanceof TransportError) || error.kind === 'config') throw error
      const reason = error.kind === 'timeout' ? 'context deadline exceeded' : error.message
      throw new TransportError(error.kind, `${METHODS[request.verb] ?? 'Get'} "${server}${pathOf(request)}": ${reason}`)
    }
  }
}

const METHODS: Readonly<Record<string, string>> = { create: 'Post', update: 'Put', patch: 'Patch', delete: 'Delete' }

/** `/apis/apps/v1/namespaces/x/deployments/y` with the parameters that an informer or an election gives. */
function pathOf(request: ApiRequest): string {
  const r = request as Partial<
    Record<'group' | 'version' | 'namespace' | 'resource' | 'name' | 'subresource' | 'verb', string>
  >
  const parts = [
    r.group ? `/apis/${r.group}/${r.version}` : `/api/${r.version}`,
    ...(r.namespace ? ['namespaces', r.namespace] : []),
    r.resource ?? '',
    ...(r.name ? [r.name] : []),
    ...(r.subresource ? [r.subresource] : []),
  ]
  const query = r.resource === 'leases' ? '?timeout=5s' : r.verb === 'list' ? '?limit=500&resourceVersion=0' : ''
  return parts.join('/') + query
}

function elect(
  p: Process,
  spec: ComponentSpec,
  client: LocalClient,
  log: Klog,
  flags: Flags,
  lost: () => void,
  begin: () => void,
): LeaderElector {
  const ms = (flag: string, fallback: number): number => {
    const m = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(flags.get(flag) ?? '')
    return m ? Number(m[1]) * { ms: 1, s: 1000, m: 60_000 }[m[2] as 's'] : fallback
  }
  const name = flags.get('leader-elect-resource-name') ?? spec.name
  const identity = `${p.hostname}_${p.host.rng.uuid()}`
  const elector = new LeaderElector({
    client,
    name,
    identity,
    rng: p.host.rng,
    now: () => p.now(),
    after: (delay, fn) => p.after(delay, fn),
    leaseDuration: ms('leader-elect-lease-duration', 15_000),
    renewDeadline: ms('leader-elect-renew-deadline', 10_000),
    retryPeriod: ms('leader-elect-retry-period', 2_000),
    onLeading() {
      announce(p, spec, client, name, `${identity} became leader`)
      begin()
    },
    onLost() {
      lost()
      p.exit(1)
    },
    releases: spec.releases,
    onGivenUp() {
      if (spec.cancels === false)
        log.info(
          'transport.go:371',
          '"Warning: unable to cancel request" roundTripperType="*app.rejectIfNotReadyHeaderRT"',
        )
    },
    log: (level, line, message) => log.write(level, `leaderelection.go:${line}`, message),
  })
  p.defer(() => elector.stop())
  elector.start()
  return elector
}

/** The lock's own event; who cannot write it goes on (resourcelock.RecordEvent). */
function announce(p: Process, spec: ComponentSpec, client: LocalClient, name: string, message: string): void {
  const runtime = { rng: p.host.rng, now: () => p.now(), after: (ms: number, fn: () => void) => p.after(ms, fn) }
  try {
    const lease = client.find('Lease', 'kube-system', name)
    if (lease) new CoreEventRecorder(client, runtime, spec.eventSource).normal(lease, 'LeaderElection', message)
  } catch (error) {
    if (!(error instanceof TransportError || error instanceof StatusError)) throw error
  }
}

function reflectorError(log: Klog, kind: string, error: StatusError | TransportError, action: 'list' | 'watch'): void {
  const message = action === 'list' ? `failed to list *v1.${kind}: ${error.message}` : error.message
  log.error(
    'reflector.go:227',
    `"Failed to watch" err=${goQuoted(message)} logger="UnhandledError" reflector="k8s.io/client-go/informers/factory.go:161" type="*v1.${kind}"`,
  )
}

/** Health endpoints over a self-signed certificate, as the generic server has them. A text is why it cannot listen. */
function serve(p: Process, addr: string, port: number): string | undefined {
  const own = selfSignedServing(p.hostname, p.host.rng, p.now())
  const service: Service = {
    name: p.program.name,
    tls: () => ({ certPem: own.cert.pem, keyPem: own.key.pem, clientAuth: 'request' }),
    http(request) {
      const path = request.path.split('?')[0]
      if (/^\/(healthz|livez|readyz)(\/|$)/.test(path))
        return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' }
      const body = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `forbidden: User "system:anonymous" cannot get path "${path}"`,
        reason: 'Forbidden',
        details: {},
        code: 403,
      }
      return { status: 403, headers: { 'content-type': 'application/json' }, body }
    },
  }
  try {
    p.net.listen(p, { addr, port, service })
    return undefined
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    return `failed to create listener: failed to listen on ${addr}:${port}: listen tcp ${addr}:${port}: bind: ${error.strerror.toLowerCase()}`
  }
}
