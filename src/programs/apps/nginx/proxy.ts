import { TransportError } from '../../../api/types.ts'
import type { HttpResponse } from '../../../host/index.ts'
import { connectNow, exchangeNow, parseUrl } from '../../lib/transport.ts'
import { resolveName } from '../resolve.ts'
import type { NginxDirective } from './directives.ts'
import type { Exchange } from './exchange.ts'
import type { Location } from './servers.ts'

/** What the client and the error log are told when an upstream cannot be reached. */
const failure = (error: TransportError): [status: number, text: string] =>
  error.kind === 'refused'
    ? [502, 'connect() failed (111: Connection refused)']
    : error.kind === 'unreachable'
      ? [502, 'connect() failed (113: No route to host)']
      : [504, 'upstream timed out (110: Operation timed out)']

/** proxy_pass of a location: the upstream's answer. `pick` gives `host:port` for the name of an upstream block. */
export function proxy(
  x: Exchange,
  location: Location,
  pass: NginxDirective,
  pick: (name: string) => string | undefined,
): HttpResponse {
  const { r } = x
  const url = parseUrl(x.expand(pass.args[0]))
  const [host, port] = (pick(url.host) ?? `${url.host}:${url.port}`).split(':')
  const hasPath = /^https?:\/\/[^/]+\//.test(pass.args[0])
  const path = hasPath
    ? `${url.path.replace(/\/$/, '')}/${r.path.slice(location.path.length).replace(/^\//, '')}`
    : r.path
  const ip = resolveName(x.p, host)
  const failed = (status: number, text: string): HttpResponse => {
    const upstream = `, upstream: "${url.scheme}://${ip ?? host}:${port ?? 80}${path}"`
    x.logError(`${text} while connecting to upstream`, '', upstream)
    return x.error(status)
  }
  if (ip === undefined) return failed(502, `${host} could not be resolved (3: Host not found)`)
  try {
    const connection = connectNow(
      x.p,
      { host, port: Number(port ?? 80), tls: url.scheme === 'https' ? { insecure: true } : undefined },
      x.p.net,
      ip,
    )
    const own = location.directives
      .filter((d) => d.name === 'proxy_set_header')
      .map((d) => [d.args[0].toLowerCase(), x.expand(d.args[1])])
    const response = exchangeNow(connection, {
      ...r,
      path,
      headers: { ...r.headers, host, ...Object.fromEntries(own) },
    })
    return { ...response, headers: { ...response.headers } }
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    return failed(...failure(error))
  }
}
