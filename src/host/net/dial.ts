import type { Process } from '../process.ts'
import { type Beaten, Footprints, keyOf } from './beaten-path.ts'
import { formatIp, parseIp } from './ip.ts'
import { type Fate, type Flow, type Hop, newFlow, type Packet } from './packet.ts'
import { output } from './path.ts'
import type { Stack } from './stack.ts'
import type { DialResult, Peer, Socket } from './types.ts'

/** A connection that is asked for. */
export interface DialSpec {
  readonly ip: string
  readonly port: number
  readonly proto?: 'tcp' | 'udp'
  readonly from?: Process
  readonly sourceIp?: string
  readonly sourcePort?: number
  /** Decoded payload for tcpdump. */
  readonly note?: string
  /** Asks the service before the answer travels; returns the answer's decoded payload, or undefined when it stays silent. */
  readonly respond?: (socket: Socket, peer: Peer) => string | undefined
  /** Receives every step of the packet and of its answer. */
  readonly trace?: (hop: Hop) => void
}

const REFUSED: DialResult = { outcome: 'refused' }
const TIMEOUT: DialResult = { outcome: 'timeout' }

/** Sends a SYN (or a datagram) along the packet path and its answer back. */
export function dial(stack: Stack, spec: DialSpec): DialResult {
  const dst = parseIp(spec.ip)
  if (dst === undefined) return { outcome: 'unreachable', code: 'ENETUNREACH', after: 0 }
  const proto = spec.proto ?? 'tcp'
  const flow = newFlow(spec.trace !== undefined)
  const sport = spec.sourcePort ?? stack.ephemeral()
  const result = exchange(stack, spec, sport, dst, proto, flow)
  if (spec.trace) for (const hop of flow.hops!) spec.trace(hop)
  return result.outcome === 'timeout' ? { outcome: 'timeout', port: sport } : result
}

function exchange(
  stack: Stack,
  spec: DialSpec,
  sport: number,
  dst: number,
  proto: 'tcp' | 'udp',
  flow: Flow,
): DialResult {
  const target = dst === 0 ? 0x7f000001 : dst
  const packet: Packet = {
    proto,
    src: spec.sourceIp ? (parseIp(spec.sourceIp) ?? 0) : 0,
    dst: target,
    sport,
    dport: spec.port,
    size: proto === 'tcp' ? 60 : 72,
    df: true,
    ttl: 64,
    mark: 0,
    flags: proto === 'tcp' ? 'S' : undefined,
    note: spec.note,
    flow,
    reply: false,
  }
  const way = sendRequest(stack, packet, spec.trace === undefined && spec.sourceIp === undefined)
  if (way.fate.kind !== 'delivered') return failure(way.fate)
  const server = way.fate.stack
  const socket = server.socketFor(proto, packet.dst, packet.dport)
  // The kernel completes a stopped process's TCP handshakes; nobody reads a datagram.
  if (socket?.process?.status || (proto === 'udp' && socket?.process?.frozen)) return TIMEOUT
  const peer: Peer = { ip: formatIp(packet.src), port: packet.sport, process: spec.from }
  let note: string | undefined
  if (socket && spec.respond) {
    note = spec.respond(socket, peer)
    if (note === undefined) return TIMEOUT
  }
  const flags = proto === 'udp' ? undefined : socket ? 'S.' : 'R.'
  const back = answer(packet, flags, note)
  // What comes back from a closed UDP port is no answer but an ICMP error about the flow.
  if (!socket && proto === 'udp') back.icmp = 'port-unreachable'
  if (!sendAnswer(stack, server, back, target, spec.port, way.beaten)) return TIMEOUT
  if (!socket) return REFUSED
  const largest = Math.min(flow.own[0], flow.own[1])
  const tooLarge = flow.loud[1] < largest
  const told = tooLarge && reportArrives(flow, server, packet.dst)
  const sent = told ? flow.loud[1] : largest
  const passes = Math.min(flow.silent[1], tooLarge && !told ? flow.loud[1] : Number.POSITIVE_INFINITY)
  return {
    outcome: 'open',
    socket,
    peer,
    ends: () => ({
      from: { ip: formatIp(flow.source), port: sport },
      to: { ip: formatIp(target), port: spec.port },
      at: { ip: formatIp(packet.dst), port: packet.dport },
      net: server,
    }),
    rtt: flow.latency + 0.05,
    pathMtu: Math.min(sent, passes),
    blackhole: sent > passes,
    resend: sent > passes ? () => resend(server, packet, sent) : undefined,
  }
}

/** Sends the request's packet; where it went before and nothing has changed, without walking. */
function sendRequest(stack: Stack, p: Packet, usual: boolean): { readonly fate: Fate; readonly beaten?: Beaten } {
  if (!usual) return { fate: output(stack, p) }
  const { beatenPaths, network } = stack
  const beaten = beatenPaths.find(p)
  if (beaten) {
    beatenPaths.follow(beaten, p)
    return { fate: { kind: 'delivered', stack: beaten.at }, beaten }
  }
  const { generation } = network
  const key = keyOf(p)
  p.flow.steps = new Footprints()
  const fate = output(stack, p)
  const learnt = fate.kind === 'delivered' ? beatenPaths.learn(key, generation, p, fate.stack) : undefined
  p.flow.steps = undefined
  return { fate, beaten: learnt }
}

/** Sends the answer of `server` back. False when it does not arrive as the answer of `ip` and `port`, which were asked. */
function sendAnswer(
  stack: Stack,
  server: Stack,
  p: Packet,
  ip: number,
  port: number,
  request: Beaten | undefined,
): boolean {
  const { beatenPaths, network } = stack
  // What comes back from a closed UDP port has a way of its own.
  const beaten = p.icmp ? undefined : request
  const refused = p.flags === 'R.'
  const known = beaten && beatenPaths.findBack(beaten, refused)
  if (known) {
    beatenPaths.followBack(known, p)
    return true
  }
  const { generation } = network
  if (beaten) p.flow.steps = new Footprints()
  const fate = output(server, p)
  const arrives = fate.kind === 'delivered' && fate.stack === stack && p.src === ip && p.sport === port
  if (beaten && arrives) beatenPaths.learnBack(beaten, refused, generation, p)
  p.flow.steps = undefined
  return arrives
}

const answer = (p: Packet, flags: string | undefined, note: string | undefined): Packet => ({
  note,
  proto: p.proto,
  src: p.dst,
  dst: p.src,
  sport: p.dport,
  dport: p.sport,
  size: p.proto === 'tcp' ? 60 : 72,
  df: true,
  ttl: 64,
  mark: 0,
  flags,
  flow: p.flow,
  reply: true,
})

/** TCP and IP headers with time stamps. */
const HEADERS = 52

/** Sends a full-sized segment of the answer to `request` once more. */
function resend(server: Stack, request: Packet, size: number): void {
  request.flow.depth = 0
  output(server, { ...answer(request, '.', undefined), size, payload: size - HEADERS })
}

/** Does the ICMP message "fragmentation needed" of the stack that reports it reach the sender of large packets? */
function reportArrives(flow: Flow, sender: Stack, senderIp: number): boolean {
  const by = flow.loudBy[1]
  if (!by) return true
  const fate = output(by, {
    proto: 'icmp',
    icmp: 'frag-needed',
    src: 0,
    dst: senderIp,
    sport: 0,
    dport: 0,
    size: 576,
    df: false,
    ttl: 64,
    mark: 0,
    flow: newFlow(),
    reply: false,
  })
  return fate.kind === 'delivered' && fate.stack === sender
}

function failure(fate: Exclude<Fate, { kind: 'delivered' }>): DialResult {
  if (fate.kind === 'lost') return TIMEOUT
  if (fate.kind === 'error') {
    if (fate.code === 'ENETUNREACH') return { outcome: 'unreachable', code: 'ENETUNREACH', after: 0 }
    if (fate.code === 'EHOSTUNREACH') return { outcome: 'unreachable', code: 'EHOSTUNREACH', after: 0 }
    return fate.code === 'EPERM' || fate.code === 'EMSGSIZE'
      ? TIMEOUT
      : { outcome: 'unreachable', code: 'ENETUNREACH', after: 0 }
  }
  switch (fate.type) {
    case 'port':
    case 'reset':
    case 'proto':
      return REFUSED
    case 'net':
    case 'net-admin':
      return { outcome: 'unreachable', code: 'ENETUNREACH', after: fate.after }
    case 'frag':
    case 'ttl':
      return TIMEOUT
    default:
      return { outcome: 'unreachable', code: 'EHOSTUNREACH', after: fate.after }
  }
}
