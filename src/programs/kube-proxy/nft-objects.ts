import { parseIp } from '../../host/index.ts'
import type { NativeObject } from '../../host/net/netfilter/model.ts'
import { shortHash } from './names.ts'
import type { Endpoint, ServicePort } from './services.ts'

/** What of a node and its cluster shows in the table. */
export interface NftSettings {
  readonly family: 'ip' | 'ip6'
  readonly clusterCidr: string
  /** `10.96.0.0/12`; empty when the API server has no ServiceCIDR. */
  readonly serviceCidr: string
  /** The node's address of this family, or empty. */
  readonly nodeIp: string
}

const base = (s: ServicePort): string => `${s.namespace}/${s.service}/${s.protocol}/${s.portName}`
const named = (kind: string, name: string): string => `${kind}-${shortHash(name)}-${name}`
const chainName = (kind: string, s: ServicePort): string => named(kind, base(s))
const endpointName = (kind: string, s: ServicePort, e: Endpoint): string => named(kind, `${base(s)}__${e.ip}/${e.port}`)
const byAddress = (a: string, b: string): number => (parseIp(a) ?? 0) - (parseIp(b) ?? 0)
const MARK = 'meta mark set meta mark | 0x00004000'

/** `elements = { a,\n b }` as nft breaks it, `perLine` to a line. */
function elements(list: readonly string[], perLine = 1): string[] {
  const rows: string[] = []
  for (let i = 0; i < list.length; i += perLine) rows.push(list.slice(i, i + perLine).join(', '))
  return rows.map((r, i) => `${i === 0 ? 'elements = { ' : '\t     '}${r}${i === rows.length - 1 ? ' }' : ','}`)
}

/** Table `kube-proxy` of one family in the order in which `nft list table` shows it. Models pkg/proxy/nftables/proxier.go. */
export function nftObjects(ports: readonly ServicePort[], o: NftSettings): NativeObject[] {
  const out: NativeObject[] = []
  const add = (kind: NativeObject['kind'], name: string, body: string[]): void => void out.push({ kind, name, body })
  const alive = ports.filter((s) => s.endpoints.length > 0)
  const dead = ports.filter((s) => s.endpoints.length === 0)
  sets(add, ports, alive, dead, o)
  baseChains(add, o)
  for (const s of alive) serviceChains(add, s, o)
  return out
}

type Add = (kind: NativeObject['kind'], name: string, body: string[]) => void

function sets(
  add: Add,
  ports: readonly ServicePort[],
  alive: readonly ServicePort[],
  dead: readonly ServicePort[],
  o: NftSettings,
): void {
  const hairpin = alive.flatMap((s) =>
    s.endpoints.filter((e) => e.local).map((e) => `${e.ip} . ${e.ip} . ${s.protocol} . ${e.port}`),
  )
  const addr = o.family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'
  const verdict = `type ${addr} . inet_proto . inet_service : verdict`
  const nodePort = 'type inet_proto . inet_service : verdict'
  const addresses = (s: ServicePort): string[] => [s.clusterIp, ...s.externalIps, ...s.loadBalancerIps]
  add('set', 'hairpin-connections', [
    `type ${addr} . ${addr} . inet_proto . inet_service`,
    'comment "service hairpin connections"',
    ...elements([...new Set(hairpin)]),
  ])
  add('set', 'cluster-ips', [
    `type ${addr}`,
    'comment "Active ClusterIPs"',
    // A set of plain addresses is listed in their order.
    ...elements([...new Set(ports.map((s) => s.clusterIp))].sort(byAddress), 2),
  ])
  add('set', 'nodeport-ips', [
    `type ${addr}`,
    'comment "IPs that accept NodePort traffic"',
    ...elements(o.nodeIp ? [o.nodeIp] : []),
  ])
  add('map', 'no-endpoint-services', [
    verdict,
    'comment "vmap to drop or reject packets to services with no endpoints"',
    ...elements(
      dead.flatMap((s) =>
        addresses(s).map((ip) => `${ip} . ${s.protocol} . ${s.port} comment "${s.name}" : goto reject-chain`),
      ),
    ),
  ])
  add('map', 'no-endpoint-nodeports', [
    nodePort,
    'comment "vmap to drop or reject packets to service nodeports with no endpoints"',
    ...elements(
      dead
        .filter((s) => s.nodePort > 0)
        .map((s) => `${s.protocol} . ${s.nodePort} comment "${s.name}" : goto reject-chain`),
    ),
  ])
  add('map', 'firewall-ips', [verdict, 'comment "destinations that are subject to LoadBalancerSourceRanges"'])
  add('map', 'service-ips', [
    verdict,
    'comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"',
    ...elements(
      alive.flatMap((s) =>
        addresses(s).map(
          (ip) =>
            `${ip} . ${s.protocol} . ${s.port} : goto ${chainName(ip === s.clusterIp ? 'service' : 'external', s)}`,
        ),
      ),
    ),
  ])
  add('map', 'service-nodeports', [
    nodePort,
    'comment "NodePort traffic"',
    ...elements(
      alive
        .filter((s) => s.nodePort > 0)
        .map((s) => `${s.protocol} . ${s.nodePort} : goto ${chainName('external', s)}`),
    ),
  ])
  for (const s of alive.filter((x) => x.affinity > 0))
    for (const e of s.endpoints)
      add('set', endpointName('affinity', s, e), [
        `type ${addr}`,
        'size 65535',
        'flags dynamic,timeout',
        `timeout ${s.affinity % 3600 === 0 ? `${s.affinity / 3600}h` : `${s.affinity}s`}`,
      ])
}

function baseChains(add: Add, o: NftSettings): void {
  const hook = (name: string, type: string, at: string, priority: string, rules: string[]): void =>
    add('chain', name, [`type ${type} hook ${at} priority ${priority}; policy accept;`, ...rules])
  const fresh = (...chains: string[]): string[] => chains.map((c) => `ct state new jump ${c}`)
  hook('filter-prerouting-pre-dnat', 'filter', 'prerouting', 'dstnat - 10', fresh('firewall-check'))
  hook('filter-output-pre-dnat', 'filter', 'output', 'dstnat - 10', fresh('firewall-check'))
  hook('filter-input', 'filter', 'input', 'filter', fresh('nodeport-endpoints-check', 'service-endpoints-check'))
  hook('filter-forward', 'filter', 'forward', 'filter', fresh('service-endpoints-check', 'cluster-ips-check'))
  hook('filter-output', 'filter', 'output', 'filter', fresh('service-endpoints-check', 'cluster-ips-check'))
  hook('nat-prerouting', 'nat', 'prerouting', 'dstnat', ['jump services'])
  hook('nat-output', 'nat', 'output', 'dstnat', ['jump services'])
  hook('nat-postrouting', 'nat', 'postrouting', 'srcnat', ['jump masquerading'])
  add('chain', 'nodeport-endpoints-check', [
    `${o.family} daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports`,
  ])
  add('chain', 'service-endpoints-check', [`${o.family} daddr . meta l4proto . th dport vmap @no-endpoint-services`])
  add('chain', 'firewall-check', [`${o.family} daddr . meta l4proto . th dport vmap @firewall-ips`])
  add('chain', 'services', [
    ...(o.clusterCidr
      ? [
          `${o.family} daddr @cluster-ips ${o.family} saddr != ${o.clusterCidr} ${MARK} comment "masquerade clusterIP traffic from outside cluster"`,
        ]
      : []),
    `${o.family} daddr . meta l4proto . th dport vmap @service-ips`,
    `${o.family} daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports`,
  ])
  add('chain', 'masquerading', [
    'meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random',
    `ct status dnat ${o.family} saddr . ${o.family} daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random`,
  ])
  add('chain', 'cluster-ips-check', [
    `${o.family} daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"`,
    ...(o.serviceCidr
      ? [`${o.family} daddr ${o.serviceCidr} drop comment "Drop traffic to unallocated ClusterIPs"`]
      : []),
  ])
  add('chain', 'reject-chain', ['comment "helper for @no-endpoint-services / @no-endpoint-nodeports"', 'reject'])
}

/** Chains of one service that has endpoints. */
function serviceChains(add: Add, s: ServicePort, o: NftSettings): void {
  const spread = (list: readonly Endpoint[]): string =>
    `meta l4proto ${s.protocol} dnat ip to numgen random mod ${list.length} map { ${list.map((e, i) => `${i} : ${e.ip} . ${e.port}`).join(', ')} }`
  const service = chainName('service', s)
  if (s.affinity > 0) {
    for (const e of s.endpoints)
      add('chain', endpointName('endpoint', s, e), [
        `update @${endpointName('affinity', s, e)} { ip saddr }`,
        `meta l4proto ${s.protocol} dnat to ${e.ip}:${e.port}`,
      ])
    const jump = (e: Endpoint): string => `goto ${endpointName('endpoint', s, e)}`
    add('chain', service, [
      ...s.endpoints.map((e) => `ip saddr @${endpointName('affinity', s, e)} ${jump(e)}`),
      `numgen random mod ${s.endpoints.length} vmap { ${s.endpoints.map((e, i) => `${i} : ${jump(e)}`).join(', ')} }`,
    ])
  } else add('chain', service, [spread(s.internalLocal ? s.endpoints.filter((e) => e.local) : s.endpoints)])
  if (s.nodePort === 0 && s.externalIps.length + s.loadBalancerIps.length === 0) return
  if (!s.externalLocal) {
    add('chain', chainName('external', s), [`${MARK} comment "masquerade"`, `goto ${service}`])
    return
  }
  const local = s.endpoints.filter((e) => e.local)
  add('chain', chainName('local', s), local.length > 0 ? [spread(local)] : ['drop'])
  add('chain', chainName('external', s), [
    ...(o.clusterCidr ? [`ip saddr ${o.clusterCidr} goto ${service} comment "short-circuit pod traffic"`] : []),
    `fib saddr type local ${MARK} comment "masquerade local traffic"`,
    `fib saddr type local goto ${service} comment "short-circuit local traffic"`,
    `goto ${chainName('local', s)}`,
  ])
}
