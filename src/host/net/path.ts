import { icmp, lost, trace } from './fate.ts'
import { carrier, type Iface, type Route } from './iface.ts'
import { formatIp, isLoopback } from './ip.ts'
import { hooks } from './netfilter/hooks.ts'
import { type Fate, newFlow, type Packet } from './packet.ts'
import type { Stack } from './stack.ts'

/** VXLAN, UDP, IP and inner Ethernet headers. */
const VXLAN_OVERHEAD = 50
/** Three ARP requests a second apart fail. */
const ARP_TIMEOUT = 3066
const MAX_DEPTH = 40

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
  p.flow.steps?.passes(stack)
  const first = routeOut(stack, p, oif)
  if ('kind' in first) return first
  if (p.src === 0) p.src = first.route ? stack.sourceFor(first.route) : isLoopback(p.dst) ? 0x7f000001 : p.dst
  const direction = p.reply ? 1 : 0
  if (!p.reply) p.flow.source = p.src
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

/** A packet comes in at an interface: it is counted, and seen by whoever listens there. */
function received(stack: Stack, p: Packet, dev: Iface): void {
  dev.counters.rxPackets++
  dev.counters.rxBytes += p.size
  for (const tap of stack.taps) tap(dev, 'in', p)
  p.flow.steps?.passes(stack)
  p.flow.steps?.received.push(dev)
}

/** The same for one that goes out. */
function sent(stack: Stack, p: Packet, dev: Iface): void {
  dev.counters.txPackets++
  dev.counters.txBytes += p.size
  for (const tap of stack.taps) tap(dev, 'out', p)
  p.flow.steps?.sent.push(dev)
}

/** A packet arrives at a stack on an interface. */
export function input(stack: Stack, p: Packet, dev: Iface): Fate {
  if (!stack.powered) return lost(p, stack, 'machine is off')
  if (!dev.up) return lost(p, stack, `${dev.name} is down`)
  if (++p.flow.depth > MAX_DEPTH) return lost(p, stack, 'loop')
  received(stack, p, dev)
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
  sent(stack, p, dev)
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
      if (port?.peer) sent(stack, p, port.peer)
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
  if (segment.faulty && p.flow.steps) p.flow.steps.repeatable = false
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
  received(host, p, peer)
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
  // The outer packet is one of another flow.
  if (p.flow.steps) p.flow.steps.repeatable = false
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
  const mtu = forwarded ? own : Math.min(own, stack.pathMtus.of(p.dst)?.mtu ?? own)
  if (forwarded) narrow(p, p.reply ? 1 : 0, mtu, stack)
  if (p.size <= mtu || !p.df) return undefined
  return forwarded ? icmp(stack, 'frag', undefined, 0, mtu) : { kind: 'error', code: 'EMSGSIZE' }
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
