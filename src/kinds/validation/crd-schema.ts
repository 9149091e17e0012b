import { errorText, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import type { Errors } from './checks.ts'
import { checkRule, defaultProblem } from './crd-rules.ts'

/** What the place of a schema allows. */
export interface SchemaContext {
  readonly defaults: boolean
  /** Why not. */
  readonly reason: string
  /** Inside metadata. */
  readonly meta: boolean
  /** The list above whose items have no keys: what they were cannot be told. */
  readonly uncorrelated?: string
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']
const META = new Set(['metadata', 'kind', 'apiVersion'])

const isSchema = (value: any): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Models ValidateCustomResourceDefinitionOpenAPISchema, without the rules' expressions. */
export function walkSchema(errors: Errors, schema: any, path: string, ctx: SchemaContext, root = false): void {
  if (!isSchema(schema)) return
  if (schema.type && !TYPES.includes(schema.type)) errors.push(notSupported(`${path}.type`, schema.type, TYPES))
  if (schema.default !== undefined && !ctx.defaults) {
    errors.push(forbidden(`${path}.default`, `must not be set${ctx.reason ? ` ${ctx.reason}` : ''}`))
  }
  const wrong = ctx.defaults ? defaultProblem(schema, `${path}.default`) : undefined
  if (wrong) errors.push(wrong)
  for (const key of UNSUPPORTED) {
    if (schema[key] !== undefined) errors.push(forbidden(`${path}.${key}`, `${key} is not supported`))
  }
  if (Array.isArray(schema.items)) {
    errors.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'))
  }
  if (schema.uniqueItems) {
    const text = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.push(forbidden(`${path}.uniqueItems`, text))
  }
  if (schema.additionalProperties !== undefined) {
    const properties = Object.keys(schema.properties ?? {}).length
    if (properties && schema.additionalProperties !== true) {
      const text = 'additionalProperties and properties are mutual exclusive'
      errors.push(forbidden(`${path}.additionalProperties`, text))
    }
    const reason = 'inside additionalProperties applying to object metadata'
    const inner = ctx.meta ? { ...ctx, defaults: false, reason } : ctx
    walkSchema(errors, schema.additionalProperties, `${path}.additionalProperties`, inner)
  }
  for (const name of Object.keys(schema.properties ?? {}).sort()) {
    let inner = ctx
    if ((root || schema['x-kubernetes-embedded-resource']) && META.has(name)) {
      inner = root ? { defaults: false, reason: `in top-level ${name}`, meta: true } : { ...ctx, meta: true }
    }
    walkSchema(errors, schema.properties[name], `${path}.properties[${name}]`, inner)
  }
  walkSchema(errors, schema.not, `${path}.not`, ctx)
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    schema[key]?.forEach((one: any, i: number) => void walkSchema(errors, one, `${path}.${key}[${i}]`, ctx))
  }
  const keyed = schema['x-kubernetes-list-type'] === 'map'
  walkSchema(errors, schema.items, `${path}.items`, keyed ? ctx : { ...ctx, uncorrelated: ctx.uncorrelated ?? path })
  checkKinds(errors, schema, path)
  schema['x-kubernetes-validations']?.forEach((rule: any, i: number) => {
    checkRule(errors, schema, rule, `${path}.x-kubernetes-validations[${i}]`, ctx.uncorrelated)
  })
}

/** The kinds of lists and maps, and whether their types fit. */
function checkKinds(errors: Errors, schema: any, path: string): void {
  const list = schema['x-kubernetes-list-type']
  const map = schema['x-kubernetes-map-type']
  const keys: string[] = schema['x-kubernetes-list-map-keys'] ?? []
  const wants = (type: string, extension: string) => {
    const text = `must be ${type} if ${extension} is specified`
    if (!schema.type) errors.push(required(`${path}.type`, text))
    else errors.push(invalid(`${path}.type`, schema.type, text))
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  if (map !== undefined && schema.type !== 'object') wants('object', 'x-kubernetes-map-type')
  if (map !== undefined && map !== 'atomic' && map !== 'granular') {
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, map, ['atomic', 'granular']))
  }
  if (list !== undefined && schema.type !== 'array') wants('array', 'x-kubernetes-list-type')
  else if (list === 'set' && schema.items?.type === 'object' && schema.items['x-kubernetes-map-type'] !== 'atomic') {
    const text = 'must be atomic as item of a list with x-kubernetes-list-type=set'
    errors.push(invalid(`${path}.items.x-kubernetes-map-type`, null, text))
  }
  if (list !== undefined && !['atomic', 'set', 'map'].includes(list)) {
    errors.push(notSupported(`${path}.x-kubernetes-list-type`, list, ['atomic', 'set', 'map']))
  }
  if (keys.length && list !== 'map') {
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty'
    const at = `${path}.x-kubernetes-list-type`
    errors.push(list === undefined ? required(at, text) : invalid(at, list, text))
  }
  if (list !== 'map') return
  if (!keys.length) {
    errors.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
  }
  if (!schema.items) {
    errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'))
    return
  }
  if (schema.items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map"
    errors.push(invalid(`${path}.items.type`, schema.items.type ?? '', text))
    return
  }
  for (const [i, key] of keys.entries()) {
    const property = schema.items.properties?.[key]
    const at = `${path}.items.properties[${key}]`
    if (!property) {
      errors.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'))
    } else if (property.type === 'array' || property.type === 'object') {
      const text = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.push(invalid(`${at}.type`, schema.items.type, text))
    }
    if (keys.indexOf(key) < i) {
      errors.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'))
    }
    if (!property) continue
    if (!schema.items.required?.includes(key) && property.default === undefined) {
      const text = 'so it must have a default or be a required property'
      errors.push(required(`${at}.default`, `this property is in x-kubernetes-list-map-keys, ${text}`))
    }
    if (property.nullable) {
      errors.push(
        forbidden(`${at}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'),
      )
    }
  }
}

type Level = 'root' | 'item' | 'field'

const LEVELS: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** Whether the schema tells the structure apart from the value validation. Models ValidateStructural. */
export function checkStructural(schema: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  structural(errors, schema, path, 'root')
  return errors.sort((a, b) => (errorText(a) < errorText(b) ? -1 : 1))
}

function structural(errors: FieldError[], schema: any, path: string, level: Level): void {
  if (!isSchema(schema)) return
  if (schema.type === 'array' && !schema.items) errors.push(required(`${path}.items`, 'must be specified'))
  structural(errors, schema.items, `${path}.items`, 'item')
  for (const name in schema.properties) {
    if (level === 'root' && name === 'metadata') continue
    structural(errors, schema.properties[name], `${path}.properties[${name}]`, 'field')
  }
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'))
    structural(errors, schema.additionalProperties, `${path}.additionalProperties`, 'field')
  }
  const free = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']
  const embedded = schema['x-kubernetes-embedded-resource']
  if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && !Object.keys(schema.properties ?? {}).length) {
    const text =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(required(`${path}.properties`, text))
  }
  if (embedded && schema.type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(schema.type ? invalid(`${path}.type`, schema.type, text) : required(`${path}.type`, text))
  } else if (!schema.type && !free) errors.push(required(`${path}.type`, LEVELS[level]))
  for (const name of level === 'root' ? ['apiVersion', 'kind'] : []) {
    const { type } = schema.properties?.[name] ?? {}
    if (type && type !== 'string') errors.push(invalid(`${path}.properties[${name}].type`, type, 'must be string'))
  }
  if (level === 'root' && schema.type && schema.type !== 'object') {
    errors.push(invalid(`${path}.type`, schema.type, 'must be object at the root'))
  }
  const either = (list: any) => list?.length === 2 && list[0].type === 'integer' && list[1].type === 'string'
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    schema[key]?.forEach((one: any, i: number) => {
      if (schema['x-kubernetes-int-or-string'] && (key === 'anyOf' ? either(schema.anyOf) : either(one.anyOf))) return
      nested(errors, one, `${path}.${key}[${i}]`)
    })
  }
  if (schema.not) nested(errors, schema.not, `${path}.not`)
  const metadata = level === 'root' ? schema.properties?.metadata : undefined
  if (!metadata) return
  if (metadata.type !== 'object') {
    errors.push(invalid(`${path}.properties[metadata].type`, metadata.type ?? '', 'must be object'))
  }
  const { type: _type, properties = {}, description: _description, ...rest } = metadata
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName')
  if (others.length || Object.keys(rest).length) {
    const text = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.push(forbidden(`${path}.properties[metadata]`, text))
  }
}

/** Below allOf, anyOf, oneOf and not there is only value validation. */
function nested(errors: FieldError[], schema: any, path: string): void {
  if (!isSchema(schema)) return
  for (const [key, text] of [
    ['type', 'must be empty to be structural'],
    ['default', 'must be undefined to be structural'],
    ['title', 'must be empty to be structural'],
    ['description', 'must be empty to be structural'],
    ['nullable', 'must be false to be structural'],
    ['additionalProperties', 'must be undefined to be structural'],
  ] as const) {
    if (schema[key]) errors.push(forbidden(`${path}.${key}`, text))
  }
  nested(errors, schema.items, `${path}.items`)
  for (const name in schema.properties) nested(errors, schema.properties[name], `${path}.properties[${name}]`)
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    schema[key]?.forEach((one: any, i: number) => void nested(errors, one, `${path}.${key}[${i}]`))
  }
  nested(errors, schema.not, `${path}.not`)
}
