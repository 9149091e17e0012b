import { DNS_HOPS, type DnsAnswer, type DnsQuestion, type Process } from '../../host/index.ts'
import { CorefileError, type Directive } from './corefile.ts'

/** An upstream that did not answer, in the words of Go's resolver. */
export class UpstreamError extends Error {}

/** The forward plugin: asks the servers named, or those of a resolv.conf, one after the other. */
export class Forward {
  readonly zone: string
  readonly upstreams: readonly string[]

  constructor(
    private readonly p: Process,
    d: Directive,
    path: string,
  ) {
    const [zone, ...to] = d.args
    if (zone === undefined || to.length === 0)
      throw new CorefileError(
        `${path}:${d.line} - Error during parsing: Wrong argument count or unexpected line ending after '${zone ?? 'forward'}'`,
      )
    this.zone = zone.endsWith('.') ? zone : `${zone}.`
    const servers: string[] = []
    for (const target of to) {
      if (target.startsWith('/')) {
        const node = p.fs.find(target)
        if (node?.kind !== 'file') throw new CorefileError(`plugin/forward: not an IP address or file: "${target}"`)
        for (const line of node.read().split('\n')) {
          const m = /^nameserver\s+(\S+)/.exec(line)
          if (m) servers.push(m[1])
        }
        if (servers.length === 0) throw new CorefileError(`plugin/forward: no nameservers found`)
      } else {
        const bare = target.replace(/^(dns|tls):\/\//, '')
        if (!/^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(bare))
          throw new CorefileError(`plugin/forward: not an IP address or file: "${target}"`)
        servers.push(bare)
      }
    }
    this.upstreams = servers
  }

  /** Throws UpstreamError. */
  ask(q: DnsQuestion): DnsAnswer {
    let failure = ''
    for (const upstream of this.upstreams) {
      const [ip, port = '53'] = upstream.split(':')
      const result = this.p.net.dial({ ip, port: Number(port), proto: 'udp', from: this.p })
      const self = this.p.net.addresses()[0] ?? '127.0.0.1'
      const flow = `${self}:${40_000 + ((q.name.length * 131) % 20_000)}->${ip}:${port}`
      if (result.outcome !== 'open' || !result.socket.service.dns) {
        failure =
          result.outcome === 'refused' ? `read udp ${flow}: read: connection refused` : `read udp ${flow}: i/o timeout`
        continue
      }
      const hops = (q.hops ?? 0) + 1
      const answer = hops > DNS_HOPS ? undefined : result.socket.service.dns({ ...q, hops }, result.peer)
      if (answer) return answer
      failure = `read udp ${flow}: i/o timeout`
    }
    throw new UpstreamError(failure)
  }
}
