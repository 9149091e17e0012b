import { formatIp, type Iface, inCidr, may, type Packet, type Program, parseCidr } from '../../../host/index.ts'
import { hash, Interrupt, Signal } from '../../../kernel/index.ts'
import { type Command, command, Fail, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { clock } from '../lib/time.ts'

type Test = (p: Packet) => boolean

/** tcpdump 4.99: what passes the interfaces of this namespace, from now on. Of a connection the opening is seen. */
export const tcpdump: Program = command('tcpdump', function* (c) {
  let o: Options
  try {
    o = getopt(c.args, { short: 'i:nc:vletqAXs:w:r:Dp#SUK', long: { interface: 'i' } })
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`tcpdump: ${error.message}`)
    throw error
  }
  const packets = o.get('c')
  if (packets !== undefined && !(Number(packets) > 0)) throw new Fail(`tcpdump: invalid packet count ${packets}`)
  const length = o.get('s')
  if (length !== undefined && !(/^\d+$/.test(length) && Number(length) <= 262_144))
    throw new Fail(`tcpdump: invalid snaplen ${length} (must be >= 0 and <= 262144)`)
  if (!may(c.p.creds, 'NET_RAW'))
    throw new Fail(
      "tcpdump: eth0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)",
    )
  const stack = stackOf(c.p)
  if (o.has('w') || o.has('r')) throw new Fail('tcpdump: not simulated: capture files', 127)
  if (o.has('D')) {
    stack.ifaces.forEach((i, n) => {
      c.out(`${n + 1}.${i.name} [Up, Running]\n`)
    })
    return 0
  }
  const name = o.get('i') ?? stack.ifaces.find((i) => i.kind === 'ethernet' || i.kind === 'veth')?.name ?? 'lo'
  const device = name === 'any' ? undefined : stack.iface(name)
  if (name !== 'any' && !device) throw new Fail(`tcpdump: ${name}: No such device exists\n(No such device exists)`)
  const wanted = filter(o.args)
  const limit = Number(o.get('c') ?? Number.POSITIVE_INFINITY)
  const seen: string[] = []
  const arrived = new Signal()
  let count = 0
  const tap = (iface: Iface, direction: 'in' | 'out', packet: Packet): void => {
    if ((device && iface !== device) || !wanted(packet) || count >= limit) return
    // On one interface a packet between its two ends is seen once.
    if (iface.kind === 'loopback' && direction === 'in') return
    count++
    seen.push(line(c, o, iface, direction, packet, name === 'any'))
    arrived.fire()
  }
  stack.taps.add(tap)
  c.p.defer(() => stack.taps.delete(tap))
  const type = name === 'any' ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)'
  c.err(
    `tcpdump: ${name === 'any' ? 'data link type LINUX_SLL2\ntcpdump: ' : ''}verbose output suppressed, use -v[v]... for full protocol decode\nlistening on ${name}, link-type ${type}, snapshot length 262144 bytes\n`,
  )
  try {
    while (count < limit) {
      yield { on: [arrived] }
      for (const text of seen.splice(0)) c.out(text)
    }
  } catch (error) {
    if (!(error instanceof Interrupt) || (error.signal !== 'SIGINT' && error.signal !== 'SIGTERM')) throw error
    c.err('\n')
  }
  for (const text of seen.splice(0)) c.out(text)
  c.err(
    `${count} packet${count === 1 ? '' : 's'} captured\n${count} packet${count === 1 ? '' : 's'} received by filter\n0 packets dropped by kernel\n`,
  )
  return 0
})

const NAMES: Record<number, string> = { 22: 'ssh', 53: 'domain', 80: 'http', 123: 'ntp', 443: 'https' }

function line(c: Command, o: Options, iface: Iface, direction: 'in' | 'out', p: Packet, any: boolean): string {
  const now = c.host.clock.now()
  const stamp = o.has('t') ? '' : `${clock(now)}.${String((now % 1000) * 1000 + c.host.rng.int(999)).padStart(6, '0')} `
  const where = any ? `${iface.name.padEnd(5)} ${direction === 'in' ? 'In ' : 'Out'} ` : ''
  const port = (n: number): string => (o.has('n') ? String(n) : (NAMES[n] ?? String(n)))
  if (p.proto === 'icmp') {
    const kind =
      p.icmp === 'echo-reply' ? 'echo reply' : p.icmp === 'echo-request' ? 'echo request' : 'unreachable - need to frag'
    const id = p.icmp === 'echo-reply' ? p.dport : p.sport
    return `${stamp}${where}IP ${formatIp(p.src)} > ${formatIp(p.dst)}: ICMP ${kind}, id ${id}, seq 1, length ${p.size - 20}\n`
  }
  const head = `${stamp}${where}IP ${formatIp(p.src)}.${port(p.sport)} > ${formatIp(p.dst)}.${port(p.dport)}: `
  if (p.proto === 'udp') {
    if (p.note?.startsWith('OTV')) return `${head}${p.note}\n`
    if (p.note !== undefined) {
      const question = / ?\? /.test(p.note)
      const dns = question || /\d+\/0\/0/.test(p.note)
      return `${head}${dns ? `${(p.sport * 7 + p.dport * 7) & 0xffff}${question ? '+' : ''} ` : ''}${p.note}${dns ? ` (${p.note.length + 24})` : ''}\n`
    }
    return `${head}UDP, length ${p.size - 28}\n`
  }
  const flags = p.flags ?? 'S'
  // A connection is known by its client's port: a repeated SYN has the number of the first, and the answer follows it.
  const client = hash(`client ${p.reply ? p.dport : p.sport}`)
  const seq = p.reply ? hash(`server ${client}`) : client
  const mss = p.flow.own[p.reply ? 1 : 0] - 40
  if (p.payload !== undefined)
    return `${head}Flags [${flags}], seq 1:${p.payload + 1}, ack 1, win 509, options [nop,nop,TS val ${seq >>> 4} ecr ${seq >>> 5}], length ${p.payload}\n`
  const body =
    flags === 'S'
      ? `seq ${seq}, win 64240, options [mss ${mss},sackOK,TS val ${seq >>> 4} ecr 0,nop,wscale 7]`
      : flags === 'S.'
        ? `seq ${seq}, ack ${(client + 1) >>> 0}, win 65160, options [mss ${mss},sackOK,TS val ${seq >>> 4} ecr ${seq >>> 5},nop,wscale 7]`
        : `seq 0, ack ${(client + 1) >>> 0}, win 0`
  return `${head}Flags [${flags}], ${body}, length 0\n`
}

/** A pcap filter: primitives joined by and, or, not and parentheses. */
function filter(words: readonly string[]): Test {
  const tokens = words
    .join(' ')
    .replace(/([()!])/g, ' $1 ')
    .replace(/&&/g, ' and ')
    .replace(/\|\|/g, ' or ')
    .trim()
    .split(/\s+/)
    .filter(Boolean)
  if (tokens.length === 0) return () => true
  let i = 0
  const fail = (): never => {
    throw new Fail("tcpdump: can't parse filter expression: syntax error")
  }
  const or = (): Test => {
    let left = and()
    while (tokens[i] === 'or') {
      i++
      const [a, b] = [left, and()]
      left = (p) => a(p) || b(p)
    }
    return left
  }
  const and = (): Test => {
    let left = unary()
    while (tokens[i] === 'and') {
      i++
      const [a, b] = [left, unary()]
      left = (p) => a(p) && b(p)
    }
    return left
  }
  const unary = (): Test => {
    if (tokens[i] === 'not' || tokens[i] === '!') {
      i++
      const inner = unary()
      return (p) => !inner(p)
    }
    if (tokens[i] === '(') {
      i++
      const inner = or()
      if (tokens[i++] !== ')') fail()
      return inner
    }
    return primitive()
  }
  const primitive = (): Test => {
    let direction = ''
    let proto = ''
    for (;;) {
      const t = tokens[i++]
      switch (t) {
        case undefined:
          return fail()
        case 'src':
        case 'dst':
          direction = t
          continue
        case 'tcp':
        case 'udp':
        case 'icmp':
          proto = t
          if (tokens[i] !== 'port' && tokens[i] !== 'src' && tokens[i] !== 'dst') return (p) => p.proto === t
          continue
        case 'ip':
        case 'inet':
          if (tokens[i] === undefined || /^(and|or|\))$/.test(tokens[i])) return () => true
          continue
        case 'arp':
        case 'ip6':
          return () => false
        case 'port': {
          const text = tokens[i++] ?? fail()
          const n = /^\d+$/.test(text)
            ? Number(text)
            : Object.keys(NAMES)
                .map(Number)
                .find((p) => NAMES[p] === text)
          if (n === undefined) throw new Fail(`tcpdump: unknown port '${text}'`)
          if (n > 65535) throw new Fail(`tcpdump: illegal port number ${n} > 65535`)
          return (p) =>
            p.proto !== 'icmp' &&
            (proto === '' || p.proto === proto) &&
            ((direction !== 'dst' && p.sport === n) || (direction !== 'src' && p.dport === n))
        }
        case 'host':
        case 'net': {
          const cidr = parseCidr(tokens[i++] ?? '') ?? fail()
          return (p) => (direction !== 'dst' && inCidr(p.src, cidr)) || (direction !== 'src' && inCidr(p.dst, cidr))
        }
        default: {
          const cidr = parseCidr(t) ?? fail()
          return (p) => (direction !== 'dst' && inCidr(p.src, cidr)) || (direction !== 'src' && inCidr(p.dst, cidr))
        }
      }
    }
  }
  const test = or()
  if (i < tokens.length) fail()
  return test
}
