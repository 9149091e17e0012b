import { learn } from '../../kernel/index.ts'
import type { CtEntry } from './conntrack.ts'
import { carrier, type Iface, type Route } from './iface.ts'
import { formatIp, isLoopback } from './ip.ts'
import { traverse, type Verdict } from './netfilter/evaluate.ts'
import type { Context, Hook, TableName } from './netfilter/model.ts'
import { type Fate, newFlow, type Packet } from './packet.ts'
import type { Stack } from './stack.ts'

/** VXLAN, UDP, IP and inner Ethernet headers. */
const VXLAN_OVERHEAD = 50
/** Three ARP requests a second apart fail. */
export const ARP_TIMEOUT = 3066
const MAX_DEPTH = 40

const BEFORE: Partial<Record<Hook, readonly TableName[]>> = {
  PREROUTING: ['raw', 'mangle'],
  OUTPUT: ['raw', 'mangle'],
}
const AFTER: Record<Hook, readonly TableName[]> = {
  PREROUTING: [],
  INPUT: ['mangle', 'filter', 'security'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['filter', 'security'],
  POSTROUTING: ['mangle'],
}

interface Out {
  readonly iface: Iface
  readonly next: number
  readonly route: Route | undefined
}

/**
 * Sends a locally generated packet: routing, OUTPUT, POSTROUTING, then the wire, and on through every other stack
 * until it is delivered, lost or answered by an error. Models net/ipv4 ip_output.c and netfilter's hook order.
 */
export function output(stack: Stack, p: Packet, oif?: string): Fate {
  if (!stack.powered) return lost(p, stack, 'machine is off')
  const first = routeOut(stack, p, oif)
  if ('kind' in first) return first
  if (p.src === 0) p.src = first.route ? stack.sourceFor(first.route) : isLoopback(p.dst) ? 0x7f000001 : p.dst
  const direction = p.reply ? 1 : 0
  p.flow.own[direction] = Math.min(p.flow.own[direction], first.route?.mtu ?? first.iface.mtu)
  if (stack.policy && !p.reply && !policyAllows(stack, 'egress', p)) return lost(p, stack, 'network policy (egress)')
  const before = p.dst
  const mark = p.mark
  const stop = hooks(stack, p, 'OUTPUT', '', first.iface.name)
  if (stop) return stop.kind === 'lost' && p.proto !== 'tcp' ? { kind: 'error', code: 'EPERM' } : stop
  let out = first
  if (p.dst !== before || p.mark !== mark) {
    const again = routeOut(stack, p)
    if ('kind' in again) return again
    out = again
    if (isLoopback(p.src) && out.iface.kind !== 'loopback' && !localnet(stack, out.iface))
      return lost(p, stack, 'loopback source on a real interface')
  }
  return post(stack, p, out, '', false)
}

function routeOut(stack: Stack, p: Packet, oif?: string): Out | Fate {
  if (isLoopback(p.dst) || (stack.isLocal(p.dst) && !stack.standsFor?.(p.dst)))
    return { iface: stack.ifaces[0], next: p.dst, route: undefined }
  const route = oif
    ? (stack.routes.find((r) => r.dev === oif && inRoute(r, p.dst)) ?? stack.route(p.dst, p.mark, p.src))
    : stack.route(p.dst, p.mark, p.src)
  if (!route) return { kind: 'error', code: 'ENETUNREACH' }
  if (route.type !== 'unicast')
    return {
      kind: 'error',
      code: route.type === 'unreachable' ? 'EHOSTUNREACH' : route.type === 'prohibit' ? 'EACCES' : 'EINVAL',
    }
  return { iface: stack.iface(route.dev!)!, next: route.via ?? p.dst, route }
}

const inRoute = (r: Route, ip: number): boolean => r.bits === 0 || (ip ^ r.base) >>> (32 - r.bits) === 0

function post(stack: Stack, p: Packet, out: Out, inIf: string, forwarded: boolean): Fate {
  const stop = hooks(stack, p, 'POSTROUTING', forwarded ? inIf : '', out.iface.name)
  if (stop) return stop
  return transmit(stack, p, out, forwarded)
}

/** A packet arrives at a stack on an interface. */
export function input(stack: Stack, p: Packet, dev: Iface): Fate {
  if (!stack.powered) return lost(p, stack, 'machine is off')
  if (!dev.up) return lost(p, stack, `${dev.name} is down`)
  if (++p.flow.depth > MAX_DEPTH) return lost(p, stack, 'loop')
  dev.counters.rxPackets++
  dev.counters.rxBytes += p.size
  for (const tap of stack.taps) tap(dev, 'in', p)
  if (dev.kind !== 'loopback') {
    if ((isLoopback(p.src) || isLoopback(p.dst)) && !localnet(stack, dev))
      return lost(p, stack, 'martian loopback address')
    if (stack.policy && !p.reply && stack.isLocal(p.dst) && !policyAllows(stack, 'ingress', p))
      return lost(p, stack, 'network policy (ingress)')
  }
  const stop = hooks(stack, p, 'PREROUTING', dev.name, '')
  if (stop) return stop
  return routeIn(stack, p, dev)
}

function routeIn(stack: Stack, p: Packet, dev: Iface): Fate {
  if (dev.kind !== 'loopback' && !stack.standsFor && !reversePath(stack, p, dev))
    return lost(p, stack, `rp_filter on ${dev.name}`)
  if (stack.isLocal(p.dst)) return deliver(stack, p, dev)
  if (stack.sysctls.get('net.ipv4.ip_forward') !== '1' && stack.ifaceSysctl(dev, 'forwarding') === 0)
    return lost(p, stack, 'ip_forward is 0')
  const out = routeOut(stack, p)
  if ('kind' in out)
    return out.kind === 'error' && out.code === 'EINVAL'
      ? lost(p, stack, 'blackhole route')
      : icmp(
          stack,
          out.kind === 'error' && out.code === 'ENETUNREACH'
            ? 'net'
            : out.kind === 'error' && out.code === 'EACCES'
              ? 'admin'
              : 'host',
        )
  if (--p.ttl <= 0) return icmp(stack, 'ttl', dev)
  const tooBig = oversize(stack, p, out, true)
  if (tooBig) return tooBig
  const stop = hooks(stack, p, 'FORWARD', dev.name, out.iface.name)
  if (stop) return stop
  return post(stack, p, out, dev.name, true)
}

function deliver(stack: Stack, p: Packet, dev: Iface): Fate {
  if (stack.beyond && stack.standsFor?.(p.dst)) {
    const left = p.ttl - 1
    p.ttl -= 1 + stack.beyond.hops
    if (left <= 0) return icmp(stack, 'ttl', dev)
    if (p.ttl <= 0) return lost(p, stack, 'a router on the Internet that does not answer')
    p.flow.latency += stack.beyond.latency
  }
  const stop = hooks(stack, p, 'INPUT', dev.name, '')
  if (stop) return stop
  const virtual = !p.reply && p.proto !== 'icmp' ? stack.ipvs.find(p.proto, p.dst, p.dport) : undefined
  if (virtual) return balance(stack, p, dev, virtual)
  trace(p, stack, 'deliver', `${p.proto} ${formatIp(p.dst)}:${p.dport}`)
  return { kind: 'delivered', stack }
}

/** IPVS in masquerading mode: rewrite the destination and send the packet on. */
function balance(stack: Stack, p: Packet, dev: Iface, server: NonNullable<ReturnType<Stack['ipvs']['find']>>): Fate {
  const real = stack.ipvs.schedule(server, p.src)
  if (!real) return icmp(stack, 'port')
  const entry = p.flow.entries.get(stack)
  if (entry) {
    entry.reply.src = real.ip
    entry.reply.sport = real.port
    entry.dnat = true
    // POSTROUTING may still masquerade this connection although the INPUT hook has seen it.
    entry.natDone &= ~2
  }
  p.dst = real.ip
  p.dport = real.port
  trace(p, stack, 'ipvs', `→ ${formatIp(real.ip)}:${real.port}`)
  const out = routeOut(stack, p)
  if ('kind' in out) return icmp(stack, 'host')
  return post(stack, p, out, dev.name, false)
}

function transmit(stack: Stack, p: Packet, out: Out, forwarded: boolean): Fate {
  const dev = out.iface
  if (!dev.up) return lost(p, stack, `${dev.name} is down`)
  if (!forwarded) {
    const tooBig = oversize(stack, p, out, false)
    if (tooBig) return tooBig
  }
  dev.counters.txPackets++
  dev.counters.txBytes += p.size
  for (const tap of stack.taps) tap(dev, 'out', p)
  trace(p, stack, 'out', `${dev.name}${out.next !== p.dst ? ` via ${formatIp(out.next)}` : ''}`)
  switch (dev.kind) {
    case 'loopback':
      return input(stack, p, dev)
    case 'ethernet':
      return onSegment(stack, p, dev, out.next)
    case 'veth':
      return overVeth(stack, p, dev, out.next)
    case 'bridge': {
      const port = carrier(dev) ? portTo(stack, dev, out.next) : undefined
      if (port?.peer) {
        port.peer.counters.txPackets++
        port.peer.counters.txBytes += p.size
        for (const tap of stack.taps) tap(port.peer, 'out', p)
      }
      return port ? input(port.stack, p, port) : icmp(stack, 'host', undefined, ARP_TIMEOUT)
    }
    case 'vxlan':
      return overVxlan(stack, p, dev, out.next)
    default:
      return lost(p, stack, `${dev.name} leads nowhere`)
  }
}

function onSegment(stack: Stack, p: Packet, dev: Iface, next: number): Fate {
  const segment = dev.segment
  if (!segment || segment.down) return icmp(stack, 'host', undefined, ARP_TIMEOUT)
  const peer = segment.arp(dev, next)
  if (!peer) return icmp(stack, 'host', undefined, ARP_TIMEOUT)
  if (segment.lost(dev, peer, p)) return lost(p, stack, `lost on ${segment.name}`)
  const direction = p.reply ? 1 : 0
  p.flow.silent[direction] = Math.min(p.flow.silent[direction], segment.mtu)
  if (p.size > segment.mtu) return lost(p, stack, `larger than ${segment.mtu} on ${segment.name}`)
  p.flow.latency += segment.latency
  return input(peer.stack, p, peer)
}

function overVeth(stack: Stack, p: Packet, dev: Iface, next: number): Fate {
  const peer = dev.peer
  if (!peer?.up) return icmp(stack, 'host', undefined, ARP_TIMEOUT)
  const bridge = peer.master
  if (!bridge) {
    if (!peer.stack.isLocal(next) && !stack.neighbour(next, dev.name)?.mac)
      return icmp(stack, 'host', undefined, ARP_TIMEOUT)
    return input(peer.stack, p, peer)
  }
  const host = peer.stack
  if (!bridge.up) return icmp(stack, 'host', undefined, ARP_TIMEOUT)
  peer.counters.rxPackets++
  peer.counters.rxBytes += p.size
  for (const tap of host.taps) tap(peer, 'in', p)
  if (bridge.addrs.some((a) => a.ip === next) || host.isLocal(next)) return input(host, p, bridge)
  const port = portTo(host, bridge, next)
  if (!port || port.peer === peer) return icmp(stack, 'host', undefined, ARP_TIMEOUT)
  return bridged(host, p, bridge, peer, port)
}

/** A frame from one port of a bridge to another; iptables sees it only with bridge-nf-call-iptables. */
function bridged(host: Stack, p: Packet, bridge: Iface, from: Iface, to: Iface): Fate {
  if (host.sysctls.get('net.bridge.bridge-nf-call-iptables') === '1') {
    const phys = { physIn: from.name, physOut: to.peer!.name }
    const before = p.dst
    const stop = hooks(host, p, 'PREROUTING', bridge.name, '', { physIn: from.name })
    if (stop) return stop
    if (p.dst !== before) return routeIn(host, p, bridge)
    const filtered =
      hooks(host, p, 'FORWARD', bridge.name, bridge.name, phys) ?? hooks(host, p, 'POSTROUTING', '', bridge.name, phys)
    if (filtered) return filtered
  }
  return input(to.stack, p, to)
}

/** The interface behind the bridge port that owns `ip`. */
function portTo(host: Stack, bridge: Iface, ip: number): Iface | undefined {
  const ports = host.network.bridgePorts(bridge)
  const end = ports.get(ip)
  return end?.up && end.peer?.up ? end : undefined
}

function overVxlan(stack: Stack, p: Packet, dev: Iface, next: number): Fate {
  const v = dev.vxlan!
  const neigh = stack.neighbour(next, dev.name)
  if (!neigh?.mac) return icmp(stack, 'host', undefined, ARP_TIMEOUT)
  const vtep = v.fdb.get(neigh.mac)
  if (vtep === undefined) return lost(p, stack, `no forwarding entry for ${neigh.mac}`)
  const flow = newFlow(p.flow.hops !== undefined)
  flow.depth = p.flow.depth + 1
  const outer: Packet = {
    proto: 'udp',
    src: v.local,
    dst: vtep,
    sport: 32768 + ((p.sport * 31 + p.dport * 17 + (p.dst & 255)) % 28000),
    dport: v.port,
    size: p.size + VXLAN_OVERHEAD,
    df: false,
    ttl: 64,
    mark: 0,
    flow,
    reply: false,
    note: `OTV, flags [I] (0x08), overlay 0, instance ${v.vni}`,
  }
  const under = stack.route(vtep)
  const underMtu = under?.dev ? stack.iface(under.dev)?.mtu : undefined
  // The tunnel checks the inner packet against the underlying device itself and tells the sender.
  if (p.df && underMtu !== undefined && p.size > underMtu - VXLAN_OVERHEAD)
    return icmp(stack, 'frag', undefined, 0, underMtu - VXLAN_OVERHEAD)
  const fate = output(stack, outer)
  p.flow.latency += flow.latency
  if (flow.hops) p.flow.hops!.push(...flow.hops)
  const direction = p.reply ? 1 : 0
  narrow(p, direction, (underMtu ?? 65536) - VXLAN_OVERHEAD, stack)
  p.flow.silent[direction] = Math.min(p.flow.silent[direction], flow.silent[0] - VXLAN_OVERHEAD)
  if (fate.kind !== 'delivered') return fate.kind === 'lost' ? fate : lost(p, stack, 'outer packet undeliverable')
  const remote = fate.stack
  const end = remote.ifaces.find(
    (i) => i.kind === 'vxlan' && i.up && i.vxlan!.vni === v.vni && i.vxlan!.port === v.port,
  )
  if (!end) return lost(p, remote, 'no VXLAN device with this identifier')
  if (end.mac !== neigh.mac) return lost(p, remote, `inner address ${neigh.mac} is not ${end.name}'s`)
  p.flow.depth = flow.depth
  return input(remote, p, end)
}

/** Remembers that packets above `mtu` are reported by `by`. */
function narrow(p: Packet, direction: 0 | 1, mtu: number, by: Stack): void {
  if (mtu >= p.flow.loud[direction]) return
  p.flow.loud[direction] = mtu
  p.flow.loudBy[direction] = by
}

function oversize(stack: Stack, p: Packet, out: Out, forwarded: boolean): Fate | undefined {
  const own = out.route?.mtu ?? out.iface.mtu
  const mtu = forwarded ? own : Math.min(own, stack.pathMtu(p.dst)?.mtu ?? own)
  if (forwarded) narrow(p, p.reply ? 1 : 0, mtu, stack)
  if (p.size <= mtu || !p.df) return undefined
  return forwarded ? icmp(stack, 'frag', undefined, 0, mtu) : { kind: 'error', code: 'EMSGSIZE' }
}

/** Runs all tables of a hook with connection tracking and NAT at their places. Returns why the packet stops here. */
function hooks(
  stack: Stack,
  p: Packet,
  hook: Hook,
  inIf: string,
  outIf: string,
  phys?: { physIn?: string; physOut?: string },
): Fate | undefined {
  const nf = stack.netfilter
  if (!nf.used && nf.native.size === 0 && stack.ipvs.servers.size === 0) return undefined
  const early = BEFORE[hook]
  let ct: CtEntry | undefined
  if (early) {
    const tracked = track(stack, p)
    if (tracked === 'full') return lost(p, stack, 'nf_conntrack: table full')
    ct = tracked
  } else ct = known(stack, p)
  const c: Context = { stack, packet: p, hook, inIf, outIf, physIn: phys?.physIn, physOut: phys?.physOut, ct }
  if (early)
    for (const name of early) {
      const stop = consult(stack, c, name)
      if (stop) return stop
    }
  if (early && ct) destinationNat(stack, c, ct)
  for (const native of nf.native.values()) {
    const verdict = native.filter?.(c)
    if (verdict)
      return rejected(
        stack,
        p,
        verdict === 'drop'
          ? { verdict: 'drop', chain: native.name }
          : { verdict: 'reject', with: 'icmp-port-unreachable', chain: native.name },
      )
  }
  for (const name of AFTER[hook]) {
    const stop = consult(stack, c, name)
    if (stop) return stop
  }
  if (!early && hook !== 'FORWARD' && ct) {
    sourceNat(stack, c, ct)
    if (!p.reply && !stack.conntrack.confirm(ct)) return lost(p, stack, 'nf_conntrack: table full')
  }
  return undefined
}

function consult(stack: Stack, c: Context, name: TableName): Fate | undefined {
  const table = stack.netfilter.tables.get(name)
  if (!table || table.idle) return undefined
  const verdict = traverse(table, c)
  return verdict.verdict === 'drop' || verdict.verdict === 'reject' ? rejected(stack, c.packet, verdict) : undefined
}

const REJECTS: Record<string, Extract<Fate, { kind: 'icmp' }>['type']> = {
  'icmp-port-unreachable': 'port',
  'icmp-host-unreachable': 'host',
  'icmp-net-unreachable': 'net',
  'icmp-proto-unreachable': 'proto',
  'icmp-host-prohibited': 'admin',
  'icmp-admin-prohibited': 'admin',
  'icmp-net-prohibited': 'net-admin',
  'tcp-reset': 'reset',
}

function rejected(stack: Stack, p: Packet, v: Extract<Verdict, { verdict: 'drop' | 'reject' }>): Fate {
  trace(p, stack, v.verdict, v.chain)
  return v.verdict === 'drop' ? lost(p, stack, `DROP in ${v.chain}`) : icmp(stack, REJECTS[v.with] ?? 'port')
}

/** Connection tracking: the entry of the packet's flow on this stack, made for the first packet. */
function track(stack: Stack, p: Packet): CtEntry | undefined | 'full' {
  const entry = p.flow.entries.get(stack)
  if (!entry) {
    if (p.reply || p.icmp === 'frag-needed') return undefined
    const fresh = stack.conntrack.create(p.proto, p)
    p.flow.entries.set(stack, fresh)
    return fresh
  }
  if (!p.reply) return entry
  const r = entry.reply
  if (p.src === r.src && p.dst === r.dst && p.sport === r.sport && p.dport === r.dport) {
    p.dst = entry.orig.src
    p.dport = entry.orig.sport
  } else if (p.dst !== entry.orig.src) return undefined
  entry.replied = true
  stack.conntrack.touch(entry)
  return entry
}

const known = (stack: Stack, p: Packet): CtEntry | undefined => {
  const entry = p.flow.entries.get(stack)
  return entry && p.reply && p.dst !== entry.orig.src ? undefined : entry
}

function destinationNat(stack: Stack, c: Context, ct: CtEntry): void {
  const p = c.packet
  if (p.reply || ct.natDone & 1) return
  ct.natDone |= 1
  let to: { ip?: number; port?: number } | undefined
  for (const native of stack.netfilter.native.values()) {
    const choice = native.dnat?.(c)
    if (choice && typeof choice === 'object') to = choice
  }
  const nat = stack.netfilter.tables.get('nat')
  if (!to && nat && !nat.idle) {
    const verdict = traverse(nat, c)
    if (verdict.verdict === 'dnat') to = verdict
  }
  if (!to) return
  if (to.ip !== undefined) p.dst = to.ip
  if (to.port !== undefined) p.dport = to.port
  ct.reply.src = p.dst
  ct.reply.sport = p.dport
  ct.dnat = true
  trace(p, stack, 'DNAT', `${formatIp(p.dst)}:${p.dport}`)
}

function sourceNat(stack: Stack, c: Context, ct: CtEntry): void {
  const p = c.packet
  if (p.reply) {
    if (ct.dnat && p.src === ct.reply.src && p.sport === ct.reply.sport) {
      p.src = ct.orig.dst
      p.sport = ct.orig.dport
    }
    return
  }
  if (ct.natDone & 2) return
  ct.natDone |= 2
  let to: { ip?: number; port?: number } | undefined
  const masquerade = (): { ip: number } => ({ ip: masqueradeIp(stack, p, c.outIf) })
  for (const native of stack.netfilter.native.values()) if (native.masquerade?.(c)) to = masquerade()
  const nat = stack.netfilter.tables.get('nat')
  if (!to && nat && !nat.idle) {
    const verdict = traverse(nat, c)
    if (verdict.verdict === 'snat') to = verdict
    else if (verdict.verdict === 'masquerade' && c.hook === 'POSTROUTING') to = masquerade()
  }
  if (!to) return
  if (to.ip !== undefined) p.src = to.ip
  if (to.port !== undefined) p.sport = to.port
  ct.reply.dst = p.src
  ct.reply.dport = p.sport
  ct.snat = true
  trace(p, stack, 'SNAT', `${formatIp(p.src)}:${p.sport}`)
}

function masqueradeIp(stack: Stack, p: Packet, outIf: string): number {
  if (outIf === 'lo') return p.src
  const route = stack.route(p.dst)
  return route?.dev === outIf ? stack.sourceFor(route) : (stack.iface(outIf)?.addrs[0]?.ip ?? stack.primaryIp())
}

function reversePath(stack: Stack, p: Packet, dev: Iface): boolean {
  const mode = stack.ifaceSysctl(dev, 'rp_filter')
  if (isLoopback(p.src)) return true
  if (stack.isLocal(p.src)) return dev.kind === 'bridge' || dev.kind === 'veth'
  if (mode === 0) return true
  const route = stack.route(p.src)
  return route !== undefined && route.type === 'unicast' && (mode === 2 || route.dev === dev.name)
}

const localnet = (stack: Stack, dev: Iface): boolean => stack.ifaceSysctl(dev, 'route_localnet') === 1

const policyAllows = (stack: Stack, direction: 'ingress' | 'egress', p: Packet): boolean =>
  stack.policy!(direction, { src: formatIp(p.src), dst: formatIp(p.dst), proto: p.proto, port: p.dport })

function icmp(stack: Stack, type: Extract<Fate, { kind: 'icmp' }>['type'], dev?: Iface, after = 0, mtu?: number): Fate {
  learn(stack.why)
  return { kind: 'icmp', type, from: dev?.addrs[0]?.ip ?? stack.primaryIp(), by: stack, mtu, after }
}

function lost(p: Packet, stack: Stack, why: string): Fate {
  trace(p, stack, 'lost', why)
  learn(stack.why)
  return { kind: 'lost', at: stack.name, why }
}

function trace(p: Packet, stack: Stack, step: string, detail: string): void {
  p.flow.hops?.push({ stack: stack.name, step, detail })
}
