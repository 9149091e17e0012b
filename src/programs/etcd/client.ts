import { Api } from '../../etcd/api.ts'
import { AuthApi } from '../../etcd/auth-api.ts'
import type { Token } from '../../etcd/caller.ts'
import { Blocked, EtcdError, errors } from '../../etcd/errors.ts'
import { type Fields, zapLog } from '../../etcd/log.ts'
import type { Member } from '../../etcd/member.ts'
import { goLookupError, lookup, type Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { type ClientFiles, type Connection, connect } from './connect.ts'
import { isClientEndpoint, isPeerEndpoint } from './endpoints.ts'
import { STACK_TRACES } from './stack-traces.ts'

interface ClientOptions {
  readonly endpoints: readonly string[]
  /** TLS material; an https endpoint without any uses the system's roots, which know no cluster. */
  readonly files?: ClientFiles
  /** `etcd-client`, or `client` for the health check and snapshots. */
  readonly logger: 'etcd-client' | 'client'
  /** Longest message that is sent, bytes; 0 for the default. */
  readonly maxSend?: number
  /** Who asks. */
  readonly login?: { readonly user: string; readonly password: string }
}

interface CallOptions {
  /** It may be asked again when the server was unavailable (reads). */
  readonly repeatable?: boolean
  /** Length of the message, where it may be long. */
  readonly bytes?: number
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
  readonly commonName: string | undefined
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
  private token: Token | undefined
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

  /** Gets a token for the name and the password of the options, if both are given (getToken). `timeout` in ms. */
  *login(timeout: number | undefined): Coro {
    const { login } = this.options
    if (!login?.user || !login.password) return
    this.token = undefined
    try {
      this.token = yield* this.call('Auth/Authenticate', timeout, (api) =>
        new AuthApi(api).authenticate(login.user, login.password),
      )
    } catch (error) {
      if (!(error instanceof EtcdError) || error.message !== errors.AuthNotEnabled().message) throw error
    }
  }

  /** One call. `timeout` in ms, undefined for none. `fn` runs at the server and may throw Blocked. */
  *call<T>(
    method: string,
    timeout: number | undefined,
    fn: (api: Api) => T,
    { repeatable = false, bytes = 0 }: CallOptions = {},
  ): Coro<T> {
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
        if (!(error instanceof EtcdError)) throw error
        if (this.wantsToken(error, method)) yield* this.login(undefined)
        else if (!retries(error, repeatable) || kernel.now() + RETRY_WAIT > deadline) throw error
        yield* sleep(kernel, RETRY_WAIT)
      }
    }
  }

  /** Opens a stream, or sends one message on it: without time limit, and failures are the caller's own business. */
  *stream<T>(method: string, fn: (api: Api) => T): Coro<T> {
    yield* this.login(undefined)
    return yield* this.ask(yield* this.connected(method, Number.POSITIVE_INFINITY), fn, Number.POSITIVE_INFINITY)
  }

  /** Opens a stream of answers; that it could not be opened is told to the log. `timeout` in ms, undefined for none. */
  *open<T>(method: string, timeout: number | undefined, fn: (api: Api) => T): Coro<T> {
    yield* this.login(undefined)
    const { kernel } = this.p.host
    const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : kernel.now() + timeout
    return yield* this.ask(yield* this.connected(method, deadline, 'stream'), fn, deadline)
  }

  /** Whether a new token may help (shouldRefreshToken). */
  private wantsToken(error: EtcdError, method: string): boolean {
    if (!this.options.login?.user || !this.options.login.password || method === 'Auth/Authenticate') return false
    return [errors.UserEmpty, errors.InvalidAuthToken].some((define) => define().message === error.message)
  }

  private checkLength(method: string, bytes: number, ready: Ready): void {
    const most = this.options.maxSend || MAX_SEND
    if (bytes <= most) return
    const error = `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${bytes} vs. ${most})`
    this.warn(method, 0, error, ready)
    throw new ClientError(error)
  }

  /** Connects; waits as long as no endpoint can be reached. */
  *connected(method: string, deadline: number, attempt: number | 'stream' = 0): Coro<Ready> {
    const kernel = this.p.host.kernel
    if (this.ready?.member()) return this.ready
    this.ready = undefined
    let last: string | undefined
    for (;;) {
      let soonest = BACKOFF
      for (const endpoint of this.options.endpoints) {
        const started = kernel.now()
        const result = yield* this.attempt(endpoint)
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
        const error = `rpc error: code = DeadlineExceeded desc = ${why}`
        if (attempt === 'stream') this.notOpened(error)
        else this.warn(method, attempt, error, undefined)
        throw new ClientError('context deadline exceeded')
      }
      yield* sleep(kernel, soonest)
    }
  }

  /** Address of the connection's other end, for operations that name it. */
  get endpoint(): string {
    return this.options.endpoints[0]
  }

  private *attempt(endpoint: string): Coro<Attempt> {
    const { p, options } = this
    const fail = (why: string): Attempt => ({ error: `transport: Error while dialing: ${why}`, after: 0 })
    const target = targetOf(endpoint)
    if (target.startsWith('unix:')) {
      const path = target.replace(/^unix:(?:\/\/(?=\/))?/, '')
      const why = p.fs.exists(path, p.cwd) ? 'connection refused' : 'no such file or directory'
      return fail(`dial unix ${path}: connect: ${why}`)
    }
    const at = splitHostPort(target)
    if ('error' in at) return fail(at.error)
    let ip = at.host || '127.0.0.1'
    if (!/^[\w.:-]*$/.test(at.host)) return fail(`dial tcp: lookup ${at.host}: no such host`)
    if (at.host !== '' && !at.host.includes(':')) {
      const found = yield* lookup(p, at.host)
      if (!found.ok) return fail(`dial tcp: ${goLookupError(p, at.host, found)}`)
      ip = found.ips[0]
    }
    // The first endpoint's scheme decides for all.
    const secure = securityOf(options.endpoints[0], options.files !== undefined)
    const result = connect(p, ip, at.port, at.host, secure ? (options.files ?? {}) : undefined)
    // Where no host is named, none is told.
    if (!result.ok) return { error: wrap(result).replace(at.host === '' ? ip : '', ''), after: result.after }
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
    return { ready: { endpoint, member, text, rtt: result.rtt, commonName: result.commonName } }
  }

  private api(member: Member, { commonName }: Ready): Api {
    return new Api(member, { token: this.token, commonName })
  }

  private *ask<T>(ready: Ready, fn: (api: Api) => T, deadline: number): Coro<T> {
    const kernel = this.p.host.kernel
    yield* sleep(kernel, 3 + this.p.host.rng.int(10))
    let run = (): T => {
      const member = ready.member()
      if (!member) throw new EtcdError('Unavailable', 'error reading from server: EOF')
      return fn(this.api(member, ready))
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
          const again = (): T => fn(this.api(server, ready))
          return error.part === 'read' ? again() : server.finish(value, again)
        }
      }
    }
  }

  private notOpened(error: string): void {
    const caller = 'v3/retry_interceptor.go:134'
    const msg = 'streamer failed to create ClientStream'
    this.log('error', `${this.options.logger}@${caller}`, msg, { error, stacktrace: STACK_TRACES[caller] })
  }

  private warn(method: string, attempt: number, error: string, ready: Ready | undefined): void {
    const fields: Fields = {
      target: `etcd-endpoints://${this.pointer}/${authority(this.options.endpoints[0])}`,
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

/** What is behind the scheme of an endpoint (client.go authority). */
function authority(endpoint: string): string {
  const at = endpoint.indexOf('://')
  return at >= 0 ? endpoint.slice(at + 3) : endpoint.replace(/^unixs?:/, '')
}

/** What is dialled for an endpoint (internal/endpoint translateEndpoint): `host:port`, or `unix:` and a path. */
function targetOf(endpoint: string): string {
  if (/^unixs?:/.test(endpoint)) return endpoint.replace(/^unixs?:(?:\/\/(?!\/))?/, 'unix:')
  const url = /^https?:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(endpoint)
  return url ? url[1] : endpoint
}

/** Whether TLS is spoken to an endpoint: https always, http never, otherwise when there are certificates. */
const securityOf = (endpoint: string, hasFiles: boolean): boolean =>
  /^(?:https|unixs):/.test(endpoint) || (!endpoint.startsWith('http:') && hasFiles)

/** net.SplitHostPort and the look-up of the port, with Go's words for what is wrong. */
function splitHostPort(target: string): { host: string; port: number } | { error: string } {
  if (target === '') return { error: 'dial tcp: missing address' }
  const colons = target.split(':').length - 1
  if (colons === 0) return { error: `dial tcp: address ${target}: missing port in address` }
  if (colons > 1 && !target.startsWith('[')) return { error: `dial tcp: address ${target}: too many colons in address` }
  const cut = target.lastIndexOf(':')
  const port = target.slice(cut + 1)
  if (!/^\d*$/.test(port)) return { error: `dial tcp: lookup tcp/${port}: unknown port` }
  if (Number(port) > 65_535) return { error: `dial tcp: address ${port}: invalid port` }
  return { host: target.slice(0, cut).replace(/^\[|\]$/g, ''), port: Number(port) }
}

function wrap(result: Extract<Connection, { ok: false }>): string {
  if (result.kind === 'tls') return `transport: authentication handshake failed: ${result.error}`
  if (result.kind === 'preface')
    return result.error.startsWith('error reading') ? result.error : `error reading server preface: ${result.error}`
  return `transport: Error while dialing: ${result.error}`
}
