import type {
  ApiRequest,
  ApiResponse,
  EventStream,
  GroupVersionResource,
  KubeObject,
  PatchType,
  RequestOptions,
} from './types.ts'

/**
 * How a client names a resource: the kind, for built-in kinds (`Pod`, `Deployment`); apiVersion and kind
 * (`shop.example.com/v1/Widget`, which asks discovery); or group, version and plural.
 */
export type ResourceRef = string | GroupVersionResource

/** What a program's request takes until what it wrote is on the disks of etcd and others hear of it, ms; recording a04: 10 to 20. */
export const WRITE_MS = 10

/**
 * The synchronous client of controllers, scheduler, kubelet and other long-running programs. Each call is answered at
 * this instant: with the object, or by throwing StatusError (the server said no) or TransportError (it could not be
 * reached, or would have hung; a hanging server counts as a time-out, and the caller backs off as the real one does).
 */
export interface ApiClient {
  /** Requests sent so far: what client-go's rate limiter counts. */
  readonly sent: number
  /** Undefined when it does not exist. */
  find(ref: ResourceRef, namespace: string | undefined, name: string): KubeObject | undefined
  get(ref: ResourceRef, namespace: string | undefined, name: string): KubeObject
  list(ref: ResourceRef, namespace?: string, options?: RequestOptions): KubeObject[]
  /** Creates what `object` says (kind and namespace from the object). */
  create(object: KubeObject, options?: RequestOptions): KubeObject
  update(object: KubeObject, options?: RequestOptions): KubeObject
  updateStatus(object: KubeObject, options?: RequestOptions): KubeObject
  patch(
    ref: ResourceRef,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    type: PatchType,
    options?: RequestOptions & { subresource?: string },
  ): KubeObject
  remove(ref: ResourceRef, namespace: string | undefined, name: string, options?: RequestOptions): void
  /** Writes a subresource as it wants to be: binding, eviction and token with POST; approval and finalize with PUT. */
  post(ref: ResourceRef, namespace: string | undefined, name: string, subresource: string, body: unknown): any
  /** A raw watch from `resourceVersion`. Controllers use an Informer instead. */
  watch(ref: ResourceRef, namespace: string | undefined, options: RequestOptions): EventStream
  /** Any request as it is; throws like the others, but for nothing else than what stands in the answer's status code. */
  request(request: ApiRequest): ApiResponse
  /** Group, version and plural of what `ref` names. */
  resolve(ref: ResourceRef): GroupVersionResource
}
