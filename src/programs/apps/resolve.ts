import type { Process } from '../../host/index.ts'
import { lookupLocal } from '../lib/transport.ts'

/** Resolves a name as glibc in this process would: /etc/hosts, then the servers and search list of /etc/resolv.conf. */
export function resolveName(p: Process, host: string): string | undefined {
  const local = lookupLocal(p, host)
  if (local !== undefined) return local
  const file = p.fs.find('/etc/resolv.conf')
  if (file?.kind !== 'file') return undefined
  const servers: string[] = []
  let search: string[] = []
  let ndots = 1
  for (const line of file.read().split('\n')) {
    const [key, ...values] = line.trim().split(/\s+/)
    if (key === 'nameserver') servers.push(...values)
    else if (key === 'search') search = values
    else if (key === 'options') for (const o of values) if (o.startsWith('ndots:')) ndots = Number(o.slice(6))
  }
  const dots = host.split('.').length - 1
  const absolute = host.endsWith('.') ? [host] : [`${host}.`]
  const relative = host.endsWith('.') ? [] : search.map((s) => `${host}.${s.replace(/\.$/, '')}.`)
  const names = dots >= ndots ? [...absolute, ...relative] : [...relative, ...absolute]
  for (const name of names) {
    let at = name
    for (let hop = 0; hop < 8; hop++) {
      const answer = ask(p, servers, at)
      const a = answer?.find((r) => r.type === 'A')
      if (a) return a.data
      const alias = answer?.find((r) => r.type === 'CNAME')
      if (!alias) break
      at = alias.data
    }
  }
  return undefined
}

function ask(
  p: Process,
  servers: readonly string[],
  name: string,
): readonly { type: string; data: string }[] | undefined {
  for (const ip of servers) {
    const result = p.net.dial({ ip, port: 53, proto: 'udp', from: p })
    if (result.outcome !== 'open') continue
    const answer = result.socket.service.dns?.({ name, type: 'A' }, result.peer)
    if (answer) return answer.answers
  }
  return undefined
}
