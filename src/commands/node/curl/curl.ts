import {
  type HttpRequest,
  type HttpResponse,
  type Process,
  type Program,
  SysError,
  starve,
} from '../../../host/index.ts'
import { type Coro, sleep, utf8Length, waitFor } from '../../../kernel/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { httpDate } from '../lib/time.ts'
import { type CurlOptions, parseCurl } from './options.ts'
import { STATUS_TEXT } from './status-text.ts'
import { CurlError, type Plan, parseUrl, type Transfer, transfer, type Url } from './transfer.ts'

const VERSION =
  'curl 8.14.1 (x86_64-pc-linux-gnu) libcurl/8.14.1 OpenSSL/3.5.6 zlib/1.3.1 brotli/1.1.0 zstd/1.5.7 libidn2/2.3.8 libpsl/0.21.2 libssh2/1.11.1 nghttp2/1.64.0 nghttp3/1.8.0 librtmp/2.3 OpenLDAP/2.6.10\nRelease-Date: 2025-06-04, security patched: 8.14.1-2+deb13u2\n'
const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n'
const METER_ZERO = '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0'

/** curl 8.14: HTTP and HTTPS. */
export const curl: Program = command('curl', function* (c) {
  const o = parseCurl(c.args)
  if (o.has('version')) {
    c.out(VERSION)
    return 0
  }
  if (o.has('help')) {
    c.out('Usage: curl [options...] <url>\n')
    return 0
  }
  if (o.urls.length === 0)
    throw new Fail("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information", 2)
  let status = 0
  const outputs = o.list('output')
  for (let i = 0; i < o.urls.length; i++) {
    status = yield* retrying(
      c,
      o,
      o.urls[i],
      outputs[i] ?? (outputs.length === 1 && o.urls.length === 1 ? outputs[0] : undefined),
    )
  }
  return status
})

function* retrying(c: Command, o: CurlOptions, url: string, output: string | undefined): Coro<number> {
  const retries = Number(o.get('retry') ?? 0)
  for (let attempt = 0; ; attempt++) {
    const status = yield* one(c, o, url, output)
    const again =
      status === 28 ||
      status === 6 ||
      status === 56 ||
      (status === 7 && o.has('retry-connrefused')) ||
      (status !== 0 && o.has('retry-all-errors'))
    if (!again || attempt >= retries) return status
    const delay = Number(o.get('retry-delay') ?? Math.min(600, 2 ** attempt))
    if (!o.has('silent') || o.has('show-error'))
      c.err(
        `Warning: Problem: ${status === 28 ? 'timeout' : 'connection refused'}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. \nWarning: ${retries - attempt} ${retries - attempt === 1 ? 'retry' : 'retries'} left.\n`,
      )
    yield* sleep(c.host.kernel, delay * 1000)
  }
}

interface Report {
  code: number
  size: number
  transfer?: Transfer
  url: string
  redirects: number
  total: number
  start: number
  status: number
  error: string
  response?: HttpResponse
}

function* one(c: Command, o: CurlOptions, text: string, output: string | undefined): Coro<number> {
  const { kernel } = c.host
  const quiet = o.has('silent') || o.has('no-progress-meter')
  const target = o.has('remote-name') || o.has('remote-name-all') ? remoteName(text) : output
  const meter = !quiet && !(c.p.stdout.isTty && target === undefined)
  const report: Report = {
    code: 0,
    size: 0,
    url: text,
    redirects: 0,
    total: 0,
    start: kernel.now(),
    status: 0,
    error: '',
  }
  if (meter) c.err(METER_HEAD + METER_ZERO)
  try {
    yield* run(c, o, text, target, report, meter)
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    report.status = error.code
    report.error = error.message
    report.total = kernel.now() - report.start
    if (meter) c.err(`${spent(report.total)}\n`)
    if (!o.has('silent') || o.has('show-error')) c.err(`curl: (${error.code}) ${error.message}\n`)
  }
  const format = o.get('write-out')
  if (format !== undefined) c.out(writeOut(format.startsWith('@') ? readFile(c.p, format.slice(1)) : format, report))
  return report.status
}

/** The meter's repetition while nothing arrives, once a second. */
function spent(ms: number): string {
  let text = METER_ZERO
  for (let s = 1; s <= Math.min(600, Math.floor(ms / 1000)); s++)
    text += `\r  0     0    0     0    0     0      0      0 --:--:--  0:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')} --:--:--     0`
  return text
}

const readFile = (p: Process, path: string): string => {
  try {
    return p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new CurlError(26, `Failed to open ${path}`)
  }
}

function remoteName(text: string): string {
  const name =
    text
      .replace(/[?#].*/, '')
      .replace(/^[a-z]+:\/\/[^/]*/, '')
      .split('/')
      .pop() ?? ''
  if (name === '')
    throw new Fail(
      'curl: Remote file name has no length!\ncurl: (23) Failed writing received data to disk/application',
      23,
    )
  return name
}

function* run(
  c: Command,
  o: CurlOptions,
  text: string,
  target: string | undefined,
  report: Report,
  meter: boolean,
): Coro {
  const { kernel } = c.host
  const seconds = (name: string): number | undefined =>
    o.has(name) ? Math.round(Number(o.get(name)) * 1000) : undefined
  let address = text
  let method =
    o.get('request') ??
    (o.has('head') ? 'HEAD' : o.data.length > 0 && !o.has('get') ? 'POST' : o.has('upload-file') ? 'PUT' : 'GET')
  for (;;) {
    const url = withQuery(parseUrl(address), o, c.p)
    const request = buildRequest(c.p, o, url, method)
    const plan: Plan = {
      url,
      request,
      note: (line) => note(o, c, line),
      data: (direction, bytes) => counted(o, c, direction, bytes),
      sent: (http2) => {
        if (o.has('verbose')) traceRequest(c, request, http2)
      },
      start: report.start,
      tls: tlsFiles(c.p, o, url),
      connectTimeout: seconds('connect-timeout'),
      deadline: seconds('max-time'),
      resolve: new Map(
        o.list('resolve').map((r) => {
          const [host, port, ...ip] = r.replace(/^\+/, '').split(':')
          return [`${host}:${port}`, ip.join(':')] as const
        }),
      ),
      sourceIp: /^\d+\./.test(o.get('interface') ?? '') ? o.get('interface') : undefined,
    }
    const t = yield* transfer(c.p, plan)
    if (t.response.old) note(o, c, 'HTTP 1.0, assume close after body')
    if (o.has('verbose')) traceResponse(c, t)
    report.transfer = t
    report.response = t.response
    report.code = t.response.status
    report.url = address
    const location = header(t.response, 'location')
    if (o.has('location') && location !== undefined && [301, 302, 303, 307, 308].includes(t.response.status)) {
      if (report.redirects++ >= Number(o.get('max-redirs') ?? 50))
        throw new CurlError(47, `Maximum (${o.get('max-redirs') ?? 50}) redirects followed`)
      if (o.has('include') || o.has('head')) c.out(headText(t, kernel.now(), c))
      address = /^[a-z]+:\/\//.test(location) ? location : `${url.scheme}://${url.host}:${url.port}${location}`
      if (t.response.status === 303 || (method === 'POST' && t.response.status <= 302)) method = 'GET'
      continue
    }
    yield* deliver(c, o, plan, t, target, report, meter)
    return
  }
}

function* deliver(
  c: Command,
  o: CurlOptions,
  plan: Plan,
  t: Transfer,
  target: string | undefined,
  report: Report,
  meter: boolean,
): Coro {
  const { kernel } = c.host
  const { response } = t
  const body = plan.request.method === 'HEAD' ? '' : bodyText(response)
  const size = utf8Length(body)
  if (o.has('include') || o.has('head')) c.out(headText(t, c.host.clock.now(), c, size))
  if (o.has('dump-header')) {
    const path = o.get('dump-header')!
    if (path === '-') c.out(headText(t, c.host.clock.now(), c, size))
    else c.p.fs.writeFile(path, headText(t, c.host.clock.now(), c, size), { cwd: c.p.cwd, creds: c.p.creds })
  }
  if (o.has('fail') && response.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${response.status}`)
  if (t.connection.blackhole && size + 200 > t.connection.pathMtu) {
    yield* starve(c.p, t.connection, plan.deadline === undefined ? undefined : plan.start + plan.deadline)
    report.total = kernel.now() - report.start
    const problem = `Operation timed out after ${report.total + 2} milliseconds with 0 out of ${size} bytes received`
    note(o, c, problem)
    note(o, c, 'closing connection #0')
    throw new CurlError(28, problem)
  }
  report.size = size
  if (size > 0) counted(o, c, 'in', size)
  write(c, target, body)
  report.total = kernel.now() - report.start
  if (meter) {
    const shown = String(size).padStart(5)
    if (plan.request.method === 'HEAD') {
      const announced = header(response, 'content-length') ?? String(utf8Length(bodyText(response)))
      c.err(`\r  0 ${announced.padStart(5)}    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n`)
      return
    }
    c.err(
      `\r100 ${shown}  100 ${shown}    0     0  ${String(Math.round(size / Math.max(0.002, report.total / 1000))).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${String(Math.round(size / 0.002)).padStart(5)}\n`,
    )
  }
  if (response.stream) yield* follow(c, plan, response.stream)
  parted(o, c, plan, t)
  if (o.has('fail-with-body') && response.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${response.status}`)
}

/** A line of -v. How many bytes went by is for those only who do not see the bytes themselves. */
function note(o: CurlOptions, c: Command, line: string): void {
  if (o.has('verbose')) c.err(`* ${c.p.stdout.isTty ? line.replace(/\n[{}] \[.*/, '') : line}\n`)
}

function counted(o: CurlOptions, c: Command, direction: 'in' | 'out', bytes: number): void {
  if (o.has('verbose') && !c.p.stdout.isTty) c.err(`${direction === 'in' ? '{' : '}'} [${bytes} bytes data]\n`)
}

/** What -v says of a connection at the end: kept, or closed because one side wants that. */
function parted(o: CurlOptions, c: Command, plan: Plan, t: Transfer): void {
  const closes = t.response.old || header(t.response, 'connection')?.toLowerCase() === 'close'
  if (!closes) return note(o, c, `Connection #0 to host ${plan.url.host} left intact`)
  if (!t.response.old) {
    note(o, c, 'we are done reading and this is set to close, stop send')
    note(o, c, 'abort upload')
  }
  note(o, c, 'shutting down connection #0')
}

interface Stream {
  readonly closed: boolean
  readonly arrived: import('../../../kernel/index.ts').Signal
  take(): unknown
  cancel(): void
}

/** A watch or a followed log: one line an item until the server ends it. */
function* follow(c: Command, plan: Plan, stream: unknown): Coro {
  const s = stream as Stream
  if (typeof s.take !== 'function' || !s.arrived) return
  c.p.defer(() => s.cancel())
  for (;;) {
    for (let item = s.take(); item !== undefined; item = s.take())
      c.out(typeof item === 'string' ? item : `${JSON.stringify(item)}\n`)
    if (s.closed) return
    const until = plan.deadline === undefined ? undefined : plan.start + plan.deadline
    yield* waitFor(s.arrived, until)
    if (until !== undefined && c.host.kernel.now() >= until)
      throw new CurlError(
        28,
        `Operation timed out after ${c.host.kernel.now() - plan.start} milliseconds with 0 bytes received`,
      )
  }
}

function write(c: Command, target: string | undefined, body: string): void {
  if (target === undefined || target === '-') return c.out(body)
  try {
    c.p.fs.writeFile(target, body, { cwd: c.p.cwd, creds: c.p.creds })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    c.err(`Warning: Failed to open the file ${target}: ${error.strerror}\n`)
    throw new CurlError(23, 'client returned ERROR on write, 2 bytes were not written')
  }
}

function buildRequest(p: Process, o: CurlOptions, url: Url, method: string): HttpRequest {
  const standard = (url.scheme === 'http' && url.port === 80) || (url.scheme === 'https' && url.port === 443)
  const headers: Record<string, string> = {
    host: standard ? url.host : `${url.host}:${url.port}`,
    'user-agent': o.get('user-agent') ?? 'curl/8.14.1',
    accept: '*/*',
  }
  const credentials = o.get('user') ?? url.userinfo
  if (credentials !== undefined) headers.authorization = `Basic ${base64(credentials)}`
  if (o.has('oauth2-bearer')) headers.authorization = `Bearer ${o.get('oauth2-bearer')}`
  if (o.has('cookie')) headers.cookie = o.get('cookie')!
  if (o.has('referer')) headers.referer = o.get('referer')!
  let body: string | undefined
  if (o.data.length > 0 && !o.has('get')) {
    body = o.data.map(([kind, v]) => dataText(p, kind, v)).join('&')
    headers['content-type'] = o.has('json') ? 'application/json' : 'application/x-www-form-urlencoded'
    if (o.has('json')) headers.accept = 'application/json'
    headers['content-length'] = String(utf8Length(body))
  } else if (o.has('upload-file')) body = readFile(p, o.get('upload-file')!)
  for (const h of o.list('header')) {
    const at = h.indexOf(':')
    if (at < 0) continue
    const name = h.slice(0, at).trim().toLowerCase()
    const value = h.slice(at + 1).trim()
    if (value === '') delete headers[name]
    else headers[name] = value
  }
  return { method, path: url.path, headers, body }
}

const base64 = (text: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const bytes = new TextEncoder().encode(text)
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    out +=
      alphabet[n >> 18] +
      alphabet[(n >> 12) & 63] +
      (i + 1 < bytes.length ? alphabet[(n >> 6) & 63] : '=') +
      (i + 2 < bytes.length ? alphabet[n & 63] : '=')
  }
  return out
}

function dataText(p: Process, kind: string, value: string): string {
  if (kind === 'data-raw') return value
  if (kind === 'data-urlencode') {
    const eq = value.indexOf('=')
    return eq >= 0
      ? `${value.slice(0, eq)}${eq > 0 ? '=' : ''}${encodeURIComponent(value.slice(eq + 1))}`
      : encodeURIComponent(value)
  }
  if (!value.startsWith('@')) return value
  const text = readFile(p, value.slice(1))
  return kind === 'data' || kind === 'data-ascii' ? text.replace(/[\r\n]/g, '') : text
}

function withQuery(url: Url, o: CurlOptions, p: Process): Url {
  if (!o.has('get') || o.data.length === 0) return url
  const query = o.data.map(([kind, v]) => dataText(p, kind, v)).join('&')
  return { ...url, path: `${url.path}${url.path.includes('?') ? '&' : '?'}${query}` }
}

function tlsFiles(p: Process, o: CurlOptions, url: Url): Plan['tls'] {
  if (url.scheme !== 'https') return { insecure: true, caPem: undefined, certPem: undefined, keyPem: undefined }
  const read = (path: string, code: number, message: string): string => {
    const node = p.fs.find(path, p.cwd)
    if (node?.kind !== 'file') throw new CurlError(code, message)
    try {
      return p.fs.readFile(path, p.cwd, p.creds)
    } catch {
      throw new CurlError(code, message)
    }
  }
  const insecure = o.has('insecure')
  const ca = o.get('cacert')
  const system = p.fs.find('/etc/ssl/certs/ca-certificates.crt')
  const caPem =
    ca !== undefined
      ? read(ca, 77, `error setting certificate file: ${ca}`)
      : system?.kind === 'file'
        ? system.read()
        : undefined
  if (caPem === undefined && !insecure)
    throw new CurlError(77, 'error setting certificate file: /etc/ssl/certs/ca-certificates.crt')
  const cert = o.get('cert')?.split(':')[0]
  const missing = (path: string): string =>
    `could not load PEM client certificate from ${path}, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)`
  const certPem = cert === undefined ? undefined : read(cert, 58, missing(cert))
  const key = o.get('key')
  const keyPem = key !== undefined ? read(key, 58, `unable to set private key file: '${key}' type PEM`) : certPem
  return { insecure, caPem: caPem === '' ? undefined : caPem, certPem, keyPem }
}

const header = (r: HttpResponse, name: string): string | undefined =>
  Object.entries(r.headers ?? {}).find(([k]) => k.toLowerCase() === name)?.[1]

/** JSON values are written as servers do for curl: indented. */
export const bodyText = (r: HttpResponse): string =>
  r.body === undefined ? '' : typeof r.body === 'string' ? r.body : JSON.stringify(r.body, null, 2)

const titled = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, dash: string, c: string) => dash + c.toUpperCase())

/** Status line and headers. */
function headText(t: Transfer, now: number, _c: Command, size = utf8Length(bodyText(t.response))): string {
  const own = t.response.headers ?? {}
  const all: Record<string, string> = { ...own }
  const has = (name: string): boolean => Object.keys(own).some((k) => k.toLowerCase() === name)
  if (!has('date') && !t.response.undated) all.date = httpDate(now)
  if (!has('content-length') && !t.response.stream) all['content-length'] = String(size)
  const lines = Object.entries(all).map(([k, v]) => `${t.http2 ? k.toLowerCase() : titled(k)}: ${v}\r\n`)
  const { status } = t.response
  return `${t.http2 ? `HTTP/2 ${status} ` : `HTTP/${t.response.old ? '1.0' : '1.1'} ${status} ${STATUS_TEXT[status] ?? ''}`}\r\n${lines.join('')}\r\n`
}

/** `> ` lines. */
function traceRequest(c: Command, request: HttpRequest, http2: boolean): void {
  c.err(
    `> ${request.method} ${request.path} ${http2 ? 'HTTP/2' : 'HTTP/1.1'}\r\n${Object.entries(request.headers ?? {})
      .map(([k, v]) => `> ${titled(k)}: ${v}\r\n`)
      .join('')}> \r\n`,
  )
}

/** `< ` lines. */
function traceResponse(c: Command, t: Transfer): void {
  const lines = headText(t, c.host.clock.now(), c).split('\r\n').slice(0, -1)
  c.err(lines.map((l) => `< ${l}\r\n`).join(''))
}

function writeOut(format: string, r: Report): string {
  const s = (ms: number): string => (ms / 1000).toFixed(6)
  const t = r.transfer
  const url = /^[a-z]+:\/\//.test(r.url) ? r.url : `http://${r.url}`
  const values: Record<string, string> = {
    http_code: String(r.code).padStart(3, '0'),
    response_code: String(r.code).padStart(3, '0'),
    size_download: String(r.size),
    size_upload: '0',
    size_header: '0',
    time_total: s(r.total + 1.4),
    time_connect: s(t ? t.connectMs + 0.4 : 0),
    time_namelookup: s(t ? t.lookupMs + 0.02 : 0),
    time_appconnect: s(t && t.chain.length > 0 ? t.connectMs + 6 : 0),
    time_starttransfer: s(t ? r.total + 1.1 : 0),
    time_pretransfer: s(t ? t.connectMs + 0.5 : 0),
    time_redirect: s(0),
    url_effective: url.includes('/', url.indexOf('//') + 2) ? url : `${url}/`,
    url,
    remote_ip: t?.ip ?? '',
    remote_port: t ? String(t.connection.socket.port) : '0',
    local_ip: t?.localIp ?? '',
    local_port: t ? String(t.connection.peer.port) : '0',
    num_redirects: String(r.redirects),
    num_connects: t ? '1' : '0',
    content_type: (r.response && header(r.response, 'content-type')) ?? '',
    errormsg: r.error,
    exitcode: String(r.status),
    scheme: url.startsWith('https') ? 'https' : 'http',
    http_version: t?.http2 ? '2' : t ? '1.1' : '0',
    method: 'GET',
    ssl_verify_result: '0',
    speed_download: String(Math.round(r.size / 0.002)),
    redirect_url: (r.response && header(r.response, 'location')) ?? '',
  }
  return format
    .replace(/%\{([a-z_]+)\}/g, (_all, name: string) => values[name] ?? '')
    .replace(/%%/g, '%')
    .replace(/\\([nrt])/g, (_all, ch: string) => ({ n: '\n', r: '\r', t: '\t' })[ch]!)
}
