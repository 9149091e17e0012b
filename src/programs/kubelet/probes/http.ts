import { TransportError } from '../../../api/types.ts'
import { Blocked, type HttpResponse } from '../../../host/index.ts'
import { seriesOf } from '../../lib/releases.ts'
import { connectNow, exchangeNow } from '../../lib/transport.ts'
import type { Kubelet } from '../kubelet.ts'

interface HttpTarget {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly method?: string
}

/** One request as the kubelet's prober sends it, from the node's network. `slow`: nothing came back in time. */
export function httpGet(k: Kubelet, target: HttpTarget): { response: HttpResponse } | { error: string; slow: boolean } {
  const path = target.path.startsWith('/') ? target.path : `/${target.path}`
  try {
    const connection = connectNow(k.process, {
      host: target.host,
      port: target.port,
      tls: target.scheme === 'https' ? { insecure: true } : undefined,
    })
    const response = exchangeNow(connection, {
      method: target.method ?? 'GET',
      path,
      headers: {
        'user-agent': `kube-probe/${seriesOf(k.release)}`,
        host: `${target.host}:${target.port}`,
        accept: '*/*',
        ...target.headers,
      },
    })
    return { response }
  } catch (error) {
    const url = `${target.scheme}://${target.host}:${target.port}${path}`
    if (error instanceof Blocked)
      return {
        error: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        slow: true,
      }
    if (!(error instanceof TransportError)) throw error
    if (error.kind === 'timeout') {
      const text = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
      return {
        error: `Get "${url}": ${error.message.startsWith('dial') ? `dial tcp ${target.host}:${target.port}: i/o timeout` : text}`,
        slow: true,
      }
    }
    return { error: `Get "${url}": ${error.message}`, slow: false }
  }
}
