/** What a field holds, in the terms of the Go types behind the API. */
export type Scalar =
  | 'string'
  | 'int32'
  | 'int64'
  | 'double'
  | 'boolean'
  /** metav1.Time, RFC 3339. */
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  /** base64 of a []byte. */
  | 'bytes'
  /** Any JSON. */
  | 'any'

/** What a value may be. */
export type Schema =
  | { readonly type: Scalar; readonly name?: string }
  | { readonly type: 'list'; readonly items: Schema }
  | { readonly type: 'map'; readonly items: Schema }
  | ObjectSchema

/** A Go struct. */
export interface ObjectSchema {
  readonly type: 'object'
  /** Name of the model in the generated data, unique: `V1PodSpec`, `CoreV1Event`. */
  readonly model: string
  /** Name of the Go type: `PodSpec`. */
  readonly name: string
  /** Package in messages of encoding/json: `v1`, `v2`. */
  readonly goPackage: string
  /** x-kubernetes-map-type: atomic. */
  readonly atomic: boolean
  /** Description, where it does not come from the generated data (custom resources). */
  readonly doc?: string
  /** In the order of the API's documentation (alphabetical). */
  readonly fields: ReadonlyMap<string, Field>
}

/** A field of an object. */
export interface Field {
  readonly name: string
  readonly required: boolean
  readonly schema: Schema
  /** What Go's encoder does with a zero value: leave it out, write it even if it was not given, or keep what was given. */
  readonly empty: 'drop' | 'write' | 'keep' | 'null'
  readonly enum: readonly string[] | undefined
  /** x-kubernetes-list-type; lists without one are atomic. */
  readonly listType: 'atomic' | 'set' | 'map'
  /** x-kubernetes-list-map-keys */
  readonly keys: readonly string[]
  /** x-kubernetes-patch-strategy: merge, retainKeys, replace. */
  readonly patchStrategy: readonly string[]
  /** x-kubernetes-patch-merge-key */
  readonly mergeKey: string | undefined
  /** A map or struct that server-side apply replaces as a whole. */
  readonly atomicMap: boolean
  readonly doc?: string
  /** The struct of the generated data whose field of the same name describes it. */
  readonly docOf?: ObjectSchema
  /** The embedded struct that the field belongs to, where the generated data does not tell. */
  readonly embedded?: string
}
