import { formatIp, inCidr, parseCidr, parseIp, type Stack } from '../../host/index.ts'
import type { Context, NativeObject } from '../../host/net/netfilter/model.ts'
import { shortHash } from './names.ts'
import type { Endpoint, ServicePort } from './services.ts'

const chainName = (kind: string, s: ServicePort): string =>
  `${kind}-${shortHash(s.name + s.protocol)}-${s.namespace}/${s.service}/${s.protocol}/${s.portName}`

/** Keeps table `ip kube-proxy`: what it prints and what it does with packets come from the same services. */
export class NftablesProxier {
  private readonly sticky = new Map<string, { endpoint: Endpoint; until: number }>()

  constructor(
    private readonly stack: Stack,
    private readonly clusterCidr: string,
  ) {}

  sync(ports: readonly ServicePort[]): void {
    const byAddress = new Map<string, ServicePort>()
    const byNodePort = new Map<string, ServicePort>()
    for (const s of ports) {
      for (const ip of [s.clusterIp, ...s.externalIps, ...s.loadBalancerIps])
        byAddress.set(`${ip}/${s.protocol}/${s.port}`, s)
      if (s.nodePort > 0) byNodePort.set(`${s.protocol}/${s.nodePort}`, s)
    }
    const cidr = this.clusterCidr ? parseCidr(this.clusterCidr) : undefined
    const marked = new WeakSet<object>()
    const find = (c: Context): { s: ServicePort; external: boolean } | undefined => {
      const s = byAddress.get(`${formatIp(c.packet.dst)}/${c.packet.proto}/${c.packet.dport}`)
      if (s) return { s, external: formatIp(c.packet.dst) !== s.clusterIp }
      const n =
        c.stack.isLocal(c.packet.dst) && c.packet.dst >>> 24 !== 127
          ? byNodePort.get(`${c.packet.proto}/${c.packet.dport}`)
          : undefined
      return n && { s: n, external: true }
    }
    this.stack.netfilter.native.set('ip kube-proxy', {
      family: 'ip',
      name: 'kube-proxy',
      objects: this.objects(ports),
      dnat: (c) => {
        const hit = find(c)
        if (!hit) return undefined
        const { s, external } = hit
        const localOnly = external ? s.externalLocal && !(cidr && inCidr(c.packet.src, cidr)) : s.internalLocal
        const list = localOnly ? s.endpoints.filter((e) => e.local) : s.endpoints
        if (s.endpoints.length === 0) return 'reject'
        if (list.length === 0) return 'drop'
        const e = this.choose(s, list, c.packet.src)
        if (
          (external && !localOnly) ||
          (!external && cidr && !inCidr(c.packet.src, cidr)) ||
          formatIp(c.packet.src) === e.ip
        )
          marked.add(c.packet)
        return { ip: parseIp(e.ip)!, port: e.port }
      },
      masquerade: (c) => marked.has(c.packet),
    })
    this.stack.netfilter.touch()
  }

  private choose(s: ServicePort, list: readonly Endpoint[], client: number): Endpoint {
    const random = list[this.stack.rng.int(list.length)]
    if (s.affinity === 0) return random
    const key = `${s.name}/${s.protocol}/${client}`
    const now = this.stack.kernel.now()
    const known = this.sticky.get(key)
    const endpoint =
      known && known.until > now && list.some((e) => e.ip === known.endpoint.ip) ? known.endpoint : random
    this.sticky.set(key, { endpoint, until: now + s.affinity * 1000 })
    return endpoint
  }

  /** Sets, maps and chains in the order in which `nft list table` shows them. */
  private objects(ports: readonly ServicePort[]): NativeObject[] {
    const out: NativeObject[] = []
    const elements = (list: readonly string[]): string[] => {
      if (list.length === 0) return []
      return list.map((e, i) => `${i === 0 ? 'elements = { ' : '\t     '}${e}${i === list.length - 1 ? ' }' : ','}`)
    }
    const withEndpoints = ports.filter((s) => s.endpoints.length > 0)
    const without = ports.filter((s) => s.endpoints.length === 0)
    const add = (kind: NativeObject['kind'], name: string, body: string[]): void => void out.push({ kind, name, body })
    add('set', 'cluster-ips', [
      'type ipv4_addr',
      'comment "Active ClusterIPs"',
      ...elements([...new Set(ports.map((s) => s.clusterIp))]),
    ])
    add('map', 'no-endpoint-services', [
      'type ipv4_addr . inet_proto . inet_service : verdict',
      'comment "vmap to drop or reject packets to services with no endpoints"',
      ...elements(
        without.map((s) => `${s.clusterIp} . ${s.protocol} . ${s.port} comment "${s.name}" : goto reject-chain`),
      ),
    ])
    add('map', 'service-ips', [
      'type ipv4_addr . inet_proto . inet_service : verdict',
      'comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"',
      ...elements(
        withEndpoints.map((s) => `${s.clusterIp} . ${s.protocol} . ${s.port} : goto ${chainName('service', s)}`),
      ),
    ])
    add('map', 'service-nodeports', [
      'type inet_proto . inet_service : verdict',
      'comment "NodePort traffic"',
      ...elements(
        withEndpoints
          .filter((s) => s.nodePort > 0)
          .map((s) => `${s.protocol} . ${s.nodePort} : goto ${chainName('external', s)}`),
      ),
    ])
    const hook = (name: string, type: string, h: string, priority: string, rules: string[]): void =>
      add('chain', name, [`type ${type} hook ${h} priority ${priority}; policy accept;`, ...rules])
    hook('filter-input', 'filter', 'input', 'filter', [
      'ct state new jump nodeport-endpoints-check',
      'ct state new jump service-endpoints-check',
    ])
    hook('filter-forward', 'filter', 'forward', 'filter', ['ct state new jump service-endpoints-check'])
    hook('filter-output', 'filter', 'output', 'filter', ['ct state new jump service-endpoints-check'])
    hook('nat-prerouting', 'nat', 'prerouting', 'dstnat', ['jump services'])
    hook('nat-output', 'nat', 'output', 'dstnat', ['jump services'])
    hook('nat-postrouting', 'nat', 'postrouting', 'srcnat', ['jump masquerading'])
    add('chain', 'services', [
      ...(this.clusterCidr
        ? [
            `ip daddr @cluster-ips ip saddr != ${this.clusterCidr} meta mark set meta mark | 0x00004000 comment "masquerade clusterIP traffic from outside cluster"`,
          ]
        : []),
      'ip daddr . meta l4proto . th dport vmap @service-ips',
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
    ])
    add('chain', 'reject-chain', ['comment "helper for @no-endpoint-services / @no-endpoint-nodeports"', 'reject'])
    for (const s of withEndpoints) {
      const map = s.endpoints.map((e, i) => `${i} : ${e.ip} . ${e.port}`).join(', ')
      add('chain', chainName('service', s), [
        `meta l4proto ${s.protocol} dnat ip to numgen random mod ${s.endpoints.length} map { ${map} }`,
      ])
    }
    return out
  }
}
