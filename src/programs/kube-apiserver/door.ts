import { parsePath } from '../../api/http/url.ts'
import { bodyText } from '../../api/http/wire.ts'
import type { ApiServer } from '../../api/index.ts'
import type { ApiRequest, ApiResponse, Credentials } from '../../api/types.ts'
import type { HttpRequest, HttpResponse, Peer } from '../../host/index.ts'

/** HTTP on the secure port: turns requests of either form into the pipeline's, and answers in the same form. */
export const door =
  (server: ApiServer) =>
  (request: HttpRequest, peer: Peer): HttpResponse => {
    const headers = request.headers ?? {}
    const credentials = credentialsOf(headers, peer)
    const asked = (request.parsed as ApiRequest | undefined) ?? wireRequest(request, headers)
    const answer = server.handle(asked, credentials, !request.now)
    const unknown = isUnknownPath(answer) && !servesVersion(server, asked)
    const response = unknown ? { ...answer, body: '404 page not found\n' } : answer
    return request.parsed
      ? { status: response.code, parsed: response, stream: response.stream }
      : onWire(response, credentials, request)
  }

const isUnknownPath = ({ code, body }: ApiResponse): boolean =>
  code === 404 && body?.kind === 'Status' && body.details !== undefined && Object.keys(body.details).length === 0

/** Below a served version the API itself answers, with a Status; elsewhere the mux says that nobody serves the path. */
const servesVersion = (server: ApiServer, request: ApiRequest): boolean =>
  'resource' in request && (server.kinds.groups().get(request.group)?.includes(request.version) ?? false)

/** One HTTP request stays one API request while it is asked again, so that its deadline holds. */
const parsedOnce = new WeakMap<HttpRequest, ApiRequest>()

function wireRequest(request: HttpRequest, headers: Readonly<Record<string, string>>): ApiRequest {
  let parsed = parsedOnce.get(request)
  if (!parsed) {
    parsed = parsePath(request.method, request.path, {
      body: bodyOf(request.body),
      contentType: headers['content-type'],
      accept: headers.accept,
    })
    parsedOnce.set(request, parsed)
  }
  return parsed
}

/** JSON as a value; what is none stays text, for the registry to complain about. */
function bodyOf(body: unknown): unknown {
  if (body === '') return undefined
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function onWire(response: ApiResponse, { userAgent }: Credentials, request: HttpRequest): HttpResponse {
  const pretty = /^(curl|Wget|Mozilla)/.test(userAgent) || /[?&]pretty=(true|1)?(&|$)/.test(request.path)
  const json = typeof response.body !== 'string'
  const warnings = response.warnings?.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
  return {
    status: response.code,
    headers: {
      'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
      'cache-control': 'no-cache, private',
      ...(warnings ? { warning: warnings } : {}),
      ...response.headers,
    },
    body: bodyText(response, pretty),
    stream: response.stream,
  }
}

function credentialsOf(headers: Readonly<Record<string, string>>, peer: Peer): Credentials {
  const bearerToken = /^Bearer (.*)$/i.exec(headers.authorization ?? '')?.[1]
  const impersonate = impersonation(headers)
  return {
    certPem: peer.certPem,
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(impersonate ? { impersonate } : {}),
    userAgent: headers['user-agent'] ?? '',
    ip: peer.ip,
  }
}

const EXTRA = 'impersonate-extra-'

/** Repeated headers arrive joined by newlines or commas. */
function impersonation(headers: Readonly<Record<string, string>>): Credentials['impersonate'] {
  const user = headers['impersonate-user']
  const group = headers['impersonate-group']
  if (user === undefined && group === undefined) return undefined
  const list = (text: string) =>
    text
      .split(/[\n,]/)
      .map((s) => s.trim())
      .filter((s) => s !== '')
  const extra = Object.keys(headers).filter((h) => h.startsWith(EXTRA))
  return {
    user: user ?? '',
    groups: group ? list(group) : [],
    uid: headers['impersonate-uid'],
    extra: Object.fromEntries(extra.map((h) => [decodeURIComponent(h.slice(EXTRA.length)), list(headers[h]!)])),
  }
}
