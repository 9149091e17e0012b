import { parse } from 'yaml'
import { Informers, LocalClient } from '../../api/index.ts'
import { type KubeObject, TransportError } from '../../api/types.ts'
import { type Process, type Program, type Stack, SysError } from '../../host/index.ts'
import { type Coro, forNoReason, sleep } from '../../kernel/index.ts'
import { parseGoDuration, readWritten } from '../../print/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { releaseOf } from '../lib/releases.ts'
import { StructuredLog } from '../lib/structured-log.ts'
import { cleanupIptables, IptablesProxier } from './iptables.ts'
import { IpvsProxier } from './ipvs.ts'
import { NftablesProxier } from './nftables.ts'
import { type ServicePort, servicePorts } from './services.ts'
import { USAGE } from './usage.ts'

interface Settings {
  readonly mode: 'iptables' | 'ipvs' | 'nftables'
  readonly kubeconfig: string
  readonly clusterCidr: string
  readonly hostname: string
  readonly healthz: string
  readonly metrics: string
  readonly maxPerCore: number
  readonly min: number
  readonly masqueradeAll: boolean
  readonly masqueradeBit: number
  readonly minSync: number
  readonly ipvsScheduler: string
  readonly localhostNodePorts: boolean
  readonly nodePortAddresses: readonly string[]
}

const MODES = ['iptables', 'ipvs', 'nftables', '']
const STRING_FLAGS = new Set([
  'config',
  'kubeconfig',
  'hostname-override',
  'proxy-mode',
  'cluster-cidr',
  'healthz-bind-address',
  'metrics-bind-address',
  'conntrack-max-per-core',
  'conntrack-min',
  'bind-address',
  'master',
  'v',
  'vmodule',
  'feature-gates',
  'iptables-masquerade-bit',
  'iptables-min-sync-period',
  'iptables-sync-period',
  'ipvs-scheduler',
  'nodeport-addresses',
  'detect-local-mode',
  'config-sync-period',
  'oom-score-adj',
  'logging-format',
  'write-config-to',
])
const BOOL_FLAGS = new Set([
  'masquerade-all',
  'cleanup',
  'version',
  'help',
  'profiling',
  'iptables-localhost-nodeports',
  'bind-address-hard-fail',
])

class Fatal extends Error {}

function flagsOf(p: Process): Map<string, string> {
  const flags = new Map<string, string>()
  const args = p.argv.slice(1)
  for (let i = 0; i < args.length; i++) {
    const m = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(args[i])
    const name = m?.[1] ?? ''
    if (!m || (!STRING_FLAGS.has(name) && !BOOL_FLAGS.has(name))) throw new Error(`unknown flag: --${name || args[i]}`)
    flags.set(name, m[2] ?? (BOOL_FLAGS.has(name) ? 'true' : (args[++i] ?? '')))
  }
  return flags
}

function settings(p: Process, flags: Map<string, string>): Settings {
  let doc: any = {}
  const path = flags.get('config')
  if (path) {
    try {
      const text = p.fs.readFile(path, p.cwd, p.creds)
      const known = readWritten(text)
      doc = (known ? known.value : parse(text)) ?? {}
    } catch (error) {
      throw new Fatal(
        `failed complete: ${error instanceof SysError ? error.goMessage : (error as Error).message.split('\n')[0]}`,
      )
    }
    if (doc.kind !== 'KubeProxyConfiguration')
      throw new Fatal(
        `failed complete: no kind "${doc.kind ?? ''}" is registered for version "${doc.apiVersion ?? ''}" in scheme "k8s.io/kubernetes/pkg/proxy/apis/config/scheme/scheme.go:29"`,
      )
  }
  const file = path !== undefined
  const mode: string = (file ? doc.mode : flags.get('proxy-mode')) ?? ''
  if (!MODES.includes(mode))
    throw new Fatal(
      `failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: ${JSON.stringify(mode)}: must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])`,
    )
  const cidr: string = (file ? doc.clusterCIDR : flags.get('cluster-cidr')) ?? ''
  if (cidr && !/^\d+\.\d+\.\d+\.\d+\/\d+(,.*)?$/.test(cidr))
    throw new Fatal(
      `failed validate: KubeProxyConfiguration.ClusterCIDR: Invalid value: ${JSON.stringify(cidr)}: must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)`,
    )
  const number = (value: unknown, fallback: number): number =>
    value === undefined || value === null || value === '' ? fallback : Number(value)
  const duration = (value: string | undefined): number => (value && value !== '0s' ? parseGoDuration(value) : 1000)
  return {
    mode: (mode || 'iptables') as Settings['mode'],
    kubeconfig: (file ? doc.clientConnection?.kubeconfig : flags.get('kubeconfig')) ?? '',
    clusterCidr: cidr.split(',')[0],
    hostname: (flags.get('hostname-override') || doc.hostnameOverride || p.hostname).toLowerCase(),
    healthz: (file ? doc.healthzBindAddress : flags.get('healthz-bind-address')) || '0.0.0.0:10256',
    metrics: (file ? doc.metricsBindAddress : flags.get('metrics-bind-address')) || '127.0.0.1:10249',
    maxPerCore: number(file ? doc.conntrack?.maxPerCore : flags.get('conntrack-max-per-core'), 32_768),
    min: number(file ? doc.conntrack?.min : flags.get('conntrack-min'), 131_072),
    masqueradeAll: doc.iptables?.masqueradeAll === true || flags.get('masquerade-all') === 'true',
    masqueradeBit: number(doc.iptables?.masqueradeBit ?? flags.get('iptables-masquerade-bit'), 14),
    minSync: duration(doc.iptables?.minSyncPeriod),
    ipvsScheduler: doc.ipvs?.scheduler || flags.get('ipvs-scheduler') || 'rr',
    localhostNodePorts: doc.iptables?.localhostNodePorts !== false,
    nodePortAddresses: doc.nodePortAddresses ?? [],
  }
}

/** kube-proxy: Services become rules of this node. */
export const kubeProxy: Program = {
  name: 'kube-proxy',
  *main(p) {
    const log = new StructuredLog(p)
    p.rss = 24 << 20
    p.cpuMilli = 1
    p.onSignal('SIGTERM', () => p.exit(0))
    let flags: Map<string, string>
    try {
      flags = flagsOf(p)
    } catch (error) {
      p.stderr.write(`${USAGE}\nError: ${(error as Error).message}\n`)
      return 1
    }
    if (flags.has('version')) {
      p.stdout.write(`Kubernetes ${releaseOf(p)}\n`)
      return 0
    }
    yield* sleep(p.host.kernel, 80)
    try {
      const s = settings(p, flags)
      return yield* run(p, log, s)
    } catch (error) {
      if (!(error instanceof Fatal)) throw error
      log.error('run.go:72', 'command failed', error.message)
      return 1
    }
  },
}

function* run(p: Process, log: StructuredLog, s: Settings): Coro<number> {
  const stack = p.net as Stack
  if (s.mode !== 'nftables') log.info('server_linux.go:49', `Using ${s.mode} proxy`)
  const fail = (text: string): Fatal => {
    log.error('server.go:136', 'Error running ProxyServer', text)
    return new Fatal(text)
  }
  let client: LocalClient
  let server = ''
  try {
    const config = s.kubeconfig ? loadKubeconfig(p, s.kubeconfig) : inClusterConfig(p)
    server = config.server
    client = new LocalClient(
      new ApiTransport(p, config, `kube-proxy/${releaseOf(p)} (linux/amd64) kubernetes/bc23c89`).send,
    )
  } catch (error) {
    if (error instanceof TransportError) throw fail(error.message)
    throw error
  }
  const informers = new Informers(client, {
    rng: p.host.rng.fork(`kube-proxy/${p.pid}`),
    after: (ms, fn) => p.after(ms, fn),
    onError: (failure) =>
      log.error('reflector.go:227', 'Failed to watch', reflectorError(server, failure), {
        logger: 'UnhandledError',
        reflector: 'k8s.io/client-go/informers/factory.go:177',
        type: `*v1.${failure.kind}`,
      }),
  })
  log.info('shared_informer.go:402', 'Waiting for caches to sync')
  const nodes = informers.of('Node', { fieldSelector: `metadata.name=${s.hostname}` })
  while (!nodes.synced) yield* sleep(p.host.kernel, 100)
  log.info('shared_informer.go:409', 'Caches are synced')
  const ipOf = (): string | undefined =>
    nodes.get(undefined, s.hostname)?.status?.addresses?.find((a: any) => a.type === 'InternalIP')?.address
  while (!ipOf()) yield* sleep(p.host.kernel, 1000)
  log.info('server.go:228', 'Successfully retrieved NodeIPs', { NodeIPs: [ipOf()] })
  conntrack(p, log, s, stack, fail)
  if (s.mode !== 'nftables' && s.nodePortAddresses.length === 0)
    log.error(
      'server.go:265',
      'Kube-proxy configuration may be incomplete or incorrect',
      'nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`',
    )
  log.raw('I', 'server.go:274', '"kube-proxy running in dual-stack mode" primary ipFamily="IPv4"')
  const proxier = makeProxier(log, s, stack, ipOf()!, yield* serviceCidr(p, informers, s))
  log.info('server.go:539', 'Version info', { version: releaseOf(p) })
  log.info('server.go:541', 'Golang settings', { GOGC: '', GOMAXPROCS: '', GOTRACEBACK: '' })
  const health = serveHealth(p, log, s)
  watch(p, log, s, informers, stack, proxier, health)
  return yield* p.park()
}

/** nf_conntrack_max, unless it is high enough already. */
function conntrack(p: Process, log: StructuredLog, s: Settings, stack: Stack, fail: (text: string) => Fatal): void {
  const wanted = s.maxPerCore > 0 ? Math.max(s.maxPerCore * p.host.cpus, s.min) : 0
  if (wanted === 0) return
  const now = Number(stack.sysctls.get('net.netfilter.nf_conntrack_max') ?? 0)
  if (now >= wanted) return
  log.info('sysctls.go:147', 'Setting nf_conntrack_max', { nfConntrackMax: wanted })
  log.info('sysctls.go:191', 'Set sysctl', { entry: 'net/netfilter/nf_conntrack_max', value: wanted })
  try {
    stack.sysctls.set('net.netfilter.nf_conntrack_max', String(wanted))
  } catch (error) {
    if (error instanceof SysError)
      throw fail(`could not set conntrack parameters from kube-proxy configuration: ${error.goMessage}`)
    throw error
  }
}

interface Proxier {
  sync(ports: readonly ServicePort[]): void
}

/** The first IPv4 range of services: only the nftables mode drops what goes to its unused addresses. */
function* serviceCidr(p: Process, informers: Informers, s: Settings): Coro<string> {
  if (s.mode !== 'nftables') return ''
  const cidrs = informers.of('ServiceCIDR')
  for (let i = 0; i < 20 && !cidrs.synced; i++) yield* sleep(p.host.kernel, 100)
  return (
    cidrs
      .list()
      .flatMap((c) => c.spec?.cidrs ?? [])
      .find((c: string) => c.includes('.')) ?? ''
  )
}

function makeProxier(log: StructuredLog, s: Settings, stack: Stack, nodeIp: string, serviceCidr: string): Proxier {
  const ipv6 = { netfilter: stack.netfilter6 }
  if (s.mode !== 'iptables') for (const family of [stack, ipv6]) cleanupIptables(family)
  if (s.mode !== 'nftables') {
    stack.netfilter.native.delete('ip kube-proxy')
    stack.netfilter6.native.delete('ip6 kube-proxy')
  }
  if (s.mode === 'nftables') {
    log.info('server_linux.go:254', 'Using nftables Proxier')
    return new NftablesProxier(stack, { clusterCidr: s.clusterCidr, serviceCidr, nodeIp })
  }
  if (s.mode === 'ipvs') {
    log.info('server_linux.go:188', 'Using ipvs Proxier')
    return new IpvsProxier(stack, s.ipvsScheduler)
  }
  if (!s.clusterCidr)
    log.info(
      'server_linux.go:312',
      'Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family',
      { ipFamily: 'IPv4', clusterCIDRs: null },
    )
  log.info('server_linux.go:137', 'Using iptables Proxier')
  if (s.localhostNodePorts) {
    stack.sysctls.set('net.ipv4.conf.all.route_localnet', '1')
    log.info(
      'proxier.go:241',
      'Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses',
      { ipFamily: 'IPv4' },
    )
  }
  const options = { masqueradeAll: s.masqueradeAll, mark: 2 ** s.masqueradeBit }
  // Services are IPv4 only, so that the other family's rules never change.
  new IptablesProxier(ipv6, { ...options, clusterCidr: '', localhostNodePorts: false }).sync([])
  return new IptablesProxier(stack, {
    ...options,
    clusterCidr: s.clusterCidr,
    localhostNodePorts: s.localhostNodePorts,
  })
}

interface Health {
  updated: number
}

function serveHealth(p: Process, log: StructuredLog, s: Settings): Health {
  const health: Health = { updated: p.now() }
  const listen = (
    address: string,
    failed: () => void,
    answer: (path: string) => { status: number; body: string },
  ): void => {
    const cut = address.lastIndexOf(':')
    try {
      p.net.listen(p, {
        addr: address.slice(0, cut),
        port: Number(address.slice(cut + 1)),
        service: { name: 'kube-proxy', http: (r) => answer(r.path) },
      })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      failed()
      p.after(5000, () => listen(address, failed, answer))
    }
  }
  const time = (ms: number): string => new Date(ms).toISOString().replace('Z', '412438Z')
  listen(
    s.healthz,
    () =>
      log.error(
        'server.go:455',
        'Healthz server failed',
        `failed to start proxy healthz on ${s.healthz}: listen tcp ${s.healthz}: bind: address already in use`,
      ),
    (path) => {
      if (path !== '/healthz' && path !== '/livez') return { status: 404, body: '404 page not found\n' }
      const at = time(health.updated)
      return {
        status: 200,
        body: `{"lastUpdated":"${time(p.now())}","currentTime":"${time(p.now())}","nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"${at}","healthy":true},"IPv6":{"lastUpdated":"${at}","healthy":true}}}`,
      }
    },
  )
  listen(
    s.metrics,
    () =>
      log.error(
        'server.go:509',
        'starting metrics server failed',
        `listen tcp ${s.metrics}: bind: address already in use`,
        { logger: 'UnhandledError' },
      ),
    (path) =>
      path === '/proxyMode'
        ? { status: 200, body: s.mode }
        : path === '/healthz'
          ? { status: 200, body: 'ok' }
          : { status: 404, body: '404 page not found\n' },
  )
  return health
}

const CONTROLLERS: readonly [string, string, string][] = [
  ['config.go:200', 'Starting service config controller', 'service config'],
  ['config.go:106', 'Starting endpoint slice config controller', 'endpoint slice config'],
  ['config.go:403', 'Starting serviceCIDR config controller', 'serviceCIDR config'],
  ['config.go:309', 'Starting node config controller', 'node config'],
]

const LABELS = '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name'
const CANARY_PERIOD = 30_000

function watch(
  p: Process,
  log: StructuredLog,
  s: Settings,
  informers: Informers,
  stack: Stack,
  proxier: Proxier,
  health: Health,
): void {
  for (const [at, text, controller] of CONTROLLERS) {
    log.info(at, text)
    log.info('shared_informer.go:381', 'Waiting for caches to sync', { controller })
  }
  const services = informers.of('Service', { labelSelector: LABELS })
  const slices = informers.of('EndpointSlice', { labelSelector: LABELS })
  slices.addIndex('service', (o) => `${o.metadata.namespace}/${o.metadata.labels?.['kubernetes.io/service-name']}`)
  let told = false
  let pending = false
  let last = Number.NEGATIVE_INFINITY
  let before: ServicePort[] = []
  const sync = (): void => {
    pending = false
    if (!services.synced || !slices.synced) return
    if (!told) {
      told = true
      for (const [, , controller] of [CONTROLLERS[3], CONTROLLERS[1], CONTROLLERS[0], CONTROLLERS[2]])
        log.info('shared_informer.go:388', 'Caches are synced', { controller })
    }
    last = p.host.kernel.now()
    if (proxier instanceof NftablesProxier && !stack.netfilter.native.has('ip kube-proxy')) missingTables(log)
    const slicesOf = (o: KubeObject): KubeObject[] => slices.by('service', `${o.metadata.namespace}/${o.metadata.name}`)
    const ports = servicePorts(services.list(), slicesOf, s.hostname)
    // Routine, as far as other programs' packets go.
    forNoReason(() => proxier.sync(ports))
    forgetFlows(stack, before, ports)
    before = ports
    health.updated = p.now()
  }
  const request = (): void => {
    if (pending) return
    pending = true
    // The bounded frequency runner: at once, but not more often than minSyncPeriod.
    const wait = Math.max(20, last + s.minSync - p.host.kernel.now())
    p.after(wait, sync)
  }
  services.onChange(request)
  slices.onChange(request)
  request()
  const retry = (): void => {
    if (!told) {
      request()
      p.after(1000, retry)
    }
  }
  p.after(1000, retry)
  if (proxier instanceof IptablesProxier)
    p.every(CANARY_PERIOD, () => {
      if (!told || proxier.intact()) return
      log.info('iptables.go:550', 'iptables canary deleted', { table: 'mangle', chain: 'KUBE-PROXY-CANARY' })
      proxier.reset()
      sync()
    })
}

/** The first sync asks what the tables hold, and they are not there yet. */
function missingTables(log: StructuredLog): void {
  for (const [family, name] of [
    ['ip', 'IPv4'],
    ['ip6', 'IPv6'],
  ]) {
    const line = `list table ${family} kube-proxy`
    log.raw(
      'E',
      'proxier.go:1169',
      `"Failed to list existing nftables objects" err=<\n\tfailed to run nft: Error: No such file or directory\n\t${line}\n\t${' '.repeat(line.length - 10)}${'^'.repeat(10)}\n > ipFamily="${name}"`,
    )
  }
}

/** UDP flows to endpoints that have gone would be sent there for ever. Models pkg/proxy/conntrack. */
function forgetFlows(stack: Stack, before: readonly ServicePort[], now: readonly ServicePort[]): void {
  const live = new Set(
    now.flatMap((s) => (s.protocol === 'udp' ? s.endpoints.map((e) => `${s.clusterIp} ${e.ip}`) : [])),
  )
  const gone = new Set(
    before
      .flatMap((s) => (s.protocol === 'udp' ? s.endpoints.map((e) => `${s.clusterIp} ${e.ip}`) : []))
      .filter((key) => !live.has(key)),
  )
  const fresh = new Set(
    now
      .filter(
        (s) =>
          s.protocol === 'udp' &&
          s.endpoints.length > 0 &&
          before.some((b) => b.name === s.name && b.endpoints.length === 0),
      )
      .map((s) => s.clusterIp),
  )
  if (gone.size === 0 && fresh.size === 0) return
  const ip = (n: number): string => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`
  stack.conntrack.remove(
    (e) =>
      e.proto === 'udp' && (gone.has(`${ip(e.orig.dst)} ${ip(e.reply.src)}`) || (fresh.has(ip(e.orig.dst)) && !e.dnat)),
  )
}
