import { type HttpRequest, type HttpResponse, type Peer, type Process, SysError } from '../../../host/index.ts'
import { type NginxDirective, own } from './directives.ts'
import { Exchange, errorResponse } from './exchange.ts'
import { NginxLog } from './log.ts'
import { proxy } from './proxy.ts'
import { locationFor, type NginxConfig, readConfig, serverFor, type VirtualServer } from './servers.ts'
import { defaultType, serveStatic } from './static.ts'

/** Internal redirects (try_files, error_page) after which nginx gives up. */
const MAX_REDIRECTS = 5

/** The nginx web server: static files, return, proxy_pass, name-based servers, by its real configuration files. */
export class Nginx {
  readonly log: NginxLog
  private config: NginxConfig = { directives: [], servers: [], upstreams: new Map() }
  /** Requests sent to upstream blocks so far: round robin. */
  private turn = 0
  private readonly listening = new Set<number>()

  constructor(
    private readonly p: Process,
    readonly version: string,
  ) {
    this.log = new NginxLog(p)
  }

  /** Its directives as last read. */
  get directives(): readonly NginxDirective[] {
    return this.config.directives
  }

  /** Reads the configuration. Throws NginxError and then keeps the old one. */
  load(): void {
    this.config = readConfig(this.p)
  }

  /** Opens the ports that the configuration names. Returns the text of a failure. */
  open(): string | undefined {
    for (const port of new Set(this.config.servers.flatMap((s) => s.ports.map((x) => x.port)))) {
      if (this.listening.has(port)) continue
      try {
        this.p.net.listen(this.p, { port, service: { name: 'nginx', http: (r, peer) => this.answer(r, peer, port) } })
        this.listening.add(port)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        return `bind() to 0.0.0.0:${port} failed (${error.code === 'EADDRINUSE' ? '98: Address already in use' : `13: ${error.strerror}`})`
      }
    }
    return undefined
  }

  private answer(r: HttpRequest, peer: Peer, port: number): HttpResponse {
    const host = (r.headers?.host ?? '').split(':')[0].toLowerCase()
    const server = serverFor(this.config.servers, port, host)
    let response = server ? this.serve(server, r, peer) : errorResponse(this.version, 404)
    if (server && response.status >= 400) response = this.errorPage(server, response, r, peer)
    const body = typeof response.body === 'string' ? response.body : ''
    const head = r.method === 'HEAD'
    this.log.access(r, peer, response.status, head ? 0 : body.length)
    return {
      ...response,
      headers: {
        server: `nginx/${this.version}`,
        date: new Date(this.p.now()).toUTCString(),
        'content-type': 'text/html',
        'content-length': String(body.length),
        connection: 'keep-alive',
        ...response.headers,
      },
      body: head ? '' : response.body,
    }
  }

  private serve(server: VirtualServer, r: HttpRequest, peer: Peer, depth = 0): HttpResponse {
    const path = decodeURI(r.path.split('?')[0])
    const location = locationFor(server, path)
    const here = location?.directives ?? []
    const x = new Exchange(this.p, this.version, this.log, server, location, path, r, peer)
    const added: Record<string, string> = {}
    for (const d of x.scope) if (d.name === 'add_header') added[d.args[0].toLowerCase()] = x.expand(d.args[1])
    const withAdded = (response: HttpResponse): HttpResponse => ({
      ...response,
      headers: { ...response.headers, ...added },
    })
    const back = own(here, 'return') ?? own(server.directives, 'return')
    if (back) return withAdded(returned(x, back))
    const pass = own(here, 'proxy_pass')
    if (pass) return proxy(x, location!, pass, (name) => this.nextOf(name))
    if (own(here, 'stub_status'))
      return {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: `Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n`,
      }
    if (r.method !== 'GET' && r.method !== 'HEAD') return x.error(405)
    return withAdded(
      serveStatic(x, (other) =>
        depth > MAX_REDIRECTS ? x.error(500) : this.serve(server, { ...r, path: other }, peer, depth + 1),
      ),
    )
  }

  /** The upstream block's server whose turn it is; undefined when there is no such block. */
  private nextOf(name: string): string | undefined {
    const group = this.config.upstreams.get(name)
    return group?.[this.turn++ % group.length]
  }

  private errorPage(server: VirtualServer, response: HttpResponse, r: HttpRequest, peer: Peer): HttpResponse {
    for (const d of server.directives) {
      if (d.name !== 'error_page' || !d.args.slice(0, -1).includes(String(response.status))) continue
      const shown = this.serve(server, { ...r, method: 'GET', path: d.args.at(-1)! }, peer, 1)
      if (shown.status === 200) return { ...shown, status: response.status }
    }
    return response
  }
}

/** The `return` directive. */
function returned(x: Exchange, d: NginxDirective): HttpResponse {
  const [first, text] = d.args
  if (!/^\d+$/.test(first)) return { status: 302, headers: { location: x.expand(first) }, body: x.page(302) }
  const code = Number(first)
  if (text === undefined) return x.error(code)
  const value = x.expand(text)
  if (code >= 300 && code < 400) return { status: code, headers: { location: value }, body: x.page(code) }
  return { status: code, headers: { 'content-type': defaultType(x.scope) }, body: value }
}
