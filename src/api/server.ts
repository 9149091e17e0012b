import { Blocked, type HttpResponse } from '../host/net/types.ts'
import type { Kernel, Rng } from '../kernel/index.ts'
import type { Kind, KindRegistry } from '../kinds/index.ts'
import type { TokenClaims } from '../pki/index.ts'
import { AdmissionChain } from './admission/chain.ts'
import type { AdmissionPlugin } from './admission/plugin.ts'
import { ANONYMOUS, type Authenticator } from './authn/authenticator.ts'
import { impersonated } from './authn/impersonation.ts'
import { type Action, type Authorizer, alwaysAllow } from './authz/authorizer.ts'
import { denied } from './authz/denied.ts'
import type { RbacAuthorizer } from './authz/rbac.ts'
import type { RequestContext, UserInfo } from './context.ts'
import {
  badRequest,
  methodNotAllowed,
  methodNotSupported,
  pageNotFound,
  timeout,
  unauthorized,
  unknownFormat,
} from './errors.ts'
import type { FlowControl } from './flow/flow-control.ts'
import { checkTimeout, REQUEST_TIMEOUT, requestTimeout } from './http/deadline.ts'
import { RequestCounter } from './http/metrics.ts'
import { checkPath, checkRoute } from './http/routes.ts'
import { shaped, shapeOf } from './http/shape.ts'
import type { ComponentChecks } from './registry/component-status.ts'
import { dispatch } from './registry/dispatch.ts'
import { keyPrefix } from './registry/keys.ts'
import type { Backends } from './registry/remote.ts'
import { checkWriteOptions } from './registry/write-options.ts'
import { Cacher } from './storage/cacher.ts'
import { type Storage, StorageBlocked, StorageError } from './storage/storage.ts'
import { Unreadable } from './storage/transformer.ts'
import type { ServerStream } from './stream.ts'
import {
  type ApiRequest,
  type ApiResponse,
  type Credentials,
  type KubeObject,
  type NonResourceRequest,
  type ResourceRequest,
  StatusError,
} from './types.ts'

/** Answers one family of paths that are not resources; undefined when the path is not its own. */
export type PathHandler = (request: NonResourceRequest, user: UserInfo, server: ApiServer) => ApiResponse | undefined

/** Requests for kinds this server does not keep itself: aggregated APIs. Undefined when the group is not its own. */
export type ForeignHandler = (request: ResourceRequest, user: UserInfo, server: ApiServer) => ApiResponse | undefined

/** A request and its answer, for the audit log. */
export interface Exchange {
  /** Who authenticated, and as whom the request was done: another when it impersonates. */
  readonly caller: UserInfo
  readonly user: UserInfo
  readonly credentials: Credentials
  readonly request: ApiRequest
  readonly response: ApiResponse
  /** How it was authorised. */
  decision(): { readonly allowed: boolean; readonly reason: string }
  /** Calls back when the stream of the answer has ended. */
  ended(fn: () => void): void
}

/** What an API server is made of. */
export interface ApiServerOptions {
  readonly kernel: Kernel
  readonly storage: Storage
  readonly kinds: KindRegistry
  /** The server host's clock, ms since the epoch. */
  readonly clock: () => number
  readonly rng: Rng
  readonly authenticators?: readonly Authenticator[]
  /** --anonymous-auth; on unless told. */
  readonly anonymous?: boolean
  readonly authorizer?: Authorizer
  /** The RBAC part of `authorizer`, for rule reviews and the check against escalation. */
  readonly rbac?: RbacAuthorizer
  /** --api-audiences */
  readonly audiences?: readonly string[]
  readonly admission?: readonly AdmissionPlugin[]
  readonly paths?: readonly PathHandler[]
  readonly foreign?: readonly ForeignHandler[]
  readonly audit?: (exchange: Exchange) => void
  /** --service-cluster-ip-range */
  readonly serviceRange?: string
  /** --service-node-port-range */
  readonly nodePortRange?: string
  /** Issues service account tokens. */
  readonly tokens?: {
    readonly issuer: string
    readonly audiences: readonly string[]
    sign(claims: TokenClaims): string
  }
  /** The checks behind componentstatuses. */
  readonly components?: ComponentChecks
  /** Lines for the server's log: level, place in the source, text. */
  readonly log?: (level: 'I' | 'W' | 'E', place: string, text: string) => void
  /** The way to kubelets, pods and webhooks. */
  readonly backends?: Backends
  /** Who waits when there is too much to do. */
  readonly flow?: FlowControl
}

/** On the way from its client, ms. */
const ARRIVAL = 1

/** The request pipeline: authentication, authorisation, admission, registry. Synchronous; throws only Blocked. */
export class ApiServer {
  readonly kernel: Kernel
  readonly storage: Storage
  readonly kinds: KindRegistry
  readonly rng: Rng
  readonly admission: AdmissionChain
  readonly authorizer: Authorizer
  readonly rbac: RbacAuthorizer | undefined
  readonly requests = new RequestCounter()
  private readonly cachers = new Map<string, Cacher>()
  /** Requests that were told to come back, and the virtual ms at which they are given up. */
  private readonly deadlines = new WeakMap<ApiRequest, number>()

  constructor(readonly options: ApiServerOptions) {
    this.kernel = options.kernel
    this.storage = options.storage
    this.kinds = options.kinds
    this.rng = options.rng
    this.authorizer = options.authorizer ?? alwaysAllow
    this.rbac = options.rbac
    this.admission = new AdmissionChain(options.admission ?? [])
  }

  /** ms since the epoch by the server host's clock. */
  now(): number {
    return this.options.clock()
  }

  /** The watch cache of a stored kind. Throws StorageBlocked when it has to be filled and etcd does not answer. */
  cacher(kind: Kind): Cacher {
    const prefix = keyPrefix(kind)
    let cacher = this.cachers.get(prefix)
    if (!cacher) {
      cacher = new Cacher(this.storage, prefix, kind.namespaced, trigger(kind))
      this.cachers.set(prefix, cacher)
    }
    cacher.start()
    return cacher
  }

  /**
   * A kind's objects as the server's own informers know them, which decide about requests (RBAC, tokens, admission, flow
   * schemas): while etcd does not answer they are what they were last.
   */
  known(kind: Kind): Cacher {
    try {
      return this.cacher(kind)
    } catch (error) {
      const before = this.cachers.get(keyPrefix(kind))
      if (before?.filled && (error instanceof StorageBlocked || error instanceof StorageError)) return before
      throw error
    }
  }

  /** The stored kinds that have been asked for, with their objects and watchers. */
  kept(): { kind: Kind; objects: number; watchers: number }[] {
    return this.kinds.list().flatMap((kind) => {
      const cacher = kind.storedAs ? undefined : this.cachers.get(keyPrefix(kind))
      return cacher ? [{ kind, objects: cacher.objects.size, watchers: cacher.watchers }] : []
    })
  }

  /** How many objects the watch cache of a prefix holds. */
  objectsOf(prefix: string): number {
    return this.cachers.get(prefix)?.objects.size ?? 0
  }

  /** The objects of a resource of API Priority and Fairness. */
  stored(resource: 'flowschemas' | 'prioritylevelconfigurations'): KubeObject[] {
    const kind = this.kinds.byResource('flowcontrol.apiserver.k8s.io/v1', resource)
    return kind ? [...this.known(kind).objects.values()] : []
  }

  /** Fills the caches of all kinds, as a starting server does. */
  warm(): void {
    for (const kind of this.kinds.list()) if (!kind.storedAs && kind.verbs.includes('list')) this.cacher(kind)
  }

  /** Ends all watches, etcd's and the clients': the server's process has died, its connections with it. */
  close(): void {
    for (const cacher of this.cachers.values()) cacher.reset()
    this.cachers.clear()
  }

  /**
   * Answers a request. Throws Blocked while etcd has no quorum, or, to those who have patience, while it waits for its
   * turn; ask again with the same request object when it fires.
   */
  handle(request: ApiRequest, credentials: Credentials, patient = false): ApiResponse {
    let caller = ANONYMOUS
    let user = ANONYMOUS
    let response: ApiResponse
    try {
      checkTimeout(request)
      caller = this.authenticate(credentials)
      user = impersonated(this, caller, credentials)
      response =
        this.options.flow?.enter(this, request, user, patient) ??
        ('path' in request ? this.servePath(request, user) : this.serve(request, user, credentials))
    } catch (error) {
      response = this.failure(error, request)
    }
    this.requests.count(request, response.code)
    if (this.options.audit) this.audit(this.options.audit, { caller, user, credentials, request, response })
    return response
  }

  private audit(record: NonNullable<ApiServerOptions['audit']>, exchange: Omit<Exchange, 'decision' | 'ended'>): void {
    const { user, request, response } = exchange
    const action = 'path' in request ? pathAction(request, user) : actionOf(request, user)
    record({
      ...exchange,
      decision: () => this.authorizer.authorize(action, this),
      ended: (fn) => void (response.stream as ServerStream | undefined)?.whenDone?.(fn),
    })
  }

  /** Throws 403 unless the action is allowed. */
  authorize(action: Action): void {
    const decision = this.authorizer.authorize(action, this)
    if (!decision.allowed) throw denied(action, decision.reason)
  }

  private authenticate(credentials: Credentials): UserInfo {
    for (const authenticator of this.options.authenticators ?? []) {
      const user = authenticator(credentials)
      if (user) return user
    }
    if (credentials.bearerToken !== undefined || this.options.anonymous === false) throw unauthorized()
    return ANONYMOUS
  }

  private serve(request: ResourceRequest, user: UserInfo, credentials: Credentials): ApiResponse {
    const { group, version, resource } = request
    this.authorize(actionOf(request, user))
    for (const foreign of this.options.foreign ?? []) {
      const answer = foreign(request, user, this)
      if (answer) return answer
    }
    const kind = this.kinds.byResource(group ? `${group}/${version}` : version, resource)
    if (!kind) throw pageNotFound()
    if (!request.untyped && kind.namespaced && !request.namespace && needsNamespace(request)) {
      throw badRequest('an empty namespace may not be set during creation')
    }
    if (request.untyped) checkRoute(kind, request)
    const shape = request.acceptHeader === undefined ? undefined : shapeOf(request)
    const ctx: RequestContext = {
      server: this,
      user,
      request: shape ? { ...request, accept: shape.accept } : request,
      kind,
      stored: kind.storedAs ? this.kinds.stored(kind) : kind,
      manager: request.fieldManager || credentials.userAgent.split('/')[0] || 'unknown',
      warnings: [],
    }
    if (request.unknownFormat) throw unknownFormat()
    if (request.malformed) throw badRequest(request.malformed)
    if (request.untyped) checkWriteOptions(ctx)
    const response = this.dispatched(ctx)
    const shown = shape ? shaped(response, shape, kind) : response
    return ctx.warnings.length ? { ...shown, warnings: ctx.warnings } : shown
  }

  /** A refusal carries the warnings that came before it. */
  private dispatched(ctx: RequestContext): ApiResponse {
    try {
      const response = dispatch(ctx)
      if (!response) throw ctx.kind.crd ? methodNotSupported(ctx.kind, ctx.request.verb) : methodNotAllowed()
      return response
    } catch (error) {
      if (error instanceof StatusError && ctx.warnings.length) return this.failure(error, ctx.request)
      throw error
    }
  }

  private servePath(request: NonResourceRequest, user: UserInfo): ApiResponse {
    this.authorize(pathAction(request, user))
    checkPath(request, this.kinds)
    for (const handler of this.options.paths ?? []) {
      const answer = handler(request, user, this)
      if (answer) return answer
    }
    throw pageNotFound()
  }

  private failure(error: unknown, request: ApiRequest): ApiResponse {
    if (error instanceof StatusError) {
      return { code: error.code, body: error.toStatus(), warnings: undefined }
    }
    if (error instanceof Unreadable) {
      const message = `Internal error occurred: ${error.message}`
      return { code: 500, body: new StatusError(500, 'InternalError', message).toStatus() }
    }
    if (error instanceof StorageError) {
      return { code: 500, body: new StatusError(500, '', error.message).toStatus() }
    }
    if (!(error instanceof StorageBlocked)) throw error
    let until = this.deadlines.get(request)
    if (until === undefined) {
      // It began when the request arrived: whoever sent it, and gives up after the same time, is earlier.
      until = this.kernel.now() + requestTimeout(request) + ARRIVAL
      this.deadlines.set(request, until)
    }
    const { wake, wakeAt } = error
    if (wakeAt !== undefined) this.kernel.at(wakeAt, () => wake.fire())
    throw new Blocked(wake, until, () => gaveUp(request))
  }
}

const pathAction = ({ verb, path }: NonResourceRequest, user: UserInfo): Action => ({
  user,
  verb,
  namespace: '',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  name: '',
  path,
})

/** A namespace is its own namespace; a list that selects one name is about that object. */
function actionOf(request: ResourceRequest, user: UserInfo): Action {
  const { verb, group, version, resource, subresource = '', fieldSelector } = request
  const name =
    request.name ?? (fieldSelector ? /(?:^|,)metadata\.name==?([^,]+)/.exec(fieldSelector)?.[1] : undefined) ?? ''
  const ownNamespace = resource === 'namespaces' && group === ''
  return {
    user,
    verb: verb === 'connect' ? 'create' : verb,
    namespace: ownNamespace ? name : (request.namespace ?? ''),
    group,
    version,
    resource,
    subresource,
    name,
    fields: fieldSelector,
  }
}

/** Only pods are watched in thousands by a field: each kubelet watches its own. */
function trigger(kind: Kind): ((object: any) => string) | undefined {
  if (kind.group === '' && kind.kind === 'Pod') return (pod) => pod.spec?.nodeName ?? ''
  return undefined
}

const needsNamespace = (request: ResourceRequest): boolean =>
  request.verb !== 'list' && request.verb !== 'watch' && request.verb !== 'deletecollection'

/**
 * What a request that waited in vain gets: by its own ?timeout a 504; by the server's 60 s the HTTP/2 stream is reset,
 * which status 0 stands for.
 */
function gaveUp(request: ApiRequest): HttpResponse {
  const answer: ApiResponse =
    requestTimeout(request) < REQUEST_TIMEOUT
      ? {
          code: 504,
          // Sent as plain text: clients do not read what it says.
          body: JSON.stringify(
            timeout('request did not complete within requested timeout - context deadline exceeded').toStatus(),
          ),
        }
      : { code: 0, body: 'stream error: stream ID 1; INTERNAL_ERROR; received from peer' }
  return { status: answer.code, body: answer.body, parsed: answer }
}
