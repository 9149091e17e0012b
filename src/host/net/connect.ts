import { type Coro, sleep } from '../../kernel/index.ts'
import type { Process } from '../process.ts'
import type { DialResult, Socket } from './types.ts'

/** How a connection attempt ended; `elapsed` is the virtual time that it took. */
export type Connection =
  | (Extract<DialResult, { outcome: 'open' }> & { readonly elapsed: number })
  | {
      readonly outcome: 'failed'
      /** `timeout`: the caller's limit passed; ETIMEDOUT: the kernel gave up retransmitting. */
      readonly error: 'ECONNREFUSED' | 'EHOSTUNREACH' | 'ENETUNREACH' | 'ETIMEDOUT' | 'timeout'
      readonly elapsed: number
    }

/**
 * connect(2) over TCP from a process: SYNs at 0, 1, 3, 7, 15, 31 and 63 s, so that a fault repaired meanwhile lets the
 * connection through. `timeoutMs` is the caller's own limit (undefined: the kernel's, about 127 s).
 */
export function* connect(
  p: Process,
  ip: string,
  port: number,
  timeoutMs?: number,
  options: { sourceIp?: string } = {},
): Coro<Connection> {
  const kernel = p.host.kernel
  const start = kernel.now()
  const limit = timeoutMs === undefined ? Number.POSITIVE_INFINITY : start + timeoutMs
  const elapsed = (): number => kernel.now() - start
  const retries = Number(p.net.sysctls?.get('net.ipv4.tcp_syn_retries') ?? 6)
  let wait = 1000
  let sourcePort: number | undefined
  for (let attempt = 0; ; attempt++) {
    const r = p.net.dial({ ip, port, from: p, sourceIp: options.sourceIp, sourcePort })
    if (r.outcome === 'open') {
      if (r.rtt >= 1) yield* sleep(kernel, Math.round(r.rtt))
      return { ...through(r), elapsed: elapsed() }
    }
    if (r.outcome === 'refused') return { outcome: 'failed', error: 'ECONNREFUSED', elapsed: elapsed() }
    if (r.outcome === 'unreachable' && r.after <= elapsed())
      return { outcome: 'failed', error: r.code, elapsed: elapsed() }
    if (r.outcome === 'timeout' && attempt >= retries) {
      if (!(yield* pause(kernel, wait, limit))) return { outcome: 'failed', error: 'timeout', elapsed: elapsed() }
      return { outcome: 'failed', error: 'ETIMEDOUT', elapsed: elapsed() }
    }
    // Address resolution is tried once a second; SYNs back off.
    const next = r.outcome === 'unreachable' ? Math.min(1000, r.after - elapsed()) : wait
    if (!(yield* pause(kernel, next, limit))) return { outcome: 'failed', error: 'timeout', elapsed: elapsed() }
    if (r.outcome !== 'timeout') continue
    wait *= 2
    sourcePort = r.port
  }
}

/**
 * Waits until somebody reads what is sent on an open connection: at once, unless SIGSTOP has stopped the server's
 * process or it does not accept yet. False when `until` (virtual ms) came first.
 */
export function* answering({ process, service }: Socket, until?: number): Coro<boolean> {
  while (process && (process.frozen || service.backlog) && !process.status) {
    yield { on: [process.frozen ? process.continued : service.backlog!, process.exited], until }
    if (until !== undefined && process.host.kernel.now() >= until) return false
  }
  return true
}

/** The first retransmission of data follows after this; each next one after twice the time of the one before. */
const FIRST_RETRY = 200
const LONGEST_RETRY = 120_000

/** Waits for an answer that a black hole swallows, `until` the caller gives up, while the server repeats itself. */
export function* starve(p: Process, connection: { readonly resend?: () => void }, until?: number): Coro {
  const { kernel } = p.host
  for (let wait = FIRST_RETRY; ; wait = Math.min(wait * 2, LONGEST_RETRY)) {
    connection.resend?.()
    const next = kernel.now() + wait
    yield { until: Math.min(next, until ?? next) }
    if (until !== undefined && kernel.now() >= until) return
  }
}

type Open = Extract<DialResult, { outcome: 'open' }>

/** Follows TCP proxies to the socket that answers in the end. A proxy that finds none has taken the connection all the same. */
function through(first: Open): Open {
  let at = first
  for (let i = 0; at.socket.service.forward && i < 8; i++) {
    const next = at.socket.service.forward(at.peer)
    if (next.outcome !== 'open') break
    at = { ...next, rtt: at.rtt + next.rtt }
  }
  return at
}

/** Sleeps; false when the limit came first. */
function* pause(kernel: Process['host']['kernel'], ms: number, limit: number): Coro<boolean> {
  const until = Math.min(kernel.now() + ms, limit)
  yield* sleep(kernel, until - kernel.now())
  return until < limit
}

/** glibc's text of a failed connect. */
export const CONNECT_ERRORS: Record<Exclude<Connection, { outcome: 'open' }>['error'], string> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ETIMEDOUT: 'Connection timed out',
  timeout: 'Connection timed out',
}

/** Go's error of a failed dial, e.g. `dial tcp 10.0.0.1:6443: connect: connection refused`. */
export function goDialError(
  ip: string,
  port: number,
  error: Exclude<Connection, { outcome: 'open' }>['error'],
): string {
  const text: Record<typeof error, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'connect: connection timed out',
    timeout: 'i/o timeout',
  }
  return `dial tcp ${ip}:${port}: ${text[error]}`
}
