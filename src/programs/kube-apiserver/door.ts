import { wantsYaml } from '../../api/http/negotiate.ts'
import { saysNotFound } from '../../api/http/routes.ts'
import { parsePath } from '../../api/http/url.ts'
import { bodyText } from '../../api/http/wire.ts'
import type { ApiServer } from '../../api/index.ts'
import type { ApiRequest, ApiResponse, Credentials } from '../../api/types.ts'
import type { HttpRequest, HttpResponse, Peer } from '../../host/index.ts'
import { toYaml } from '../../print/index.ts'

/** HTTP on the secure port: turns requests of either form into the pipeline's, and answers in the same form. */
export const door =
  (server: ApiServer) =>
  (request: HttpRequest, peer: Peer): HttpResponse => {
    const headers = request.headers ?? {}
    const credentials = credentialsOf(headers, peer)
    const asked = (request.parsed as ApiRequest | undefined) ?? wireRequest(request, headers)
    const answer = server.handle(asked, credentials, !request.now)
    const unknown = isUnknownPath(answer) && !saysNotFound(server.kinds, asked)
    const response = unknown ? { ...answer, body: '404 page not found\n' } : answer
    return request.parsed
      ? { status: response.code, parsed: response, stream: response.stream }
      : onWire(response, credentials, request)
  }

const isUnknownPath = ({ code, body }: ApiResponse): boolean =>
  code === 404 && body?.kind === 'Status' && body.details !== undefined && Object.keys(body.details).length === 0

/** One HTTP request stays one API request while it is asked again, so that its deadline holds. */
const parsedOnce = new WeakMap<HttpRequest, ApiRequest>()

function wireRequest(request: HttpRequest, headers: Readonly<Record<string, string>>): ApiRequest {
  let parsed = parsedOnce.get(request)
  if (!parsed) {
    parsed = parsePath(request.method, request.path, {
      body: request.body,
      contentType: headers['content-type'],
      accept: headers.accept,
    })
    parsedOnce.set(request, parsed)
  }
  return parsed
}

const NO_CACHE = 'no-cache, private'

function onWire(response: ApiResponse, { userAgent }: Credentials, request: HttpRequest): HttpResponse {
  const pretty = /^(curl|Wget|Mozilla)/.test(userAgent) || /[?&]pretty=(true|1)?(&|$)/.test(request.path)
  const json = typeof response.body !== 'string'
  const yaml = json && !response.stream && wantsYaml(request.headers?.accept ?? '', response.body?.kind !== 'Status')
  const warnings = response.warnings?.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
  if (response.code === 204) return { status: 204, headers: { 'cache-control': NO_CACHE } }
  return {
    status: response.code,
    headers: {
      'content-type': yaml ? 'application/yaml' : json ? 'application/json' : 'text/plain; charset=utf-8',
      'cache-control': NO_CACHE,
      ...(warnings ? { warning: warnings } : {}),
      ...response.headers,
    },
    body: yaml ? toYaml(JSON.parse(bodyText(response))) : bodyText(response, pretty),
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
