import type { TableName } from '../../host/index.ts'
import { ensureChain, ensureRule, type Family, fillChain } from '../lib/iptables-rules.ts'
import { endpointChain, serviceChain } from './names.ts'
import type { Endpoint, ServicePort } from './services.ts'

interface IptablesOptions {
  readonly clusterCidr: string
  readonly masqueradeAll: boolean
  readonly localhostNodePorts: boolean
  /** 1 << masqueradeBit. */
  readonly mark: number
}

/** Chains hooked into the built-in ones, in the order in which kube-proxy puts each of them in front. */
const JUMPS: readonly [TableName, string, string, string, boolean][] = [
  ['filter', 'KUBE-EXTERNAL-SERVICES', 'INPUT', 'kubernetes externally-visible service portals', true],
  ['filter', 'KUBE-EXTERNAL-SERVICES', 'FORWARD', 'kubernetes externally-visible service portals', true],
  ['filter', 'KUBE-NODEPORTS', 'INPUT', 'kubernetes health check service ports', false],
  ['filter', 'KUBE-SERVICES', 'FORWARD', 'kubernetes service portals', true],
  ['filter', 'KUBE-SERVICES', 'OUTPUT', 'kubernetes service portals', true],
  ['filter', 'KUBE-FORWARD', 'FORWARD', 'kubernetes forwarding rules', false],
  ['filter', 'KUBE-PROXY-FIREWALL', 'INPUT', 'kubernetes load balancer firewall', true],
  ['filter', 'KUBE-PROXY-FIREWALL', 'OUTPUT', 'kubernetes load balancer firewall', true],
  ['filter', 'KUBE-PROXY-FIREWALL', 'FORWARD', 'kubernetes load balancer firewall', true],
  ['nat', 'KUBE-SERVICES', 'OUTPUT', 'kubernetes service portals', false],
  ['nat', 'KUBE-SERVICES', 'PREROUTING', 'kubernetes service portals', false],
  ['nat', 'KUBE-POSTROUTING', 'POSTROUTING', 'kubernetes postrouting rules', false],
]

const CANARY = 'KUBE-PROXY-CANARY'
const CANARY_TABLES: readonly TableName[] = ['mangle', 'nat', 'filter']
const OWN = /^KUBE-(SVC|SVL|EXT|FW|SEP)-/

/** Chains that the kubelet made: kube-proxy leaves them alone. */
const KUBELETS = new Set(['KUBE-FIREWALL', 'KUBE-KUBELET-CANARY', 'KUBE-IPTABLES-HINT'])

/** Removes what the iptables mode left behind, when another mode starts. Models CleanupLeftovers. */
export function cleanupIptables(stack: Family): void {
  for (const table of stack.netfilter.tables.values()) {
    const own = new Set([...table.chains.keys()].filter((c) => c.startsWith('KUBE-') && !KUBELETS.has(c)))
    for (const chain of table.chains.values())
      chain.rules = chain.rules.filter((r) => r.target === undefined || !own.has(r.target.name))
    for (const name of own) table.chains.delete(name)
  }
  stack.netfilter.touch()
}

/** Chains and their rules, in iptables-save's words. */
type Chains = Map<string, string[]>

/** Writes kube-proxy's rules into netfilter. Models pkg/proxy/iptables/proxier.go syncProxyRules. */
export class IptablesProxier {
  /** Text of each service chain as last written: what has not changed is not written again. */
  private written = new Map<string, string>()

  constructor(
    private readonly stack: Family,
    private readonly o: IptablesOptions,
  ) {}

  /** False when somebody has deleted the canary chains (a flush of everything): all must be written anew. */
  intact(): boolean {
    return CANARY_TABLES.every((t) => this.stack.netfilter.tables.get(t)?.chains.has(CANARY))
  }

  /** Everything, as at the start. */
  reset(): void {
    this.written.clear()
  }

  sync(ports: readonly ServicePort[]): void {
    const { stack } = this
    for (const t of CANARY_TABLES) ensureChain(stack, t, CANARY)
    const full = this.written.size === 0
    if (full) this.hook()
    const nat: Chains = new Map([
      ['KUBE-SERVICES', []],
      ['KUBE-NODEPORTS', []],
    ])
    const filter: Chains = new Map([
      ['KUBE-SERVICES', []],
      ['KUBE-EXTERNAL-SERVICES', []],
      ['KUBE-NODEPORTS', []],
      ['KUBE-PROXY-FIREWALL', []],
      ['KUBE-FORWARD', this.forward()],
    ])
    for (const port of ports) this.service(port, nat, filter)
    nat
      .get('KUBE-SERVICES')!
      .push(
        '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
      )
    nat.set('KUBE-MARK-MASQ', [`-j MARK --or-mark 0x${this.o.mark.toString(16)}`])
    nat.set('KUBE-POSTROUTING', this.postrouting())
    this.apply('filter', filter)
    this.apply('nat', nat)
    stack.netfilter.touch()
  }

  private hook(): void {
    for (const [table, chain] of JUMPS) ensureChain(this.stack, table, chain)
    for (const [table, chain, from, comment, fresh] of JUMPS)
      ensureRule(
        this.stack,
        table,
        from,
        `${fresh ? '-m conntrack --ctstate NEW ' : ''}-m comment --comment "${comment}" -j ${chain}`,
        true,
      )
  }

  private apply(table: TableName, chains: Chains): void {
    const { stack } = this
    const t = stack.netfilter.table(table)
    // Every chain must exist before a rule names it.
    for (const name of chains.keys()) ensureChain(stack, table, name)
    for (const [name, rules] of chains) {
      const text = rules.join('\n')
      const key = `${table} ${name}`
      // Chains of unchanged services are left out of the restore; the common ones are always in it.
      if (OWN.test(name) && this.written.get(key) === text) continue
      fillChain(stack, table, name, rules)
      this.written.set(key, text)
    }
    for (const name of [...t.chains.keys()]) {
      if (!OWN.test(name) || chains.has(name)) continue
      t.chains.delete(name)
      this.written.delete(`${table} ${name}`)
    }
  }

  private forward(): string[] {
    const mark = `0x${this.o.mark.toString(16)}`
    return [
      '-m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP',
      `-m comment --comment "kubernetes forwarding rules" -m mark --mark ${mark}/${mark} -j ACCEPT`,
      '-m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    ]
  }

  private postrouting(): string[] {
    const mark = `0x${this.o.mark.toString(16)}`
    return [
      `-m mark ! --mark ${mark}/${mark} -j RETURN`,
      `-j MARK --xor-mark ${mark}`,
      '-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    ]
  }

  private service(s: ServicePort, nat: Chains, filter: Chains): void {
    const { name, protocol: proto } = s
    const local = s.endpoints.filter((e) => e.local)
    const internal = s.internalLocal ? local : s.endpoints
    const external = s.externalLocal ? local : s.endpoints
    const match = (port: number): string => `-m ${proto} --dport ${port}`
    const comment = (text: string): string => `-m comment --comment "${text}"`
    const services = nat.get('KUBE-SERVICES')!
    const reject = filter.get('KUBE-SERVICES')!
    const outside = filter.get('KUBE-EXTERNAL-SERVICES')!
    const svc = serviceChain('SVC', name, proto)
    const svl = serviceChain('SVL', name, proto)
    const ext = serviceChain('EXT', name, proto)
    const exposed = s.nodePort > 0 || s.externalIps.length > 0 || s.loadBalancerIps.length > 0
    const clusterChain = s.internalLocal ? svl : svc
    const needsSvc = s.endpoints.length > 0 && (!s.internalLocal || exposed)
    const needsSvl = local.length > 0 && (s.internalLocal || (s.externalLocal && exposed))
    if (internal.length > 0)
      services.push(
        `-d ${s.clusterIp}/32 -p ${proto} ${comment(`${name} cluster IP`)} ${match(s.port)} -j ${clusterChain}`,
      )
    else if (s.endpoints.length === 0)
      reject.push(`-d ${s.clusterIp}/32 -p ${proto} ${comment(`${name} has no endpoints`)} ${match(s.port)} -j REJECT`)
    else
      reject.push(
        `-d ${s.clusterIp}/32 -p ${proto} ${comment(`${name} has no local endpoints`)} ${match(s.port)} -j DROP`,
      )
    const addresses = [
      ...s.externalIps.map((ip) => [ip, 'external IP'] as const),
      ...s.loadBalancerIps.map((ip) => [ip, 'loadbalancer IP'] as const),
    ]
    for (const [ip, what] of addresses) {
      if (s.endpoints.length > 0)
        services.push(`-d ${ip}/32 -p ${proto} ${comment(`${name} ${what}`)} ${match(s.port)} -j ${ext}`)
      if (external.length === 0)
        outside.push(
          `-d ${ip}/32 -p ${proto} ${comment(`${name} has no ${s.endpoints.length === 0 ? '' : 'local '}endpoints`)} ${match(s.port)} -j ${s.endpoints.length === 0 ? 'REJECT' : 'DROP'}`,
        )
    }
    if (s.nodePort > 0) {
      if (s.endpoints.length > 0) {
        const nodePorts = nat.get('KUBE-NODEPORTS')!
        const rule = `-p ${proto} ${comment(name)} ${match(s.nodePort)}`
        if (this.o.localhostNodePorts)
          nodePorts.push(`-d 127.0.0.0/8 ${rule} -m nfacct --nfacct-name localhost_nps_accepted_pkts -j ${ext}`)
        nodePorts.push(`${rule} -j ${ext}`)
      }
      if (external.length === 0)
        outside.push(
          `-p ${proto} -m addrtype --dst-type LOCAL ${comment(`${name} has no ${s.endpoints.length === 0 ? '' : 'local '}endpoints`)} ${match(s.nodePort)} -j ${s.endpoints.length === 0 ? 'REJECT' : 'DROP'}`,
        )
    }
    if (needsSvc) nat.set(svc, this.balance(s, s.endpoints, s.internalLocal ? '' : this.fromOutside(s)))
    if (needsSvl) nat.set(svl, this.balance(s, local, s.internalLocal ? this.fromOutside(s) : ''))
    if (exposed && s.endpoints.length > 0) nat.set(ext, this.externalRules(s, svc, svl, local.length > 0))
    for (const e of s.endpoints) this.endpoint(s, e, nat)
  }

  /** Traffic that comes from outside the pods' network is masqueraded. */
  private fromOutside(s: ServicePort): string {
    const tail = `-d ${s.clusterIp}/32 -p ${s.protocol} -m comment --comment "${s.name} cluster IP" -m ${s.protocol} --dport ${s.port} -j KUBE-MARK-MASQ`
    if (this.o.masqueradeAll) return tail
    return this.o.clusterCidr ? `! -s ${this.o.clusterCidr} ${tail}` : ''
  }

  private balance(s: ServicePort, endpoints: readonly Endpoint[], first: string): string[] {
    const rules = first ? [first] : []
    const target = (e: Endpoint): string => endpointChain(s.name, s.protocol, `${e.ip}:${e.port}`)
    const comment = (e: Endpoint): string => `-m comment --comment "${s.name} -> ${e.ip}:${e.port}"`
    if (s.affinity > 0)
      for (const e of endpoints)
        rules.push(
          `${comment(e)} -m recent --rcheck --seconds ${s.affinity} --reap --name ${target(e)} --mask 255.255.255.255 --rsource -j ${target(e)}`,
        )
    endpoints.forEach((e, i) => {
      const left = endpoints.length - i
      const random = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(11)}` : ''
      rules.push(`${comment(e)}${random} -j ${target(e)}`)
    })
    return rules
  }

  private externalRules(s: ServicePort, svc: string, svl: string, anyLocal: boolean): string[] {
    const comment = (text: string): string => `-m comment --comment "${text}"`
    if (!s.externalLocal)
      return [`${comment(`masquerade traffic for ${s.name} external destinations`)} -j KUBE-MARK-MASQ`, `-j ${svc}`]
    return [
      ...(this.o.clusterCidr
        ? [`-s ${this.o.clusterCidr} ${comment(`pod traffic for ${s.name} external destinations`)} -j ${svc}`]
        : []),
      `${comment(`masquerade LOCAL traffic for ${s.name} external destinations`)} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
      `${comment(`route LOCAL traffic for ${s.name} external destinations`)} -m addrtype --src-type LOCAL -j ${svc}`,
      ...(anyLocal ? [`-j ${svl}`] : []),
    ]
  }

  private endpoint(s: ServicePort, e: Endpoint, nat: Chains): void {
    const chain = endpointChain(s.name, s.protocol, `${e.ip}:${e.port}`)
    const recent = s.affinity > 0 ? ` -m recent --set --name ${chain} --mask 255.255.255.255 --rsource` : ''
    nat.set(chain, [
      `-s ${e.ip}/32 -m comment --comment "${s.name}" -j KUBE-MARK-MASQ`,
      `-p ${s.protocol} -m comment --comment "${s.name}"${recent} -m ${s.protocol} -j DNAT --to-destination ${e.ip}:${e.port}`,
    ])
  }
}
