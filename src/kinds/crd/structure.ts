import { type Decoded, decode } from '../schema/decode.ts'
import { modelSchema } from '../schema/load.ts'
import type { Field, ObjectSchema, Schema } from '../schema/types.ts'

/** The part of JSONSchemaProps that counts for objects; plain JSON as it stands in the CRD. */
export type JsonSchema = Readonly<Record<string, any>>

/** A JSON object. */
export const isMap = (value: any): value is Record<string, any> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const itemsOf = (schema: JsonSchema | undefined): JsonSchema | undefined => schema?.items

/** Schema of values under any other key; undefined when such keys are unknown. */
export const additional = (schema: JsonSchema | undefined): JsonSchema | undefined =>
  isMap(schema?.additionalProperties) ? schema.additionalProperties : undefined

const preserves = (schema: JsonSchema | undefined) => schema?.['x-kubernetes-preserve-unknown-fields'] === true

const META = new Set(['apiVersion', 'kind', 'metadata'])

/** `spec.colour`, `spec.items[0].x` */
const below = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${key}` : key

/**
 * A copy of `value` with what the schema declares. Nulls that are neither nullable nor defaulted go too. Models
 * pkg/apiserver/schema/pruning and defaulting/prunenulls.go.
 */
function prune(value: any, schema: JsonSchema | undefined, path: string, unknown: string[], keep: boolean): any {
  const all = keep || preserves(schema)
  if (Array.isArray(value)) {
    return value.map((item, i) => prune(item, itemsOf(schema), below(path, i), unknown, all && !itemsOf(schema)))
  }
  if (!isMap(value)) return value
  const embedded = schema?.['x-kubernetes-embedded-resource'] === true
  const out: Record<string, any> = {}
  for (const key in value) {
    const member = schema?.properties?.[key] ?? additional(schema)
    if (!member) {
      if (all || (embedded && META.has(key))) out[key] = value[key]
      else unknown.push(below(path, key))
    } else if (value[key] !== null || member.nullable || member.default !== undefined) {
      out[key] = prune(value[key], member, below(path, key), unknown, false)
    }
  }
  return out
}

/** What the API server holds after decoding a custom resource: metadata typed, the rest pruned. */
export function decodeCustom(value: any, schema: JsonSchema, name: string): Decoded {
  const { apiVersion, kind, metadata, ...rest } = value
  const typed = decode({ metadata }, { ...metaOnly(), name })
  const unknown: string[] = []
  const own = prune(rest, schema, '', unknown, false)
  const strict = unknown.sort().map((path) => `unknown field ${JSON.stringify(path)}`)
  return {
    value: { apiVersion, kind, metadata: typed.value.metadata ?? {}, ...own },
    error: typed.error,
    strict: [...typed.strict, ...strict],
  }
}

let metadata: ObjectSchema | undefined

/** A struct with nothing but ObjectMeta. */
function metaOnly(): ObjectSchema {
  const pod = modelSchema('V1Pod')!
  metadata ??= { ...pod, fields: new Map([['metadata', pod.fields.get('metadata')!]]) }
  return metadata
}

/** Fills omitted members from the schema's `default`. Models defaulting/algorithm.go. */
export function applyDefaults(value: any, schema: JsonSchema | undefined): void {
  if (!schema) return
  if (Array.isArray(value)) for (const item of value) applyDefaults(item, schema.items)
  if (!isMap(value)) return
  for (const key in schema.properties) {
    const member = schema.properties[key]
    if (member.default === undefined || (value[key] !== undefined && (value[key] !== null || member.nullable))) continue
    value[key] = structuredClone(member.default)
  }
  for (const key in value) applyDefaults(value[key], schema.properties?.[key] ?? additional(schema))
}

/** The struct that server-side apply and `kubectl explain` see. */
export function structOf(schema: JsonSchema, name: string, version: string, root: boolean): ObjectSchema {
  const struct = {
    type: 'object' as const,
    model: '',
    name,
    goPackage: version,
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    doc: schema.description ?? '',
  }
  let fields: Map<string, Field> | undefined
  return {
    ...struct,
    get fields() {
      fields ??= fieldsOf(schema, version, root)
      return fields
    },
  }
}

function fieldsOf(schema: JsonSchema, version: string, root: boolean): Map<string, Field> {
  const fields = new Map<string, Field>()
  const properties = { ...schema.properties, ...(root ? { apiVersion: 1, kind: 1, metadata: 1 } : {}) }
  const pod = modelSchema('V1Pod')!
  for (const name of Object.keys(properties).sort()) {
    if (root && META.has(name)) fields.set(name, { ...pod.fields.get(name)!, docOf: pod })
    else fields.set(name, fieldOf(name, properties[name], schema.required?.includes(name) ?? false, version))
  }
  return fields
}

function fieldOf(name: string, schema: JsonSchema, required: boolean, version: string): Field {
  return {
    name,
    required,
    schema: typeOf(schema, version),
    empty: 'keep',
    enum: schema.enum?.map(String),
    listType: schema['x-kubernetes-list-type'] ?? 'atomic',
    keys: schema['x-kubernetes-list-map-keys'] ?? [],
    patchStrategy: [],
    mergeKey: undefined,
    atomicMap: schema['x-kubernetes-map-type'] === 'atomic',
    doc: schema.description ?? '',
  }
}

function typeOf(schema: JsonSchema | undefined, version: string): Schema {
  switch (schema?.type) {
    case 'string':
      return { type: 'string' }
    case 'integer':
      return { type: 'int64' }
    case 'number':
      return { type: 'double' }
    case 'boolean':
      return { type: 'boolean' }
    case 'array':
      return { type: 'list', items: typeOf(schema.items, version) }
    case 'object':
      if (additional(schema)) return { type: 'map', items: typeOf(additional(schema), version) }
      return preserves(schema) ? { type: 'any' } : structOf(schema, 'Object', version, false)
    default:
      return { type: 'any' }
  }
}
