import {
  formatIp,
  gaiError,
  hostsLookup,
  lookup,
  type ProbeResult,
  type Program,
  parseIp,
  probe,
} from '../../../host/index.ts'
import { sleep } from '../../../kernel/index.ts'
import { type Command, command, Fail, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

function options(c: Command, short: string): Options {
  try {
    return getopt(c.args, { short, long: { resolve: 'r', icmp: 'I', tcp: 'T' } })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(`Bad option \`${c.args.find((a) => a.startsWith('-'))}' (argc 1)`, 2)
    throw error
  }
}

const ms = (c: Command, rtt: number): string => (rtt + 0.008 + c.host.rng.float() * 0.03).toFixed(3)

/** Name of an address by /etc/hosts, or the address itself. */
function nameOf(c: Command, ip: string): string {
  const file = c.p.fs.find('/etc/hosts')
  for (const line of (file?.kind === 'file' ? file.read() : '').split('\n')) {
    const [address, name] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address === ip && name && hostsLookup(c.p.fs, name).length > 0) return name
  }
  return ip
}

/** Probes in flight at once. */
const BATCH = 16

/** traceroute 2.1: UDP probes, three a hop. */
export const traceroute: Program = command('traceroute', function* (c) {
  const o = options(c, 'nm:w:q:ITUp:s:i:f:46')
  const target = o.args[0]
  if (target === undefined)
    throw new Fail('Usage:\n  traceroute [ -46dFITnreAUDV ] [ -f first_ttl ] host [ packetlen ]', 0)
  const r = yield* lookup(c.p, target)
  if (!r.ok)
    throw new Fail(
      `${target}: ${gaiError(r)}\nCannot handle "host" cmdline arg \`${target}' on position 1 (argc ${c.args.length})`,
      2,
    )
  const dst = parseIp(r.ips[0])!
  for (const letter of ['m', 'q', 'w', 'f', 'p']) {
    const text = o.get(letter)
    if (text === undefined || /^\d+(\.\d+)?$/.test(text)) continue
    const at = c.args.indexOf(text) + 1
    throw new Fail(`Cannot handle \`-${letter}' option with arg \`${text}' (argc ${at})`, 2)
  }
  if (o.args[1] !== undefined && !/^\d+$/.test(o.args[1]))
    throw new Fail(
      `Cannot handle "packetlen" cmdline arg \`${o.args[1]}' on position 2 (argc ${c.args.indexOf(o.args[1]) + 1})`,
      2,
    )
  const max = Number(o.get('m') ?? 30)
  const queries = Number(o.get('q') ?? 3)
  if (max < Number(o.get('f') ?? 1)) throw new Fail('first hop out of range', 2)
  if (max > 255) throw new Fail('max hops cannot be more than 255', 2)
  if (queries > 10) throw new Fail('no more than 10 probes per hop', 2)
  const wait = Number(o.get('w') ?? 5) * 1000
  c.out(`traceroute to ${target} (${r.ips[0]}), ${max} hops max, 60 byte packets\n`)
  // All probes are sent in flight; lost ones cost one waiting time a batch of sixteen.
  let lostInBatch = 0
  for (let ttl = 1; ttl <= max; ttl++) {
    let line = `${String(ttl).padStart(2)}`
    let last: number | undefined
    let reached = false
    for (let q = 0; q < queries; q++) {
      const result = send(ttl, q)
      if (result.outcome === 'error')
        throw new Fail(
          result.code === 'ENETUNREACH' ? 'connect: Network is unreachable' : 'send: Operation not permitted',
        )
      const from =
        result.outcome === 'reply' || (result.outcome === 'icmp' && result.after === 0) ? result.from : undefined
      if (from === undefined) {
        line += line.length === 2 ? '  *' : ' *'
        lostInBatch++
        continue
      }
      if (from !== last) {
        const text = formatIp(from)
        line += o.has('n') ? `  ${text}` : `  ${nameOf(c, text)} (${text})`
      }
      last = from
      line += `  ${ms(c, (result as { rtt: number }).rtt)} ms`
      if (result.outcome === 'icmp' && result.type !== 'ttl' && result.type !== 'port')
        line += ` !${{ host: 'H', net: 'N', admin: 'X', 'net-admin': 'A', proto: 'P', frag: 'F' }[result.type as string] ?? ''}`
      reached ||= result.outcome === 'reply' || (result.outcome === 'icmp' && result.type !== 'ttl')
    }
    if (lostInBatch >= BATCH || (ttl === max && lostInBatch > 0)) {
      yield* sleep(c.host.kernel, wait)
      lostInBatch = 0
    }
    c.out(`${line.replace(/ {3,}/g, '  ')}\n`)
    if (!reached) continue
    // The rest of the batch is on its way already; its answers count at the other end.
    for (let n = ttl * queries; n < BATCH; n++) send(Math.floor(n / queries) + 1, n % queries)
    break
  }
  return 0

  function send(ttl: number, q: number): ProbeResult {
    const dport = 33434 + (ttl - 1) * queries + q
    return probe(stackOf(c.p), { dst, proto: o.has('I') ? 'icmp' : 'udp', size: 60, df: false, ttl, dport })
  }
})

/** iputils' tracepath: finds the path MTU on the way. */
export const tracepath: Program = command('tracepath', function* (c) {
  const o = options(c, 'nbm:l:p:46')
  const target = o.args[0]
  if (target === undefined) throw new Fail('tracepath: usage error: Destination required')
  const r = yield* lookup(c.p, target)
  if (!r.ok) throw new Fail(`tracepath: ${target}: ${gaiError(r)}`)
  const dst = parseIp(r.ips[0])!
  const stack = stackOf(c.p)
  const route = stack.route(dst)
  let mtu = route?.mtu ?? (route?.dev ? stack.iface(route.dev)?.mtu : undefined) ?? 65535
  c.out(` 1?: [LOCALHOST]                      pmtu ${mtu}\n`)
  const max = Number(o.get('m') ?? 30)
  for (let ttl = 1; ttl <= max; ttl++) {
    let answered = false
    for (let attempt = 0; attempt < 3; attempt++) {
      const result = probe(stack, { dst, proto: 'udp', size: mtu, df: true, ttl, dport: 44444 + ttl })
      const from = result.outcome === 'icmp' && result.after === 0 ? formatIp(result.from) : undefined
      if (from === undefined || result.outcome !== 'icmp') {
        yield* sleep(c.host.kernel, 1000)
        continue
      }
      answered = true
      const label = ` ${ttl}:  ${from.padEnd(52)} ${ms(c, result.rtt)}ms`
      if (result.type === 'frag') {
        mtu = result.mtu ?? mtu
        c.out(`${label} pmtu ${mtu}\n`)
        continue
      }
      if (result.type === 'port') {
        c.out(`${label} reached\n     Resume: pmtu ${mtu} hops ${ttl} back ${ttl} \n`)
        return 0
      }
      c.out(result.type === 'ttl' ? `${label} \n` : `${label} !H\n`)
      if (result.type !== 'ttl') {
        c.out(`     Resume: pmtu ${mtu} \n`)
        return 0
      }
      break
    }
    if (!answered) c.out(` ${ttl}:  no reply\n`)
  }
  c.out(`     Too many hops: pmtu ${mtu}\n     Resume: pmtu ${mtu} \n`)
  return 0
})

/** arping: asks who has an address on the local segment. */
export const arping: Program = command('arping', function* (c) {
  const o = options(c, 'c:I:w:s:DUAfqb')
  const target = o.args[0]
  const ip = parseIp(target ?? '')
  if (target === undefined || ip === undefined) throw new Fail(`arping: ${target ?? ''}: Name or service not known`, 2)
  const stack = stackOf(c.p)
  const name = o.get('I') ?? stack.route(ip)?.dev ?? 'eth0'
  const iface = stack.iface(name)
  if (!iface) throw new Fail(`arping: Interface "${name}" not found: No such device`, 2)
  const count = Number(o.get('c') ?? 3)
  c.out(`ARPING ${target} from ${formatIp(iface.addrs[0]?.ip ?? 0)} ${name}\n`)
  let received = 0
  for (let i = 0; i < count; i++) {
    const peer = iface.up ? iface.segment?.arp(iface, ip) : undefined
    if (peer) {
      received++
      c.out(`Unicast reply from ${target} [${peer.mac.toUpperCase()}]  0.${String(600 + c.host.rng.int(300))}ms\n`)
    }
    if (i + 1 < count || !peer) yield* sleep(c.host.kernel, 1000)
  }
  c.out(`Sent ${count} probes (${count} broadcast(s))\nReceived ${received} response(s)\n`)
  return received > 0 ? 0 : 1
})
