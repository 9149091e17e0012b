import type { Log } from '../../etcd/log.ts'
import type { Member } from '../../etcd/member.ts'
import { Blocked, type Process } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'
import type { EtcdConfig } from './config.ts'
import type { ClientEndpoint } from './endpoints.ts'
import { Gateway } from './gateway.ts'
import { serveHttp } from './http.ts'
import { listenOn, rejections } from './listeners.ts'
import { parseUrl } from './peer-network.ts'
import { loadTls, serverTls } from './tls-files.ts'

/** The client ports: opened at the start, answering only once a leader has been known. */
interface ClientDoors {
  listen(): void
  /** Begins to answer. Throws when the certificate files are no good: noticed only now, as in the real server. */
  open(): void
}

/** An http URL although there are certificate files. */
function warnOfPlainUrl(log: Log, config: EtcdConfig, url: string): void {
  const ignored = (line: number, what: string): void =>
    log('warn', `embed/etcd.go:${line}`, what, { 'client-url': url })
  ignored(665, 'scheme is http or unix while key and cert files are present; ignoring key and cert files')
  if (config.client.clientAuth)
    ignored(668, 'scheme is http or unix while --client-cert-auth is enabled; ignoring client cert auth for this URL')
}

/** What listens on etcd's client URLs: gRPC behind TLS, and what the member answers there. */
export function clientDoors(p: Process, log: Log, config: EtcdConfig, member: () => Member | undefined): ClientDoors {
  let serving = false
  let caPem: string | undefined
  const opened = new Signal()
  const endpoint: ClientEndpoint = { kind: 'etcd-client', member: () => (serving ? member() : undefined) }
  const rejected = rejections(p, log, 'client')
  return {
    listen() {
      const bound: string[] = []
      try {
        for (const url of config.listenClient) {
          const { secure, host, port } = parseUrl(url)
          if (!secure && config.client.cert !== '') warnOfPlainUrl(log, config, url)
          listenOn(p, url, {
            name: 'etcd',
            // Until the port is served nothing speaks TLS on it: the handshake hangs.
            ...(secure ? { tls: () => serverTls(p, config.client, caPem, rejected) } : {}),
            http: (request) => {
              if (!serving) throw new Blocked(opened, undefined, undefined)
              return serveHttp(endpoint.member(), 'client', request)
            },
            custom: endpoint,
          })
          bound.push(`${host}:${port}`)
        }
      } catch (error) {
        // The real one says peer here too.
        for (const address of bound.reverse())
          log('warn', 'embed/etcd.go:733', 'closing peer listener', { address, error: (error as Error).message })
        throw error
      }
    },
    open() {
      if (config.listenClient.some((u) => parseUrl(u).secure)) caPem = loadTls(p, config.client).caPem
      serving = true
      opened.fire()
    },
  }
}

/** Waits for the first leader, then serves clients; a bad certificate file ends the server with status 1. */
export function servingClients(p: Process, log: Log, config: EtcdConfig, member: Member, doors: ClientDoors): void {
  const start = (): void => {
    const urls = config.listenClient
    try {
      doors.open()
    } catch (error) {
      const message = (error as Error).message
      for (const _ of urls) {
        log('info', 'embed/serve.go:138', 'ready to serve client requests')
        log('error', 'embed/serve.go:156', 'registerGateway failed', { error: message })
        log('error', 'embed/etcd.go:912', 'setting up serving from embedded etcd failed.', { error: message })
      }
      log('fatal', 'etcdmain/etcd.go:198', 'listener failed', { error: message })
      p.exit(1)
      return
    }
    for (const _ of urls) log('info', 'embed/serve.go:138', 'ready to serve client requests')
    log('info', 'etcdmain/main.go:44', 'notifying init daemon')
    log('info', 'etcdmain/main.go:50', 'successfully notified init daemon')
    for (const url of urls) {
      const { secure, host, port } = parseUrl(url)
      const address = { traffic: 'grpc+http', address: `${host}:${port}` }
      log('info', 'v3rpc/health.go:63', 'grpc service status changed', { service: '', status: 'SERVING' })
      if (secure) log('info', 'embed/serve.go:283', 'serving client traffic securely', address)
      else
        log('info', 'embed/serve.go:220', 'serving client traffic insecurely; this is strongly discouraged!', address)
    }
    new Gateway(p, config).start()
  }
  member.onServing = start
}
