import type { DialResult, Peer, Process, Program, Service } from '../host/index.ts'

interface Proxy {
  readonly bind: { addr: string; port: number }
  readonly servers: readonly { name: string; ip: string; port: number; check: boolean }[]
}

/** The subset of haproxy.cfg that a TCP load balancer for API servers uses: frontends, backends, listen sections. */
function parseConfig(text: string): Proxy[] {
  const sections: { kind: string; name: string; lines: string[][] }[] = []
  for (const raw of text.split('\n')) {
    const words = raw.replace(/#.*/, '').trim().split(/\s+/)
    if (words[0] === '') continue
    if (/^(global|defaults|frontend|backend|listen)$/.test(words[0]))
      sections.push({ kind: words[0], name: words[1] ?? '', lines: [] })
    else sections.at(-1)?.lines.push(words)
  }
  const serversOf = (lines: string[][]): Proxy['servers'] =>
    lines
      .filter((l) => l[0] === 'server')
      .map((l) => {
        const [ip, port] = l[2].split(':')
        return { name: l[1], ip, port: Number(port), check: l.includes('check') }
      })
  const proxies: Proxy[] = []
  for (const s of sections.filter((x) => x.kind === 'frontend' || x.kind === 'listen')) {
    const bind = s.lines.find((l) => l[0] === 'bind')?.[1] ?? ''
    const [addr, port] = [bind.slice(0, bind.lastIndexOf(':')), Number(bind.slice(bind.lastIndexOf(':') + 1))]
    const name = s.lines.find((l) => l[0] === 'default_backend')?.[1]
    const servers = serversOf(
      s.kind === 'listen' ? s.lines : (sections.find((x) => x.kind === 'backend' && x.name === name)?.lines ?? []),
    )
    if (port) proxies.push({ bind: { addr: addr === '' || addr === '*' ? '0.0.0.0' : addr, port }, servers })
  }
  return proxies
}

/** Passes connections on to the next server that answers, round robin (mode tcp, option tcp-check). */
function proxyService(p: Process, proxy: Proxy): Service {
  let next = 0
  return {
    name: 'haproxy',
    forward(_peer: Peer): DialResult {
      for (let i = 0; i < proxy.servers.length; i++) {
        const server = proxy.servers[(next + i) % proxy.servers.length]
        const result = p.net.dial({ ip: server.ip, port: server.port, from: p })
        if (result.outcome !== 'open' || result.socket.process?.frozen) continue
        next = (next + i + 1) % proxy.servers.length
        return result
      }
      return { outcome: 'refused' }
    },
  }
}

/** haproxy 2.8 in TCP mode. */
export const haproxy: Program = {
  name: 'haproxy',
  *main(p) {
    const at = p.argv.indexOf('-f')
    const file = at >= 0 ? p.argv[at + 1] : '/etc/haproxy/haproxy.cfg'
    if (!p.fs.exists(file)) {
      p.stderr.write(
        `[ALERT]    (${p.pid}) : config : Cannot open configuration file/directory ${file} : No such file or directory\n`,
      )
      return 1
    }
    for (const proxy of parseConfig(p.fs.readFile(file)))
      p.net.listen(p, { ...proxy.bind, service: proxyService(p, proxy) })
    p.rss = 20 << 20
    return yield* p.park()
  },
}
