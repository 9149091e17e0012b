import { Blocked } from '../host/net/types.ts'
import { builtinKinds } from '../kinds/index.ts'
import type { ApiClient, ResourceRef } from './client.ts'
import {
  type ApiRequest,
  type ApiResponse,
  type EventStream,
  type GroupVersionResource,
  type KubeObject,
  type PatchType,
  type RequestOptions,
  type ResourceRequest,
  StatusError,
  TransportError,
} from './types.ts'

/** Carries a request to the server: dial, TLS and credentials are its business. Throws TransportError or Blocked. */
type Send = (request: ApiRequest) => ApiResponse

const byKind = new Map<string, GroupVersionResource>()
const namespaced = new Map<string, boolean>()
for (const kind of builtinKinds) {
  const gvr = { group: kind.group, version: kind.version, resource: kind.plural }
  if (!byKind.has(kind.kind)) byKind.set(kind.kind, gvr)
  byKind.set(`${kind.apiVersion}/${kind.kind}`, gvr)
  namespaced.set(`${kind.apiVersion}/${kind.plural}`, kind.namespaced)
}

/** Subresources that are replaced (PUT); rights are given for that verb. */
const REPLACED = new Set(['approval', 'finalize', 'status'])

/** The client of long-running programs, over any way to reach the server. */
export class LocalClient implements ApiClient {
  sent = 0
  /** Custom kinds learnt from discovery, by `group/version/Kind`. */
  private readonly discovered = new Map<string, GroupVersionResource>()

  constructor(private readonly send: Send) {}

  find(ref: ResourceRef, namespace: string | undefined, name: string): KubeObject | undefined {
    const request = { ...this.resolve(ref), verb: 'get', namespace, name } as const
    const response = this.request(request)
    return response.code === 404 ? undefined : accepted(response, request).body
  }

  get(ref: ResourceRef, namespace: string | undefined, name: string): KubeObject {
    return this.call({ ...this.resolve(ref), verb: 'get', namespace, name })
  }

  list(ref: ResourceRef, namespace?: string, options?: RequestOptions): KubeObject[] {
    return this.call({ ...this.resolve(ref), ...options, verb: 'list', namespace }).items
  }

  create(object: KubeObject, options?: RequestOptions): KubeObject {
    const { namespace } = object.metadata
    return this.call({ ...this.resolveObject(object), ...options, verb: 'create', namespace, body: object })
  }

  update(object: KubeObject, options?: RequestOptions): KubeObject {
    return this.put(object, options)
  }

  updateStatus(object: KubeObject, options?: RequestOptions): KubeObject {
    return this.put(object, options, 'status')
  }

  patch(
    ref: ResourceRef,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    type: PatchType,
    options?: RequestOptions & { subresource?: string },
  ): KubeObject {
    return this.call({ ...this.resolve(ref), ...options, verb: 'patch', namespace, name, body: patch, patchType: type })
  }

  remove(ref: ResourceRef, namespace: string | undefined, name: string, options?: RequestOptions): void {
    this.call({ ...this.resolve(ref), ...options, verb: 'delete', namespace, name })
  }

  post(ref: ResourceRef, namespace: string | undefined, name: string, subresource: string, body: unknown): any {
    const verb = REPLACED.has(subresource) ? 'update' : 'create'
    return this.call({ ...this.resolve(ref), verb, namespace, name, subresource, body })
  }

  watch(ref: ResourceRef, namespace: string | undefined, options: RequestOptions): EventStream {
    const request = { ...this.resolve(ref), ...options, verb: 'watch', namespace } as const
    return accepted(this.request(request), request).stream!
  }

  request(request: ApiRequest): ApiResponse {
    this.sent++
    try {
      return this.send(request)
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      throw new TransportError('timeout', 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
    }
  }

  resolve(ref: ResourceRef): GroupVersionResource {
    if (typeof ref !== 'string') return ref
    const known = byKind.get(ref) ?? this.discovered.get(ref)
    if (known) return known
    const slash = ref.lastIndexOf('/')
    if (slash < 0) throw new Error(`no built-in kind is called ${ref}`)
    return this.discover(ref.slice(0, slash), ref.slice(slash + 1))
  }

  private put(object: KubeObject, options: RequestOptions | undefined, subresource?: string): KubeObject {
    const { namespace, name } = object.metadata
    const gvr = this.resolveObject(object)
    return this.call({ ...gvr, ...options, verb: 'update', namespace, name, subresource, body: object })
  }

  private call(request: ResourceRequest): any {
    return accepted(this.request(request), request).body
  }

  private resolveObject({ apiVersion, kind }: KubeObject): GroupVersionResource {
    const name = `${apiVersion}/${kind}`
    return byKind.get(name) ?? this.discovered.get(name) ?? this.discover(apiVersion, kind)
  }

  /** Asks the server which resource a custom kind belongs to. */
  private discover(apiVersion: string, kind: string): GroupVersionResource {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const { body } = accepted(this.request({ verb: 'get', path }))
    const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?]
    for (const resource of body.resources ?? []) {
      if (resource.name.includes('/')) continue
      this.discovered.set(`${apiVersion}/${resource.kind}`, { group, version, resource: resource.name })
    }
    const found = this.discovered.get(`${apiVersion}/${kind}`)
    if (!found) throw new StatusError(404, 'NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`)
    return found
  }
}

/** The response, or its Status as an error. */
export function accepted(response: ApiResponse, request?: ApiRequest): ApiResponse {
  if (response.code < 400 && response.code !== 0) return response
  const { body, code } = response
  if (code === 429 && typeof body === 'string')
    throw new StatusError(code, 'TooManyRequests', `${TOO_MANY}${request ? asked(request) : ''}`)
  if (code === 404 && typeof body === 'string') throw new StatusError(code, 'NotFound', UNKNOWN)
  if (typeof body === 'string') throw new StatusError(code, '', body)
  throw new StatusError(code, body.reason ?? '', body.message ?? '', body.details)
}

/** client-go's words for a path that nobody serves. */
export const UNKNOWN = 'the server could not find the requested resource'
/** client-go's words for a refusal without a Status. */
export const TOO_MANY = 'the server has received too many requests and has asked us to try again later'

const METHODS: Readonly<Record<string, string>> = { list: 'get', watch: 'get', create: 'post', update: 'put' }

/** What was asked, as client-go puts it behind errors that the server did not word: ` (get leases.coordination.k8s.io x)`. */
export function asked(request: ApiRequest): string {
  if ('path' in request) return ''
  const { verb, group, resource, name } = request
  return ` (${METHODS[verb] ?? verb} ${group ? `${resource}.${group}` : resource}${name ? ` ${name}` : ''})`
}
