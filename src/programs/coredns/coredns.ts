import { Informers, LocalClient } from '../../api/index.ts'
import { TransportError } from '../../api/types.ts'
import {
  type DnsAnswer,
  type DnsQuestion,
  type Peer,
  type Process,
  type Program,
  type Socket,
  SysError,
} from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { digest } from '../../pki/hash.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { CorefileError, type Directive, parseCorefile, type ServerBlock } from './corefile.ts'
import { Forward, UpstreamError } from './forward.ts'
import { KubernetesPlugin } from './kubernetes.ts'
import { type Handler, hosts, rewrite, template } from './plugins.ts'

const VERSION = '1.14.2'
const RELOAD = 30_000

/** A server block that runs. */
interface Server {
  readonly block: ServerBlock
  readonly zone: string
  readonly port: number
  readonly handle: (q: DnsQuestion, peer: Peer) => DnsAnswer
}

/** Everything that a configuration started, to be stopped at a reload. */
interface Instance {
  readonly sockets: Socket[]
  readonly servers: Server[]
  readonly kubernetes: KubernetesPlugin[]
  lameduck: number
}

/** /coredns: reads its Corefile and serves what it says. */
export const coredns: Program = {
  name: 'coredns',
  *main(p) {
    const out = (text: string): void => {
      if (!p.status) p.stdout.write(`${text}\n`)
    }
    p.rss = 18 << 20
    p.cpuMilli = 2
    const at = p.argv.findIndex((a) => a === '-conf' || a === '--conf')
    const path = at >= 0 ? p.argv[at + 1] : 'Corefile'
    if (p.argv.includes('-version') || p.argv.includes('--version')) {
      out(`CoreDNS-${VERSION}\nlinux/amd64, go1.25.7, dd1df4f`)
      return 0
    }
    yield* sleep(p.host.kernel, 60)
    out('maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined')
    const daemon = new Daemon(p, path, out)
    const instance = daemon.start()
    if (!instance) return 1
    return yield* daemon.serve(instance)
  },
}

class Daemon {
  private text = ''

  constructor(
    private readonly p: Process,
    private readonly path: string,
    private readonly out: (text: string) => void,
  ) {}

  private read(): string {
    try {
      return this.p.fs.readFile(this.path, this.p.cwd, this.p.creds)
    } catch (error) {
      if (error instanceof SysError) throw new CorefileError(error.goMessage)
      throw error
    }
  }

  /** Undefined when the configuration is no good: the last words have been printed. */
  start(): Instance | undefined {
    try {
      this.text = this.read()
      return this.build(this.text)
    } catch (error) {
      if (!(error instanceof CorefileError)) throw error
      this.out(error.message)
      return undefined
    }
  }

  *serve(first: Instance): Coro<number> {
    const { p, out } = this
    let instance = first
    for (const s of instance.servers) out(`${s.zone}:${s.port}`)
    if (this.has(instance, 'reload')) out(`[INFO] plugin/reload: Running configuration SHA512 = ${this.sha()}`)
    out(`CoreDNS-${VERSION}\nlinux/amd64, go1.25.7, dd1df4f`)
    if (this.loop(instance)) return 1
    p.onSignal('SIGTERM', () => {
      out('[INFO] SIGTERM: Shutting down servers then terminating')
      if (instance.lameduck > 0) out(`[INFO] plugin/health: Going into lameduck mode for ${instance.lameduck / 1000}s`)
      p.after(instance.lameduck, () => p.exit(0))
    })
    const rng = p.host.rng.fork('coredns')
    for (;;) {
      yield* sleep(p.host.kernel, RELOAD + rng.int(15_000))
      if (!this.has(instance, 'reload')) continue
      const next = this.reload(instance)
      if (next) {
        instance = next
        if (this.loop(instance)) return 1
      }
    }
  }

  private sha(): string {
    return digest('sha512', this.text).toString('hex')
  }

  private has(i: Instance, name: string): boolean {
    return i.servers.some((s) => s.block.directives.some((d) => d.name === name))
  }

  private reload(old: Instance): Instance | undefined {
    const { out } = this
    let text: string
    try {
      text = this.read()
    } catch {
      return undefined
    }
    if (text === this.text) return undefined
    const before = this.text
    out('[INFO] Reloading')
    try {
      parseCorefile(this.path, text)
      for (const s of old.sockets) s.close()
      this.text = text
      const next = this.build(text)
      out(`[INFO] plugin/reload: Running configuration SHA512 = ${this.sha()}`)
      out('[INFO] Reloading complete')
      return next
    } catch (error) {
      if (!(error instanceof CorefileError)) throw error
      out(`[ERROR] Restart failed: ${error.message}`)
      out(`[ERROR] plugin/reload: Corefile changed but reload failed: ${error.message}`)
      this.text = before
      return old.sockets.some((s) => s.closed) ? this.build(before) : undefined
    }
  }

  private build(text: string): Instance {
    const blocks = parseCorefile(this.path, text)
    const instance: Instance = { sockets: [], servers: [], kubernetes: [], lameduck: 0 }
    for (const block of blocks) {
      const handle = this.chain(block, instance)
      for (const k of block.keys) instance.servers.push({ block, zone: k.zone, port: k.port, handle })
    }
    for (const port of new Set(instance.servers.map((s) => s.port))) this.listen(instance, port)
    return instance
  }

  private listen(i: Instance, port: number): void {
    const servers = i.servers.filter((s) => s.port === port).sort((a, b) => b.zone.length - a.zone.length)
    const dns = (q: DnsQuestion, peer: Peer): DnsAnswer => {
      const name = q.name.endsWith('.') ? q.name.toLowerCase() : `${q.name.toLowerCase()}.`
      const server = servers.find((s) => s.zone === '.' || name === s.zone || name.endsWith(`.${s.zone}`))
      return server ? server.handle({ ...q, name }, peer) : { rcode: 'REFUSED', answers: [] }
    }
    for (const proto of ['tcp', 'udp'] as const) {
      try {
        i.sockets.push(this.p.net.listen(this.p, { proto, port, service: { name: 'coredns', dns } }))
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        throw new CorefileError(`Listen: listen ${proto} :${port}: bind: ${error.strerror.toLowerCase()}`)
      }
    }
  }

  private http(i: Instance, address: string, answer: (path: string) => { status: number; body: string }): void {
    const cut = address.lastIndexOf(':')
    try {
      i.sockets.push(
        this.p.net.listen(this.p, {
          addr: address.slice(0, cut),
          port: Number(address.slice(cut + 1)),
          service: { name: 'coredns', http: (r) => answer(r.path) },
        }),
      )
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      throw new CorefileError(`listen tcp ${address}: bind: ${error.strerror.toLowerCase()}`)
    }
  }

  /** The block's plugins in CoreDNS' fixed order: logging and errors around hosts, rewrite, kubernetes, forward. */
  private chain(block: ServerBlock, i: Instance): (q: DnsQuestion, peer: Peer) => DnsAnswer {
    const { p, out } = this
    const of = (name: string): Directive[] => block.directives.filter((d) => d.name === name)
    const handlers: Handler[] = []
    const rewrites = of('rewrite').map(rewrite)
    for (const d of of('template')) handlers.push(template(d))
    for (const d of of('hosts')) handlers.push(hosts(p, d, this.path))
    for (const d of of('kubernetes')) {
      const plugin = this.kubernetes(d, i)
      handlers.push((q) => plugin.answer(q))
    }
    const forwards = of('forward').map((d) => new Forward(p, d, this.path))
    for (const f of forwards) handlers.push((q) => (f.zone === '.' || q.name.endsWith(f.zone) ? f.ask(q) : undefined))
    for (const d of of('health')) {
      const lameduck = d.block.find((w) => w[0] === 'lameduck')?.[1]
      i.lameduck = lameduck ? Number.parseInt(lameduck, 10) * 1000 : 0
      this.http(i, d.args[0] ?? ':8080', (path) =>
        path === '/health' ? { status: 200, body: 'OK' } : { status: 404, body: '404 page not found\n' },
      )
    }
    for (const d of of('ready'))
      this.http(i, d.args[0] ?? ':8181', (path) => {
        if (path !== '/ready') return { status: 404, body: '404 page not found\n' }
        return i.kubernetes.every((k) => k.synced) ? { status: 200, body: 'OK' } : { status: 503, body: 'kubernetes' }
      })
    for (const d of of('prometheus'))
      this.http(i, d.args[0] ?? 'localhost:9153', (path) =>
        path === '/metrics'
          ? {
              status: 200,
              body: "# HELP coredns_build_info A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was built.\n",
            }
          : { status: 404, body: '404 page not found\n' },
      )
    const logs = of('log').length > 0
    const errors = of('errors').length > 0
    return (q, peer) => {
      let asked = q
      for (const r of rewrites) if (r) asked = r(asked)
      let answer: DnsAnswer = { rcode: handlers.length > 0 ? 'SERVFAIL' : 'REFUSED', answers: [] }
      try {
        for (const handler of handlers) {
          const result = handler(asked, peer)
          if (!result) continue
          answer = result
          break
        }
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        if (errors) out(`[ERROR] plugin/errors: 2 ${q.name} ${q.type}: ${error.message}`)
        answer = { rcode: 'SERVFAIL', answers: [] }
      }
      if (asked !== q)
        answer = { ...answer, answers: answer.answers.map((a) => (a.name === asked.name ? { ...a, name: q.name } : a)) }
      if (logs)
        out(
          `[INFO] ${peer.ip}:${peer.port} - ${(q.name.length * 7919) % 65_536} "${q.type} IN ${q.name} udp ${q.name.length + 16} false 512" ${answer.rcode} qr,${answer.authoritative ? 'aa,' : ''}rd${answer.authoritative ? '' : ',ra'} ${q.name.length + 30 + answer.answers.length * 45} 0.00012${(q.name.length * 37) % 9000}s`,
        )
      return answer
    }
  }

  private kubernetes(d: Directive, i: Instance): KubernetesPlugin {
    const { p, out } = this
    const set = (name: string): readonly string[] | undefined => d.block.find((w) => w[0] === name)?.slice(1)
    const known = [
      'pods',
      'ttl',
      'fallthrough',
      'endpoint',
      'kubeconfig',
      'namespaces',
      'labels',
      'noendpoints',
      'endpoint_pod_names',
      'ignore',
      'tls',
      'namespace_labels',
      'multicluster',
      'startup_timeout',
      'apiserver_qps',
      'apiserver_burst',
      'apiserver_max_inflight',
    ]
    for (const words of d.block)
      if (!known.includes(words[0]))
        throw new CorefileError(
          `plugin/kubernetes: ${this.path}:${d.line + 1} - Error during parsing: unknown property '${words[0]}'`,
        )
    const kubeconfig = set('kubeconfig')?.[0]
    let client: LocalClient
    try {
      const config = kubeconfig ? loadKubeconfig(p, kubeconfig) : inClusterConfig(p)
      client = new LocalClient(new ApiTransport(p, config, `CoreDNS/${VERSION}`).send)
    } catch (error) {
      if (error instanceof TransportError) throw new CorefileError(`plugin/kubernetes: ${error.message}`)
      throw error
    }
    const informers = new Informers(client, {
      rng: p.host.rng.fork(`coredns/${p.pid}`),
      after: (ms, fn) => p.after(ms, fn),
      lists: true,
      onError: (failure) => {
        const server = `https://${p.env.KUBERNETES_SERVICE_HOST}:${p.env.KUBERNETES_SERVICE_PORT}`
        out(
          `[ERROR] plugin/kubernetes: Unhandled Error: pkg/mod/k8s.io/client-go@v0.34.2/tools/cache/reflector.go:285: Failed to watch *v1.${failure.kind}: ${reflectorError(server, failure)}`,
        )
      },
    })
    const zones = (d.args.length > 0 ? d.args : ['cluster.local']).map((z) => (z.endsWith('.') ? z : `${z}.`))
    const falls = set('fallthrough')
    const plugin = new KubernetesPlugin(
      informers,
      zones,
      {
        ttl: Number(set('ttl')?.[0] ?? 5),
        pods: (set('pods')?.[0] ?? 'disabled') as 'disabled',
        fallthrough: falls?.map((z) => (z.endsWith('.') ? z : `${z}.`)),
      },
      (list) => shuffled(list, p),
    )
    i.kubernetes.push(plugin)
    if (!plugin.synced) out('[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server')
    return plugin
  }

  /** The loop plugin's check at the start: a query that comes back is fatal. */
  private loop(i: Instance): boolean {
    const { p } = this
    const own = ['127.0.0.1', '127.0.0.53', ...p.net.addresses()]
    for (const s of i.servers) {
      if (!s.block.directives.some((d) => d.name === 'loop')) continue
      for (const d of s.block.directives) {
        if (d.name !== 'forward') continue
        const f = new Forward(p, d, this.path)
        const back = f.upstreams
          .map((u) => u.split(':')[0])
          .find(
            (ip) =>
              own.includes(ip) &&
              p.net.dial({ ip, port: 53, proto: 'udp', from: p }).outcome === 'open' &&
              loopsBack(p, ip),
          )
        if (!back) continue
        const rng = p.host.rng.fork('loop')
        const number = (): string => `${rng.between(1, 9)}${rng.hex(16).replace(/[a-f]/g, '7')}`
        this.out(
          `[FATAL] plugin/loop: Loop (${back}:${rng.between(33_000, 60_000)} -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${number()}.${number()}."`,
        )
        return true
      }
    }
    return false
  }
}

/** Does a query to that address end up at this process again? */
function loopsBack(p: Process, ip: string): boolean {
  const result = p.net.dial({ ip, port: 53, proto: 'udp', from: p })
  return result.outcome === 'open' && result.socket.process === p
}

function shuffled<T>(list: readonly T[], p: Process): T[] {
  if (list.length < 2) return [...list]
  const out = [...list]
  for (let i = out.length - 1; i > 0; i--) {
    const j = p.host.rng.int(i + 1)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
