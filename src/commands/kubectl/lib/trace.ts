import { methodOf } from '../../../api/http/request-url.ts'
import { bodyText } from '../../../api/http/wire.ts'
import type { ApiRequest, ApiResponse } from '../../../api/types.ts'
import { hash } from '../../../kernel/index.ts'
import { goQuote, toGoJson } from '../../../print/index.ts'
import type { ClientOptions } from './client.ts'

const STATUS_TEXT: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

const TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'

/** Longer bodies are cut below -v=10. */
const SHOWN = 1024

/** What -v=6 and more say of a request. Models client-go's debugging round tripper. */
export function trace(
  options: ClientOptions,
  request: ApiRequest,
  url: string,
  response: ApiResponse,
  ms: number,
): void {
  const { verbosity, log } = options
  const method = methodOf(request)
  const status = `status="${response.code} ${STATUS_TEXT[response.code] ?? ''}"`
  const took = `milliseconds=${Math.max(1, Math.round(ms))}`
  if (verbosity < 7)
    return log(6, 'round_trippers.go:632', `"Response" verb="${method}" url="${url}" ${status} ${took}`)
  const headers = requestHeaders(request, options.agent)
  if (verbosity >= 8) log(8, 'helper.go:105', `"Request Body" body=${body(request.body, verbosity)}`)
  if (verbosity >= 9) {
    const flags = Object.entries(headers).map(([name, value]) => ` -H "${name}: ${value}"`)
    log(9, 'round_trippers.go:527', `"Request" curlCommand=<\n\tcurl -v -X${method} ${flags.join('')} '${url}'\n >`)
  } else log(7, 'round_trippers.go:527', `"Request" verb="${method}" url="${url}" headers=<\n${lines(headers)} >`)
  const answered = verbosity >= 8 ? ` headers=<\n${lines(responseHeaders(response, url))} >` : ''
  log(7, 'round_trippers.go:632', `"Response" ${status}${answered} ${took}`)
  if (verbosity >= 8 && response.body !== undefined)
    log(8, 'helper.go:105', `"Response Body" body=${body(bodyText(response), verbosity)}`)
}

const lines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `\t${name}: ${value}\n`)
    .join('')

function requestHeaders(request: ApiRequest, agent: string): Record<string, string> {
  const accept = 'accept' in request && request.accept === 'table' ? TABLE : 'application/json'
  const raw = 'path' in request
  return {
    Accept: raw ? 'application/json, */*' : accept,
    ...(request.body === undefined ? {} : { 'Content-Type': contentType(request) }),
    'User-Agent': agent,
  }
}

const contentType = (request: ApiRequest): string => ('patchType' in request && request.patchType) || 'application/json'

function responseHeaders(response: ApiResponse, url: string): Record<string, string> {
  const server = url.split('/')[2]
  return {
    'Audit-Id': uuid(`${url}${response.code}`),
    'Cache-Control': 'no-cache, private',
    ...(response.stream ? {} : { 'Content-Length': String(bodyText(response).length) }),
    'Content-Type': typeof response.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'X-Kubernetes-Pf-Flowschema-Uid': uuid(`${server} exempt`),
    'X-Kubernetes-Pf-Prioritylevel-Uid': uuid(`${server} exempt level`),
  }
}

/** A made-up id that is the same for the same text. */
function uuid(text: string): string {
  const digits = [1, 2, 3, 4].map((salt) => hash(`${salt}${text}`).toString(16).padStart(8, '0')).join('')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}

/** Bodies as klog shows them: several lines in brackets, one line in quotes. */
function body(value: unknown, verbosity: number): string {
  const whole = value === undefined ? '' : typeof value === 'string' ? value : toGoJson(value)
  const rest = verbosity >= 10 ? 0 : whole.length - SHOWN
  const text = rest > 0 ? `${whole.slice(0, SHOWN)} [truncated ${rest} chars]` : whole
  return text.includes('\n') ? `<\n\t${text.trimEnd().replaceAll('\n', '\n\t')}\n >` : goQuote(text)
}
