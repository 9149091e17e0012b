import { type ApiClient, Informers, LocalClient } from '../../api/index.ts'
import { StatusError, TransportError } from '../../api/types.ts'
import { type HttpResponse, type Process, type Program, SysError } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { selfSignedServing } from '../../pki/index.ts'
import { parseGoDuration } from '../../print/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { Klog } from '../lib/klog.ts'
import { inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { answer, type Objects } from './api.ts'
import { ScrapeError, type ScrapeOptions, scrape } from './scraper.ts'
import { MetricsStore } from './store.ts'

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** /metrics-server: reads the kubelets every --metric-resolution and serves metrics.k8s.io to the aggregator. */
export const metricsServer: Program = {
  name: 'metrics-server',
  *main(p) {
    p.rss = 22 << 20
    p.cpuMilli = 4
    yield* sleep(p.host.kernel, 300)
    const flags = parseFlags(p.argv)
    const problem = resolutionProblem(flags)
    if (problem !== undefined) {
      p.stderr.write(`Error: ${problem}\n`)
      return 1
    }
    let client: ApiClient
    try {
      const kubeconfig = flags.get('kubeconfig')
      const config = kubeconfig ? loadKubeconfig(p, kubeconfig) : inClusterConfig(p)
      client = new LocalClient(new ApiTransport(p, config, 'metrics-server/v0.8.0').send)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      p.stderr.write(`Error: unable to construct lister client config: ${error.message}\n`)
      return 1
    }
    return yield* new Server(p, client, flags).run()
  },
}

function parseFlags(argv: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>()
  for (const arg of argv.slice(1)) {
    const m = /^--?([^=]+)(?:=(.*))?$/.exec(arg)
    if (m) flags.set(m[1]!, m[2] ?? 'true')
  }
  return flags
}

/** What pflag says of a resolution that is no duration. */
function resolutionProblem(flags: ReadonlyMap<string, string>): string | undefined {
  const given = flags.get('metric-resolution')
  try {
    if (given !== undefined) parseGoDuration(given)
    return undefined
  } catch (error) {
    return `invalid argument ${JSON.stringify(given)} for "--metric-resolution" flag: ${(error as Error).message}`
  }
}

class Server {
  private readonly log: Klog
  private readonly store = new MetricsStore()
  private readonly resolution: number

  constructor(
    private readonly p: Process,
    private readonly client: ApiClient,
    private readonly flags: ReadonlyMap<string, string>,
  ) {
    this.log = new Klog(p)
    this.resolution = parseGoDuration(flags.get('metric-resolution') ?? '1m0s')
  }

  *run(): Coro<number> {
    const { p, log, flags } = this
    const certDir = flags.get('cert-dir') ?? 'apiserver.local.config/certificates'
    const made = selfSignedServing('localhost', p.host.rng.fork(`metrics-server/${p.pid}`), p.now())
    log.info('serving.go:374', `Generated self-signed cert (${certDir}/apiserver.crt, ${certDir}/apiserver.key)`)
    const refused = this.delegated()
    if (refused) {
      p.stderr.write(`Error: ${refused}\n`)
      return 1
    }
    log.info('handler.go:288', 'Adding GroupVersion metrics.k8s.io v1beta1 to ResourceManager')
    const informers = new Informers(this.client, {
      rng: p.host.rng.fork(`metrics-server/informers/${p.pid}`),
      after: (ms, fn) => p.after(ms, fn),
      onError: () => {},
    })
    const nodes = informers.of('Node')
    const pods = informers.of('Pod')
    const objects: Objects = { nodes: () => nodes.list(), pods: (namespace) => pods.list(namespace) }
    const port = Number(flags.get('secure-port') ?? 443)
    try {
      p.net.listen(p, {
        port,
        service: {
          name: 'metrics-server',
          tls: () => ({ certPem: made.cert.pem + made.ca.pem, keyPem: made.key.pem, clientAuth: 'request' }),
          http: (request) => {
            const health = this.health(request.path.split('?')[0]!)
            return (
              health ?? answer(request, this.store, objects, p.now()) ?? { status: 404, body: '404 page not found\n' }
            )
          },
        },
      })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      p.stderr.write(`panic: failed to create listener: failed to listen on 0.0.0.0:${port}: ${error.message}\n`)
      return 1
    }
    log.info('secure_serving.go:211', `Serving securely on [::]:${port}`)
    p.onSignal('SIGTERM', () => p.exit(0))
    p.onSignal('SIGINT', () => p.exit(0))
    yield* sleep(p.host.kernel, 200)
    for (;;) {
      this.scrapeAll(objects)
      yield* sleep(p.host.kernel, this.resolution)
    }
  }

  /** An aggregated server must be able to read how the API server proves who it speaks for. */
  private delegated(): string | undefined {
    try {
      this.client.get('ConfigMap', 'kube-system', 'extension-apiserver-authentication')
      return undefined
    } catch (error) {
      if (error instanceof StatusError || error instanceof TransportError)
        return `unable to load configmap based request-header-client-ca-file: ${error.message}`
      throw error
    }
  }

  private scrapeAll(objects: Objects): void {
    const { p, flags, log } = this
    const nodes = objects.nodes()
    const options: ScrapeOptions = {
      addressTypes: (
        flags.get('kubelet-preferred-address-types') ?? 'Hostname,InternalDNS,InternalIP,ExternalDNS,ExternalIP'
      ).split(','),
      insecure: flags.get('kubelet-insecure-tls') === 'true',
      caPem: this.read(flags.get('kubelet-certificate-authority') ?? `${SERVICE_ACCOUNT}/ca.crt`),
      token: this.read(`${SERVICE_ACCOUNT}/token`),
      useStatusPort: flags.get('kubelet-use-node-status-port') === 'true',
      port: Number(flags.get('kubelet-port') ?? 10250),
    }
    this.store.keep(new Set(nodes.map((n) => n.metadata.name)))
    for (const node of nodes) {
      const { name } = node.metadata
      try {
        this.store.store(name, scrape(p, node, options))
      } catch (error) {
        if (!(error instanceof ScrapeError)) throw error
        const err = `err=${JSON.stringify(error.message)} node=${JSON.stringify(name)}`
        if (error.timeout)
          log.error('scraper.go:147', `"Failed to scrape node, timeout to access kubelet" ${err} timeout="10s"`)
        else log.error('scraper.go:149', `"Failed to scrape node" ${err}`)
      }
    }
  }

  private health(path: string): HttpResponse | undefined {
    if (path === '/livez' || path === '/healthz') return { status: 200, body: 'ok' }
    if (path !== '/readyz') return undefined
    if (this.store.ready) return { status: 200, body: 'ok' }
    this.log.info('server.go:191', '"Failed probe" probe="metric-storage-ready" err="no metrics to serve"')
    return { status: 500, body: '[-]metric-storage-ready failed: reason withheld\nreadyz check failed\n' }
  }

  private read(path: string): string | undefined {
    try {
      return this.p.fs.readFile(path, this.p.cwd, this.p.creds)
    } catch (error) {
      if (error instanceof SysError) return undefined
      throw error
    }
  }
}
