import { type HttpResponse, type Process, SysError } from '../../host/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'
import { configz } from './configz.ts'
import type { Settings } from './settings.ts'

/** What /healthz tells of: when the rules were last brought up to date (wall-clock ms). */
export interface Health {
  updated: number
}

/** Opens the health and the metrics port. */
export function serveHealth(p: Process, log: StructuredLog, s: Settings): Health {
  const health: Health = { updated: p.now() }
  const listen = (address: string, failed: () => void, answer: (path: string) => HttpResponse): void => {
    const cut = address.lastIndexOf(':')
    try {
      p.net.listen(p, {
        addr: address.slice(0, cut),
        port: Number(address.slice(cut + 1)),
        service: { name: 'kube-proxy', http: (r) => answer(r.path) },
      })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      failed()
      p.after(5000, () => listen(address, failed, answer))
    }
  }
  const time = (ms: number): string => new Date(ms).toISOString().replace('Z', '412438Z')
  listen(
    s.healthz,
    () =>
      log.error(
        'server.go:455',
        'Healthz server failed',
        `failed to start proxy healthz on ${s.healthz}: listen tcp ${s.healthz}: bind: address already in use`,
      ),
    (path) => {
      if (path !== '/healthz' && path !== '/livez') return { status: 404, body: '404 page not found\n' }
      const at = time(health.updated)
      return {
        status: 200,
        body: `{"lastUpdated":"${time(p.now())}","currentTime":"${time(p.now())}","nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"${at}","healthy":true},"IPv6":{"lastUpdated":"${at}","healthy":true}}}`,
      }
    },
  )
  listen(
    s.metrics,
    () =>
      log.error(
        'server.go:509',
        'starting metrics server failed',
        `listen tcp ${s.metrics}: bind: address already in use`,
        { logger: 'UnhandledError' },
      ),
    (path) => {
      switch (path) {
        case '/proxyMode':
          return { status: 200, body: s.mode }
        case '/healthz':
          return { status: 200, body: 'ok' }
        case '/configz':
          return { status: 200, headers: { 'content-type': 'application/json' }, body: configz(s.document, s.mode) }
        case '/metrics':
          return { status: 501, body: `kube-proxy: not simulated: ${path}\n` }
        default:
          return { status: 404, body: '404 page not found\n' }
      }
    },
  )
  return health
}
