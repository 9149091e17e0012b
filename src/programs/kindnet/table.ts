import type { KubeObject } from '../../api/types.ts'
import { type Context, formatIp, type NativeObject, type Process, type Stack } from '../../host/index.ts'
import { allows, type Peer, selects } from './policy.ts'

const TABLE = 'kindnet-network-policies'
const QUEUE = 'queue flags bypass to 101'

/** The objects that policies are made of, by kind. */
interface Objects {
  pods(): readonly KubeObject[]
  policies(): readonly KubeObject[]
  namespace(name: string): KubeObject | undefined
}

/** What the objects come to; made anew when the first packet after a change asks. */
interface Digest {
  readonly policies: readonly KubeObject[]
  /** Address → pod, of pods with an address of their own. */
  readonly peers: ReadonlyMap<string, Peer>
  /** Addresses of this node's pods that a policy selects: only their packets are queued. */
  readonly isolated: ReadonlySet<string>
}

/**
 * The nftables table with which kindnetd sees packets of isolated pods and decides about them. Models
 * kube-network-policies' pkg/dataplane/controller.go with FailOpen and NetfilterBug1766Fix.
 */
export class PolicyTable {
  private digest: Digest | undefined

  constructor(
    private readonly process: Process,
    private readonly nodeName: string,
    private readonly objects: Objects,
  ) {}

  install(): void {
    const stack = this.process.net as Stack
    const table = this
    stack.netfilter.native.set(`inet ${TABLE}`, {
      family: 'inet',
      name: TABLE,
      get objects() {
        return objects(table.current().isolated)
      },
      filter: (c) => (this.passes(c) ? undefined : 'drop'),
    })
    stack.netfilter.touch()
  }

  /** Pods, namespaces or policies have changed. */
  invalidate(): void {
    if (!this.digest) return
    this.digest = undefined
    ;(this.process.net as Stack).netfilter.touch()
  }

  private passes(c: Context): boolean {
    const { packet: p, hook } = c
    // `bypass`: with nobody at the queue everything passes. Answers belong to connections that were let through.
    if (p.reply || this.process.status) return true
    const dns = p.proto === 'udp' && p.dport === 53
    if (dns ? hook !== 'PREROUTING' : hook !== 'POSTROUTING' && hook !== 'INPUT') return true
    // Packets of the node's own root processes (`skuid 0`: probes), and loopback.
    if (c.inIf === '' || c.inIf === 'lo') return true
    const { isolated, peers, policies } = this.current()
    const src = formatIp(p.src)
    const dst = formatIp(p.dst)
    if (!isolated.has(src) && (hook === 'INPUT' || !isolated.has(dst))) return true
    return allows(policies, p, peers.get(src), peers.get(dst))
  }

  private current(): Digest {
    this.digest ??= this.digested()
    return this.digest
  }

  private digested(): Digest {
    const policies = this.objects.policies()
    const peers = new Map<string, Peer>()
    const isolated = new Set<string>()
    if (policies.length === 0) return { policies, peers, isolated }
    for (const pod of this.objects.pods()) {
      const ip: string | undefined = pod.status?.podIP
      if (!ip || pod.spec.hostNetwork || /^(Succeeded|Failed)$/.test(pod.status.phase)) continue
      peers.set(ip, { pod, namespaceLabels: this.objects.namespace(pod.metadata.namespace!)?.metadata.labels })
      if (pod.spec.nodeName === this.nodeName && policies.some((policy) => selects(policy, pod))) isolated.add(ip)
    }
    return { policies, peers, isolated }
  }
}

function objects(isolated: ReadonlySet<string>): NativeObject[] {
  const elements = [...isolated].map((ip, i) => `${i === 0 ? 'elements = { ' : '\t     '}${ip}`)
  const set = (name: string, type: string, body: readonly string[]): NativeObject => ({
    kind: 'set',
    name,
    body: [`type ${type}`, ...(body.length > 0 ? [`${body.join(',\n\t\t')} }`] : [])],
  })
  const icmp6 = ['router-solicit', 'router-advert', 'neighbor-solicit', 'neighbor-advert', 'redirect']
  const queued = (version: 'ip' | 'ip6', way: 'saddr' | 'daddr', when = ''): string =>
    `${version} ${way} @podips-${version === 'ip' ? 'v4' : 'v6'} ${when}${QUEUE}`
  const both = (): string[] => [
    queued('ip', 'saddr'),
    queued('ip', 'daddr'),
    queued('ip6', 'saddr'),
    queued('ip6', 'daddr'),
  ]
  const hook = (name: string, priority: string): string =>
    `type filter hook ${name} priority ${priority}; policy accept;`
  return [
    set('podips-v4', 'ipv4_addr', elements),
    set('podips-v6', 'ipv6_addr', []),
    {
      kind: 'chain',
      name: 'postrouting',
      body: [
        hook('postrouting', 'srcnat - 5'),
        'udp dport 53 accept',
        ...icmp6.map((type) => `icmpv6 type nd-${type} accept`),
        'meta skuid 0 counter packets 0 bytes 0 accept',
        'ct state established,related counter packets 0 bytes 0 accept',
        ...both(),
      ],
    },
    {
      kind: 'chain',
      name: 'input',
      body: [
        hook('input', 'srcnat + 1'),
        'iifname "lo" accept',
        queued('ip', 'saddr', 'ct state new '),
        queued('ip6', 'saddr', 'ct state new '),
      ],
    },
    {
      kind: 'chain',
      name: 'prerouting',
      body: [hook('prerouting', 'dstnat + 5'), 'meta l4proto != udp accept', 'udp dport != 53 accept', ...both()],
    },
  ]
}
