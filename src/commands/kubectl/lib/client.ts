import { methodOf, pathOf } from '../../../api/http/request-url.ts'
import { asked, TOO_MANY, UNKNOWN } from '../../../api/local-client.ts'
import {
  type ApiRequest,
  type ApiResponse,
  type PatchType,
  type RequestOptions,
  type ResourceRequest,
  StatusError,
  TransportError,
} from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { goDuration } from '../../../print/index.ts'
import type { Resource } from './discovery.ts'
import { CliError, UrlError } from './errors.ts'
import { CHANGE_CAUSE } from './record.ts'
import { trace } from './trace.ts'

/** Carries requests to the API server: `ApiTransport` in the world, a stub in tests. Throws TransportError. */
export interface Transport {
  request(request: ApiRequest, timeoutMs?: number): Coro<ApiResponse>
}

/** How and as whom the server is spoken to. */
export interface ClientOptions {
  readonly server: string
  /** User-Agent header. */
  readonly agent: string
  /** --request-timeout in ms, 0: none. */
  readonly timeoutMs: number
  /** -v */
  readonly verbosity: number
  /** klog line writer. */
  readonly log: (level: number, source: string, text: string) => void
  /** What --record notes in every object that is changed. */
  readonly cause?: string
}

/** What a request takes: a written object has reached the disks of etcd. */
const READ_MS = 10
const WRITE_MS = 35
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

const RETRIES = 10

/** Least time that setting up a connection takes, ms. */
const HANDSHAKE = 3
const DIAL_TIMEOUT =
  'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)'

/** kubectl's REST client: warnings go to stderr once each, failures become StatusError or UrlError. */
export class KubeClient {
  private readonly warned = new Set<string>()
  warningCount = 0

  constructor(
    private readonly p: Process,
    readonly transport: Transport,
    readonly options: ClientOptions,
  ) {}

  /** The answer of the server, whatever its status. Throws UrlError when there is none. */
  *raw(asked: ApiRequest): Coro<ApiResponse> {
    const request: ApiRequest = 'path' in asked ? asked : { ...asked, ...this.deadline(asked), untyped: true }
    const url = this.options.server + pathOf(request)
    const started = this.p.host?.kernel.now() ?? 0
    let response: ApiResponse
    const { kernel } = this.p.host ?? {}
    if (kernel) yield { until: kernel.now() + (READS.has(methodOf(request)) ? READ_MS : WRITE_MS) }
    const { timeoutMs } = this.options
    // Shorter than a TLS handshake takes.
    if (timeoutMs > 0 && timeoutMs < HANDSHAKE) throw new UrlError(title(methodOf(request)), url, DIAL_TIMEOUT)
    try {
      response = yield* this.patiently(request, timeoutMs)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      if (error.kind === 'config') throw new CliError(error.message)
      throw new UrlError(title(methodOf(request)), url, this.reason(error))
    }
    if (this.options.verbosity >= 6)
      trace(this.options, request, url, response, (this.p.host?.kernel.now() ?? 0) - started)
    if (response.code === 0) throw new UrlError(title(methodOf(request)), url, String(response.body))
    for (const warning of response.warnings ?? []) this.warn(warning)
    return response
  }

  /** A server that has too much to do says when to come back; client-go does, ten times. */
  private *patiently(request: ApiRequest, timeoutMs: number): Coro<ApiResponse> {
    let response = yield* this.transport.request(request, timeoutMs)
    for (let i = 0; i < RETRIES; i++) {
      const seconds = Number(response.code === 429 && response.headers?.['retry-after'])
      if (!seconds || !this.p.host) return response
      yield { until: this.p.host.kernel.now() + seconds * 1000 }
      response = yield* this.transport.request({ ...request }, timeoutMs)
    }
    return response
  }

  /** The body of a successful answer. */
  *send(request: ApiRequest): Coro<any> {
    return (yield* this.accepted(request)).body
  }

  /** A request for one object: rest.Request takes no empty name. */
  private named(request: ResourceRequest): Coro<any> {
    if (!request.name) throw new CliError('resource name may not be empty')
    return this.send(request)
  }

  /** A successful answer with its stream; throws StatusError for others. */
  *accepted(request: ApiRequest): Coro<ApiResponse> {
    const response = yield* this.raw(request)
    if (response.code >= 400) throw statusError(response, request)
    return response
  }

  get(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: Partial<ResourceRequest> = {},
  ): Coro<any> {
    return this.named({ ...gvr(resource), ...options, verb: 'get', namespace: scope(resource, namespace), name })
  }

  list(resource: Resource, namespace: string | undefined, options: Partial<ResourceRequest> = {}): Coro<any> {
    return this.send({ ...gvr(resource), ...options, verb: 'list', namespace: scope(resource, namespace) })
  }

  create(
    resource: Resource,
    namespace: string | undefined,
    body: any,
    options: Partial<ResourceRequest> = {},
  ): Coro<any> {
    return this.send({
      ...gvr(resource),
      ...options,
      verb: 'create',
      namespace: scope(resource, namespace),
      body: this.caused(withoutVersion(body)),
    })
  }

  update(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    body: any,
    options: Partial<ResourceRequest> = {},
  ): Coro<any> {
    return this.named({
      ...gvr(resource),
      ...options,
      verb: 'update',
      namespace: scope(resource, namespace),
      name,
      body,
    })
  }

  *patch(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    body: unknown,
    options: Partial<ResourceRequest> = {},
  ): Coro<any> {
    const request = { ...gvr(resource), verb: 'patch', namespace: scope(resource, namespace), name } as const
    const apart = options.subresource !== undefined || patchType === 'application/json-patch+json'
    const sent = apart ? body : this.caused(body)
    const answer = yield* this.named({ ...request, ...options, patchType, body: sent })
    if (!apart || this.options.cause === undefined || options.dryRun) return answer
    const note = { ...request, patchType: 'application/merge-patch+json', body: this.caused({}) } as const
    return yield* this.send(note)
  }

  /** --request-timeout is told the server with every request for a resource. */
  private deadline({ query }: ResourceRequest): Partial<ResourceRequest> {
    const { timeoutMs } = this.options
    return timeoutMs === 0 ? {} : { query: { ...query, timeout: goDuration(timeoutMs) } }
  }

  private caused(body: any): any {
    const { cause } = this.options
    if (cause === undefined || typeof body !== 'object' || body === null) return body
    const annotations = { ...body.metadata?.annotations, [CHANGE_CAUSE]: cause }
    return { ...body, metadata: { ...body.metadata, annotations } }
  }

  delete(resource: Resource, namespace: string | undefined, name: string, options: RequestOptions = {}): Coro<any> {
    return this.named({ ...gvr(resource), ...options, verb: 'delete', namespace: scope(resource, namespace), name })
  }

  /** A path that is not a resource: /version, /apis, /healthz. */
  path(path: string, query?: Record<string, string>): Coro<any> {
    return this.send({ verb: 'get', path, query })
  }

  warn(text: string): void {
    this.warningCount++
    if (this.warned.has(text)) return
    this.warned.add(text)
    this.p.stderr.write(`Warning: ${text}\n`)
  }

  private reason(error: TransportError): string {
    if (this.options.timeoutMs > 0 && error.kind === 'timeout')
      return error.message.startsWith('dial')
        ? DIAL_TIMEOUT
        : 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return error.message
  }
}

const title = (method: string): string => method[0] + method.slice(1).toLowerCase()

/** The resource as requests name it. */
export const gvr = (r: Resource): { group: string; version: string; resource: string } => ({
  group: r.group,
  version: r.version,
  resource: r.name,
})

/** What was read from a server can be created again: kubectl leaves its version out. */
const withoutVersion = (body: any): any => {
  if (!body?.metadata?.resourceVersion) return body
  const { resourceVersion: _, ...metadata } = body.metadata
  return { ...body, metadata }
}

const scope = (resource: Resource, namespace: string | undefined): string | undefined =>
  resource.namespaced ? namespace : undefined

/** The error that a failed answer stands for. */
export function statusError(response: ApiResponse, request?: ApiRequest): StatusError {
  const { body, code } = response
  if (body && typeof body === 'object' && body.kind === 'Status')
    return new StatusError(body.code ?? code, body.reason ?? '', body.message ?? '', body.details)
  const text = typeof body === 'string' ? body : ''
  const reasons: Record<number, string> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    429: 'TooManyRequests',
    503: 'ServiceUnavailable',
    504: 'Timeout',
  }
  const about = request ? asked(request) : ''
  const message =
    code === 404
      ? `${UNKNOWN}${about}`
      : code === 429
        ? `${TOO_MANY}${about}`
        : code === 503
          ? 'the server is currently unable to handle the request'
          : code === 504
            ? `the server was unable to return a response in the time allotted, but may still be processing the request${about}`
            : code >= 500 && text
              ? `an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`
              : text || 'unknown'
  return new StatusError(code, reasons[code] ?? (code === 500 ? 'InternalError' : ''), message)
}
