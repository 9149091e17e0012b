import { formatIp, gaiError, lookup, may, type ProbeResult, type Program, parseIp, probe } from '../../../host/index.ts'
import { type Coro, Interrupt, sleep } from '../../../kernel/index.ts'
import { type Command, command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

/** iputils' words for ICMP errors. */
const UNREACHABLE: Record<string, string> = {
  net: 'Destination Net Unreachable',
  host: 'Destination Host Unreachable',
  port: 'Destination Port Unreachable',
  proto: 'Destination Protocol Unreachable',
  admin: 'Packet filtered',
  'net-admin': 'Destination Net Prohibited',
  ttl: 'Time to live exceeded',
  reset: 'Destination Port Unreachable',
}

/** Whether the kernel opens an ICMP socket: a raw one takes CAP_NET_RAW, a datagram one a group of ping_group_range. */
function socketAllowed({ p }: Command): boolean {
  if (may(p.creds, 'NET_RAW')) return true
  const [low, high] = (stackOf(p).sysctls.get('net.ipv4.ping_group_range') ?? '1\t0').split(/\s+/).map(Number)
  return p.creds.gid >= low && p.creds.gid <= high
}

const NOT_PERMITTED = 'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted'
const MISSING = 'ping: => missing cap_net_raw+p capability or setuid?'

interface Tally {
  sent: number
  received: number
  errors: number
  readonly times: number[]
  /** When the last packet left that nobody answered, virtual ms: the wait for it is not part of the statistics' time. */
  lastSent?: number
}

/** iputils' ping. */
export const ping: Program = command('ping', function* (c) {
  const o = parse(c)
  if (o.has('V')) {
    c.out('ping from iputils 20240905\n')
    return 0
  }
  if (!socketAllowed(c)) throw new Fail(c.p.creds.uid === 0 ? NOT_PERMITTED : `${NOT_PERMITTED}\n${MISSING}`, 2)
  const target = o.args[0]
  if (target === undefined) throw new Fail('ping: usage error: Destination address required')
  const size = Number(o.get('s') ?? 56)
  const count = o.has('c') ? Number(o.get('c')) : Number.POSITIVE_INFINITY
  const r = yield* lookup(c.p, target)
  if (!r.ok) throw new Fail(`ping: ${target}: ${gaiError(r)}`, 2)
  const ip = r.ips[0]
  const dst = parseIp(ip)!
  const stack = stackOf(c.p)
  const source = o.get('I')
  if (source !== undefined && parseIp(source) === undefined && !stack.iface(source))
    throw new Fail(`ping: unknown iface: ${source}`)
  const via =
    source === undefined
      ? ''
      : parseIp(source) === undefined
        ? ` from ${formatIp(stack.iface(source)!.addrs[0]?.ip ?? 0)} ${source}:`
        : ` from ${source} :`
  const tally: Tally = { sent: 0, received: 0, errors: 0, times: [] }
  const interval = Math.max(2, Number(o.get('i') ?? 1) * 1000)
  const wait = Number(o.get('W') ?? 10) * 1000
  const start = c.host.kernel.now()
  const deadline = o.has('w') ? start + Number(o.get('w')) * 1000 : Number.POSITIVE_INFINITY
  const first = send(1)
  if (first.outcome === 'error' && first.code !== 'EMSGSIZE' && first.code !== 'EPERM')
    throw new Fail(`ping: connect: ${first.code === 'ENETUNREACH' ? 'Network is unreachable' : 'No route to host'}`, 2)
  c.out(`PING ${target} (${ip})${via} ${size}(${size + 28}) bytes of data.\n`)
  let result: ProbeResult | undefined = first
  try {
    for (let seq = 1; seq <= count; seq++) {
      const r = result ?? send(seq)
      result = undefined
      tally.sent++
      const took = yield* show(r, seq)
      if (c.host.kernel.now() >= deadline) break
      if (seq < count)
        yield* sleep(c.host.kernel, Math.max(0, Math.min(interval - took, deadline - c.host.kernel.now())))
      // The last packet of a series is waited for.
      else if (r.outcome === 'lost') {
        tally.lastSent = c.host.kernel.now()
        yield* sleep(c.host.kernel, Math.min(wait, deadline - c.host.kernel.now()))
      }
      if (c.host.kernel.now() >= deadline) break
    }
  } catch (error) {
    if (!(error instanceof Interrupt) || error.signal !== 'SIGINT') throw error
    c.out(statistics(c, target, tally, start))
    return tally.received > 0 ? 0 : 1
  }
  c.out(statistics(c, target, tally, start))
  return tally.received > 0 ? 0 : 1

  function send(seq: number): ProbeResult {
    return probe(stack, {
      dst,
      proto: 'icmp',
      size: size + 28,
      df: o.get('M') === 'do' || o.get('M') === 'probe',
      ttl: o.has('t') ? Number(o.get('t')) : undefined,
      id: (c.p.pid + seq) & 0xffff,
      src: source === undefined ? undefined : parseIp(source),
      iface: source !== undefined && parseIp(source) === undefined ? source : undefined,
    })
  }

  function* show(r: ProbeResult, seq: number): Coro<number> {
    if (r.outcome === 'reply') {
      const ms = r.rtt + 0.04 + c.host.rng.float() * 0.05
      tally.received++
      tally.times.push(ms)
      if (r.rtt >= 1) yield* sleep(c.host.kernel, Math.round(r.rtt))
      if (!o.has('q'))
        c.out(
          `${size + 8} bytes from ${target === ip ? ip : `${target} (${ip})`}: icmp_seq=${seq} ttl=${r.ttl} time=${ms < 10 ? ms.toFixed(3) : ms.toFixed(1)} ms\n`,
        )
      return Math.round(r.rtt)
    }
    if (r.outcome === 'error') {
      tally.errors++
      if (r.code === 'EMSGSIZE') c.err(`ping: sendmsg: Message too long\n`)
      else c.err(`ping: sendmsg: ${r.code === 'EPERM' ? 'Operation not permitted' : 'Network is unreachable'}\n`)
      return 0
    }
    if (r.outcome === 'icmp' && r.after <= Math.min(wait, interval * (count - seq) + wait)) {
      // Resolution failures are reported three seconds later, the next echoes go out meanwhile.
      const delay = r.after > interval && seq < count ? 0 : r.after
      if (delay > 0) yield* sleep(c.host.kernel, delay)
      if (r.after > 0 && delay === 0 && seq < 3) return 0
      tally.errors++
      const words = r.type === 'frag' ? `Frag needed and DF set (mtu = ${r.mtu})` : UNREACHABLE[r.type]
      if (!o.has('q')) c.out(`From ${formatIp(r.from)} icmp_seq=${seq} ${words}\n`)
      return delay
    }
    return 0
  }
})

function parse(c: Command): Options {
  try {
    const o = getopt(c.args, { short: '4bRT:6F:N:3aABc:CdDe:fHi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:h' })
    checkValues(c, o)
    return o
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(`ping: ${error.message}\n\nUsage\n  ping [options] <destination>`, 2)
    throw error
  }
}

/** What iputils' ping has and the simulation does not. */
const BEYOND = ['T', 'F', 'N', '3', 'a', 'C', 'd', 'e', 'H', 'l', 'L', 'm', 'O', 'p', 'Q', 'r', 'S', 'U', 'h']

/** Numbers with their bounds, and words of which there are few. */
function checkValues(c: Command, o: Options): void {
  for (const [letter, low, high] of [
    ['c', 1, '9223372036854775807'],
    ['s', 0, '2147483647'],
    ['t', 0, '255'],
    ['w', 0, '2147483647'],
  ] as const) {
    const text = o.get(letter)
    if (text === undefined) continue
    if (!/^[+-]?\d+$/.test(text)) throw new Fail(`ping: invalid argument: '${text}'`)
    if (BigInt(text) < BigInt(low) || BigInt(text) > BigInt(high))
      throw new Fail(`ping: invalid argument: '${text}': out of range: ${low} <= value <= ${high}`)
  }
  const discovery = o.get('M')
  if (discovery !== undefined && !/^(do|dont|want|probe)$/.test(discovery))
    throw new Fail(`ping: invalid -M argument: ${discovery}`, 2)
  const beyond = BEYOND.find((letter) => o.has(letter))
  if (beyond !== undefined) notSimulated(c, `-${beyond}`)
}

function statistics(c: Command, target: string, t: Tally, start: number): string {
  const loss = t.sent === 0 ? 0 : Math.round((100 * (t.sent - t.received)) / t.sent)
  const elapsed = t.sent <= 1 ? 0 : (t.lastSent ?? c.host.kernel.now()) - start + (t.received === 0 ? 6 : 2)
  const errors = t.errors > 0 ? `, +${t.errors} errors` : ''
  const head = `\n--- ${target} ping statistics ---\n${t.sent} packets transmitted, ${t.received} received${errors}, ${loss}% packet loss, time ${elapsed}ms\n`
  if (t.times.length === 0) return `${head}\n`
  const avg = t.times.reduce((a, b) => a + b, 0) / t.times.length
  const dev = Math.sqrt(Math.max(0, t.times.reduce((a, b) => a + b * b, 0) / t.times.length - avg * avg))
  return `${head}rtt min/avg/max/mdev = ${[Math.min(...t.times), avg, Math.max(...t.times), dev].map((x) => x.toFixed(3)).join('/')} ms\n`
}

/** busybox's ping. */
export const busyboxPing: Program = command('busybox-ping', function* (c) {
  let o: Options
  try {
    o = getopt(c.args, { short: 'c:W:w:s:i:I:t:A46qp:' })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(
        `ping: ${error.message}\nBusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n\nUsage: ping [OPTIONS] HOST`,
      )
    throw error
  }
  const target = o.args[0]
  if (target === undefined)
    throw new Fail('BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n\nUsage: ping [OPTIONS] HOST')
  const r = yield* lookup(c.p, target)
  if (r.ok && !socketAllowed(c)) throw new Fail('ping: permission denied (are you root?)')
  if (!r.ok) throw new Fail(`ping: bad address '${target}'`)
  const dst = parseIp(r.ips[0])!
  const size = Number(o.get('s') ?? 56)
  const count = o.has('c') ? Number(o.get('c')) : Number.POSITIVE_INFINITY
  const start = c.host.kernel.now()
  const deadline = o.has('w') ? start + Number(o.get('w')) * 1000 : Number.POSITIVE_INFINITY
  const times: number[] = []
  let sent = 0
  c.out(`PING ${target} (${r.ips[0]}): ${size} data bytes\n`)
  try {
    for (let seq = 0; seq < count; seq++) {
      const result = probe(stackOf(c.p), { dst, proto: 'icmp', size: size + 28, df: false, id: c.p.pid + seq })
      if (result.outcome === 'error')
        throw new Fail(
          `ping: sendto: ${result.code === 'ENETUNREACH' ? 'Network unreachable' : 'Operation not permitted'}`,
        )
      sent++
      if (result.outcome === 'reply') {
        const ms = result.rtt + 0.04 + c.host.rng.float() * 0.05
        times.push(ms)
        c.out(`${size + 8} bytes from ${r.ips[0]}: seq=${seq} ttl=${result.ttl} time=${ms.toFixed(3)} ms\n`)
      }
      if (seq + 1 < count) yield* sleep(c.host.kernel, Math.min(1000, deadline - c.host.kernel.now()))
      else if (result.outcome !== 'reply')
        yield* sleep(c.host.kernel, Math.min(Number(o.get('W') ?? 10) * 1000, deadline - c.host.kernel.now()))
      if (c.host.kernel.now() >= deadline) break
    }
  } catch (error) {
    if (!(error instanceof Interrupt) || error.signal !== 'SIGINT') throw error
  }
  const loss = sent === 0 ? 0 : Math.round((100 * (sent - times.length)) / sent)
  c.out(
    `\n--- ${target} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n`,
  )
  if (times.length > 0)
    c.out(
      `round-trip min/avg/max = ${[Math.min(...times), times.reduce((a, b) => a + b, 0) / times.length, Math.max(...times)].map((x) => x.toFixed(3)).join('/')} ms\n`,
    )
  return times.length > 0 ? 0 : 1
})
