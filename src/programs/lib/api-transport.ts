import { type ApiRequest, type ApiResponse, type EventStream, StatusError, TransportError } from '../../api/types.ts'
import { Blocked, type HttpRequest, type HttpResponse, type Process, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import type { ClientConfig } from './kubeconfig.ts'
import {
  alive,
  type Connection,
  connect,
  connectNow,
  type Endpoint,
  exchange,
  exchangeNow,
  keep,
  parseUrl,
} from './transport.ts'

/** What client-go repeats when a connection breaks. */
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/** A client's way to an API server: by its configuration, over this process's network, with this host's clock. */
export class ApiTransport {
  private connection: Connection | undefined
  private hangUp: (() => void) | undefined
  private readonly streams = new Set<EventStream>()
  private release: (() => void) | undefined
  private target: ReturnType<typeof parseUrl> | undefined

  constructor(
    private readonly p: Process,
    private readonly config: ClientConfig,
    private readonly userAgent: string,
    private readonly impersonate: Readonly<Record<string, string>> = {},
  ) {}

  /**
   * Answers at this instant. Throws TransportError when the server cannot be reached or would not answer yet. This is
   * the `send` that `LocalClient` takes.
   */
  readonly send = (request: ApiRequest): ApiResponse => {
    const connection = this.live() ?? this.opened(connectNow(this.p, this.unread()))
    try {
      return this.owned(unwrap(exchangeNow(connection, this.wrap(request, true))))
    } catch (error) {
      if (error instanceof Blocked) throw new TransportError('timeout', 'context deadline exceeded')
      throw error
    }
  }

  /** Passes an HTTP request of somebody else on with this client's credentials. Throws TransportError, or Blocked. */
  pass(request: HttpRequest): HttpResponse {
    const connection = this.live() ?? this.opened(connectNow(this.p, this.unread()))
    const token = this.config.token ?? this.file(this.config.tokenFile)?.trim()
    const { host: _, authorization: __, ...headers } = request.headers ?? {}
    return exchangeNow(connection, {
      ...request,
      headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}), ...this.impersonate },
    })
  }

  /** Answers when the server does. `timeoutMs` is the client's --request-timeout (0: none). */
  *request(request: ApiRequest, timeoutMs = 0): Coro<ApiResponse> {
    const { kernel } = this.p.host
    const until = timeoutMs > 0 ? kernel.now() + timeoutMs : undefined
    const dial = until === undefined ? 30_000 : Math.min(30_000, timeoutMs)
    const connection =
      this.live() ?? this.opened(yield* connect(this.p, this.endpoint(), dial, undefined, READS.has(request.verb)))
    return this.owned(unwrap(yield* exchange(this.p, connection, this.wrap(request), until)))
  }

  /** A watch belongs to the process that opened it and ends with it. */
  private owned(response: ApiResponse): ApiResponse {
    const { stream } = response
    if (!stream) return response
    stream.reader = this.p
    this.streams.add(stream)
    if (this.streams.size > 64) for (const s of this.streams) if (s.closed) this.streams.delete(s)
    this.release ??= this.p.defer(() => {
      for (const s of this.streams) {
        s.onClose = undefined
        s.cancel()
      }
      this.streams.clear()
    })
    return response
  }

  /** Where it connects, with certificates read anew from their files. Throws TransportError('config') in Go's words. */
  endpoint(): Endpoint {
    const { tls, ...target } = this.unread()
    return { ...target, tls: tls && { ...tls } }
  }

  /** The same, but the files are read only when a connection stands: who is refused, again and again, needs none. */
  private unread(): Endpoint {
    const { config } = this
    this.target ??= parseUrl(config.server)
    const { scheme, host, port } = this.target
    if (scheme !== 'https') return { host, port }
    const read = (path: string | undefined): string | undefined => this.file(path)
    return {
      host,
      port,
      tls: {
        get caPem() {
          return config.caPem ?? read(config.caFile)
        },
        get certPem() {
          return config.certPem ?? read(config.certFile)
        },
        get keyPem() {
          return config.keyPem ?? read(config.keyFile)
        },
        serverName: config.tlsServerName,
        insecure: config.insecure,
      },
    }
  }

  /** Drops the connection, as a client does that rotates its certificate. */
  close(): void {
    this.connection = undefined
    this.hangUp?.()
    this.hangUp = undefined
  }

  private live(): Connection | undefined {
    if (this.connection && !alive(this.p, this.connection)) this.close()
    return this.connection
  }

  private opened(connection: Connection): Connection {
    this.hangUp?.()
    const { server, certFile, certPem } = this.config
    this.hangUp = keep(this.p, connection, `${server} ${certFile ?? certPem ?? ''}`)
    this.connection = connection
    return connection
  }

  private wrap(request: ApiRequest, now?: true): HttpRequest {
    const token = this.config.token ?? this.file(this.config.tokenFile)?.trim()
    return {
      method: '',
      path: '',
      headers: {
        'user-agent': this.userAgent,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...this.impersonate,
      },
      parsed: request,
      now,
    }
  }

  private file(path: string | undefined): string | undefined {
    if (path === undefined) return undefined
    try {
      return this.p.fs.readFile(path, this.p.cwd, this.p.creds)
    } catch (error) {
      if (error instanceof SysError) throw new TransportError('config', error.goMessage)
      throw error
    }
  }
}

function unwrap(response: HttpResponse): ApiResponse {
  if (response.parsed) return response.parsed as ApiResponse
  // Something answers on that port, but it is not an API server.
  throw new StatusError(response.status, '', 'the server could not find the requested resource')
}
