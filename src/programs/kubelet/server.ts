import {
  type HttpRequest,
  type HttpResponse,
  type Peer,
  type Process,
  readChunk,
  type Service,
  type Sink,
  type Source,
  SysError,
  type TlsServer,
} from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { selfSignedServing } from '../../pki/index.ts'
import { type Container, GrpcError } from '../containerd/index.ts'
import { EXPOSITION_HEADERS } from '../lib/prometheus.ts'
import type { StructuredLog as Klog } from '../lib/structured-log.ts'
import { KubeletAuthorizer } from './authorizer.ts'
import type { KubeletConfig } from './config.ts'
import { configz } from './configz.ts'
import type { Kubelet } from './kubelet.ts'
import { type LogOptions, type LogStream, openLog } from './logs.ts'
import { cadvisorMetrics, kubeletMetrics } from './metrics.ts'
import { resourceMetrics } from './resource-metrics.ts'
import { latest, runtimeStatus } from './runtime-status.ts'
import { nodeSummary } from './summary.ts'
import { systemLogs } from './system-logs.ts'
import type { PodRecord } from './types.ts'
import { Usage } from './usage.ts'

/** What the API server's node proxy asks of a kubelet. Found as `service.custom` of the socket on port 10250. */
export interface KubeletApi {
  readonly kind: 'kubelet'
  /** Undefined when the caller may go on; else the HTTP answer (401 or 403). */
  authorize(peer: Peer, path: string, bearerToken?: string, method?: string): HttpResponse | undefined
  /** Text of a container's log. Throws Error with what the API server passes on. */
  logs(namespace: string, pod: string, container: string, options: LogOptions): LogStream
  /** Starts a process in a container. Throws Error. */
  exec(namespace: string, pod: string, container: string, command: readonly string[], io: ExecIo): Process
  /** Joins the streams of a container's main process until it ends or the client leaves. Throws Error. */
  attach(namespace: string, pod: string, container: string, io: ExecIo): { process: Process; leave(): void }
  /** The network namespace whose loopback port-forward connects to. */
  portForward(
    namespace: string,
    pod: string,
  ): { net: import('../../host/index.ts').NetNs; process: Process; refused(port: number): string }
}

interface ExecIo {
  readonly stdin?: Source
  readonly stdout: Sink
  readonly stderr: Sink
  readonly tty?: boolean
}

const HEALTHZ_RETRY = 5000

/** healthz on localhost; a port that is taken is tried again. */
export function serveHealthz(
  p: Process,
  log: Klog,
  { healthzBindAddress: addr, healthzPort: port }: KubeletConfig,
): void {
  if (port <= 0 || p.net.sockets.some((s) => s.process === p && s.port === port)) return
  const http = (r: HttpRequest): HttpResponse =>
    r.path === '/healthz' ? { status: 200, body: 'ok' } : { status: 404, body: '404 page not found\n' }
  const start = (): void => {
    try {
      p.net.listen(p, { addr, port, service: { name: 'kubelet', http } })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      log.error('server.go:1025', 'Failed to start healthz server', bindError(addr, port, error))
      p.after(HEALTHZ_RETRY, start)
    }
  }
  start()
}

const bindError = (addr: string, port: number, error: SysError): string =>
  `listen tcp ${addr}:${port}: bind: ${error.strerror.toLowerCase()}`

/** Serves the authenticated port. */
export function serve(k: Kubelet): void {
  const { process, config, log } = k
  const usage = new Usage(k)
  if (config.enableServer) {
    k.log.info('server.go:193', 'Starting to listen', { address: config.address, port: config.port })
    listen(process, log, config.address, config.port, kubeletService(k, usage))
  }
  if (config.readOnlyPort > 0)
    listen(process, log, config.address, config.readOnlyPort, {
      name: 'kubelet',
      http: (r) => openAnswer(k, usage, r.path.split('?')[0]) ?? NOT_FOUND,
    })
  serveHealthz(process, log, config)
  const stop = (): void => {
    k.log.info('volume_manager.go:316', 'Shutting down Kubelet Volume Manager')
    k.log.info('tlsconfig.go:258', 'Shutting down DynamicServingCertificateController')
    if (config.clientCaFile)
      k.log.info('dynamic_cafile_content.go:175', 'Shutting down controller', {
        name: `client-ca-bundle::${config.clientCaFile}`,
      })
    process.exit(0)
  }
  process.onSignal('SIGTERM', stop)
  process.onSignal('SIGINT', stop)
}

function listen(p: Process, log: Klog, addr: string, port: number, service: Service): void {
  try {
    p.net.listen(p, { addr, port, service })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    log.error('server.go:213', 'Failed to listen and serve', bindError(addr, port, error))
    p.exit(1)
  }
}

/** The serving certificate: configured, or made by the kubelet itself at its first start. */
function tlsFiles(k: Kubelet): () => TlsServer {
  const { host, config, flags } = k
  const certFile = config.tlsCertFile || `${flags.certDir}/kubelet.crt`
  const keyFile = config.tlsPrivateKeyFile || `${flags.certDir}/kubelet.key`
  if (!config.tlsCertFile && !host.fs.exists(certFile)) {
    const made = selfSignedServing(k.nodeName, k.rng.fork('serving'), k.now())
    host.fs.mkdir(flags.certDir, { parents: true })
    host.fs.writeFile(certFile, made.cert.pem + made.ca.pem, { mode: 0o644 })
    host.fs.writeFile(keyFile, made.key.pem, { mode: 0o600 })
  }
  const read = (path: string): string => {
    const node = host.fs.find(path)
    return node?.kind === 'file' ? node.read() : ''
  }
  return () => ({
    certPem: read(certFile),
    keyPem: read(keyFile),
    clientCaPem: config.clientCaFile ? read(config.clientCaFile) : undefined,
    clientAuth: 'request',
  })
}

function kubeletService(k: Kubelet, usage: Usage): Service {
  const api = kubeletApi(k)
  return {
    name: 'kubelet',
    tls: tlsFiles(k),
    custom: api,
    http: (request, peer) => {
      const refused = api.authorize(peer, request.path, bearerOf(request), request.method)
      if (refused) return refused
      return answered(() => route(k, api, usage, request))
    },
  }
}

/** The token of an Authorization header. */
const bearerOf = ({ headers }: HttpRequest): string | undefined =>
  /^Bearer (\S+)$/i.exec(headers?.authorization ?? '')?.[1]

/** An answer that a silent runtime makes an error of the server. */
function answered(answer: () => HttpResponse): HttpResponse {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    return { status: 500, headers: TEXT, body: `Internal Error: ${error.message}` }
  }
}

/** What needs no more than to be asked, by its path: on the read-only port too (server.go, InstallAuthNotRequiredHandlers). */
function openAnswer(k: Kubelet, usage: Usage, path: string): HttpResponse | undefined {
  const metrics = (body: string): HttpResponse => ({ status: 200, headers: EXPOSITION_HEADERS, body })
  switch (path.replace(/(?<=.)\/$/, '')) {
    case '/healthz':
    case '/healthz/ping':
    case '/healthz/log':
    case '/healthz/syncloop':
      return { status: 200, headers: TEXT, body: 'ok' }
    case '/pods':
      return json(podList([...k.records.values()].map((r) => ({ ...r.pod, status: r.status ?? r.pod.status }))))
    case '/stats/summary':
      return json(nodeSummary(k, usage.read()))
    case '/metrics':
      return metrics(kubeletMetrics(k))
    case '/metrics/cadvisor':
      return metrics(cadvisorMetrics(k, usage.read()))
    case '/metrics/resource':
      return metrics(resourceMetrics(usage.read()))
  }
  return path.startsWith('/metrics/') ? notSimulated(path) : undefined
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
const NOT_FOUND: HttpResponse = { status: 404, headers: TEXT, body: '404 page not found\n' }

const json = (value: unknown): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

const notSimulated = (path: string): HttpResponse => ({ status: 501, body: `kubelet: not simulated: ${path}\n` })

const podList = (items: readonly unknown[]): any => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items })

function route(k: Kubelet, api: KubeletApi, usage: Usage, request: HttpRequest): HttpResponse {
  const [path, query = ''] = request.path.split('?')
  const open =
    path === '/healthz' && new URLSearchParams(query).has('verbose') ? verboseHealth() : openAnswer(k, usage, path)
  if (open) return open
  if (path === '/configz') return { ...json(undefined), body: configz(k) }
  if (!k.config.enableDebuggingHandlers && DEBUGGING.test(path))
    return { status: 405, headers: TEXT, body: 'Debug endpoints are disabled.\n' }
  if (path.startsWith('/logs/')) return k.config.enableSystemLogHandler ? systemLogs(k.host, request) : LOGS_OFF
  if (/^\/runningpods\/?$/.test(path)) return json(podList(runningPods(k)))
  const m = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path)
  if (m) {
    const q = new URLSearchParams(query)
    try {
      const stream = api.logs(m[1], m[2], m[3], {
        tailLines: q.has('tailLines') ? Number(q.get('tailLines')) : undefined,
        timestamps: q.get('timestamps') === 'true',
        previous: q.get('previous') === 'true',
        follow: false,
      })
      return { status: 200, body: stream.text }
    } catch (error) {
      return { status: 400, body: (error as Error).message }
    }
  }
  return ELSEWHERE.test(path) ? notSimulated(path) : NOT_FOUND
}

const verboseHealth = (): HttpResponse => ({
  status: 200,
  headers: TEXT,
  body: '[+]ping ok\n[+]log ok\n[+]syncloop ok\nhealthz check passed\n',
})

const LOGS_OFF: HttpResponse = { status: 405, headers: TEXT, body: 'logs endpoint is disabled.\n' }

/** What enableDebuggingHandlers shuts off. */
const DEBUGGING = /^\/(?:run|exec|attach|portForward|containerLogs|runningpods|debug\/pprof|logs)(?:\/|$)/

/** What a real kubelet serves besides (server.go, InstallDefaultHandlers and InstallDebuggingHandlers). */
const ELSEWHERE = /^\/(?:flagz|statusz|checkpoint|debug\/(?:pprof|flags)|run|cri)(?:\/|$)/

/** What the runtime runs, as far as it knows of pods (kubecontainer.Pod.ToAPIPod). */
const runningPods = (k: Kubelet): any[] =>
  k.cri.listPodSandbox().flatMap((s) => {
    const { name, namespace, uid } = s.config
    const containers = k.cri
      .containersOf(s.id)
      .filter((c) => c.state === 'CONTAINER_RUNNING')
      .map((c) => ({ name: c.config.name, image: c.image.id, resources: {} }))
    return containers.length > 0 ? [{ metadata: { name, namespace, uid }, spec: { containers }, status: {} }] : []
  })

function kubeletApi(k: Kubelet): KubeletApi {
  const authorizer = new KubeletAuthorizer(k)
  const record = (namespace: string, name: string): PodRecord => {
    for (const r of k.records.values())
      if (r.pod.metadata.namespace === namespace && r.pod.metadata.name === name) return r
    throw new Error(`pod "${name}" not found`)
  }
  const container = (namespace: string, pod: string, name: string, missing = `container not found ("${name}")`) => {
    const r = record(namespace, pod)
    const c = latest(runtimeStatus(k.cri, r.uid), name)
    if (c?.state !== 'CONTAINER_RUNNING') throw new Error(missing)
    return c
  }
  return {
    kind: 'kubelet',
    authorize: (peer, path, bearerToken, method) => authorizer.check(peer, path, bearerToken, method),
    logs: (namespace, pod, name, options) => openLog(k, record(namespace, pod), name, options),
    exec(namespace, pod, name, command, io) {
      const c = container(namespace, pod, name)
      try {
        return k.cri.exec(c.id, command, io)
      } catch (error) {
        if (!(error instanceof GrpcError)) throw error
        throw new Error(
          `Internal error occurred: error executing command in container: ${error.message.replace(/^rpc error: code = Unknown desc = /, '')}`,
        )
      }
    },
    attach(namespace, pod, name, io) {
      const c = container(namespace, pod, name, `container ${name} not found in pod ${pod}_${namespace}`)
      const reader = { stdout: io.stdout, stderr: io.stderr }
      c.attached.add(reader)
      const process = c.process!
      const leave = (): void => void c.attached.delete(reader)
      process.defer(leave)
      if (io.stdin && c.stdinSink) k.spawn(`attach ${pod}`, feed(io.stdin, c), () => {})
      return { process, leave }
    },
    portForward(namespace, pod) {
      const r = record(namespace, pod)
      const sandbox = runtimeStatus(k.cri, r.uid).sandboxes[0]
      if (!sandbox?.net || !sandbox.process) throw new Error(`pod not found ("${pod}_${namespace}")`)
      const { id } = sandbox
      const netns = `/var/run/netns/cni-${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`
      return {
        net: sandbox.net,
        process: sandbox.process,
        // containerd's internal/cri/server/sandbox_portforward_linux.go
        refused: (port) =>
          `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace "${netns}": failed to connect to localhost:${port} inside namespace "${id}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `,
      }
    },
  }
}

/** Types what the client types into the container; the end of a client's input ends a stdinOnce container's. */
function* feed(from: Source, c: Container): Coro {
  for (;;) {
    const text = yield* readChunk(from)
    if (text === null) break
    c.stdinSink?.write(text)
  }
  if (c.config.stdinOnce) c.stdinSink?.close()
}
