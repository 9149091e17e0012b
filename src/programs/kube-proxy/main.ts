import { Informers, LocalClient } from '../../api/index.ts'
import { TransportError } from '../../api/types.ts'
import type { Process, Program, Stack } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { releaseOf } from '../lib/releases.ts'
import { StructuredLog } from '../lib/structured-log.ts'
import { sizeConntrack } from './flows.ts'
import { serveHealth } from './health.ts'
import { makeProxier } from './proxier.ts'
import { Fatal, flagsOf, type Settings, settings } from './settings.ts'
import { watch } from './sync.ts'
import { USAGE } from './usage.ts'

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
  sizeConntrack(p.host.cpus, log, s, stack, fail)
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
