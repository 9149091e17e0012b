import type { HttpRequest, HttpResponse, Peer, Process } from '../../../host/index.ts'
import { clfTime } from '../http.ts'
import type { NginxDirective } from './directives.ts'
import type { NginxLog } from './log.ts'
import type { Location, VirtualServer } from './servers.ts'

const REASONS: Record<number, string> = {
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  401: 'Authorization Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}

/** The page that nginx makes for a status (ngx_http_special_response.c). */
function page(version: string, code: number): string {
  const text = `${code} ${REASONS[code] ?? ''}`
  return `<html>\r\n<head><title>${text}</title></head>\r\n<body>\r\n<center><h1>${text}</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`
}

/** The answer that is only such a page. */
export const errorResponse = (version: string, code: number): HttpResponse => ({
  status: code,
  headers: { 'content-type': 'text/html' },
  body: code === 204 || code === 444 ? '' : page(version, code),
})

/** A request in the server and location that answer it. */
export class Exchange {
  /** Directives in force: the server's, then the location's. */
  readonly scope: readonly NginxDirective[]

  constructor(
    readonly p: Process,
    readonly version: string,
    private readonly log: NginxLog,
    readonly server: VirtualServer,
    readonly location: Location | undefined,
    /** The request's path, decoded and without its query. */
    readonly path: string,
    readonly r: HttpRequest,
    readonly peer: Peer,
  ) {
    this.scope = [...server.directives.filter((d) => d.name !== 'location'), ...(location?.directives ?? [])]
  }

  /** Host header as sent. */
  get host(): string {
    return this.r.headers?.host ?? ''
  }

  page(code: number): string {
    return page(this.version, code)
  }

  error(code: number): HttpResponse {
    return errorResponse(this.version, code)
  }

  /** A line in the error log, ending as ngx_http_log_error_handler ends it; `more` stands before the host. */
  logError(text: string, serverName: string, more = ''): void {
    this.log.error(
      'error',
      `29#29: *1 ${text}, client: ${this.peer.ip}, server: ${serverName}, request: "${this.r.method} ${this.r.path} HTTP/1.1"${more}, host: "${this.host}"`,
    )
  }

  /** A text of the configuration with its variables filled in. */
  expand(text: string): string {
    const { r, peer, p, host } = this
    const vars: Record<string, string> = {
      host: host.split(':')[0],
      http_host: host,
      hostname: p.hostname,
      request_uri: r.path,
      uri: r.path.split('?')[0],
      remote_addr: peer.ip,
      remote_port: String(peer.port),
      server_addr: p.net.addresses()[0] ?? '127.0.0.1',
      scheme: 'http',
      request_method: r.method,
      args: r.path.split('?')[1] ?? '',
      time_local: clfTime(p.now()),
      http_user_agent: r.headers?.['user-agent'] ?? '',
    }
    return text.replace(
      /\$\{?([a-z_0-9]+)\}?/g,
      (all, name) =>
        vars[name] ?? (name.startsWith('http_') ? (r.headers?.[name.slice(5).replaceAll('_', '-')] ?? '') : all),
    )
  }
}
