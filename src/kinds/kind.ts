import type { FieldError } from './errors.ts'
import type { KubeObject } from './object.ts'
import type { Decoded } from './schema/decode.ts'
import type { ObjectSchema } from './schema/types.ts'

/** What can be done with a kind's objects, as discovery lists it. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/** A path below an object, e.g. pods/log, with what discovery says about it. */
export interface Subresource {
  readonly name: string
  /** Kind of the body; the parent's unless told. */
  readonly kind: string
  /** group/version of the body where it differs from the parent's (scale: autoscaling/v1). */
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly Verb[]
}

/** Models metav1.TableColumnDefinition. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format: string
  readonly description: string
  /** 0 is always shown, 1 and more only with -o wide. */
  readonly priority: number
}

/** A value of a table; null where there is none. */
export type Cell = string | number | boolean | null

/** What cells depend on besides the object. */
export interface CellContext {
  /** The API server's clock, ms since the epoch: ages are counted from it. */
  readonly now: number
}

/** What a registry strategy knows of the request. */
export interface WriteContext {
  /** The API server's clock, RFC 3339 with seconds. */
  readonly now: string
  /** A new random identifier, for what gets its name from the server. */
  readonly uuid?: () => string
  /** Who asks (CertificateSigningRequests record it). */
  readonly user?: {
    readonly name: string
    readonly uid?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
}

/** Where a kind is kept when it is another version's or group's view of the same objects (autoscaling/v1, events.k8s.io). */
export interface StoredAs {
  readonly group: string
  readonly version: string
  /** Both return a new object and share what they do not change. */
  toStored(obj: KubeObject): KubeObject
  fromStored(obj: KubeObject): KubeObject
}

/**
 * One served kind: a group, a version, a resource. Everything is per (group, version); `storedAs` links views.
 *
 * Order of a write: decode → `checkStructure` (schema.ts) → `defaults` → admission → `prepareForCreate` or
 * `prepareForUpdate` → `validate` or `validateUpdate` → store. The functions named "prepare" and `defaults` change the
 * object they are given, so they need a copy of their own (its metadata, spec and status too); validators and cells
 * only read.
 */
export interface Kind {
  readonly group: string
  readonly version: string
  /** `v1`, `apps/v1` */
  readonly apiVersion: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  readonly subresources: readonly Subresource[]
  /** base64 of the first 8 bytes of sha256(storage gvk), as discovery shows it; '' when never stored. */
  readonly storageVersionHash: string
  /** `pods`, `deployments.apps`: how status details, RBAC texts and `-o name` call the resource. */
  readonly groupResource: string
  readonly storedAs?: StoredAs
  /** Made at run time from this CustomResourceDefinition. */
  readonly crd?: KubeObject
  /** Of a custom resource; the schemas of built-in kinds are found by schemaOf. */
  readonly schema?: ObjectSchema
  /** How a body from outside is decoded, where not by its schema: custom resources are pruned. */
  decode?(value: any): Decoded
  /** JSON paths of a custom resource's scale subresource. */
  readonly scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string }
  /** `Warning:` header text of every request. */
  readonly deprecation?: string

  readonly columns: readonly Column[]
  /** One cell a column, as printers.go of the API server computes them. */
  cells(obj: KubeObject, ctx: CellContext): Cell[]
  /** Order of the rows of a table, where the server sorts them (FlowSchemas). */
  readonly compareRows?: (a: KubeObject, b: KubeObject) => number

  /** SetDefaults_*: fills omitted fields. Idempotent; never touches metadata. */
  defaults(obj: KubeObject): void
  /**
   * Registry strategy: drops status, sets generation 1, clears what clients may not set. The object already has its
   * name, namespace, uid and creationTimestamp.
   */
  prepareForCreate(obj: KubeObject, ctx: WriteContext): void
  /** Registry strategy of the main resource or a subresource (`status`, `resize`, `approval`, …). */
  prepareForUpdate(next: KubeObject, old: KubeObject, subresource: string | undefined, ctx: WriteContext): void
  /** Includes ObjectMeta. An empty list means valid. */
  validate(obj: KubeObject): FieldError[]
  /** Includes ObjectMeta and immutability. A status update does not validate the spec again. */
  validateUpdate(next: KubeObject, old: KubeObject, subresource?: string): FieldError[]
  /** `Warning:` header texts for a create (old undefined) or update. */
  warnings(next: KubeObject, old?: KubeObject): string[]

  /** Labels that a field selector may use besides metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[]
  /** What the server answers when a field selector names another label. */
  unknownField(label: string): string
  /** Value of a selectable field ('' when unset). */
  field(obj: KubeObject, label: string): string
  /**
   * Seconds a deletion takes, given what the client asked for; undefined for kinds that are deleted at once. Pods: 0
   * when never bound to a node or already ended. Models rest.RESTGracefulDeleteStrategy.
   */
  gracePeriod(obj: KubeObject, requested?: number): number | undefined
}
