import { Api } from '../../etcd/api.ts'
import { Blocked, EtcdError } from '../../etcd/errors.ts'
import { type Fields, zapLog } from '../../etcd/log.ts'
import type { Member } from '../../etcd/member.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { type ClientFiles, type Connection, connect, resolveHost } from './connect.ts'
import { isClientEndpoint, isPeerEndpoint } from './endpoints.ts'

interface ClientOptions {
  readonly endpoints: readonly string[]
  /** TLS material; an https endpoint without any uses the system's roots, which know no cluster. */
  readonly files?: ClientFiles
  /** `etcd-client`, or `client` for the health check and snapshots. */
  readonly logger: 'etcd-client' | 'client'
  /** Longest message that is sent, bytes; 0 for the default. */
  readonly maxSend?: number
}

/** grpc's MaxCallSendMsgSize as etcd's client sets it. */
const MAX_SEND = 2 * 1024 * 1024

/** A call that ended without the server's word, e.g. `context deadline exceeded`. */
export class ClientError extends Error {}

/** A connection that is ready for calls. */
interface Ready {
  readonly endpoint: string
  readonly member: () => Member | undefined
  readonly text: string
  readonly rtt: number
}

type Attempt = { readonly ready: Ready } | { readonly error: string | undefined; readonly after: number }

/** Pause between connection attempts, ms (grpc's backoff begins at 1 s). */
const BACKOFF = 1000
/** Between retries of a read, ms. */
const RETRY_WAIT = 25

/**
 * A client of etcd (client/v3): picks an endpoint that answers, keeps deadlines, retries as the real one does, and
 * writes the real one's warning for every failed attempt to stderr.
 */
export class EtcdClient {
  private ready: Ready | undefined
  private readonly pointer: string
  private readonly log

  constructor(
    private readonly p: Process,
    private readonly options: ClientOptions,
  ) {
    this.pointer = `0x${p.host.rng.hex(12).replace(/^0/, '1')}`
    this.log = zapLog(
      () => p.now(),
      (line) => p.stderr.write(line),
    )
  }

  /**
   * One call. `timeout` in ms, undefined for none. `fn` runs at the server and may throw Blocked; `repeatable` calls
   * (reads) are tried again when the server was unavailable. `bytes`: length of the message, where it may be long.
   */
  *call<T>(method: string, timeout: number | undefined, fn: (api: Api) => T, repeatable = false, bytes = 0): Coro<T> {
    const kernel = this.p.host.kernel
    const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : kernel.now() + timeout
    if (timeout === 0) {
      const error = 'context deadline exceeded'
      this.warn(method, 0, `rpc error: code = DeadlineExceeded desc = ${error}`, undefined)
      throw new ClientError(error)
    }
    for (let attempt = 0; ; attempt++) {
      const ready = yield* this.connected(method, deadline, attempt)
      this.checkLength(method, bytes, ready)
      try {
        return yield* this.ask(ready, fn, deadline)
      } catch (error) {
        if (error instanceof EtcdError) this.warn(method, attempt, error.rpc, ready)
        else if (error instanceof ClientError)
          this.warn(method, attempt, `rpc error: code = DeadlineExceeded desc = ${error.message}`, ready)
        if (!(error instanceof EtcdError) || !retries(error, repeatable) || kernel.now() + RETRY_WAIT > deadline)
          throw error
        yield* sleep(kernel, RETRY_WAIT)
      }
    }
  }

  private checkLength(method: string, bytes: number, ready: Ready): void {
    const most = this.options.maxSend || MAX_SEND
    if (bytes <= most) return
    const error = `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${bytes} vs. ${most})`
    this.warn(method, 0, error, ready)
    throw new ClientError(error)
  }

  /** Connects; waits as long as no endpoint can be reached. */
  *connected(method: string, deadline: number, attempt = 0): Coro<Ready> {
    const kernel = this.p.host.kernel
    if (this.ready?.member()) return this.ready
    this.ready = undefined
    let last: string | undefined
    for (;;) {
      let soonest = BACKOFF
      for (const endpoint of this.options.endpoints) {
        const started = kernel.now()
        const result = this.attempt(endpoint)
        if ('ready' in result) {
          yield* sleep(kernel, 5 + this.p.host.rng.int(8) + Math.round(result.ready.rtt * 2))
          this.ready = result.ready
          return result.ready
        }
        if (result.after !== Number.POSITIVE_INFINITY && started + result.after < deadline) last = result.error
        soonest = Math.min(soonest, BACKOFF)
      }
      const now = kernel.now()
      if (now + soonest >= deadline) {
        yield* sleep(kernel, Math.max(0, deadline - now) + 1)
        const why =
          last === undefined
            ? 'context deadline exceeded while waiting for connections to become ready'
            : `latest balancer error: connection error: desc = "${last}"`
        this.warn(method, attempt, `rpc error: code = DeadlineExceeded desc = ${why}`, undefined)
        throw new ClientError('context deadline exceeded')
      }
      yield* sleep(kernel, soonest)
    }
  }

  /** Address of the connection's other end, for operations that name it. */
  get endpoint(): string {
    return this.options.endpoints[0]
  }

  private attempt(endpoint: string): Attempt {
    const { p, options } = this
    const { secure, target } = parseEndpoint(endpoint, options.files !== undefined)
    const at = splitHostPort(target)
    if ('error' in at) return { error: `transport: Error while dialing: ${at.error}`, after: 0 }
    const ip = resolveHost(p, at.host)
    if (ip === undefined) {
      const text = /\//.test(at.host)
        ? `lookup ${at.host}: no such host`
        : `lookup ${at.host} on [::1]:53: read udp [::1]:${p.host.rng.between(32768, 60999)}->[::1]:53: read: connection refused`
      return { error: `transport: Error while dialing: dial tcp: ${text}`, after: 0 }
    }
    const result = connect(p, ip, at.port, at.host, secure ? (options.files ?? {}) : undefined)
    if (!result.ok) return { error: wrap(result), after: result.after }
    const { custom } = result.service
    if (isPeerEndpoint(custom))
      return {
        error:
          'error reading server preface: http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header',
        after: 2,
      }
    if (!isClientEndpoint(custom)) return { error: 'error reading server preface: EOF', after: 2 }
    const text = `Peer{Addr: '${ip}:${at.port}', LocalAddr: '${result.peer.ip}:${result.peer.port}', AuthInfo: '${secure ? 'tls' : 'insecure'}'}`
    const member = (): Member | undefined => {
      const m = custom.member()
      return m?.running ? m : undefined
    }
    return { ready: { endpoint, member, text, rtt: result.rtt } }
  }

  private *ask<T>(ready: Ready, fn: (api: Api) => T, deadline: number): Coro<T> {
    const kernel = this.p.host.kernel
    yield* sleep(kernel, 3 + this.p.host.rng.int(10))
    let run = (): T => {
      const member = ready.member()
      if (!member) throw new EtcdError('Unavailable', 'error reading from server: EOF')
      return fn(new Api(member))
    }
    for (;;) {
      try {
        const member = ready.member()
        if (member?.halted) throw new Blocked(member.progress, Number.POSITIVE_INFINITY, never, run)
        const idle = kernel.now() >= durable(member)
        const result = run()
        // What was written at this instant is answered when it is on disk.
        if (idle && durable(member) > kernel.now()) {
          yield* sleep(kernel, Math.min(durable(member), deadline) - kernel.now())
          if (kernel.now() >= deadline) throw new ClientError('context deadline exceeded')
        }
        // The way back: watchers have heard of a change before its author has.
        yield* sleep(kernel, 1)
        return result
      } catch (error) {
        if (!(error instanceof Blocked)) throw error
        const until = Math.min(error.deadline, error.wakeAt ?? Number.POSITIVE_INFINITY, deadline)
        yield { on: [error.signal], until: until === Number.POSITIVE_INFINITY ? kernel.now() + BACKOFF : until }
        const now = kernel.now()
        if (now >= deadline) throw new ClientError('context deadline exceeded')
        if (now >= error.deadline) throw error.timeout()
        run = (): T => {
          const value = error.resume()
          const server = ready.member()
          if (error.part === undefined || !server) return value as T
          const again = (): T => fn(new Api(server))
          return error.part === 'read' ? again() : server.finish(value, again)
        }
      }
    }
  }

  private warn(method: string, attempt: number, error: string, ready: Ready | undefined): void {
    const endpoint = ready?.endpoint ?? this.options.endpoints[0]
    const fields: Fields = {
      target: `etcd-endpoints://${this.pointer}/${/^\s*[a-z]+:\/\/([^/]*)/.exec(endpoint)?.[1] ?? endpoint}`,
      peer: ready?.text ?? 'Peer{Addr: <nil>, LocalAddr: <nil>, AuthInfo: <nil>}',
      method: `/etcdserverpb.${method}`,
      attempt,
      error,
    }
    this.log('warn', `${this.options.logger}@v3/retry_interceptor.go:68`, 'retrying of unary invoker failed', fields)
  }
}

/** When everything written through a member is durable, virtual ms. */
const durable = (member: Member | undefined): number =>
  Math.max(member?.disk?.busyUntil ?? 0, member?.route?.disk?.busyUntil ?? 0)

const never = (): EtcdError => new EtcdError('Unavailable', 'etcdserver: server stopped')

/** retry_interceptor.go: a server that gave up by its own clock is asked again; an unavailable one only for reads. */
const retries = (error: EtcdError, repeatable: boolean): boolean =>
  error.code === 'DeadlineExceeded' || (repeatable && error.code === 'Unavailable')

/** Scheme and address. Without a scheme, TLS is used when certificates are given. */
function parseEndpoint(endpoint: string, hasFiles: boolean): { secure: boolean; target: string } {
  const match = /^(https?|unixs?):\/\/([^/]*)/.exec(endpoint)
  if (match) return { secure: match[1] === 'https', target: match[2] }
  return { secure: hasFiles, target: endpoint }
}

/** net.SplitHostPort with Go's words for what is wrong. */
function splitHostPort(target: string): { host: string; port: number } | { error: string } {
  const colons = target.split(':').length - 1
  if (colons === 0) return { error: `dial tcp: address ${target}: missing port in address` }
  if (colons > 1 && !target.startsWith('[')) return { error: `dial tcp: address ${target}: too many colons in address` }
  const cut = target.lastIndexOf(':')
  return { host: target.slice(0, cut), port: Number(target.slice(cut + 1)) }
}

function wrap(result: Extract<Connection, { ok: false }>): string {
  if (result.kind === 'tls') return `transport: authentication handshake failed: ${result.error}`
  if (result.kind === 'preface')
    return result.error.startsWith('error reading') ? result.error : `error reading server preface: ${result.error}`
  return `transport: Error while dialing: ${result.error}`
}
