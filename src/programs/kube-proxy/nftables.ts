import { formatIp, inCidr, parseCidr, parseIp, type Stack } from '../../host/index.ts'
import type { Context } from '../../host/net/netfilter/model.ts'
import { type NftSettings, nftObjects } from './nft-objects.ts'
import type { Endpoint, ServicePort } from './services.ts'

const TABLE = { name: 'kube-proxy', comment: 'rules for kube-proxy' }

/** Keeps table `ip kube-proxy`: what it prints and what it does with packets come from the same services. */
export class NftablesProxier {
  private readonly sticky = new Map<string, { endpoint: Endpoint; until: number }>()

  constructor(
    private readonly stack: Stack,
    private readonly settings: Omit<NftSettings, 'family'>,
  ) {
    // Services are IPv4 only, so that its twin never changes.
    stack.netfilter6.native.set('ip6 kube-proxy', {
      ...TABLE,
      family: 'ip6',
      objects: nftObjects([], { family: 'ip6', clusterCidr: '', serviceCidr: '', nodeIp: '' }),
    })
  }

  sync(ports: readonly ServicePort[]): void {
    const byAddress = new Map<string, ServicePort>()
    const byNodePort = new Map<string, ServicePort>()
    for (const s of ports) {
      for (const ip of [s.clusterIp, ...s.externalIps, ...s.loadBalancerIps])
        byAddress.set(`${ip}/${s.protocol}/${s.port}`, s)
      if (s.nodePort > 0) byNodePort.set(`${s.protocol}/${s.nodePort}`, s)
    }
    const cidr = this.settings.clusterCidr ? parseCidr(this.settings.clusterCidr) : undefined
    const services = this.settings.serviceCidr ? parseCidr(this.settings.serviceCidr) : undefined
    const clusterIps = new Set(ports.map((s) => s.clusterIp))
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
      ...TABLE,
      family: 'ip',
      objects: nftObjects(ports, { ...this.settings, family: 'ip' }),
      dnat: (c) => {
        const hit = find(c)
        if (!hit) {
          if (clusterIps.has(formatIp(c.packet.dst))) return 'reject'
          return services && inCidr(c.packet.dst, services) ? 'drop' : undefined
        }
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
}
