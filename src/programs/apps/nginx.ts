import { TransportError } from '../../api/types.ts'
import {
  type FsView,
  type HttpRequest,
  type HttpResponse,
  type Peer,
  type Process,
  type Program,
  SysError,
} from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { connectNow, exchangeNow, parseUrl } from '../lib/transport.ts'
import { execInPlace } from './exec-in-place.ts'
import { clfTime } from './http.ts'
import { type NginxDirective, NginxError, own, parseNginx } from './nginx-config.ts'
import { prepareDirs } from './nginx-dirs.ts'
import { resolveName } from './resolve.ts'

interface Location {
  readonly kind: '' | '=' | '^~' | '~' | '~*'
  readonly path: string
  readonly directives: readonly NginxDirective[]
}

interface VirtualServer {
  readonly ports: readonly { port: number; isDefault: boolean }[]
  readonly names: readonly string[]
  readonly directives: readonly NginxDirective[]
  readonly locations: readonly Location[]
}

const TYPES: Record<string, string> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
}
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

/** The nginx web server: static files, return, proxy_pass, name-based servers, by its real configuration files. */
class Nginx {
  /** Its directives as last read. */
  config: readonly NginxDirective[] = []
  private servers: VirtualServer[] = []
  private upstreams = new Map<string, string[]>()
  private turn = 0
  private readonly listening = new Set<number>()

  constructor(
    private readonly p: Process,
    readonly version: string,
  ) {}

  private get fs(): FsView {
    return this.p.fs
  }

  /** Reads the configuration. Throws NginxError. */
  load(): void {
    const main = '/etc/nginx/nginx.conf'
    let text: string
    try {
      text = this.fs.readFile(main, '/', this.p.creds)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      throw new NginxError(
        `open() "${main}" failed (${error.code === 'EACCES' ? '13: Permission denied' : '2: No such file or directory'})`,
      )
    }
    const top = parseNginx(main, text, (glob) => this.glob(glob))
    this.config = top
    if (!own(top, 'events')) throw new NginxError('no "events" section in configuration')
    const http = own(top, 'http')?.block ?? []
    const servers: VirtualServer[] = []
    const upstreams = new Map<string, string[]>()
    for (const d of http) {
      if (d.name === 'upstream')
        upstreams.set(
          d.args[0],
          (d.block ?? []).filter((x) => x.name === 'server').map((x) => x.args[0]),
        )
      if (d.name === 'server') servers.push(this.server(d))
    }
    for (const s of servers) for (const l of s.locations) this.checkProxy(l, upstreams)
    this.servers = servers
    this.upstreams = upstreams
  }

  private glob(pattern: string): [string, string][] {
    const path = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`
    const cut = path.lastIndexOf('/')
    const dir = this.fs.find(path.slice(0, cut) || '/')
    if (dir?.kind !== 'dir') return []
    const match = new RegExp(
      `^${path
        .slice(cut + 1)
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')}$`,
    )
    return this.fs
      .readdir(path.slice(0, cut) || '/')
      .filter(([name]) => match.test(name) && !name.startsWith('.'))
      .flatMap(([name]): [string, string][] => {
        const node = this.fs.find(`${path.slice(0, cut)}/${name}`)
        return node?.kind === 'file' ? [[`${path.slice(0, cut)}/${name}`, node.read()]] : []
      })
  }

  private server(d: NginxDirective): VirtualServer {
    const directives = d.block ?? []
    const ports = directives
      .filter((x) => x.name === 'listen')
      .map((x) => {
        const m = /^(?:\[::\]|[^:]*)?:?(\d+)?$/.exec(x.args[0])
        const port = /^\d+$/.test(x.args[0]) ? Number(x.args[0]) : Number(m?.[1] ?? 80)
        return { port, isDefault: x.args.includes('default_server') || x.args.includes('default') }
      })
    const locations: Location[] = []
    const collect = (list: readonly NginxDirective[]): void => {
      for (const x of list) {
        if (x.name !== 'location') continue
        const [a, b] = x.args
        locations.push({
          kind: (b === undefined ? '' : a) as Location['kind'],
          path: b ?? a,
          directives: x.block ?? [],
        })
        collect(x.block ?? [])
      }
    }
    collect(directives)
    return {
      ports: ports.length > 0 ? ports : [{ port: 80, isDefault: false }],
      names: directives.filter((x) => x.name === 'server_name').flatMap((x) => x.args),
      directives,
      locations,
    }
  }

  /** Names in proxy_pass are resolved when the configuration is read. */
  private checkProxy(l: Location, upstreams: Map<string, string[]>): void {
    const pass = own(l.directives, 'proxy_pass')
    if (!pass || pass.args[0].includes('$')) return
    const { host } = parseUrl(pass.args[0])
    const hosts = upstreams.get(host) ?? [host]
    for (const h of hosts)
      if (!upstreams.has(host) && resolveName(this.p, h.split(':')[0]) === undefined)
        throw new NginxError(`host not found in upstream "${h}" in ${pass.file}:${pass.line}`)
  }

  /** Opens the ports that the configuration names. Returns the text of a failure. */
  open(): string | undefined {
    for (const port of new Set(this.servers.flatMap((s) => s.ports.map((x) => x.port)))) {
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
    const here = this.servers.filter((s) => s.ports.some((x) => x.port === port))
    const server =
      here.find((s) => s.names.some((n) => matches(n, host))) ??
      here.find((s) => s.ports.some((x) => x.port === port && x.isDefault)) ??
      here[0]
    let response = server ? this.serve(server, r, peer) : this.error(404)
    if (server && response.status >= 400) response = this.errorPage(server, response, r, peer)
    const body = typeof response.body === 'string' ? response.body : ''
    const head = r.method === 'HEAD'
    this.log(r, peer, response.status, head ? 0 : body.length)
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

  private log(r: HttpRequest, peer: Peer, status: number, bytes: number): void {
    const line = `${peer.ip} - - [${clfTime(this.p.now())}] "${r.method} ${r.path} HTTP/1.1" ${status} ${bytes} "${r.headers?.referer ?? '-'}" "${r.headers?.['user-agent'] ?? '-'}" "${r.headers?.['x-forwarded-for'] ?? '-'}"\n`
    this.write('/var/log/nginx/access.log', line, 'stdout')
  }

  logError(level: string, text: string): void {
    const d = new Date(this.p.now()).toISOString()
    this.write(
      '/var/log/nginx/error.log',
      `${d.slice(0, 10).replaceAll('-', '/')} ${d.slice(11, 19)} [${level}] ${text}\n`,
      'stderr',
    )
  }

  /** The image links its logs to /dev/stdout and /dev/stderr. */
  private write(path: string, line: string, stream: 'stdout' | 'stderr'): void {
    let node: ReturnType<FsView['lresolve']> | undefined
    try {
      node = this.fs.lresolve(path)
    } catch {
      node = undefined
    }
    if (!node || (node.kind === 'symlink' && node.target.startsWith('/dev/'))) {
      if (!this.p.status) this.p[stream].write(line)
      return
    }
    try {
      this.fs.writeFile(path, line, { append: true })
    } catch {
      // a full or read-only disk loses the line
    }
  }

  private location(s: VirtualServer, path: string): Location | undefined {
    const exact = s.locations.find((l) => l.kind === '=' && l.path === path)
    if (exact) return exact
    const prefix = s.locations
      .filter((l) => (l.kind === '' || l.kind === '^~') && path.startsWith(l.path))
      .sort((a, b) => b.path.length - a.path.length)[0]
    if (prefix?.kind === '^~') return prefix
    const regex = s.locations.find(
      (l) => (l.kind === '~' || l.kind === '~*') && new RegExp(l.path, l.kind === '~*' ? 'i' : '').test(path),
    )
    return regex ?? prefix
  }

  private serve(s: VirtualServer, r: HttpRequest, peer: Peer, depth = 0): HttpResponse {
    const path = decodeURI(r.path.split('?')[0])
    const l = this.location(s, path)
    const scope = [...s.directives.filter((d) => d.name !== 'location'), ...(l?.directives ?? [])]
    const headers: Record<string, string> = {}
    for (const d of scope)
      if (d.name === 'add_header') headers[d.args[0].toLowerCase()] = this.expand(d.args[1], r, peer)
    const back = own(l?.directives ?? [], 'return') ?? own(s.directives, 'return')
    if (back) {
      const response = this.returned(back, r, peer, scope)
      return { ...response, headers: { ...response.headers, ...headers } }
    }
    const pass = own(l?.directives ?? [], 'proxy_pass')
    if (pass) return this.proxy(pass, l!, r, peer)
    if (own(l?.directives ?? [], 'stub_status'))
      return {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: `Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n`,
      }
    if (r.method !== 'GET' && r.method !== 'HEAD') return this.error(405)
    const response = this.file(scope, l, path, r, peer, s, depth)
    return { ...response, headers: { ...response.headers, ...headers } }
  }

  private expand(text: string, r: HttpRequest, peer: Peer): string {
    const host = r.headers?.host ?? ''
    const vars: Record<string, string> = {
      host: host.split(':')[0],
      http_host: host,
      hostname: this.p.hostname,
      request_uri: r.path,
      uri: r.path.split('?')[0],
      remote_addr: peer.ip,
      remote_port: String(peer.port),
      server_addr: this.p.net.addresses()[0] ?? '127.0.0.1',
      scheme: 'http',
      request_method: r.method,
      args: r.path.split('?')[1] ?? '',
      time_local: clfTime(this.p.now()),
      http_user_agent: r.headers?.['user-agent'] ?? '',
    }
    return text.replace(
      /\$\{?([a-z_0-9]+)\}?/g,
      (all, name) =>
        vars[name] ?? (name.startsWith('http_') ? (r.headers?.[name.slice(5).replaceAll('_', '-')] ?? '') : all),
    )
  }

  private returned(d: NginxDirective, r: HttpRequest, peer: Peer, scope: readonly NginxDirective[]): HttpResponse {
    const [first, text] = d.args
    if (!/^\d+$/.test(first))
      return { status: 302, headers: { location: this.expand(first, r, peer) }, body: this.page(302) }
    const code = Number(first)
    if (text === undefined) return this.error(code)
    const value = this.expand(text, r, peer)
    if (code >= 300 && code < 400) return { status: code, headers: { location: value }, body: this.page(code) }
    const type = own(scope, 'default_type')?.args[0] ?? 'application/octet-stream'
    return { status: code, headers: { 'content-type': type }, body: value }
  }

  private file(
    scope: readonly NginxDirective[],
    l: Location | undefined,
    path: string,
    r: HttpRequest,
    peer: Peer,
    s: VirtualServer,
    depth: number,
  ): HttpResponse {
    const alias = l && own(l.directives, 'alias')?.args[0]
    const root = own(scope, 'root')?.args[0] ?? '/etc/nginx/html'
    const full = alias ? alias + path.slice(l.path.length) : `${root.replace(/\/$/, '')}${path}`
    const tries = own(scope, 'try_files')?.args
    if (tries) {
      for (const t of tries.slice(0, -1)) {
        const file = `${root}${this.expand(t, r, peer)}`
        const node = this.fs.find(file)
        if (t.endsWith('/') ? node?.kind === 'dir' : node?.kind === 'file') return this.send(file, scope)
      }
      const last = tries.at(-1)!
      if (last.startsWith('=')) return this.error(Number(last.slice(1)))
      return depth > 5 ? this.error(500) : this.serve(s, { ...r, path: this.expand(last, r, peer) }, peer, depth + 1)
    }
    const node = this.fs.find(full)
    if (node?.kind === 'dir') {
      if (!path.endsWith('/'))
        return { status: 301, headers: { location: `http://${r.headers?.host ?? ''}${path}/` }, body: this.page(301) }
      for (const index of own(scope, 'index')?.args ?? ['index.html'])
        if (this.fs.find(`${full}${index}`)?.kind === 'file') return this.send(`${full}${index}`, scope)
      if (own(scope, 'autoindex')?.args[0] === 'on') return this.listing(full, path)
      this.logError(
        'error',
        `29#29: *1 directory index of "${full}" is forbidden, client: ${peer.ip}, server: ${s.names[0] ?? ''}, request: "${r.method} ${r.path} HTTP/1.1", host: "${r.headers?.host ?? ''}"`,
      )
      return this.error(403)
    }
    if (!node) {
      this.logError(
        'error',
        `29#29: *1 open() "${full}" failed (2: No such file or directory), client: ${peer.ip}, server: ${s.names[0] ?? ''}, request: "${r.method} ${r.path} HTTP/1.1", host: "${r.headers?.host ?? ''}"`,
      )
      return this.error(404)
    }
    return this.send(full, scope)
  }

  private send(path: string, scope: readonly NginxDirective[]): HttpResponse {
    const node = this.fs.find(path)
    if (node?.kind !== 'file') return this.error(404)
    // Workers run as user nginx.
    if ((node.mode & 0o004) === 0 && node.uid !== this.p.creds.uid && this.p.creds.uid === 0) return this.error(403)
    const ext = /\.([a-z0-9]+)$/.exec(path)?.[1] ?? ''
    const type = TYPES[ext] ?? own(scope, 'default_type')?.args[0] ?? 'application/octet-stream'
    return { status: 200, headers: { 'content-type': type, 'accept-ranges': 'bytes' }, body: node.read() }
  }

  private listing(dir: string, path: string): HttpResponse {
    const rows = this.fs
      .readdir(dir)
      .map(
        ([name, node]) =>
          `<a href="${name}${node.kind === 'dir' ? '/' : ''}">${name}${node.kind === 'dir' ? '/' : ''}</a>\n`,
      )
    return {
      status: 200,
      body: `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\n${rows.join('')}</pre><hr></body>\r\n</html>\r\n`,
    }
  }

  private proxy(d: NginxDirective, l: Location, r: HttpRequest, peer: Peer): HttpResponse {
    const url = parseUrl(this.expand(d.args[0], r, peer))
    const group = this.upstreams.get(url.host)
    const target = group ? group[this.turn++ % group.length] : `${url.host}:${url.port}`
    const [host, port] = target.split(':')
    const hasPath = /^https?:\/\/[^/]+\//.test(d.args[0])
    const path = hasPath ? `${url.path.replace(/\/$/, '')}/${r.path.slice(l.path.length).replace(/^\//, '')}` : r.path
    const ip = resolveName(this.p, host)
    const failed = (status: number, text: string): HttpResponse => {
      this.logError(
        'error',
        `29#29: *1 ${text} while connecting to upstream, client: ${peer.ip}, server: , request: "${r.method} ${r.path} HTTP/1.1", upstream: "${url.scheme}://${ip ?? host}:${port ?? 80}${path}", host: "${r.headers?.host ?? ''}"`,
      )
      return this.error(status)
    }
    if (ip === undefined) return failed(502, `${host} could not be resolved (3: Host not found)`)
    try {
      const connection = connectNow(
        this.p,
        { host, port: Number(port ?? 80), tls: url.scheme === 'https' ? { insecure: true } : undefined },
        this.p.net,
        ip,
      )
      const own = l.directives
        .filter((x) => x.name === 'proxy_set_header')
        .map((x) => [x.args[0].toLowerCase(), this.expand(x.args[1], r, peer)])
      const response = exchangeNow(connection, {
        ...r,
        path,
        headers: { ...r.headers, host, ...Object.fromEntries(own) },
      })
      return { ...response, headers: { ...response.headers } }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      return error.kind === 'refused'
        ? failed(502, 'connect() failed (111: Connection refused)')
        : error.kind === 'unreachable'
          ? failed(502, 'connect() failed (113: No route to host)')
          : failed(504, 'upstream timed out (110: Operation timed out)')
    }
  }

  private page(code: number): string {
    const text = `${code} ${REASONS[code] ?? ''}`
    return `<html>\r\n<head><title>${text}</title></head>\r\n<body>\r\n<center><h1>${text}</h1></center>\r\n<hr><center>nginx/${this.version}</center>\r\n</body>\r\n</html>\r\n`
  }

  private error(code: number): HttpResponse {
    return {
      status: code,
      headers: { 'content-type': 'text/html' },
      body: code === 204 || code === 444 ? '' : this.page(code),
    }
  }

  private errorPage(s: VirtualServer, response: HttpResponse, r: HttpRequest, peer: Peer): HttpResponse {
    for (const d of s.directives) {
      if (d.name !== 'error_page' || !d.args.slice(0, -1).includes(String(response.status))) continue
      const page = this.serve(s, { ...r, method: 'GET', path: d.args.at(-1)! }, peer, 1)
      if (page.status === 200) return { ...page, status: response.status }
    }
    return response
  }
}

const matches = (pattern: string, host: string): boolean =>
  pattern === host ||
  (pattern.startsWith('*.') && host.endsWith(pattern.slice(1))) ||
  (pattern.endsWith('.*') && host.startsWith(pattern.slice(0, -1))) ||
  (pattern === '_' && host === '_')

const versionOf = (p: Process): string => p.env.NGINX_VERSION ?? '1.29.3'

/** /usr/sbin/nginx */
export const nginx: Program = {
  name: 'nginx',
  *main(p) {
    yield* sleep(p.host.kernel, 15)
    const version = versionOf(p)
    if (p.argv.includes('-v')) {
      p.stderr.write(`nginx version: nginx/${version}\n`)
      return 0
    }
    const server = new Nginx(p, version)
    const testing = p.argv.includes('-t') || p.argv.includes('-T')
    const stamp = (): string => new Date(p.now()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
    try {
      server.load()
    } catch (error) {
      if (!(error instanceof NginxError)) throw error
      if (testing)
        p.stderr.write(`nginx: [emerg] ${error.message}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n`)
      else p.stderr.write(`${stamp()} [emerg] 1#1: ${error.message}\nnginx: [emerg] ${error.message}\n`)
      return 1
    }
    const emerg = (text: string): number => {
      p.stderr.write(`${testing ? '' : `${stamp()} [emerg] 1#1: ${text}\n`}nginx: [emerg] ${text}\n`)
      return 1
    }
    const starting = !p.argv.includes('-s')
    const obstacle =
      starting &&
      prepareDirs(p, server.config, (text) =>
        p.stderr.write(`${testing ? '' : `${stamp()} [warn] 1#1: ${text}\n`}nginx: [warn] ${text}\n`),
      )
    if (obstacle) return emerg(obstacle)
    if (testing) {
      p.stderr.write(
        'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
      )
      return 0
    }
    const s = p.argv.indexOf('-s')
    if (s >= 0) return signal(p, p.argv[s + 1])
    return yield* serve(p, server)
  },
}

/** `nginx -s reload`: signals the master process of this container. */
function signal(p: Process, what: string): number {
  const name = { reload: 'SIGHUP', stop: 'SIGTERM', quit: 'SIGQUIT', reopen: 'SIGUSR1' }[what]
  if (!name) {
    p.stderr.write(`nginx: invalid option: "-s ${what}"\n`)
    return 1
  }
  for (const other of p.host.processes.values())
    if (other !== p && other.cgroup === p.cgroup && /nginx/.test(other.program.name) && !other.argv.includes('-s'))
      other.kill(name)
  const d = new Date(p.now()).toISOString()
  p.stderr.write(
    `${d.slice(0, 10).replaceAll('-', '/')} ${d.slice(11, 19)} [notice] ${p.containerPid ?? p.pid}#${p.containerPid ?? p.pid}: signal process started\n`,
  )
  return 0
}

function* serve(p: Process, server: Nginx): Coro<number> {
  const problem = server.open()
  if (problem) {
    server.logError('emerg', `1#1: ${problem}`)
    p.stderr.write(`nginx: [emerg] ${problem}\n`)
    return 1
  }
  p.rss = 9 << 20
  const notice = (text: string): void => server.logError('notice', `1#1: ${text}`)
  const kernel = (p.net as any).sysctls?.get('kernel.osrelease') ?? '6.8.0-57-generic'
  notice('using the "epoll" event method')
  notice(`nginx/${server.version}`)
  notice('built by gcc 14.2.0 (Debian 14.2.0-19)')
  notice(`OS: Linux ${kernel}`)
  notice('getrlimit(RLIMIT_NOFILE): 1048576:1048576')
  notice('start worker processes')
  for (let i = 0; i < p.host.cpus; i++) notice(`start worker process ${29 + i}`)
  const end = (signalName: string, number: number): void => {
    notice(`signal ${number} (${signalName}) received, ${signalName === 'SIGQUIT' ? 'shutting down' : 'exiting'}`)
    p.exit(0)
  }
  p.onSignal('SIGQUIT', () => end('SIGQUIT', 3))
  p.onSignal('SIGTERM', () => end('SIGTERM', 15))
  p.onSignal('SIGINT', () => end('SIGINT', 2))
  p.onSignal('SIGHUP', () => {
    notice('signal 1 (SIGHUP) received from 37, reconfiguring')
    notice('reconfiguring')
    try {
      server.load()
      const failure = server.open()
      if (failure) server.logError('emerg', `1#1: ${failure}`)
      else notice('start worker processes')
    } catch (error) {
      if (!(error instanceof NginxError)) throw error
      server.logError('emerg', `1#1: ${error.message}`)
    }
  })
  return yield* p.park()
}

/** What `touch` finds out. */
function canModify(p: Process, path: string): boolean {
  try {
    p.fs.writeFile(path, p.fs.readFile(path), { creds: p.creds })
    return true
  } catch (error) {
    if (error instanceof SysError) return false
    throw error
  }
}

/** The image's /docker-entrypoint.sh: prints what it looks for, then runs the command in its place. */
export const nginxEntrypoint: Program = {
  name: 'nginx-entrypoint',
  *main(p) {
    const command = p.argv.slice(1)
    const [name] = command
    if (name === 'nginx' || name === 'nginx-debug') {
      const say = (text: string): void => p.stdout.write(`${text}\n`)
      const entry = '/docker-entrypoint.sh'
      say(`${entry}: /docker-entrypoint.d/ is not empty, will attempt to perform configuration`)
      say(`${entry}: Looking for shell scripts in /docker-entrypoint.d/`)
      say(`${entry}: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh`)
      const conf = '/etc/nginx/conf.d/default.conf'
      const first = '10-listen-on-ipv6-by-default.sh: info:'
      if (canModify(p, conf)) {
        say(`${first} Getting the checksum of ${conf}`)
        say(`${first} Enabled listen on IPv6 in ${conf}`)
      } else say(`${first} can not modify ${conf} (read-only file system?)`)
      say(`${entry}: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`)
      say(`${entry}: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`)
      say(`${entry}: Launching /docker-entrypoint.d/30-tune-worker-processes.sh`)
      say(`${entry}: Configuration complete; ready for start up`)
      yield* sleep(p.host.kernel, 30)
      p.argv = command
      return yield* nginx.main(p)
    }
    return yield* execInPlace(p, command)
  },
}
