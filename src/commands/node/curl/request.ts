import { type HttpRequest, type Process, SysError } from '../../../host/index.ts'
import { base64, utf8Length } from '../../../kernel/index.ts'
import type { CurlOptions } from './options.ts'
import { CurlError, type Plan, type Url } from './transfer.ts'

/** A file that an option names. Throws CurlError 26 when it cannot be read. */
export const readFile = (p: Process, path: string): string => {
  try {
    return p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new CurlError(26, `Failed to open ${path}`)
  }
}

/** The request that the options make: headers, credentials, body. */
export function buildRequest(p: Process, o: CurlOptions, url: Url, method: string): HttpRequest {
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

/** `-G` puts the data into the URL. */
export function withQuery(url: Url, o: CurlOptions, p: Process): Url {
  if (!o.has('get') || o.data.length === 0) return url
  const query = o.data.map(([kind, v]) => dataText(p, kind, v)).join('&')
  return { ...url, path: `${url.path}${url.path.includes('?') ? '&' : '?'}${query}` }
}

/** The PEM files that a connection needs; those of a plain one are not looked at. Throws CurlError 58 or 77. */
export function tlsFiles(p: Process, o: CurlOptions, url: Url): Plan['tls'] {
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
