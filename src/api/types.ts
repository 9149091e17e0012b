import { type Signal, Stackless } from '../kernel/index.ts'

export type { KubeObject, OwnerReference } from '../kinds/object.ts'

/** schema.GroupVersionResource. */
export interface GroupVersionResource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

/** What authorisation calls the action; `connect` is a subresource that is spoken to (exec, proxy). */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection' | 'connect'

/** Content types of PATCH requests. */
export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml'

/** Query parameters of the API, in their Go names without the version suffix. */
export interface RequestOptions {
  labelSelector?: string
  fieldSelector?: string
  limit?: number
  continue?: string
  resourceVersion?: string
  resourceVersionMatch?: string
  allowWatchBookmarks?: boolean
  sendInitialEvents?: boolean
  timeoutSeconds?: number
  dryRun?: boolean
  /** The body's Content-Type where the server takes none of that: the request is refused. */
  unknownFormat?: boolean
  /** What ?dryRun says where that is not only All: the request is refused. */
  dryRunValues?: readonly string[]
  fieldManager?: string
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  force?: boolean
  gracePeriodSeconds?: number
  /** A parameter of the URL that is no number, in strconv's words: the request is refused. */
  malformed?: string
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  preconditions?: { uid?: string; resourceVersion?: string }
  /** log, exec, attach, portforward, proxy: the rest of the query as it is. */
  query?: Readonly<Record<string, string | readonly string[]>>
}

/** A resource request as the API server's RequestInfo sees it. The HTTP door parses URLs into this; in-process clients start here. */
export interface ResourceRequest extends RequestOptions {
  readonly verb: Verb
  readonly group: string
  readonly version: string
  /** Plural, lower case; may be unknown to the server. */
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly body?: unknown
  readonly patchType?: PatchType
  /** 'table' asks for meta.k8s.io/v1 Table with whole objects in the rows, 'metadata' for PartialObjectMetadata. */
  readonly accept?: 'object' | 'table' | 'metadata'
  /** What the rows of a table carry instead of whole objects: ?includeObject of clients outside this process. */
  readonly includeObject?: 'None' | 'Metadata'
  /**
   * Comes from outside (kubectl, curl): the body is decoded as text would be, the answer carries managedFields, a watch
   * ends after a while. Typed in-process clients leave it out.
   */
  readonly untyped?: boolean
  /** What the URL or method has besides: segments that no path has (404), or a method that stands for no verb here (405). */
  readonly unserved?: 'path' | 'method' | 'head'
  /** The body is text in YAML. */
  readonly yaml?: boolean
  /** The Accept header where it says more than JSON: what is not offered is refused. */
  readonly acceptHeader?: string
}

/** /healthz, /version, /api, /openapi/v3, /metrics … */
export interface NonResourceRequest {
  readonly verb: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options'
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  /** 'discovery' asks /api and /apis for apidiscovery.k8s.io/v2 APIGroupDiscoveryList, everything in one answer. */
  readonly accept?: 'discovery'
  /** Asked for in protobuf. */
  readonly wire?: 'protobuf'
  /** As of a resource request. */
  readonly acceptHeader?: string
}

/** Everything the server can be asked, after its URL was taken apart. */
export type ApiRequest = ResourceRequest | NonResourceRequest

/** What the connection and headers say of the caller; authentication turns it into a user. */
export interface Credentials {
  /** PEM of the client certificate presented in TLS. */
  readonly certPem?: string
  readonly bearerToken?: string
  readonly impersonate?: {
    user?: string
    groups?: readonly string[]
    uid?: string
    extra?: Readonly<Record<string, readonly string[]>>
  }
  /** Basic auth is not supported by Kubernetes any more; kept to answer 401. */
  readonly userAgent: string
  readonly ip: string
}

/** What the API server answers. */
export interface ApiResponse {
  /** HTTP status. 0: the server reset the stream; `body` says how (`stream error: stream ID 1; INTERNAL_ERROR; …`). */
  readonly code: number
  /** A KubeObject, a list, a Table, a Status, or text. */
  readonly body: any
  /** Warning headers, in order. */
  readonly warnings?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** For watch, and for logs with follow. */
  readonly stream?: EventStream
}

/** One event of a watch (metav1.WatchEvent). */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: any
}

/** A server-to-client stream (watch events, log text). The server pushes, the client takes. */
export interface EventStream<T = any> {
  /** Called for each item when set; otherwise items queue (bounded by the server, which then closes the stream). */
  onItem: ((item: T) => void) | undefined
  /** Next queued item, undefined when none. */
  take(): T | undefined
  readonly arrived: Signal
  readonly closed: boolean
  /** The process that reads: while it is stopped, items queue. */
  reader?: { readonly frozen: boolean; whenRunning(fn: () => void): void }
  /** Fires when the server ends the stream. */
  onClose: (() => void) | undefined
  /** The client hangs up. */
  cancel(): void
}

/** metav1.Status of a failure, thrown inside the server and by clients alike. Rendered only by the server's last step and by kubectl. */
export class StatusError extends Stackless {
  constructor(
    readonly code: number,
    /** NotFound, AlreadyExists, Conflict, Invalid, Forbidden, … '' when the server gives none. */
    readonly reason: string,
    message: string,
    readonly details?: Record<string, any>,
  ) {
    super(message)
  }

  toStatus(): Record<string, any> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason ? { reason: this.reason } : {}),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }
}

/** One of the error's causes has this reason (apimachinery's HasStatusCause). */
export const hasCause = (error: StatusError, reason: string): boolean =>
  (error.details?.causes ?? []).some((cause: any) => cause.reason === reason)

/** The server was not reached, or did not answer: the words are those of Go's net/http, e.g. `dial tcp 192.168.56.10:6443: connect: connection refused`. */
export class TransportError extends Stackless {
  constructor(
    readonly kind: 'refused' | 'timeout' | 'unreachable' | 'dns' | 'tls' | 'eof' | 'config',
    message: string,
  ) {
    super(message)
  }
}
