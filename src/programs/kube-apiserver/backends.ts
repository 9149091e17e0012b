import type { WebhookConnection, WebhookTarget } from '../../api/admission/webhooks.ts'
import { notFound } from '../../api/errors.ts'
import { type RemoteSession, type RemoteStreams, StorageBlocked } from '../../api/index.ts'
import type { BackendCall, Backends, ContainerCall } from '../../api/registry/remote.ts'
import { ServerStream } from '../../api/stream.ts'
import { type ApiResponse, type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import { Blocked, type HttpResponse, type Process } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'
import type { KubeletApi } from '../kubelet/server.ts'
import { type Connection, connectNow, exchangeNow, Unanswered } from '../lib/transport.ts'
import { tryRead } from './files.ts'
import type { ApiServerFlags } from './flags.ts'

const text = (code: number, body: string): ApiResponse => ({ code, body, headers: { 'content-type': 'text/plain' } })

/** The API server's way to kubelets and pods: over its own host's network, with its kubelet client certificate. */
export class NetworkBackends implements Backends {
  constructor(
    private readonly p: Process,
    private readonly flags: ApiServerFlags,
  ) {}

  logs(call: ContainerCall): ApiResponse {
    const { namespace, pod, container, query } = call
    const path = `/containerLogs/${namespace}/${pod}/${container}`
    const search = Object.entries(query)
      .filter(([key]) => key !== 'container')
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join('&')
    const { host, port } = this.addressOf(call.node)
    const url = `https://${host}:${port}${path}${search ? `?${search}` : ''}`
    let connection: Connection
    try {
      connection = this.dialKubelet(call.node)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      throw new StatusError(500, '', `Get ${JSON.stringify(url)}: ${error.message}`)
    }
    const api = kubeletOf(connection)
    const refused = api.authorize(connection.peer, path)
    if (refused) throw refusal(refused, `( pods/log ${pod})`)
    const flag = (name: string) => query[name] === 'true'
    const number = (name: string) => (query[name] === undefined ? undefined : Number(query[name]))
    try {
      const log = api.logs(namespace, pod, container, {
        follow: flag('follow'),
        previous: flag('previous'),
        timestamps: flag('timestamps'),
        tailLines: number('tailLines'),
        limitBytes: number('limitBytes'),
        sinceSeconds: number('sinceSeconds'),
        sinceTime: query.sinceTime as string | undefined,
      })
      if (!log.follow) return text(200, log.text)
      const stream = new ServerStream<string>(100_000)
      const following = log.follow(
        (more) => stream.push(more),
        () => stream.end(),
      )
      stream.whenDone(() => following.close())
      return { code: 200, body: log.text, stream }
    } catch (error) {
      throw new StatusError(400, 'BadRequest', (error as Error).message)
    }
  }

  exec(call: ContainerCall, how: 'exec' | 'attach', streams: RemoteStreams): ApiResponse {
    const { namespace, pod, container, query } = call
    const opened = this.upgrade(call, `/${how}/${namespace}/${pod}/${container}`)
    if (!('api' in opened)) return opened
    const command = [query.command ?? []].flat()
    const { stdin, stdout, stderr, tty } = streams
    try {
      const io = { stdin, stdout, stderr, tty }
      if (how === 'attach') {
        const { process, leave } = opened.api.attach(namespace, pod, container, io)
        return { code: 101, body: new ProcessSession(process, leave) }
      }
      const process = opened.api.exec(namespace, pod, container, command, io)
      // A client that started it takes it along when it hangs up.
      return { code: 101, body: new ProcessSession(process, () => process.kill('SIGHUP')) }
    } catch (error) {
      const { message } = error as Error
      if (!message.startsWith('Internal error occurred')) return text(500, message)
      const failed = new StatusError(500, 'InternalError', `Internal error occurred: ${message}`)
      const session: RemoteSession = { ended: new Signal(), result: { error: failed }, close() {} }
      return { code: 101, body: session }
    }
  }

  portForward(call: ContainerCall): ApiResponse {
    const opened = this.upgrade(call, `/portForward/${call.namespace}/${call.pod}`)
    if (!('api' in opened)) return opened
    try {
      const { net, process, refused } = opened.api.portForward(call.namespace, call.pod)
      const ended = new Signal()
      let lost = false
      const session = {
        dial: (port: number) => net.dial({ ip: '127.0.0.1', port }),
        refused,
        get closed() {
          return lost || process.status !== undefined
        },
        ended,
        close() {
          lost = true
          ended.fire()
        },
      }
      process.defer(() => ended.fire())
      return { code: 101, body: session }
    } catch (error) {
      return text(500, (error as Error).message)
    }
  }

  node(node: KubeObject, method: string, path: string, body?: unknown): ApiResponse {
    const { host, port } = this.addressOf(node)
    try {
      const connection = this.dialKubelet(node)
      return passedOn(exchangeNow(connection, { method, path, body, headers: {} }))
    } catch (error) {
      throw unreachable(error, method, `https://${host}:${port}${path}`)
    }
  }

  http({ method, scheme, host, port, path, body }: BackendCall): ApiResponse {
    try {
      const tls = scheme === 'https' ? { insecure: true } : undefined
      const connection = connectNow(this.p, { host, port, tls })
      return passedOn(exchangeNow(connection, { method, path, body, headers: {} }))
    } catch (error) {
      throw unreachable(error, method, `${scheme}://${host}:${port}${path}`)
    }
  }

  webhook({ host, ip, port, caPem, insecure }: WebhookTarget): WebhookConnection {
    const { p, flags } = this
    const tls = {
      caPem: caPem || undefined,
      insecure,
      certPem: tryRead(p, flags.get('proxy-client-cert-file')),
      keyPem: tryRead(p, flags.get('proxy-client-key-file')),
    }
    const connection = connectNow(p, { host, port, tls }, p.net, ip)
    return (request) => exchangeNow(connection, request)
  }

  /** Opens the way for a stream; failures are the plain text that a client sees after `unable to upgrade connection`. */
  private upgrade(call: ContainerCall, path: string): { api: KubeletApi } | ApiResponse {
    let connection: Connection
    try {
      connection = this.dialKubelet(call.node)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      return text(500, `error dialing backend: ${error.message}`)
    }
    const api = kubeletOf(connection)
    const refused = api.authorize(connection.peer, path)
    return refused ? text(refused.status, String(refused.body)) : { api }
  }

  private dialKubelet(node: KubeObject): Connection {
    const { p, flags } = this
    const { host, port } = this.addressOf(node)
    const ca = flags.get('kubelet-certificate-authority')
    const tls = {
      caPem: ca ? tryRead(p, ca) : undefined,
      certPem: tryRead(p, flags.get('kubelet-client-certificate')),
      keyPem: tryRead(p, flags.get('kubelet-client-key')),
      insecure: !ca,
    }
    try {
      return connectNow(p, { host, port, tls })
    } catch (error) {
      if (error instanceof Unanswered) throw new StorageBlocked(error.retry[0])
      throw error
    }
  }

  /** By --kubelet-preferred-address-types. */
  private addressOf({ metadata, status }: KubeObject): { host: string; port: number } {
    const types = this.flags.list('kubelet-preferred-address-types', [
      'Hostname',
      'InternalDNS',
      'InternalIP',
      'ExternalDNS',
      'ExternalIP',
    ])
    const addresses: any[] = status?.addresses ?? []
    const host = types.map((type) => addresses.find((a) => a.type === type)?.address).find((a) => a)
    if (!host) {
      throw new StatusError(500, '', `no preferred addresses found; known addresses: []`)
    }
    if (!metadata.name) throw notFound({ group: '', plural: 'nodes' }, metadata.name)
    return { host, port: status?.daemonEndpoints?.kubeletEndpoint?.Port || 10250 }
  }
}

function kubeletOf({ socket }: Connection): KubeletApi {
  const custom = socket.service.custom as KubeletApi | undefined
  if (custom?.kind === 'kubelet') return custom
  throw new StatusError(502, '', 'malformed HTTP response')
}

function refusal({ status, body }: HttpResponse, where: string): StatusError {
  if (status === 401) {
    return new StatusError(401, 'Unauthorized', `the server has asked for the client to provide credentials ${where}`)
  }
  return new StatusError(403, 'Forbidden', `${body} ${where}`)
}

const passedOn = ({ status, body, headers, stream }: HttpResponse): ApiResponse => ({
  code: status,
  body,
  ...(headers ? { headers } : {}),
  ...(stream ? { stream: stream as ApiResponse['stream'] } : {}),
})

function unreachable(error: unknown, method: string, url: string): unknown {
  if (error instanceof Blocked || !(error instanceof TransportError)) return error
  const verb = method.charAt(0) + method.slice(1).toLowerCase()
  return new StatusError(
    503,
    'ServiceUnavailable',
    `error trying to reach service: ${error.message || `${verb} ${url}`}`,
  )
}

/** A process of a container, seen by the client that started or joined it. */
class ProcessSession implements RemoteSession {
  readonly ended = new Signal()
  result: RemoteSession['result']
  private readonly leave: () => void

  constructor(
    private readonly process: Process,
    private readonly hangUp: () => void,
  ) {
    this.leave = process.defer(() => this.finish())
  }

  close(): void {
    if (this.result) return
    this.leave()
    this.hangUp()
  }

  private finish(): void {
    const { status } = this.process
    this.result = { code: status?.code ?? (status?.signal === 'SIGKILL' ? 137 : 143) }
    this.ended.fire()
  }
}
