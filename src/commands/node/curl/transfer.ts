import {
  answering,
  Blocked,
  type Connection,
  connect,
  type HttpRequest,
  type HttpResponse,
  lookup,
  type Peer,
  type Process,
  parseIp,
  starve,
  type TlsServer,
} from '../../../host/index.ts'
import { type Coro, sleep, waitFor } from '../../../kernel/index.ts'
import {
  type Certificate,
  matchesHost,
  matchesIp,
  OPENSSL_ERRORS,
  opensslVerify,
  parseCertsPem,
  tlsHandshake,
} from '../../../pki/index.ts'
import { helloLines, libraryOf, serverLines } from './handshake-lines.ts'

/** A record's header, in bytes. */
const TLS_HEADER = 5

/** A failed transfer: curl's exit status and its sentence. */
export class CurlError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

/** A URL with its defaults filled in; `path` carries the query. */
export interface Url {
  readonly scheme: string
  readonly host: string
  readonly port: number
  readonly path: string
  readonly userinfo: string | undefined
}

/** Without a scheme it is HTTP. Throws CurlError 3, or 1 for schemes that are not spoken. */
export function parseUrl(text: string): Url {
  const m =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?([/?][^#]*)?(?:#.*)?$/.exec(
      text,
    )
  if (!m || /\s/.test(text)) throw new CurlError(3, 'URL rejected: Malformed input to a URL function')
  const scheme = (m[1] ?? 'http').toLowerCase()
  if (scheme !== 'http' && scheme !== 'https') throw new CurlError(1, `Protocol "${scheme}" not supported`)
  if (m[3] === '') throw new CurlError(3, 'URL rejected: No host part in the URL')
  if (m[4] !== undefined && !/^\d{1,5}$/.test(m[4]))
    throw new CurlError(3, 'URL rejected: Port number was not a decimal number between 0 and 65535')
  const path = m[5] ?? '/'
  return {
    scheme,
    host: m[3],
    port: m[4] ? Number(m[4]) : scheme === 'https' ? 443 : 80,
    path: path.startsWith('?') ? `/${path}` : path,
    userinfo: m[2],
  }
}

interface Tls {
  readonly insecure: boolean
  readonly caPem: string | undefined
  readonly certPem: string | undefined
  readonly keyPem: string | undefined
}

/** One request and how it is to be made; times in virtual ms. */
export interface Plan {
  readonly url: Url
  readonly request: HttpRequest
  readonly tls: Tls
  /** ms; undefined: none. */
  readonly connectTimeout: number | undefined
  readonly deadline: number | undefined
  /** Virtual ms at which the transfer began. */
  readonly start: number
  /** `--resolve`: host:port → address. */
  readonly resolve: ReadonlyMap<string, string>
  readonly sourceIp: string | undefined
  /** `* LINE` of -v. */
  readonly note: (line: string) => void
  /** The line of -v that counts bytes. */
  readonly data: (direction: 'in' | 'out', bytes: number) => void
  /** `> LINE`s of -v. */
  readonly sent: (http2: boolean) => void
}

/** What a request came to. */
export interface Transfer {
  readonly response: HttpResponse
  readonly ip: string
  readonly localIp: string
  readonly http2: boolean
  readonly lookupMs: number
  readonly connectMs: number
  readonly connection: Extract<Connection, { outcome: 'open' }>
  readonly chain: readonly Certificate[]
}

/** Resolves, connects, shakes hands and sends one request. Throws CurlError. */
export function* transfer(p: Process, plan: Plan): Coro<Transfer> {
  const { url, note } = plan
  const { kernel } = p.host
  const since = (): number => kernel.now() - plan.start
  const ip = plan.resolve.get(`${url.host}:${url.port}`) ?? (yield* resolve(p, plan))
  const lookupMs = since()
  if (parseIp(url.host) === undefined) note(`Host ${url.host}:${url.port} was resolved.\n* IPv6: (none)\n* IPv4: ${ip}`)
  note(`  Trying ${ip}:${url.port}...`)
  const limits = [plan.connectTimeout, plan.deadline].filter((x): x is number => x !== undefined)
  const budget = limits.length > 0 ? Math.max(1, Math.min(...limits) - since()) : undefined
  const c = yield* connect(p, ip, url.port, budget, { sourceIp: plan.sourceIp })
  if (c.outcome === 'failed') {
    if (c.error === 'timeout')
      throw new CurlError(28, `Connection timed out after ${since() + 1 + (since() > 2500 ? 1 : 0)} milliseconds`)
    note(
      `connect to ${ip} port ${url.port} from ${p.net.addresses()[0] ?? '0.0.0.0'} port ${40000 + (p.pid % 9999)} failed: ${WORDS[c.error]}`,
    )
    note(`Failed to connect to ${url.host} port ${url.port} after ${since()} ms: Could not connect to server`)
    note('closing connection #0')
    throw new CurlError(
      c.error === 'ETIMEDOUT' ? 28 : 7,
      `Failed to connect to ${url.host} port ${url.port} after ${since()} ms: Could not connect to server`,
    )
  }
  const connectMs = since()
  const { service } = c.socket
  if (!(yield* answering(c.socket, plan.deadline === undefined ? undefined : plan.start + plan.deadline)))
    throw new CurlError(
      28,
      url.scheme === 'https'
        ? `Connection timed out after ${since()} milliseconds`
        : `Operation timed out after ${since()} milliseconds with 0 bytes received`,
    )
  const server = service.tls?.()
  let peer: Peer = c.peer
  let chain: readonly Certificate[] = []
  let http2 = false
  if (url.scheme === 'https') {
    const shaken = yield* handshake(p, plan, c, server)
    peer = shaken.peer
    chain = shaken.chain
    http2 = server?.library !== 'openssl' && !/nginx|httpd|apache/.test(service.name)
    note(`Connected to ${url.host} (${ip}) port ${url.port}`)
    note(http2 ? 'using HTTP/2' : 'using HTTP/1.x')
    if (http2) for (const line of streamLines(plan)) note(line)
  } else {
    note(`Connected to ${url.host} (${ip}) port ${url.port}`)
    note('using HTTP/1.x')
    if (server?.library === 'openssl') throw new CurlError(56, 'Recv failure: Connection reset by peer')
    if (server) {
      // Go's servers answer plain HTTP on their TLS port with this text.
      const response: HttpResponse = {
        status: 400,
        headers: {},
        body: 'Client sent an HTTP request to an HTTPS server.\n',
      }
      return { response, ip, localIp: c.peer.ip, http2: false, lookupMs, connectMs, connection: c, chain }
    }
  }
  if (url.scheme === 'https' && !http2) plan.data('out', TLS_HEADER)
  plan.sent(http2)
  const { after } = libraryOf(server)
  if (url.scheme === 'https' && after.length > 0) {
    plan.data('in', TLS_HEADER)
    for (const line of after) note(line)
  } else note('Request completely sent off')
  const response = yield* exchange(p, plan, c, peer)
  return { response, ip, localIp: c.peer.ip, http2, lookupMs, connectMs, connection: c, chain }
}

/** nghttp2's view of the request. */
function streamLines({ url, request }: Plan): string[] {
  const authority = request.headers?.host ?? url.host
  const head = [
    [':method', request.method],
    [':scheme', 'https'],
    [':authority', authority],
    [':path', url.path],
    ...Object.entries(request.headers ?? {}).filter(([k]) => k !== 'host'),
  ]
  return [
    `[HTTP/2] [1] OPENED stream for https://${url.host}:${url.port}${url.path}`,
    ...head.map(([k, v]) => `[HTTP/2] [1] [${k}: ${v}]`),
  ]
}

const WORDS = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ETIMEDOUT: 'Connection timed out',
}

function* resolve(p: Process, plan: Plan): Coro<string> {
  const { host } = plan.url
  if (parseIp(host) !== undefined) return host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '')
  const limits = [plan.connectTimeout, plan.deadline].filter((x): x is number => x !== undefined)
  const { kernel } = p.host
  const task = kernel.spawn('resolve', lookup(p, host))
  const until = limits.length > 0 ? plan.start + Math.min(...limits) : undefined
  while (task.state === 'running') {
    yield* waitFor(task.ended, until)
    if (until !== undefined && kernel.now() >= until && task.state === 'running')
      throw new CurlError(28, `Resolving timed out after ${kernel.now() - plan.start + 1} milliseconds`)
  }
  if (task.state === 'failed') throw task.error
  const result = task.result!
  if (!result.ok) {
    plan.note(`Could not resolve host: ${host}`)
    throw new CurlError(6, `Could not resolve host: ${host}`)
  }
  return result.ips[0]
}

const VERIFY_HELP = `
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the webpage mentioned above.`

const ALERTS: Record<string, string> = {
  'certificate required': '0A00045C:SSL routines::tlsv13 alert certificate required',
  'bad certificate': '0A000412:SSL routines::ssl/tls alert bad certificate',
  'unknown certificate authority': '0A000418:SSL routines::tlsv1 alert unknown ca',
  'expired certificate': '0A000415:SSL routines::ssl/tls alert certificate expired',
}

function* handshake(
  p: Process,
  plan: Plan,
  c: Extract<Connection, { outcome: 'open' }>,
  server: TlsServer | undefined,
): Coro<{ peer: Peer; chain: readonly Certificate[] }> {
  if (!server) throw new CurlError(35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number')
  if (c.blackhole) {
    // The certificates do not fit into one packet that would pass.
    yield* starve(p, c, plan.deadline === undefined ? undefined : plan.start + plan.deadline)
    throw new CurlError(28, `SSL connection timeout`)
  }
  const host = plan.url.host
  for (const line of helloLines(server)) plan.note(line)
  const socketNow = c.socket.process?.now() ?? p.host.kernel.now()
  const { caPem, certPem, keyPem, insecure } = plan.tls
  const hello = tlsHandshake(
    server,
    { caPem, certPem, keyPem, serverName: host, insecure: true, stack: 'openssl' },
    socketNow,
    p.now(),
  )
  const [leaf, ...intermediates] = hello.serverChain
  const alert = /remote error: tls: (.*)/.exec(hello.clientError ?? '')?.[1]
  if (alert === 'internal error' || !leaf)
    throw new CurlError(35, 'TLS connect error: error:0A000438:SSL routines::tlsv1 alert internal error')
  if (hello.local) throw new CurlError(58, `unable to set private key file: '${host}' type PEM`)
  const roots = caPem === undefined ? [] : parseCertsPem(caPem)
  const { code } = opensslVerify(leaf, { trusted: roots, untrusted: intermediates, now: p.now(), purpose: 'sslserver' })
  for (const line of serverLines(server, leaf, code, insecure)) plan.note(line)
  if (!insecure) {
    const bad = (message: string, alertText: string): never => {
      server.onError?.(`${c.peer.ip}:${c.peer.port}`, `remote error: tls: ${alertText}`)
      throw new CurlError(60, message + VERIFY_HELP)
    }
    if (code !== 0)
      bad(
        `SSL certificate problem: ${OPENSSL_ERRORS[code] ?? 'certificate verify failed'}`,
        code === 10 ? 'expired certificate' : 'unknown certificate authority',
      )
    const isIp = parseIp(host) !== undefined && host !== 'localhost'
    if (isIp ? !matchesIp(leaf, host) : !matchesHost(leaf, host))
      bad(
        `SSL: no alternative certificate subject name matches target ${isIp ? 'ipv4 address' : 'hostname'} '${host}'`,
        'bad certificate',
      )
  }
  if (hello.serverError) server.onError?.(`${c.peer.ip}:${c.peer.port}`, hello.serverError)
  if (alert)
    throw new CurlError(
      56,
      `OpenSSL SSL_read: OpenSSL/3.5.6: error:${ALERTS[alert] ?? ALERTS['bad certificate']}, errno 0`,
    )
  return {
    peer: { ...c.peer, serverName: host, certPem: hello.clientChain.length > 0 ? certPem : undefined },
    chain: hello.serverChain,
  }
}

function* exchange(
  p: Process,
  plan: Plan,
  c: Extract<Connection, { outcome: 'open' }>,
  peer: Peer,
): Coro<HttpResponse> {
  const { service } = c.socket
  const { kernel } = p.host
  const end = plan.deadline === undefined ? undefined : plan.start + plan.deadline
  if (service.reset) throw new CurlError(56, 'Recv failure: Connection reset by peer')
  if (!service.http) {
    if (service.dns || service.custom !== undefined || service.text)
      throw new CurlError(
        service.text ? 1 : 52,
        service.text ? 'Received HTTP/0.9 when not allowed' : 'Empty reply from server',
      )
    throw new CurlError(52, 'Empty reply from server')
  }
  let giveUp: Blocked | undefined
  for (;;) {
    try {
      const response = service.http(plan.request, peer)
      if (c.rtt >= 1) yield* sleep(kernel, Math.round(c.rtt))
      return response
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      giveUp ??= error
      const limit = Math.min(giveUp.until ?? Number.POSITIVE_INFINITY, end ?? Number.POSITIVE_INFINITY)
      yield {
        on: [error.retry, ...(c.socket.process ? [c.socket.process.exited] : [])],
        until: Number.isFinite(limit) ? limit : undefined,
      }
      const now = kernel.now()
      if (c.socket.process?.status) throw new CurlError(52, 'Empty reply from server')
      if (giveUp.until !== undefined && now >= giveUp.until && giveUp.answer) {
        const answer = giveUp.answer()
        if (answer.status !== 0) return answer
        throw new CurlError(92, 'HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)')
      }
      if (end !== undefined && now >= end)
        throw new CurlError(28, `Operation timed out after ${now - plan.start} milliseconds with 0 bytes received`)
    }
  }
}
