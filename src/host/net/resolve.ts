import { byText, type Coro, sleep } from '../../kernel/index.ts'
import type { FsView } from '../fs/index.ts'
import type { Process } from '../process.ts'
import { parseIp } from './ip.ts'
import type { DnsAnswer, DnsQuestion } from './types.ts'

/** /etc/resolv.conf as resolver libraries read it. */
export interface ResolvConf {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  readonly attempts: number
  /** ms */
  readonly timeout: number
}

/** /etc/resolv.conf as glibc reads it, with its defaults. */
export function readResolvConf(fs: FsView): ResolvConf {
  const file = fs.find('/etc/resolv.conf')
  const servers: string[] = []
  let search: string[] = []
  let ndots = 1
  let attempts = 2
  let timeout = 5000
  for (const raw of (file?.kind === 'file' ? file.read() : '').split('\n')) {
    const words = raw
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (words[0] === 'nameserver' && words[1] && servers.length < 3) servers.push(words[1])
    else if (words[0] === 'search') search = words.slice(1).filter((d) => d !== '.')
    else if (words[0] === 'domain') search = words.slice(1, 2)
    else if (words[0] === 'options')
      for (const o of words.slice(1)) {
        const [key, value] = o.split(':')
        if (key === 'ndots') ndots = Math.min(15, Number(value))
        else if (key === 'attempts') attempts = Number(value)
        else if (key === 'timeout') timeout = Number(value) * 1000
      }
  }
  return { servers: servers.length > 0 ? servers : ['127.0.0.1'], search, ndots, attempts, timeout }
}

interface HostsEntry {
  readonly ip: string
  readonly names: readonly string[]
}

const hostsEntries = byText((text): ReadonlyMap<string, readonly HostsEntry[]> => {
  const entries = new Map<string, HostsEntry[]>()
  for (const raw of text.split('\n')) {
    const [ip, ...names] = raw.replace(/#.*/, '').trim().split(/\s+/)
    if (!ip) continue
    for (const name of new Set(names.map((n) => n.toLowerCase())))
      entries.set(name, [...(entries.get(name) ?? []), { ip, names }])
  }
  return entries
}, 64)

/** Addresses that /etc/hosts gives a name, and the name as written there. */
export function hostsLookup(fs: FsView, name: string): readonly HostsEntry[] {
  const file = fs.find('/etc/hosts')
  const wanted = name.toLowerCase().replace(/\.$/, '')
  return hostsEntries(file?.kind === 'file' ? file.read() : '').get(wanted) ?? []
}

/** The names under which `name` is asked for, in order. */
export function searchNames(name: string, conf: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const dots = name.split('.').length - 1
  const expanded = conf.search.map((d) => `${name}.${d.replace(/\.$/, '')}`)
  return dots >= conf.ndots ? [name, ...expanded] : [...expanded, name]
}

/** What asking one name server came to; `took` in ms. */
export type QueryResult =
  | { readonly outcome: 'answer'; readonly answer: DnsAnswer; readonly took: number }
  | { readonly outcome: 'timeout' | 'refused' | 'unreachable' }

/** An answer as tcpdump decodes it: `1/0/0 A 10.0.0.1`, `NXDomain 0/1/0`. */
function describeAnswer(a: DnsAnswer): string {
  const code = { NOERROR: '', NXDOMAIN: 'NXDomain ', SERVFAIL: 'ServFail ', REFUSED: 'Refused ' }[a.rcode]
  const list = a.answers.map((x) => `${x.type} ${x.data}`).join(', ')
  return `${code}${a.answers.length}/0/0${list === '' ? '' : ` ${list}`}`
}

/** Sends one question to one server and waits for the answer, at most `timeout` ms. */
export function* queryDns(
  p: Process,
  server: string,
  question: DnsQuestion,
  timeout: number,
  options: { port?: number; tcp?: boolean } = {},
): Coro<QueryResult> {
  const { kernel } = p.host
  let answer: DnsAnswer | undefined
  const result = p.net.dial({
    ip: server,
    port: options.port ?? 53,
    proto: options.tcp ? 'tcp' : 'udp',
    from: p,
    note: `${question.type}? ${question.name.replace(/\.?$/, '.')}`,
    respond: (socket, peer) => {
      answer = socket.service.dns?.(question, peer)
      return answer && describeAnswer(answer)
    },
  })
  if (result.outcome === 'open') {
    if (answer) {
      const took = Math.max(0, Math.round(result.rtt))
      if (took > 0) yield* sleep(kernel, took)
      return { outcome: 'answer', answer, took }
    }
  } else if (result.outcome === 'refused') return { outcome: 'refused' }
  else if (result.outcome === 'unreachable' && result.after < timeout) {
    yield* sleep(kernel, result.after)
    return { outcome: 'unreachable' }
  }
  yield* sleep(kernel, timeout)
  return { outcome: 'timeout' }
}

/** Why the resolver has no address. */
export type LookupError = 'no-such-host' | 'timeout' | 'server-failure' | 'refused' | 'unreachable'

/** What getaddrinfo finds; `server` is who answered, undefined when /etc/hosts did. */
export type Lookup =
  | { readonly ok: true; readonly ips: readonly string[]; readonly name: string; readonly server: string | undefined }
  | { readonly ok: false; readonly error: LookupError; readonly server: string }

/** getaddrinfo(3) for IPv4: literal, /etc/hosts, then DNS with the search list, in the order of nsswitch.conf. */
export function* lookup(p: Process, name: string): Coro<Lookup> {
  if (parseIp(name) !== undefined && name !== 'localhost') return { ok: true, ips: [name], name, server: undefined }
  const nss = p.fs.find('/etc/nsswitch.conf')
  const order = (nss?.kind === 'file' ? /^hosts:\s*(.*)$/m.exec(nss.read())?.[1] : undefined) ?? 'files dns'
  let failure: Lookup = { ok: false, error: 'no-such-host', server: '' }
  for (const source of order.split(/\s+/)) {
    if (source === 'files') {
      const found = hostsLookup(p.fs, name).filter((h) => !h.ip.includes(':'))
      if (found.length > 0) return { ok: true, ips: found.map((h) => h.ip), name, server: undefined }
      if (name === 'localhost') return { ok: true, ips: ['127.0.0.1'], name, server: undefined }
    } else if (source === 'dns') {
      const result = yield* dnsLookup(p, name)
      if (result.ok) return result
      failure = result
    }
  }
  return failure
}

/** The DNS part of a lookup. */
export function* dnsLookup(p: Process, name: string): Coro<Lookup> {
  const conf = readResolvConf(p.fs)
  let last: LookupError = 'no-such-host'
  let server = conf.servers[0]
  for (const candidate of searchNames(name, conf)) {
    const r = yield* askServers(p, conf, { name: candidate, type: 'A' })
    server = r.server
    if (r.outcome !== 'answer') {
      // A server that cannot be reached ends the search: the next name would meet the same fate.
      return { ok: false, error: r.outcome, server }
    }
    const { answer } = r
    if (answer.rcode === 'SERVFAIL') last = 'server-failure'
    else if (answer.rcode === 'REFUSED') last = 'server-failure'
    else {
      const ips = answer.answers.filter((a) => a.type === 'A').map((a) => a.data)
      if (ips.length > 0) return { ok: true, ips, name: candidate, server }
      last = 'no-such-host'
    }
  }
  return { ok: false, error: last, server }
}

function* askServers(
  p: Process,
  conf: ResolvConf,
  question: DnsQuestion,
): Coro<
  | { outcome: 'answer'; answer: DnsAnswer; server: string }
  | { outcome: 'timeout' | 'refused' | 'unreachable'; server: string }
> {
  let outcome: 'timeout' | 'refused' | 'unreachable' = 'timeout'
  for (let attempt = 0; attempt < conf.attempts; attempt++)
    for (const server of conf.servers) {
      const r = yield* queryDns(p, server, question, conf.timeout)
      if (r.outcome === 'answer') {
        if (r.answer.rcode !== 'SERVFAIL' || server === conf.servers.at(-1))
          return { outcome: 'answer', answer: r.answer, server }
      } else outcome = r.outcome
    }
  return { outcome, server: conf.servers[0] }
}

/** Go's sentence for a failed lookup, e.g. `lookup x on 10.96.0.10:53: no such host`. */
export function goLookupError(p: Process, name: string, r: Extract<Lookup, { ok: false }>): string {
  // Without a resolver of its own Go asks the two loopback addresses, the IPv6 one last.
  if (!p.fs.exists('/etc/resolv.conf'))
    return `lookup ${name} on [::1]:53: read udp [::1]:${40000 + (p.pid % 20000)}->[::1]:53: read: connection refused`
  const at = `lookup ${name} on ${r.server}:53`
  if (r.error === 'no-such-host') return r.server === '' ? `lookup ${name}: no such host` : `${at}: no such host`
  if (r.error === 'server-failure') return `${at}: server misbehaving`
  const local =
    parseIp(r.server) !== undefined && r.server.startsWith('127.') ? '127.0.0.1' : (p.net.addresses()[0] ?? '127.0.0.1')
  const flow = `read udp ${local}:${40000 + (p.pid % 20000)}->${r.server}:53`
  if (r.error === 'refused') return `${at}: ${flow}: read: connection refused`
  if (r.error === 'unreachable') return `${at}: ${flow}: read: no route to host`
  return `${at}: ${flow}: i/o timeout`
}

/** glibc's gai_strerror for a failed lookup. */
export const gaiError = (r: Extract<Lookup, { ok: false }>): string =>
  r.error === 'no-such-host' ? 'Name or service not known' : 'Temporary failure in name resolution'
