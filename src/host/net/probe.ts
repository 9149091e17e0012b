import { type Fate, newFlow, type Packet } from './packet.ts'
import { output } from './path.ts'
import type { Stack } from './stack.ts'

/** A packet that ping or traceroute sends. */
export interface ProbeSpec {
  readonly dst: number
  readonly proto: 'icmp' | 'udp'
  /** Bytes incl. headers. */
  readonly size: number
  readonly df: boolean
  readonly ttl?: number
  readonly dport?: number
  readonly id?: number
  readonly src?: number
  readonly iface?: string
}

/** What came back for one diagnostic packet. */
export type ProbeResult =
  | { readonly outcome: 'reply'; readonly from: number; readonly ttl: number; readonly rtt: number }
  | { readonly outcome: 'lost'; readonly why: string }
  /** The local send call failed. */
  | { readonly outcome: 'error'; readonly code: Extract<Fate, { kind: 'error' }>['code']; readonly mtu?: number }
  /** An ICMP error came back from `from` after `after` ms. */
  | {
      readonly outcome: 'icmp'
      readonly type: Extract<Fate, { kind: 'icmp' }>['type']
      readonly from: number
      readonly local: boolean
      readonly rtt: number
      readonly after: number
      readonly mtu?: number
    }

/** Sends an echo request (or a UDP packet to an unlikely port) and reports what comes back: ping, traceroute, tracepath. */
export function probe(stack: Stack, spec: ProbeSpec): ProbeResult {
  const flow = newFlow()
  const id = spec.id ?? 1
  const packet: Packet = {
    proto: spec.proto,
    icmp: spec.proto === 'icmp' ? 'echo-request' : undefined,
    src: spec.src ?? 0,
    dst: spec.dst,
    sport: spec.proto === 'icmp' ? id : stack.ephemeral(),
    dport: spec.proto === 'icmp' ? 0 : (spec.dport ?? 33434),
    size: spec.size,
    df: spec.df,
    ttl: spec.ttl ?? 64,
    mark: 0,
    flow,
    reply: false,
  }
  const fate = output(stack, packet, spec.iface)
  if (fate.kind === 'lost') return { outcome: 'lost', why: fate.why }
  if (fate.kind === 'error')
    return { outcome: 'error', code: fate.code, mtu: fate.code === 'EMSGSIZE' ? flow.own[0] : undefined }
  if (fate.kind === 'icmp') {
    if (fate.by !== stack && !(sent(fate, packet.src) && errorArrives(fate, stack, packet.src)))
      return { outcome: 'lost', why: 'ICMP error lost' }
    if (fate.type === 'frag' && fate.mtu !== undefined) stack.pathMtus.learn(spec.dst, fate.mtu)
    return {
      outcome: 'icmp',
      type: fate.type,
      from: fate.from,
      local: fate.by === stack,
      rtt: flow.latency * 2,
      after: fate.after,
      mtu: fate.mtu,
    }
  }
  const server = fate.stack
  if (spec.proto === 'udp' && server !== stack && !server.icmpRate.allows(packet.src))
    return { outcome: 'lost', why: 'ICMP errors are rationed' }
  if (spec.proto === 'udp')
    return { outcome: 'icmp', type: 'port', from: spec.dst, local: false, rtt: flow.latency * 2, after: 0 }
  if (server.sysctls.get('net.ipv4.icmp_echo_ignore_all') === '1')
    return { outcome: 'lost', why: 'icmp_echo_ignore_all' }
  const back: Packet = {
    proto: 'icmp',
    icmp: 'echo-reply',
    src: packet.dst,
    dst: packet.src,
    sport: packet.dport,
    dport: packet.sport,
    size: spec.size,
    df: spec.df,
    ttl: server.standsFor?.(spec.dst) ? 117 : 64,
    mark: 0,
    flow,
    reply: true,
  }
  const returned = output(server, back)
  if (returned.kind !== 'delivered' || returned.stack !== stack || back.src !== spec.dst)
    return { outcome: 'lost', why: 'answer lost' }
  return { outcome: 'reply', from: back.src, ttl: back.ttl, rtt: flow.latency + far(server, spec.dst) }
}

/** What tells of a path's MTU is not rationed. */
function sent({ type, by, after }: Extract<Fate, { kind: 'icmp' }>, to: number): boolean {
  if (type === 'frag') return true
  if (after === 0) return by.icmpRate.allows(to)
  by.icmpRate.promise(to, after)
  return true
}

function errorArrives(error: Extract<Fate, { kind: 'icmp' }>, to: Stack, ip: number): boolean {
  const fate = output(error.by, {
    proto: 'icmp',
    icmp: error.type === 'ttl' ? 'time-exceeded' : 'frag-needed',
    src: 0,
    dst: ip,
    sport: 0,
    dport: 0,
    size: 96,
    df: false,
    ttl: 64,
    mark: 0,
    flow: newFlow(),
    reply: false,
  })
  return fate.kind === 'delivered' && fate.stack === to
}

/** The way back from what a gateway stands for. */
const far = (server: Stack, ip: number): number => (server.beyond && server.standsFor?.(ip) ? server.beyond.latency : 0)
