import type { HttpResponse } from '../../../host/index.ts'
import { header } from './response.ts'
import type { Transfer } from './transfer.ts'

/** What curl knows about a URL once it is done with it. Times in ms. */
export interface Report {
  /** The last answer's HTTP status, 0 without one. */
  code: number
  size: number
  transfer?: Transfer
  /** The last one, after redirects. */
  url: string
  redirects: number
  total: number
  start: number
  /** What curl exits with. */
  status: number
  error: string
  response?: HttpResponse
}

/** The text of -w with its `%{variable}`s filled in. */
export function writeOut(format: string, r: Report): string {
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
