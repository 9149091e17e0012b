import { Blocked, type HttpResponse } from '../host/net/types.ts'
import { same } from '../kinds/index.ts'
import { listOf } from './admission/lookup.ts'
import { serviceTarget } from './admission/webhooks.ts'
import type { ApiClient } from './client.ts'
import type { UserInfo } from './context.ts'
import { serviceUnavailable } from './errors.ts'
import type { ForeignGroup } from './http/discovery.ts'
import { urlOf } from './http/url.ts'
import type { ApiServer, ForeignHandler } from './server.ts'
import type { CacheWatcher } from './storage/cacher.ts'
import { StorageBlocked } from './storage/storage.ts'
import { rfc3339 } from './time.ts'
import { type ApiResponse, type KubeObject, type ResourceRequest, StatusError, TransportError } from './types.ts'

const SERVICES = 'apiservices.apiregistration.k8s.io'
const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged'
/** How often remote servers are asked whether they are there. */
const RESYNC = 30_000
const SETTLE = 100
const RETRY = 1000

/** groupPriorityMinimum of the built-in groups (cmd/kube-apiserver/app/aggregator.go). */
const GROUP_PRIORITIES: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'admissionregistration.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'resource.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
}

const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  v1: 15,
  'autoscaling/v2': 30,
  'resource.k8s.io/v1': 21,
  'flowcontrol.apiserver.k8s.io/v1': 21,
}

/** A custom group's place in discovery. */
const CUSTOM = { groupPriorityMinimum: 1000, versionPriority: 100 }

interface Condition {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const LOCAL: Condition = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' }

/**
 * Registers the served groups as APIServices, watches over those of other servers and passes requests on to them.
 * Models kube-aggregator. `client` reaches the server itself with full rights.
 */
export class Aggregator {
  private stopped = false
  /** Remote APIServices by name. */
  private readonly remotes = new Map<string, KubeObject>()
  /** What discovery of a remote said, by APIService. */
  private readonly discovered = new Map<string, readonly any[]>()

  constructor(
    private readonly server: ApiServer,
    private readonly client: ApiClient,
  ) {}

  start(): void {
    if (this.stopped) return
    try {
      this.register('onstart')
      this.follow()
    } catch (error) {
      if (!isTrouble(error)) throw error
      this.server.kernel.after(RETRY, () => this.start())
    }
  }

  stop(): void {
    this.stopped = true
  }

  /** Groups that remote servers add to discovery. */
  groups(): ForeignGroup[] {
    const groups = new Map<string, { versions: string[]; resources: Record<string, readonly any[]> }>()
    for (const [name, { spec }] of this.remotes) {
      let group = groups.get(spec.group)
      if (!group) groups.set(spec.group, (group = { versions: [], resources: {} }))
      group.versions.push(spec.version)
      const resources = this.discovered.get(name)
      if (resources) group.resources[spec.version] = resources
    }
    return [...groups].map(([name, group]) => ({ name, ...group }))
  }

  /** Answers for groups of remote servers. */
  readonly handler: ForeignHandler = (request, user) => {
    if (this.remotes.size === 0) return undefined
    const service = this.remotes.get(`${request.version}.${request.group}`)
    return service && this.proxy(service, request, user)
  }

  /** An APIService for every served group and version that has none yet. */
  private register(managed: 'onstart' | 'true'): void {
    const { kinds } = this.server
    const known = new Set(listOf(this.server, 'APIService').map((s) => s.metadata.name))
    for (const [group, versions] of kinds.groups()) {
      // The aggregator serves its own group itself.
      if (group === 'apiregistration.k8s.io') continue
      for (const version of versions) {
        const custom = kinds.list().find((k) => k.group === group && k.version === version)?.crd !== undefined
        if (custom !== (managed === 'true') || (!custom && !(group in GROUP_PRIORITIES))) continue
        const name = `${version}.${group}`
        if (known.has(name)) continue
        const groupVersion = group ? `${group}/${version}` : version
        const priority = {
          groupPriorityMinimum: GROUP_PRIORITIES[group],
          versionPriority: group === '' ? 1 : (VERSION_PRIORITIES[groupVersion] ?? VERSION_PRIORITIES[version]),
        }
        this.client.create({
          apiVersion: 'apiregistration.k8s.io/v1',
          kind: 'APIService',
          metadata: { name, labels: { [AUTOMANAGED]: managed } },
          spec: { group, version, ...(custom ? CUSTOM : priority) },
        })
      }
    }
  }

  /** Removes APIServices of custom groups that are not served any more. */
  private unregister(): void {
    const { kinds } = this.server
    for (const service of listOf(this.server, 'APIService')) {
      const { group, version } = service.spec
      if (service.metadata.labels?.[AUTOMANAGED] !== 'true') continue
      if (kinds.list().some((k) => k.group === group && k.version === version)) continue
      this.client.remove('APIService', undefined, service.metadata.name)
    }
  }

  private follow(): void {
    const { server } = this
    const watch = (resource: string, onChange: CacheWatcher['onChange']) => {
      const kind = server.kinds.list().find((k) => k.groupResource === resource)!
      const cacher = server.cacher(kind)
      const again = () => server.kernel.after(RETRY, () => this.guarded(() => watch(resource, onChange)))
      cacher.subscribe({ onChange, onReset: again })
      return cacher
    }
    const services = watch(SERVICES, ({ now, before }) => {
      if (now) this.take(now)
      else this.drop(before!.metadata.name)
    })
    for (const service of services.objects.values()) this.take(service)
    const related = () => {
      if (this.remotes.size > 0) this.later(() => this.checkRemotes())
    }
    watch('services', related)
    watch('endpointslices.discovery.k8s.io', related)
    // Custom groups come after their definitions are established.
    watch('customresourcedefinitions.apiextensions.k8s.io', () =>
      this.later(() => {
        this.register('true')
        this.unregister()
      }),
    )
    this.later(() => this.register('true'))
    const round = () => {
      if (this.stopped) return
      server.kernel.after(RESYNC, round)
      this.guarded(() => this.checkRemotes())
    }
    server.kernel.after(RESYNC, round)
  }

  private take(service: KubeObject): void {
    const { name } = service.metadata
    if (service.spec.service) {
      const known = this.remotes.get(name)
      this.remotes.set(name, service)
      if (!known || !same(known.spec, service.spec)) this.later(() => this.check(name))
      return
    }
    this.drop(name)
    if (!service.status?.conditions?.length) this.later(() => this.reportLocal(name))
  }

  /** Unless another server has said so meanwhile. */
  private reportLocal(name: string): void {
    const service = listOf(this.server, 'APIService').find((s) => s.metadata.name === name)
    if (service && !service.spec.service) this.report(service, LOCAL)
  }

  private drop(name: string): void {
    this.remotes.delete(name)
    this.discovered.delete(name)
  }

  private later(what: () => void): void {
    this.server.kernel.after(SETTLE, () => this.guarded(what))
  }

  private guarded(what: () => void): void {
    if (this.stopped) return
    try {
      what()
    } catch (error) {
      if (error instanceof StatusError) return
      if (!isTrouble(error)) throw error
      this.server.kernel.after(RETRY, () => this.guarded(what))
    }
  }

  private checkRemotes(): void {
    for (const name of this.remotes.keys()) this.check(name)
  }

  /** Looks whether a remote server is there. */
  private check(name: string): void {
    const service = this.remotes.get(name)
    if (!service) return
    const condition = this.availability(service)
    if (condition.status !== 'True') this.discovered.delete(name)
    this.report(service, condition)
  }

  /** Models controllers/status/remote. */
  private availability(apiService: KubeObject): Condition {
    const { server } = this
    const { group, version, service } = apiService.spec
    const { namespace, name, port = 443 } = service
    const no = (reason: string, message: string): Condition => ({ status: 'False', reason, message })
    const found = listOf(server, 'Service', namespace).find((s) => s.metadata.name === name)
    if (!found) return no('ServiceNotFound', `service/${name} in "${namespace}" is not present`)
    if (found.spec.type === 'ClusterIP') {
      const offered = found.spec.ports?.find((p: any) => p.port === port)
      if (!offered) return no('ServicePortError', `service/${name} in "${namespace}" is not listening on port ${port}`)
      const slices = listOf(server, 'EndpointSlice', namespace).filter(
        (s) => s.metadata.labels?.['kubernetes.io/service-name'] === name,
      )
      const service = `service/${name} in "${namespace}"`
      if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${service}`)
      const portName = offered.name ?? ''
      if (!slices.some((s) => isReady(s, portName))) {
        const missing = `have no addresses with port name ${JSON.stringify(portName)}`
        return no('MissingEndpoints', `endpointslices for ${service} ${missing}`)
      }
    }
    const url = `https://${found.spec.clusterIP}:${port}/apis/${group}/${version}`
    try {
      const user = { name: 'system:kube-aggregator', groups: ['system:masters'] }
      const path = `/apis/${group}/${version}`
      const { status, body } = this.exchange(apiService, { method: 'GET', path, parsed: { verb: 'get', path } }, user)
      if (status < 200 || status >= 300) {
        return no('FailedDiscoveryCheck', `failing or missing response from ${url}: bad status from ${url}: ${status}`)
      }
      const list: any = typeof body === 'string' ? JSON.parse(body) : body
      this.discovered.set(apiService.metadata.name, list?.resources ?? [])
    } catch (error) {
      const why = reasonOf(error)
      return no('FailedDiscoveryCheck', `failing or missing response from ${url}: Get ${JSON.stringify(url)}: ${why}`)
    }
    return { status: 'True', reason: 'Passed', message: 'all checks passed' }
  }

  private report(service: KubeObject, { status, reason, message }: Condition): void {
    const old = service.status?.conditions?.find((c: any) => c.type === 'Available')
    if (old?.status === status && old.reason === reason && old.message === message) return
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : rfc3339(this.server.now())
    const condition = { lastTransitionTime, message, reason, status, type: 'Available' }
    const others = (service.status?.conditions ?? []).filter((c: any) => c !== old)
    this.client.updateStatus({ ...service, status: { ...service.status, conditions: [...others, condition] } })
  }

  /** One request to the server behind an APIService, in a user's name. May throw Blocked and TransportError. */
  private exchange(
    { spec }: KubeObject,
    request: { method: string; path: string; parsed: unknown; body?: unknown },
    user: UserInfo,
  ): HttpResponse {
    const { backends } = this.server.options
    if (!backends?.webhook) throw new Error('no way to other servers')
    const target = serviceTarget(this.server, spec.service, spec.caBundle ? atob(spec.caBundle) : '')
    const connection = backends.webhook({ ...target, insecure: spec.insecureSkipTLSVerify })
    const headers = {
      accept: 'application/json',
      'x-remote-user': user.name,
      'x-remote-group': user.groups.join('\n'),
    }
    const response = connection({ ...request, headers })
    const { parsed } = response as { parsed?: ApiResponse }
    return parsed ? { status: parsed.code, body: parsed.body } : response
  }

  /** Models apiserver/handler_proxy.go. */
  private proxy(service: KubeObject, request: ResourceRequest, user: UserInfo): ApiResponse {
    const available = service.status?.conditions?.some((c: any) => c.type === 'Available' && c.status === 'True')
    if (!available) throw unable(request)
    const { method, path } = urlOf(request)
    try {
      const { status, body } = this.exchange(service, { method, path, parsed: request, body: request.body }, user)
      return { code: status, body: typeof body === 'string' ? parsed(body) : body }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      throw unable(request)
    }
  }
}

/** What clients make of a 503 without a Status. */
const unable = ({ verb, resource, group, name }: ResourceRequest): StatusError =>
  serviceUnavailable(
    `the server is currently unable to handle the request (${verb === 'list' ? 'get' : verb} ${resource}.${group}${name ? ` ${name}` : ''})`,
  )

const isTrouble = (error: unknown): boolean =>
  error instanceof StorageBlocked || error instanceof StatusError || error instanceof TransportError

const reasonOf = (error: unknown): string => {
  if (error instanceof Blocked || (error instanceof TransportError && error.kind === 'timeout')) {
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  }
  return (error as Error).message
}

const isReady = ({ endpoints, ports }: KubeObject, portName: string): boolean =>
  endpoints?.some((e: any) => e.conditions?.ready !== false) && ports?.some((p: any) => (p.name ?? '') === portName)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
