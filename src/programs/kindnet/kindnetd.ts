import { Informers, LocalClient } from '../../api/index.ts'
import { type KubeObject, TransportError } from '../../api/types.ts'
import { type Process, type Program, parseCidr, parseIp, type Stack } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { ensureChain, ensureRule } from '../lib/iptables-rules.ts'
import { type ClientConfig, inClusterConfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { StructuredLog } from '../lib/structured-log.ts'
import { CNI_CONFIG, cniConfig } from './cni-config.ts'
import { PolicyTable } from './table.ts'

const RESYNC = 10_000
const CHAIN = 'KIND-MASQ-AGENT'

/**
 * kindnetd, kind's network: writes the node's CNI configuration, routes to other nodes' pods, masquerades what leaves
 * the cluster and enforces NetworkPolicy. Models kind's images/kindnetd/cmd/kindnetd (v20260528).
 */
export const kindnetd: Program = {
  name: 'kindnetd',
  *main(p) {
    const log = new StructuredLog(p)
    const info = (at: string, text: string): void => log.raw('I', at, text)
    p.rss = 30 << 20
    p.cpuMilli = 3
    p.onSignal('SIGTERM', () => p.exit(143))
    let config: ClientConfig
    try {
      config = inClusterConfig(p)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      p.stderr.write(`panic: ${error.message}\n`)
      return 2
    }
    const endpoint = p.env.CONTROL_PLANE_ENDPOINT
    if (endpoint) {
      info('main.go:413', `probe TCP address ${endpoint}`)
      config = { ...config, server: `https://${endpoint}` }
    }
    const client = new LocalClient(new ApiTransport(p, config, 'kindnetd').send)
    const informers = new Informers(client, {
      rng: p.host.rng.fork('kindnetd'),
      after: (ms, fn) => p.after(ms, fn),
      lists: true,
      onError: (failure) =>
        log.error('reflector.go:205', 'Failed to watch', reflectorError(config.server, failure), {
          reflector: 'k8s.io/client-go/informers/factory.go:160',
          type: `*v1.${failure.kind}`,
        }),
    })
    info('main.go:114', `connected to apiserver: ${config.server}`)
    const { HOST_IP: hostIp, POD_IP: podIp, POD_SUBNET: podSubnet } = p.env
    info('main.go:144', `hostIP = ${hostIp}\npodIP = ${podIp}`)
    const stack = p.net as Stack
    const mtu = stack.iface('eth0')?.mtu ?? 1500
    info('main.go:153', `setting mtu ${mtu} for CNI `)
    if (!podSubnet) {
      p.stderr.write('panic: missing environment variable POD_SUBNET\n')
      return 2
    }
    info('main.go:183', 'kindnetd IP family: "ipv4"')
    info('main.go:187', `noMask IPv4 subnets: [${podSubnet}]`)
    masquerade(stack, podSubnet)
    const nodes = informers.informer('Node')
    enforce(p, informers)
    while (!nodes.synced) yield* sleep(p.host.kernel, 200)
    const reconcile = (): void => {
      for (const node of nodes.list()) connect(p, node, hostIp ?? '', mtu, info)
    }
    reconcile()
    p.every(RESYNC, reconcile)
    return yield* p.park()
  },
}

/** This node's CNI configuration, or the route to another node's pods. */
function connect(
  p: Process,
  node: KubeObject,
  hostIp: string,
  mtu: number,
  info: (at: string, text: string) => void,
): void {
  const address = node.status?.addresses?.find((a: any) => a.type === 'InternalIP')?.address
  const cidr: string | undefined = node.spec?.podCIDR
  info('main.go:320', `Handling node with IPs: map[${address}:{}]`)
  if (address === hostIp) {
    info('main.go:324', 'handling current node')
    const wanted = cniConfig(cidr ?? '', mtu)
    const known = p.fs.find(CNI_CONFIG)
    if (cidr && !(known?.kind === 'file' && known.read() === wanted)) p.fs.writeFile(CNI_CONFIG, wanted)
    return
  }
  const range = cidr && parseCidr(cidr)
  const via = address && parseIp(address)
  if (!range || via === undefined || via === '') return
  info('main.go:347', `Node ${node.metadata.name} has CIDR [${cidr}] `)
  const stack = p.net as Stack
  if (stack.routes.some((r) => r.base === range.base && r.bits === range.bits && r.via === via)) return
  stack.dropRoutes((r) => r.base === range.base && r.bits === range.bits)
  stack.addRoute({ base: range.base, bits: range.bits, via, dev: 'eth0', proto: 'boot' })
}

function masquerade(stack: Stack, podSubnet: string): void {
  const note = (text: string): string => `-m comment --comment "kind-masq-agent: ${text}"`
  ensureChain(stack, 'nat', CHAIN)
  ensureRule(stack, 'nat', CHAIN, `-d ${podSubnet} ${note('local traffic is not subject to MASQUERADE')} -j RETURN`)
  const last = note('outbound traffic is subject to MASQUERADE (must be last in chain)')
  ensureRule(stack, 'nat', CHAIN, `${last} -j MASQUERADE`)
  const all = note(
    'ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom KIND-MASQ-AGENT chain',
  )
  ensureRule(stack, 'nat', 'POSTROUTING', `-m addrtype ! --dst-type LOCAL ${all} -j ${CHAIN}`)
  stack.netfilter.touch()
}

function enforce(p: Process, informers: Informers): void {
  const pods = informers.informer('Pod')
  const policies = informers.informer('NetworkPolicy')
  const namespaces = informers.informer('Namespace')
  const table = new PolicyTable(p, p.hostname, {
    pods: () => pods.list(),
    policies: () => policies.list(),
    namespace: (name) => namespaces.get(undefined, name),
  })
  for (const informer of [pods, policies, namespaces]) informer.onChange(() => table.invalidate())
  table.install()
}
