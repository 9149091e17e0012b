import { Stackless } from '../../kernel/index.ts'
import type { Process } from '../process.ts'
import type { DialSpec } from './dial.ts'

/** An HTTP request as programs exchange it inside the simulation: no bytes on a wire, but every part a tool can show. */
export interface HttpRequest {
  readonly method: string
  /** Path with query, e.g. `/api/v1/pods?limit=500`. */
  readonly path: string
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  /** Text, or a JSON value that both ends agree to pass by reference (never mutated). */
  readonly body?: unknown
  /** A request that is already parsed (the Kubernetes API client); opaque to the network. */
  readonly parsed?: unknown
  /** The caller takes the answer at this instant or none: it cannot wait for its turn. */
  readonly now?: true
}

/** An answer over HTTP. */
export interface HttpResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A simple server, which sends no Date. */
  readonly undated?: true
  /** The server speaks HTTP/1.0 and closes after the body, as Python's does. */
  readonly old?: true
  /** Text, a JSON value passed by reference, or undefined. */
  readonly body?: unknown
  /** For answers that never end (watch, logs -f): an object both ends know. */
  readonly stream?: unknown
  /** The answer to a request that came `parsed`, as an object both ends know; body is then left out. */
  readonly parsed?: unknown
}

/** Thrown by a server that cannot answer yet. The client waits for `retry` and asks again, until `until`, when `answer` holds. */
export class Blocked extends Stackless {
  constructor(
    readonly retry: import('../../kernel/index.ts').Signal,
    /** Virtual ms when the server gives up; undefined: never. */
    readonly until: number | undefined,
    /** What the server then answers; undefined: it never answers. */
    readonly answer: (() => HttpResponse) | undefined,
  ) {
    super('blocked')
  }
}

/** Server side of TLS, re-read at every handshake (Go servers reload files; nginx does not: the program decides). */
export interface TlsServer {
  readonly certPem: string
  readonly keyPem: string
  /** Roots for client certificates. */
  readonly clientCaPem?: string
  readonly clientAuth: 'none' | 'request' | 'require'
  /** Whose TLS it is, which the handshake shows; Go's where nothing is said. */
  readonly library?: 'openssl'
  /** Told of a failed handshake, in Go's words, for the server's log. */
  readonly onError?: (peer: string, error: string) => void
}

/** Who is at the other end of an accepted connection. */
export interface Peer {
  /** Source address as the server sees it (after SNAT). */
  readonly ip: string
  readonly port: number
  /** The verified (or merely presented) client certificate in PEM, when TLS asked for one. */
  readonly certPem?: string
  /** Server name that the client asked for. */
  readonly serverName?: string
  /** Clock skew etc. are the client's own business: the client's process, for tracing only. */
  readonly process?: Process
}

/** What answers on a listening socket. A socket implements the protocols that it speaks; others are refused as garbage. */
export interface Service {
  /** A label for ss -p and for debugging. */
  readonly name: string
  tls?: () => TlsServer
  /** While set nobody accepts: who connects waits, before any handshake, until it fires. */
  backlog?: import('../../kernel/index.ts').Signal
  /** A TCP proxy: where it passes the connection on to. The client then speaks TLS and HTTP with that socket. */
  forward?: (peer: Peer) => DialResult
  /** May throw Blocked. */
  http?: (request: HttpRequest, peer: Peer) => HttpResponse
  /** DNS over UDP or TCP. */
  dns?: (question: DnsQuestion, peer: Peer) => DnsAnswer | undefined
  /** Anything else (redis, postgres, etcd's gRPC, echo servers): an object that client and server agree on. */
  custom?: unknown
  /** Answers the first bytes with a reset: a server that crashes over them. */
  reset?: true
  /** A line-oriented TCP server: bytes in, bytes out (nc, redis-cli PING). */
  text?: (input: string, peer: Peer) => string
}

/** A question to a DNS server. */
export interface DnsQuestion {
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'SRV' | 'PTR' | 'TXT' | 'NS' | 'SOA' | 'MX' | 'CNAME' | 'ANY'
  /** How many servers have passed the question on already. */
  readonly hops?: number
}

/** A question that was passed on so often goes round in circles: its client gives up before anybody answers. */
export const DNS_HOPS = 16

/** What a DNS server answers. */
export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  readonly answers: readonly { name: string; type: string; ttl: number; data: string }[]
  readonly authoritative?: boolean
  /** Extended DNS error (RFC 8914) as dig prints it: `14 (Not Ready)`. */
  readonly extended?: string
}

/** A listening socket. */
export interface Socket {
  readonly proto: 'tcp' | 'udp'
  /** Local address; 0.0.0.0 or :: for any. */
  readonly addr: string
  readonly port: number
  readonly process: Process | undefined
  readonly service: Service
  /** True once closed: established connections are then reset. */
  readonly closed?: boolean
  close(): void
}

/** One end of a TCP connection. */
export interface Address {
  readonly ip: string
  readonly port: number
}

/** Before any NAT: `from` where `to` was asked for; after it: `at` which address of `net` it arrived. */
export interface Ends {
  readonly from: Address
  readonly to: Address
  readonly at: Address
  readonly net: NetNs
}

/** What became of an attempt to reach a socket. */
export type DialResult =
  /** Connected: `socket` answers; `pathMtu` is what fits through in the answer's direction, `blackhole` that larger packets vanish silently. */
  | {
      readonly outcome: 'open'
      readonly socket: Socket
      readonly peer: Peer
      readonly ends: () => Ends
      readonly rtt: number
      readonly pathMtu: number
      readonly blackhole: boolean
      /** In a black hole: the server sends its full-sized segment once more, for whoever watches the wires. */
      readonly resend?: () => void
    }
  /** RST, or ICMP port unreachable for UDP. */
  | { readonly outcome: 'refused' }
  /** Nothing comes back (dropped, host down, frozen process). Repetitions of a SYN come from the same `port`. */
  | { readonly outcome: 'timeout'; readonly port?: number }
  /** ICMP host/net unreachable or no route, after `after` ms. */
  | { readonly outcome: 'unreachable'; readonly code: 'ENETUNREACH' | 'EHOSTUNREACH'; readonly after: number }

/**
 * One network stack: a host's, or a pod's. The packet path (routes, netfilter, conntrack, VXLAN, MTU) lies behind it.
 */
export interface NetNs {
  readonly name: string
  /** Opens a listening socket. Throws SysError EADDRINUSE or EADDRNOTAVAIL. Closed when the process exits. */
  listen(
    process: Process | undefined,
    spec: { proto?: 'tcp' | 'udp'; addr?: string; port: number; service: Service },
  ): Socket
  /** Sends the first packet towards ip:port and reports what happens. Costs no virtual time by itself. */
  dial(spec: DialSpec): DialResult
  /** A free client port. */
  ephemeral?(): number
  readonly sockets: readonly Socket[]
  /** Addresses of this stack, e.g. for bind checks and `hostname -I`. */
  addresses(): readonly string[]
  /**
   * Changes whenever anything that decides where packets go has changed anywhere in the world (links, routes, rules,
   * hosts down). Clients keep a connection without walking its path again while this stays the same.
   */
  readonly epoch?: number
  /** Kernel settings as this stack has them: `net.ipv4.ip_forward` … */
  readonly sysctls?: { get(key: string): string | undefined }
}
