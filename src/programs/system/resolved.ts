import {
  DNS_HOPS,
  type DnsAnswer,
  type DnsQuestion,
  hostsLookup,
  type Peer,
  type Process,
  type Program,
  sdNotify,
} from '../../host/index.ts'

/** systemd-resolved: the stub on 127.0.0.53 that answers from /etc/hosts and asks the uplink servers. */
export const resolved: Program = {
  name: 'systemd-resolved',
  *main(p: Process) {
    p.rss = 12 << 20
    p.onSignal('SIGTERM', () => p.exit(0))
    const dns = (question: DnsQuestion, _peer: Peer): DnsAnswer | undefined => {
      const local = hostsLookup(p.fs, question.name).filter((h) => !h.ip.includes(':'))
      if (local.length > 0 && question.type === 'A')
        return { rcode: 'NOERROR', answers: local.map((h) => ({ name: question.name, type: 'A', ttl: 0, data: h.ip })) }
      let failed = false
      for (const server of uplinks(p)) {
        const r = p.net.dial({
          ip: server,
          port: 53,
          proto: 'udp',
          from: p,
          note: `${question.type}? ${question.name}.`,
        })
        const hops = (question.hops ?? 0) + 1
        const silent = r.outcome !== 'open' || hops > DNS_HOPS
        const answer = silent ? undefined : r.socket.service.dns?.({ ...question, hops }, r.peer)
        if (answer) return answer
        failed ||= r.outcome !== 'timeout'
      }
      // The client's own time-out is shorter than the uplink's: it sees silence, unless the uplink refused at once.
      return failed ? { rcode: 'SERVFAIL', answers: [] } : undefined
    }
    const service = { name: 'systemd-resolved', dns }
    p.net.listen(p, { proto: 'udp', addr: '127.0.0.53', port: 53, service })
    p.net.listen(p, { proto: 'tcp', addr: '127.0.0.53', port: 53, service })
    sdNotify(p, 'STATUS=Processing requests...')
    sdNotify(p, 'READY=1')
    return yield* p.park()
  },
}

function uplinks(p: Process): string[] {
  const file = p.fs.find('/run/systemd/resolve/resolv.conf')
  return [...(file?.kind === 'file' ? file.read() : '').matchAll(/^nameserver\s+(\S+)/gm)].map((m) => m[1])
}
