import type { Informers } from '../../api/index.ts'
import type { KubeObject } from '../../api/types.ts'
import type { DnsAnswer, DnsQuestion } from '../../host/index.ts'

type Answers = DnsAnswer['answers']

const NXDOMAIN: DnsAnswer = { rcode: 'NXDOMAIN', answers: [], authoritative: true }
const EMPTY: DnsAnswer = { rcode: 'NOERROR', answers: [], authoritative: true }

/** The kubernetes plugin: names of Services and Pods, answered from watches. */
export class KubernetesPlugin {
  private readonly services
  private readonly slices
  private readonly namespaces

  constructor(
    informers: Informers,
    /** `cluster.local.`, `in-addr.arpa.`, … */
    private readonly zones: readonly string[],
    private readonly options: {
      ttl: number
      pods: 'disabled' | 'insecure' | 'verified'
      fallthrough: readonly string[] | undefined
    },
    private readonly shuffle: <T>(list: readonly T[]) => T[],
  ) {
    this.services = informers.informer('Service')
    this.slices = informers.informer('EndpointSlice')
    this.slices.addIndex(
      'service',
      (o) => `${o.metadata.namespace}/${o.metadata.labels?.['kubernetes.io/service-name']}`,
    )
    this.namespaces = informers.informer('Namespace')
  }

  get synced(): boolean {
    return this.services.synced && this.slices.synced && this.namespaces.synced
  }

  /** Undefined: not its zone, or falls through to the next plugin. */
  answer(q: DnsQuestion): DnsAnswer | undefined {
    const name = q.name.toLowerCase()
    const zone = this.zones.filter((z) => name === z || name.endsWith(`.${z}`)).sort((a, b) => b.length - a.length)[0]
    if (!zone) return undefined
    if (!this.synced) return { rcode: 'SERVFAIL', answers: [] }
    const result = zone.endsWith('.arpa.') ? this.reverse(q, name) : this.forward(q, name, zone)
    if (result.rcode === 'NXDOMAIN' && this.options.fallthrough) {
      const { fallthrough } = this.options
      if (fallthrough.length === 0 || fallthrough.some((z) => name.endsWith(z))) return undefined
    }
    return result
  }

  private record(q: DnsQuestion, type: string, data: string, name = q.name): Answers[number] {
    return { name, type, ttl: this.options.ttl, data }
  }

  private found(q: DnsQuestion, answers: Answers): DnsAnswer {
    void q
    return { rcode: 'NOERROR', answers, authoritative: true }
  }

  private forward(q: DnsQuestion, name: string, zone: string): DnsAnswer {
    if (name === zone)
      return q.type === 'NS' || q.type === 'SOA' ? this.found(q, [this.record(q, q.type, `ns.dns.${zone}`)]) : EMPTY
    const labels = name.slice(0, -zone.length - 1).split('.')
    if (labels.length === 1 && labels[0] === 'dns-version') return this.found(q, [this.record(q, 'TXT', '"1.1.0"')])
    const kind = labels.pop()
    if (kind === 'pod') return this.pod(q, labels)
    if (kind !== 'svc') return NXDOMAIN
    const ns = labels.pop()
    if (ns === undefined) return EMPTY
    if (!this.namespaces.get(undefined, ns)) return NXDOMAIN
    const service = labels.pop()
    if (service === undefined) return EMPTY
    const object = this.services.get(ns, service)
    if (!object) return NXDOMAIN
    return this.service(q, object, labels, zone)
  }

  private endpoints(service: KubeObject): { ip: string; hostname: string; port: any; name: string }[] {
    const { namespace, name } = service.metadata
    const out: { ip: string; hostname: string; port: any; name: string }[] = []
    for (const slice of this.slices.by('service', `${namespace}/${name}`)) {
      if (slice.addressType !== 'IPv4') continue
      for (const e of slice.endpoints ?? []) {
        if (e.conditions?.ready === false && !service.spec.publishNotReadyAddresses) continue
        for (const ip of e.addresses)
          for (const port of slice.ports?.length ? slice.ports : [{}])
            out.push({ ip, hostname: e.hostname ?? '', port, name: e.hostname || ip.replaceAll('.', '-') })
      }
    }
    return out
  }

  private service(q: DnsQuestion, s: KubeObject, labels: string[], zone: string): DnsAnswer {
    const base = `${s.metadata.name}.${s.metadata.namespace}.svc.${zone}`
    const { spec } = s
    if (spec.type === 'ExternalName') {
      if (labels.length > 0) return NXDOMAIN
      const target = `${spec.externalName}.`.replace(/\.\.$/, '.')
      return q.type === 'A' || q.type === 'AAAA' || q.type === 'CNAME' || q.type === 'ANY'
        ? this.found(q, [this.record(q, 'CNAME', target)])
        : EMPTY
    }
    const headless = spec.clusterIP === 'None'
    const srv = labels.length === 2 && labels[0].startsWith('_') && labels[1].startsWith('_')
    if (srv) return this.srv(q, s, labels[0].slice(1), labels[1].slice(1), base, headless)
    if (labels.length > 1) return NXDOMAIN
    if (labels.length === 1) {
      const match = this.endpoints(s).filter((e) => e.name === labels[0])
      if (match.length === 0) return NXDOMAIN
      return this.addresses(q, [...new Set(match.map((e) => e.ip))])
    }
    if (q.type === 'SRV') return this.srv(q, s, '', '', base, headless)
    if (headless) {
      const ips = [...new Set(this.endpoints(s).map((e) => e.ip))]
      if (ips.length === 0) return NXDOMAIN
      return this.addresses(q, ips)
    }
    return this.addresses(q, [spec.clusterIP])
  }

  private addresses(q: DnsQuestion, ips: readonly string[]): DnsAnswer {
    if (q.type !== 'A' && q.type !== 'ANY') return EMPTY
    return this.found(
      q,
      this.shuffle(ips).map((ip) => this.record(q, 'A', ip)),
    )
  }

  private srv(
    q: DnsQuestion,
    s: KubeObject,
    port: string,
    protocol: string,
    base: string,
    headless: boolean,
  ): DnsAnswer {
    const fits = (p: any): boolean =>
      (port === '' || p.name === port) && (protocol === '' || (p.protocol ?? 'TCP').toLowerCase() === protocol)
    const answers = headless
      ? this.endpoints(s)
          .filter((e) => fits(e.port))
          .map((e, _, all) =>
            this.record(q, 'SRV', `0 ${Math.floor(100 / all.length)} ${e.port.port} ${e.name}.${base}`),
          )
      : (s.spec.ports ?? [])
          .filter(fits)
          .map((p: any, _: number, all: any[]) =>
            this.record(q, 'SRV', `0 ${Math.floor(100 / all.length)} ${p.port} ${base}`),
          )
    if (answers.length === 0) return NXDOMAIN
    return q.type === 'SRV' || q.type === 'ANY' ? this.found(q, answers) : EMPTY
  }

  private pod(q: DnsQuestion, labels: string[]): DnsAnswer {
    const ns = labels.pop()
    if (this.options.pods === 'disabled' || ns === undefined || !this.namespaces.get(undefined, ns)) return NXDOMAIN
    if (labels.length === 0) return EMPTY
    const ip = labels.length === 1 ? labels[0].replaceAll('-', '.') : ''
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(ip)) return NXDOMAIN
    return this.addresses(q, [ip])
  }

  private reverse(q: DnsQuestion, name: string): DnsAnswer {
    const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa\.$/.exec(name)
    if (!m) return NXDOMAIN
    const ip = `${m[4]}.${m[3]}.${m[2]}.${m[1]}`
    const zone = this.zones.find((z) => !z.endsWith('.arpa.')) ?? 'cluster.local.'
    for (const s of this.services.list())
      if (s.spec.clusterIP === ip)
        return this.found(q, [this.record(q, 'PTR', `${s.metadata.name}.${s.metadata.namespace}.svc.${zone}`)])
    for (const s of this.services.list())
      for (const e of this.endpoints(s))
        if (e.ip === ip)
          return this.found(q, [
            this.record(q, 'PTR', `${e.name}.${s.metadata.name}.${s.metadata.namespace}.svc.${zone}`),
          ])
    return NXDOMAIN
  }
}
