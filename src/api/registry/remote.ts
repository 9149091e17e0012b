import { lookup } from '../admission/lookup.ts'
import type { WebhookConnection, WebhookTarget } from '../admission/webhooks.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, notFound, serviceUnavailable } from '../errors.ts'
import type { RemoteStreams } from '../remote.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { load } from './read.ts'
import { checkLogOptions, checkPorts } from './remote-options.ts'

type Query = Readonly<Record<string, string | readonly string[]>>

/** What is asked of a kubelet about one container. */
export interface ContainerCall {
  /** Undefined when the pod is bound to a node that does not exist. */
  readonly node: KubeObject
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly query: Query
}

/** HTTP to somewhere behind the API server. `host` is an address or a name of a Service (`hook.adm.svc`). */
export interface BackendCall {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly body?: unknown
}

/** The server's way to kubelets and pods, over its host's network. All throw StatusError. */
export interface Backends {
  logs(call: ContainerCall): ApiResponse
  exec(call: ContainerCall, how: 'exec' | 'attach', streams: RemoteStreams): ApiResponse
  portForward(call: ContainerCall): ApiResponse
  /** The kubelet's own HTTP interface. */
  node(node: KubeObject, method: string, path: string, body?: unknown): ApiResponse
  http(call: BackendCall): ApiResponse
  /** Connects to an admission webhook. Throws TransportError. */
  webhook?(target: WebhookTarget): WebhookConnection
}

const backends = ({ server }: RequestContext): Backends => {
  const { backends: found } = server.options
  if (!found) throw serviceUnavailable('no way to the nodes')
  return found
}

const first = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : (value?.[0] ?? '')

/** pods/log, exec, attach and portforward: finds the node, lets its kubelet answer. */
export function remote(ctx: RequestContext): ApiResponse {
  const { request } = ctx
  const { subresource, query = {} } = request
  if (subresource === 'log') checkLogOptions(request.name ?? '', query)
  if (subresource === 'portforward') checkPorts(query.ports)
  const pod = load(ctx).object
  const { nodeName } = pod.spec
  const container = subresource === 'portforward' ? '' : containerOf(pod, first(query.container))
  const call = (): ContainerCall => {
    const node = lookup(ctx.server, 'Node', undefined, nodeName)
    if (!node) throw notFound({ group: '', plural: 'nodes' }, nodeName)
    return { node, namespace: request.namespace!, pod: pod.metadata.name, container, query }
  }
  if (subresource === 'log') {
    if (!nodeName) return { code: 204, body: '' }
    return backends(ctx).logs(call())
  }
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  if (subresource === 'portforward') return backends(ctx).portForward(call())
  return backends(ctx).exec(call(), subresource as 'exec' | 'attach', request.body as RemoteStreams)
}

/** The named container, the only one, or the annotated default. */
function containerOf({ metadata, spec }: KubeObject, wanted: string): string {
  const names = (list: any[] | undefined): string[] => (list ?? []).map((c) => c.name)
  const containers = names(spec.containers)
  const init = names(spec.initContainers)
  const ephemeral = names(spec.ephemeralContainers)
  if (wanted) {
    if ([...containers, ...init, ...ephemeral].includes(wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`)
  }
  if (containers.length === 1) return containers[0]!
  const choices = `choose one of: [${[...init, ...containers, ...ephemeral].join(' ')}]`
  throw badRequest(`a container name must be specified for pod ${metadata.name}, ${choices}`)
}

const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  connect: 'GET',
}

const SCHEMES = new Set(['', 'http', 'https'])

/** proxy below nodes, pods and services. */
export function proxy(ctx: RequestContext): ApiResponse {
  const { request, kind } = ctx
  const { path = '/', ...rest } = request.query ?? {}
  const search = Object.entries(rest)
    .flatMap(([k, v]) =>
      (typeof v === 'string' ? [v] : v).map((x) => `${encodeURIComponent(k)}=${encodeURIComponent(x)}`),
    )
    .join('&')
  const full = first(path) + (search ? `?${search}` : '')
  const method = METHODS[request.verb] ?? 'GET'
  // `name`, `name:port`, `https:name:port`
  const parts = (request.name ?? '').split(':')
  if (kind.plural !== 'nodes' && (parts.length > 3 || (parts.length === 3 && !SCHEMES.has(parts[0]!))))
    throw badRequest(`invalid ${kind.singular} request ${JSON.stringify(request.name)}`)
  const scheme = parts.length === 3 && parts[0] === 'https' ? ('https' as const) : ('http' as const)
  const name = parts.length === 3 ? parts[1]! : parts[0]!
  const port = parts.length === 1 ? '' : parts[parts.length - 1]!
  if (kind.plural === 'nodes') {
    const node = load(ctx, name).object
    return backends(ctx).node(node, method, full, request.body)
  }
  const object = load(ctx, name).object
  const target = kind.plural === 'pods' ? podTarget(object, port) : serviceTarget(ctx, object, port)
  return backends(ctx).http({ method, scheme, ...target, path: full, body: request.body })
}

function podTarget(pod: KubeObject, port: string): { host: string; port: number } {
  const host = pod.status?.podIP
  if (!host) throw badRequest(`address not allowed`)
  const declared = (pod.spec.containers ?? []).flatMap((c: any) => c.ports ?? [])
  const named = declared.find((p: any) => p.name === port)?.containerPort
  return { host, port: port ? (named ?? Number(port)) : (declared[0]?.containerPort ?? 80) }
}

/** One of the Service's ready endpoints. */
function serviceTarget(ctx: RequestContext, service: KubeObject, wanted: string): { host: string; port: number } {
  const { server } = ctx
  const { name, namespace } = service.metadata
  const ports: any[] = service.spec?.ports ?? []
  const port = wanted ? ports.find((p) => p.name === wanted || String(p.port) === wanted) : ports[0]
  if (wanted && !port) throw serviceUnavailable(`no service port ${wanted} found for service ${JSON.stringify(name)}`)
  const slices = server.cacher(server.kinds.named('EndpointSlice')!).within(namespace)
  for (const slice of slices) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue
    const target = (slice.ports ?? []).find((p: any) => (p.name ?? '') === (port?.name ?? ''))
    const ready = (slice.endpoints ?? []).find((e: any) => e.conditions?.ready !== false)
    if (target && ready) return { host: ready.addresses[0], port: target.port }
  }
  throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
}
