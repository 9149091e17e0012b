import type { Footprints } from './beaten-path.ts'
import type { CtEntry } from './conntrack.ts'
import type { Stack } from './stack.ts'

/** Transports that packets may have here. */
export type Proto = 'tcp' | 'udp' | 'icmp'

/** A packet on its way. Mutable: NAT and forwarding change it. */
export interface Packet {
  readonly proto: Proto
  src: number
  dst: number
  sport: number
  dport: number
  /** Bytes incl. IP header. */
  readonly size: number
  /** Don't fragment. */
  readonly df: boolean
  ttl: number
  mark: number
  icmp?: 'echo-request' | 'echo-reply' | 'frag-needed' | 'port-unreachable' | 'time-exceeded'
  /** SYN, SYN-ACK … as tcpdump prints them. */
  readonly flags?: string
  /** TCP or UDP payload bytes, for tcpdump. */
  readonly payload?: number
  /** Decoded payload, e.g. a DNS question, for tcpdump. */
  readonly note?: string
  readonly flow: Flow
  /** Travels against the direction of the flow's first packet. */
  readonly reply: boolean
}

/** What both directions of one exchange share: connection tracking per stack, limits met and time spent. */
export interface Flow {
  readonly entries: Map<Stack, CtEntry>
  /** Smallest MTU whose violation is reported by ICMP, forward and back, and who reports it. */
  readonly loud: [number, number]
  readonly loudBy: [Stack | undefined, Stack | undefined]
  /** Smallest MTU beyond which packets vanish without notice, forward and back. */
  readonly silent: [number, number]
  /** MTU of the sender's own interface, forward and back: TCP never sends more. */
  readonly own: [number, number]
  /** The sender's own address, before any NAT. */
  source: number
  /** One-way times added up, ms. */
  latency: number
  readonly hops: Hop[] | undefined
  /** What the packet that is under way counts, when its way is to be remembered. */
  steps: Footprints | undefined
  /** Stops loops: packets have a TTL, encapsulations and ICMP errors do not. */
  depth: number
}

/** One step of a packet's way, for explanations and tests. */
export interface Hop {
  readonly stack: string
  readonly step: string
  readonly detail: string
}

/** Where a packet ended. */
export type Fate =
  | { readonly kind: 'delivered'; readonly stack: Stack }
  /** Silently lost, with the reason for traces. */
  | { readonly kind: 'lost'; readonly at: string; readonly why: string }
  /** Refused by a send call on the sender itself. */
  | {
      readonly kind: 'error'
      readonly code: 'ENETUNREACH' | 'EHOSTUNREACH' | 'EMSGSIZE' | 'EPERM' | 'EINVAL' | 'EACCES'
    }
  /** An ICMP error (or a RST made by a REJECT rule) comes back to the sender. */
  | {
      readonly kind: 'icmp'
      readonly type: 'net' | 'host' | 'port' | 'proto' | 'admin' | 'net-admin' | 'ttl' | 'frag' | 'reset'
      readonly from: number
      readonly by: Stack
      readonly mtu?: number
      /** ms until it is sent: failed address resolution takes about three seconds. */
      readonly after: number
    }

/** The memory of a new flow. With `trace` its packets' steps are kept. */
export const newFlow = (trace = false): Flow => ({
  entries: new Map(),
  loud: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  loudBy: [undefined, undefined],
  silent: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  own: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  source: 0,
  latency: 0,
  hops: trace ? [] : undefined,
  steps: undefined,
  depth: 0,
})
