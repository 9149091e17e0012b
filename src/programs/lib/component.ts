import { Informers } from '../../api/informers.ts'
import { LeaderElector } from '../../api/leader-election.ts'
import { LocalClient } from '../../api/local-client.ts'
import { type StatusError, TransportError } from '../../api/types.ts'
import { type Process, type Service, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { selfSignedServing } from '../../pki/index.ts'
import { ApiTransport } from './api-transport.ts'
import { goQuoted, Klog } from './klog.ts'
import { type ClientConfig, loadKubeconfig } from './kubeconfig.ts'

/** Flags as given: the last value wins, a bare boolean flag is `true`. */
export type Flags = ReadonlyMap<string, string>

/** Thrown when the command line has a flag that the usage page does not know. */
export class UnknownFlag extends Error {}

/** Parses pflag-style arguments against the flags a usage page lists. Throws UnknownFlag with pflag's words. */
export function parseFlags(argv: readonly string[], usage: string, more: readonly string[] = []): Flags {
  const known = new Map<string, string>()
  for (const flag of more) {
    const [name, type = ''] = flag.split(' ')
    known.set(name, type)
  }
  for (const m of usage.matchAll(/^ {2,6}(?:-\w, )? *--([a-z0-9-]+)(?: (\S+))?(?: {2,}|$)/gm))
    known.set(m[1], m[2] ?? '')
  const out = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const m = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argv[i])
    if (!m) throw new UnknownFlag(`unknown command ${JSON.stringify(argv[i])}`)
    const [, name, value] = m
    if (!known.has(name)) throw new UnknownFlag(`unknown flag: --${name}`)
    const boolean = known.get(name) === '' || known.get(name)!.startsWith('version[')
    if (value !== undefined) out.set(name, value)
    else if (boolean) out.set(name, 'true')
    else if (i + 1 < argv.length) out.set(name, argv[++i])
    else throw new UnknownFlag(`flag needs an argument: --${name}`)
  }
  return out
}

export interface ComponentSpec {
  readonly name: 'kube-scheduler' | 'kube-controller-manager'
  readonly usage: string
  /** Flags that the page above lacks, as `name type` (no type: boolean). */
  readonly moreFlags?: readonly string[]
  readonly port: number
  /** Lines of the log between serving and the election, as [level, place, message]. */
  banner(version: string): readonly (readonly ['I' | 'W' | 'E', string, string])[]
  /** Message of the fatal line when the lease is lost, with its place. */
  readonly lost: readonly [string, string]
  /** Checks files named in flags; returns the error for the `command failed` line. */
  check?(p: Process, flags: Flags): string | undefined
  /** Starts the control loops; leadership is held. */
  run(loops: LoopRuntime): void
}

/** What the control loops of a component get. */
export interface LoopRuntime {
  readonly p: Process
  readonly flags: Flags
  readonly log: Klog
  readonly client: LocalClient
  readonly informers: Informers
  readonly config: ClientConfig
}

/** Release that an image or binary is; components print it and report it. */
export const VERSION = 'v1.36.4'

/**
 * The life of kube-scheduler and kube-controller-manager: flags, kubeconfig, secure port with health endpoints, leader
 * election, control loops; losing the lease ends the process.
 */
export function* runComponent(p: Process, spec: ComponentSpec): Coro<number> {
  const log = new Klog(p)
  let flags: Flags
  try {
    flags = parseFlags(p.argv.slice(1), spec.usage, spec.moreFlags)
  } catch (error) {
    if (!(error instanceof UnknownFlag)) throw error
    p.stderr.write(`${spec.usage}\nError: ${error.message}\n`)
    return 1
  }
  if (flags.get('version') === 'true') {
    p.stdout.write(`Kubernetes ${VERSION}\n`)
    return 0
  }
  yield { until: p.host.kernel.now() + 400 }
  const fail = (message: string): number => {
    log.error('run.go:72', `"command failed" err=${goQuoted(message)}`)
    return 1
  }
  log.info('serving.go:411', 'Generated self-signed cert in-memory')
  const path = flags.get('kubeconfig')
  let config: ClientConfig
  try {
    for (const f of ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig']) {
      const file = flags.get(f)
      if (file) config = loadKubeconfig(p, file)
    }
    config = loadKubeconfig(p, path ?? '')
  } catch (error) {
    if (error instanceof TransportError) return fail(error.message)
    throw error
  }
  const problem = spec.check?.(p, flags)
  if (problem !== undefined) return fail(problem)

  const transport = new ApiTransport(p, config, `${spec.name}/${VERSION} (linux/amd64) kubernetes/$Format`)
  const client = new LocalClient(transport.send)
  const port = Number(flags.get('secure-port') ?? spec.port)
  const addr = flags.get('bind-address') ?? '0.0.0.0'
  for (const [level, place, message] of spec.banner(VERSION)) log.write(level, place, message)
  if (port > 0) {
    try {
      serve(p, addr, port)
    } catch (error) {
      if (error instanceof SysError)
        return fail(
          `failed to create listener: failed to listen on ${addr}:${port}: listen tcp ${addr}:${port}: bind: ${error.strerror.toLowerCase()}`,
        )
      throw error
    }
    log.info('secure_serving.go:214', `Serving securely on ${addr === '0.0.0.0' ? '[::]' : addr}:${port}`)
    log.info('tlsconfig.go:243', '"Starting DynamicServingCertificateController"')
  }
  p.rss = 48 << 20
  p.cpuMilli = 4
  const informers = new Informers(client, {
    rng: p.host.rng,
    after: (ms, fn) => p.after(ms, fn),
    onError: (resource, error, action) => reflectorError(log, resource, error, action),
  })
  p.defer(() => informers.stop())
  const begin = (): void => spec.run({ p, flags, log, client, informers, config })
  if (flags.get('leader-elect') === 'false') begin()
  else elect(p, spec, client, log, flags, begin)
  return yield* p.park()
}

function elect(p: Process, spec: ComponentSpec, client: LocalClient, log: Klog, flags: Flags, begin: () => void): void {
  const ms = (flag: string, fallback: number): number => {
    const m = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(flags.get(flag) ?? '')
    return m ? Number(m[1]) * { ms: 1, s: 1000, m: 60_000 }[m[2] as 's'] : fallback
  }
  const elector = new LeaderElector({
    client,
    name: flags.get('leader-elect-resource-name') ?? spec.name,
    identity: `${p.hostname}_${p.host.rng.uuid()}`,
    rng: p.host.rng,
    now: () => p.now(),
    after: (delay, fn) => p.after(delay, fn),
    leaseDuration: ms('leader-elect-lease-duration', 15_000),
    renewDeadline: ms('leader-elect-renew-deadline', 10_000),
    retryPeriod: ms('leader-elect-retry-period', 2_000),
    onLeading: begin,
    onLost() {
      log.error(...spec.lost)
      p.exit(1)
    },
    log: (level, line, message) => log.write(level, `leaderelection.go:${line}`, message),
  })
  p.defer(() => elector.stop())
  p.onSignal('SIGTERM', () => {
    elector.stop(spec.name === 'kube-scheduler')
    p.exit(spec.name === 'kube-scheduler' ? 0 : 1)
  })
  elector.start()
}

function reflectorError(
  log: Klog,
  resource: string,
  error: StatusError | TransportError,
  action: 'list' | 'watch',
): void {
  const message = `failed to ${action} ${resource}: ${error.message}`
  log.error(
    'reflector.go:204',
    `"Failed to watch" err=${goQuoted(message)} logger="UnhandledError" reflector="k8s.io/client-go/informers/factory.go:161" type="*v1.${resource}"`,
  )
}

/** Health endpoints over a self-signed certificate, as the generic server has them. */
function serve(p: Process, addr: string, port: number): void {
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
  p.net.listen(p, { addr, port, service })
}
