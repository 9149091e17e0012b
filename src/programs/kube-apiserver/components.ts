import { StorageError, TransportError } from '../../api/index.ts'
import type { ComponentChecks, ComponentHealth } from '../../api/registry/component-status.ts'
import type { Storage } from '../../api/storage/storage.ts'
import { Blocked, type Process } from '../../host/index.ts'
import { connectNow, exchangeNow } from '../lib/transport.ts'

/** What `kubectl get componentstatuses` asks, on this server's own host. */
export const componentChecks = (p: Process, storage: Storage): ComponentChecks => ({
  scheduler: () => http(p, 10259),
  'controller-manager': () => http(p, 10257),
  'etcd-0': () => etcd(storage),
})

function http(p: Process, port: number): ComponentHealth {
  const url = `https://127.0.0.1:${port}/healthz`
  try {
    const connection = connectNow(p, { host: '127.0.0.1', port, tls: { insecure: true } })
    const { status, body } = exchangeNow(connection, { method: 'GET', path: '/healthz', headers: {} })
    if (status >= 200 && status < 400) return { healthy: true, message: String(body ?? '') }
    return { healthy: false, message: `HTTP probe failed with statuscode: ${status}` }
  } catch (error) {
    if (!(error instanceof TransportError || error instanceof Blocked)) throw error
    const late = error instanceof Blocked || error.kind === 'timeout'
    const why = late ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' : error.message
    return { healthy: false, message: `Get ${JSON.stringify(url)}: ${why}` }
  }
}

function etcd(storage: Storage): ComponentHealth {
  try {
    storage.get('/registry/health')
    return { healthy: true, message: 'ok' }
  } catch (error) {
    // Without an answer the whole request waits.
    if (!(error instanceof StorageError)) throw error
    return { healthy: false, error: error.message }
  }
}
