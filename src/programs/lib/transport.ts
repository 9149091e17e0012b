import { TransportError } from '../../api/types.ts'
import {
  Blocked,
  type DialResult,
  type HttpRequest,
  type HttpResponse,
  hostsLookup,
  keepOpen,
  type NetNs,
  type Peer,
  type Process,
  type Socket,
} from '../../host/index.ts'
import { type Coro, happened, happenedByItself, learn, type Signal } from '../../kernel/index.ts'
import { tlsHandshake } from '../../pki/index.ts'

/** Whom to call: an address with, for TLS, the certificates to use. */
export interface Endpoint {
  /** Host name or IP address as configured. */
  readonly host: string
  readonly port: number
  /** Undefined for plain text. */
  readonly tls?: {
    readonly caPem?: string
    readonly certPem?: string
    readonly keyPem?: string
    /** Defaults to `host`. */
    readonly serverName?: string
    readonly insecure?: boolean
    readonly stack?: 'go' | 'openssl'
  }
}

/** An established connection. It survives expiring certificates, but not a closed socket or a changed, now broken path. */
export interface Connection {
  readonly endpoint: Endpoint
  readonly socket: Socket
  readonly peer: Peer
  readonly ip: string
  epoch: number | undefined
  /** True time at which the path was last walked, ms. */
  checkedAt: number
  /** The TCP connections that it consists of, from proxy to proxy, and who opened each. */
  readonly links: readonly Link[]
}

type Link = readonly [Process, Extract<DialResult, { outcome: 'open' }>]

/** TCP does not notice a broken path at once: no reason to walk it again more often than this, ms. */
const CHECK_INTERVAL = 200

/** host:port of an URL such as https://192.168.56.10:6443, with the scheme's default port. */
export function parseUrl(url: string): { scheme: string; host: string; port: number; path: string } {
  const m = /^(?:([a-z]+):\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(url)
  if (!m) throw new TransportError('config', `parse "${url}": invalid URL`)
  const scheme = m[1] ?? 'http'
  const host = m[2].replace(/^\[|\]$/g, '')
  return { scheme, host, port: m[3] ? Number(m[3]) : scheme === 'https' ? 443 : 80, path: m[4] ?? '/' }
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

/**
 * The address that /etc/hosts of this process's view gives, or the literal itself; undefined sends the caller to DNS.
 */
export function lookupLocal(p: Process, host: string): string | undefined {
  if (IPV4.test(host) || host.includes(':')) return host
  return hostsLookup(p.fs, host).find(({ ip }) => IPV4.test(ip))?.ip
}

/** Go's words for a first packet that led nowhere. */
function dialError(result: Exclude<DialResult, { outcome: 'open' }>, address: string): TransportError {
  switch (result.outcome) {
    case 'refused':
      return new TransportError('refused', `dial tcp ${address}: connect: connection refused`)
    case 'unreachable':
      return new TransportError(
        'unreachable',
        `dial tcp ${address}: connect: ${result.code === 'ENETUNREACH' ? 'network is unreachable' : 'no route to host'}`,
      )
    default:
      return new TransportError('timeout', `dial tcp ${address}: i/o timeout`)
  }
}

/** Services of the machine and of pods; what a player types has no place in the account of what led to what. */
const isService = (p: Process): boolean => /^\/(?:system\.slice|kubepods)/.test(p.cgroup)
/** It differs each time. */
const CURRENT_TIME = /: current time .*$/

/** What a TCP connection leads to, before anything was said on it. */
export type Dialled = Pick<Connection, 'socket' | 'peer' | 'ip' | 'links'>

/** Connected, but the server does not read (stopped, or not ready yet): no answer to the TLS handshake until `retry` fires. */
export class Unanswered extends TransportError {
  constructor(readonly retry: readonly Signal[]) {
    super('timeout', 'net/http: TLS handshake timeout')
  }
}

/** Opens a TCP connection at this instant. Throws TransportError in Go's words. */
export function dialNow(
  p: Process,
  host: string,
  port: number,
  net: NetNs = p.net,
  ip = lookupLocal(p, host),
): Dialled {
  if (ip === undefined) throw new TransportError('dns', `dial tcp: lookup ${host}: no such host`)
  const result = net.dial({ ip, port, from: p })
  if (result.outcome !== 'open') {
    const error = dialError(result, `${ip}:${port}`)
    if (isService(p)) happened(p.host.name, `${p.program.name}: ${error.message}`)
    throw error
  }
  return { ip, ...behind(p, result) }
}

/** Connects at this instant: one packet out, one TLS handshake. Throws TransportError in Go's words. */
export function connectNow(p: Process, endpoint: Endpoint, net: NetNs = p.net, address?: string): Connection {
  const { socket, peer, ip, links } = dialNow(p, endpoint.host, endpoint.port, net, address)
  const { process, service } = socket
  const retry = process?.frozen ? process.continued : service.backlog
  if (retry) throw new Unanswered(process ? [retry, process.exited] : [retry])
  return {
    endpoint,
    socket,
    ip,
    links,
    epoch: net.epoch,
    checkedAt: p.host.kernel.now(),
    peer: secure(p, endpoint, socket, peer),
  }
}

/** The socket that really answers, through TCP proxies. A proxy without a live server closes the connection: EOF. */
function behind(p: Process, first: Link[1]): Omit<Dialled, 'ip'> {
  const links: Link[] = [[p, first]]
  let at = first
  for (let i = 0; at.socket.service.forward && i < 8; i++) {
    const { process } = at.socket
    const next = at.socket.service.forward(at.peer)
    if (next.outcome !== 'open') throw new TransportError('eof', 'EOF')
    if (process) links.push([process, next])
    at = next
  }
  return { socket: at.socket, peer: at.peer, links }
}

interface Shared {
  readonly socket: Socket
  users: number
  readonly hangUp: () => void
}

const shared = new WeakMap<Process, Map<string, Shared>>()

/**
 * Both ends keep the connection, until the returned function is called or one of them ends. All clients of a process
 * with the same `key` (server and credentials of TLS) share one, as client-go's transports do.
 */
export function keep(p: Process, { socket, links }: Connection, key: string): () => void {
  let mine = shared.get(p)
  if (!mine) shared.set(p, (mine = new Map()))
  let found = mine.get(key)
  if (!found || found.users === 0 || found.socket.closed || found.socket.process?.status) {
    found?.hangUp()
    const parts = links.map(([by, open]) => keepOpen(by, open))
    const hangUp = (): void => {
      for (const part of parts) part()
    }
    mine.set(key, (found = { socket, users: 0, hangUp }))
  }
  const entry = found
  entry.users++
  return () => {
    if (--entry.users === 0) entry.hangUp()
  }
}

function secure(p: Process, endpoint: Endpoint, socket: Socket, peer: Peer): Peer {
  const server = socket.service.tls?.()
  const { tls } = endpoint
  if (!tls) {
    if (server) throw new TransportError('tls', 'EOF')
    return peer
  }
  if (!server) throw new TransportError('tls', 'http: server gave HTTP response to HTTPS client')
  const serverNow = socket.process?.now() ?? p.host.kernel.now()
  const serverName = tls.serverName ?? endpoint.host
  const client = { ...tls, serverName }
  const hello = tlsHandshake(server, client, serverNow, p.now())
  if (hello.serverError) server.onError?.(`${peer.ip}:${peer.port}`, hello.serverError)
  if (!hello.ok) {
    const why = hello.clientError ?? hello.serverError ?? 'EOF'
    // Clocks decide about certificates: whose fault it is, if anybody's.
    learn(socket.process?.host.clock.why)
    learn(p.host.clock.why)
    if (isService(p))
      happenedByItself(
        p.host.name,
        `${p.program.name} → ${endpoint.host}:${endpoint.port}: ${why.replace(CURRENT_TIME, '')}`,
      )
    throw new TransportError('tls', hello.clientError ?? 'EOF')
  }
  return { ...peer, serverName, certPem: hello.clientChain.length > 0 ? client.certPem : undefined }
}

/** Is the connection still there? Walks its path again only when something in the network has changed. */
export function alive(p: Process, connection: Connection, net: NetNs = p.net): boolean {
  const { socket } = connection
  if (socket.closed || socket.process?.status || socket.process?.frozen) return false
  if (net.epoch !== undefined && net.epoch === connection.epoch) return true
  const now = p.host.kernel.now()
  if (now - connection.checkedAt < CHECK_INTERVAL) return true
  connection.checkedAt = now
  const again = net.dial({ ip: connection.ip, port: connection.endpoint.port, from: p })
  if (again.outcome !== 'open') return false
  connection.epoch = net.epoch
  // A load balancer or a Service may lead elsewhere now; the established connection stays with its server.
  return true
}

/** One request over an established connection. May throw Blocked. */
export function exchangeNow(connection: Connection, request: HttpRequest): HttpResponse {
  const { http } = connection.socket.service
  if (!http) throw new TransportError('eof', 'malformed HTTP response')
  return http(request, connection.peer)
}

/** Pauses between tries of a connection whose packets vanish (TCP's SYN retransmission), ms. */
const SYN_RETRIES = [1000, 2000, 4000, 8000, 16_000, 32_000]
/** Client ports as far as they are only shown. */
const EPHEMERAL = 40_000
const EPHEMERAL_PORTS = 10_000
/** How long Go's default transport waits for a TLS handshake, ms. */
const HANDSHAKE_TIMEOUT = 10_000

/** The server ended during the handshake: its kernel resets the connection. Who tries again finds that nobody listens. */
function cut(p: Process, { host, port }: Endpoint, refused: TransportError | undefined): TransportError {
  const from = `${p.net.addresses()[0] ?? '127.0.0.1'}:${EPHEMERAL + (p.pid % EPHEMERAL_PORTS)}`
  const before = `read tcp ${from}->${lookupLocal(p, host) ?? host}:${port}: read: connection reset by peer`
  return new TransportError('eof', refused ? `${refused.message} - error from a previous attempt: ${before}` : before)
}

/**
 * Connects, waiting as TCP does: a path that is repaired meanwhile lets the next SYN through. `timeoutMs` is the
 * dialer's (30 s in kubectl); `again`: the request may be repeated, as reads are. Throws TransportError.
 */
export function* connect(
  p: Process,
  endpoint: Endpoint,
  timeoutMs = 30_000,
  ip?: string,
  again = true,
): Coro<Connection> {
  const { kernel } = p.host
  let deadline = kernel.now() + timeoutMs
  let handshaking = false
  for (let i = 0; ; i++) {
    try {
      return connectNow(p, endpoint, p.net, ip ?? lookupLocal(p, endpoint.host))
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      if (error.kind === 'unreachable') {
        yield { until: Math.min(deadline, kernel.now() + 3060) }
        throw error
      }
      if (error.kind === 'refused' && handshaking) throw cut(p, endpoint, again ? error : undefined)
      if (error.kind !== 'timeout') throw error
      if (error instanceof Unanswered && !handshaking) {
        handshaking = true
        deadline = Math.min(deadline, kernel.now() + HANDSHAKE_TIMEOUT)
      }
      if (kernel.now() >= deadline) throw error
      if (error instanceof Unanswered) yield { on: error.retry, until: deadline }
      else yield { until: Math.min(deadline, kernel.now() + (SYN_RETRIES[i] ?? 32_000)) }
      if (kernel.now() >= deadline) throw error
    }
  }
}

/**
 * One request with waiting: a server that is blocked is asked again whenever it may have become able to answer, until
 * it gives up or `until` (virtual ms) passes; then TransportError('timeout').
 */
export function* exchange(
  p: Process,
  connection: Connection,
  request: HttpRequest,
  until?: number,
): Coro<HttpResponse> {
  let giveUp: { until: number | undefined; answer: (() => HttpResponse) | undefined } | undefined
  for (;;) {
    try {
      return exchangeNow(connection, request)
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      // The first refusal to answer sets the server's own deadline; later ones only tell what to wait for.
      giveUp ??= { until: error.until, answer: error.answer }
      const limit = Math.min(giveUp.until ?? Number.POSITIVE_INFINITY, until ?? Number.POSITIVE_INFINITY)
      const { process } = connection.socket
      const on = process ? [error.retry, process.exited] : [error.retry]
      yield { on, until: limit === Number.POSITIVE_INFINITY ? undefined : limit }
      const now = p.host.kernel.now()
      if (!alive(p, connection)) throw new TransportError('eof', 'EOF')
      if (giveUp.until !== undefined && now >= giveUp.until && giveUp.answer) return giveUp.answer()
      if (now >= limit) throw new TransportError('timeout', 'context deadline exceeded')
    }
  }
}
