import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  sorted,
  tooLong,
  tooMany,
  typeInvalid,
} from '../errors.ts'
import { same } from '../same.ts'
import { additional, isMap, type JsonSchema } from './structure.ts'

/**
 * Checks values against a CRD's openAPIV3Schema in the words of kube-openapi's validator. `base` goes before the field
 * of each error but not into its sentence (a status update validates the status alone). What equals `old` is not looked
 * at again.
 */
export function checkSchema(value: any, schema: JsonSchema, old?: any, base = ''): FieldError[] {
  const check = new Check(base)
  check.value(value, schema, '', old)
  return check.errors
}

class Check {
  readonly errors: FieldError[] = []
  constructor(private readonly base: string) {}

  private at(path: string): string {
    const name = path.startsWith('.') ? path.slice(1) : path
    return this.base && name ? `${this.base}.${name}` : this.base || name
  }

  private wrong(path: string, value: unknown, sentence: string): void {
    this.errors.push(invalid(this.at(path), value, `${path} in body ${sentence}`))
  }

  value(value: any, schema: JsonSchema, path: string, old?: any): void {
    if (old !== undefined && same(value, old)) return
    const mismatch = this.type(value, schema, path)
    this.combined(value, schema, path)
    if (typeof value === 'string') this.string(value, schema, path, mismatch)
    if (typeof value === 'number') this.number(value, schema, path)
    if (Array.isArray(value)) this.list(value, schema, path)
    if (schema.enum && !schema.enum.some((one: any) => same(one, value)) && !(value === null && schema.nullable)) {
      const supported = schema.enum.map((one: any) => (typeof one === 'string' ? one : JSON.stringify(one)))
      this.errors.push(notSupported(this.at(path), value, supported))
    }
    if (isMap(value)) this.object(value, schema, path, old)
  }

  private type(value: any, schema: JsonSchema, path: string): boolean {
    const wanted = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : []
    if (wanted.length === 0 || (value === null && schema.nullable)) return false
    const actual = typeName(value)
    if (wanted.includes(actual) || (actual === 'integer' && wanted.includes('number'))) return false
    const sentence = `${path} in body must be of type ${wanted.join(',')}: ${JSON.stringify(actual)}`
    this.errors.push(typeInvalid(this.at(path), actual, sentence))
    return true
  }

  private string(value: string, schema: JsonSchema, path: string, mismatch: boolean): void {
    const length = [...value].length
    if (schema.maxLength !== undefined && length > schema.maxLength) {
      this.errors.push(tooLong(this.at(path), schema.maxLength))
    }
    if (schema.minLength !== undefined && length < schema.minLength) {
      this.wrong(path, value, `should be at least ${schema.minLength} chars long`)
    }
    if (schema.pattern && !regex(schema.pattern).test(value))
      this.wrong(path, value, `should match '${schema.pattern}'`)
    const format = schema.format && FORMATS[schema.format]
    if (format && !mismatch && !format.test(value)) {
      const sentence = `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`
      this.errors.push(typeInvalid(this.at(path), value, sentence))
    }
  }

  private number(value: number, schema: JsonSchema, path: string): void {
    const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
      this.wrong(path, value, `should be a multiple of ${multipleOf}`)
    }
    if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
      this.wrong(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
    }
    if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
      this.wrong(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
    }
  }

  private list(value: any[], schema: JsonSchema, path: string): void {
    if (schema.items) value.forEach((item, i) => void this.value(item, schema.items, `${path}[${i}]`))
    if (schema.minItems !== undefined && value.length < schema.minItems) {
      this.wrong(path, value.length, `should have at least ${schema.minItems} items`)
    }
    if (schema.maxItems !== undefined && value.length > schema.maxItems) {
      this.errors.push(tooMany(this.at(path), value.length, schema.maxItems))
    }
  }

  private object(value: Record<string, any>, schema: JsonSchema, path: string, old: any): void {
    const count = Object.keys(value).length
    if (schema.minProperties !== undefined && count < schema.minProperties) {
      this.wrong(path, count, `should have at least ${schema.minProperties} properties`)
    }
    if (schema.maxProperties !== undefined && count > schema.maxProperties) {
      this.errors.push(tooMany(this.at(path), count, schema.maxProperties))
    }
    for (const key of Object.keys(value).sort()) {
      const member = schema.properties?.[key] ?? additional(schema)
      if (member) this.value(value[key], member, path ? `${path}.${key}` : key, old?.[key])
    }
    for (const key of schema.required ?? []) {
      if (!(key in value)) this.errors.push(required(this.at(`${path}.${key}`)))
    }
  }

  /** Value validations only: structural schemas have no types below allOf and the like. */
  private combined(value: any, schema: JsonSchema, path: string): void {
    const fails = (one: JsonSchema) => checkSchema(value, one).length > 0
    const say = (sentence: string) => {
      this.errors.push(invalid(this.at(path), '', `${JSON.stringify(path)} ${sentence}`))
    }
    if (schema.anyOf?.every(fails)) say('must validate at least one schema (anyOf)')
    if (schema.oneOf) {
      const valid = schema.oneOf.filter((one: JsonSchema) => !fails(one)).length
      if (valid === 0) say('must validate one and only one schema (oneOf). Found none valid')
      else if (valid > 1) say(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`)
    }
    if (schema.allOf) {
      for (const one of schema.allOf) this.value(value, one, path)
      const valid = schema.allOf.filter((one: JsonSchema) => !fails(one)).length
      if (valid < schema.allOf.length) say(`must validate all the schemas (allOf)${valid ? '' : '. None validated'}`)
    }
    if (schema.not && !fails(schema.not)) say('must not validate the schema (not)')
  }
}

function typeName(value: any): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const regexes = new Map<string, RegExp>()

function regex(pattern: string): RegExp {
  let found = regexes.get(pattern)
  if (!found) {
    try {
      found = new RegExp(pattern, 'u')
    } catch {
      found = /(?:)/
    }
    regexes.set(pattern, found)
  }
  return found
}

/** strfmt formats that a CRD may name; others are ignored. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/,
  date: /^\d{4}-\d\d-\d\d$/,
  duration:
    /^(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w|nanos?|micros?|millis?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)\s*)+$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  ipv6: /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/,
  cidr: /^[0-9a-fA-F:.]+\/\d{1,3}$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  email: /^[^@\s]+@[^@\s]+$/,
  hostname: /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*\.?$/,
  uri: /^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$|^\/\S*$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
}

/** Duplicates in sets and in lists with keys. Models schema/listtype/validation.go. */
export function checkLists(value: any, schema: JsonSchema | undefined, path = ''): FieldError[] {
  const errors: FieldError[] = []
  if (!schema) return errors
  if (Array.isArray(value)) {
    const keys: string[] | undefined = schema['x-kubernetes-list-map-keys']
    const type = schema['x-kubernetes-list-type']
    if (type === 'set') repeated(errors, path, value)
    else if (type === 'map' && keys) {
      const pick = (item: any) =>
        Object.fromEntries(keys.filter((k) => item?.[k] !== undefined).map((k) => [k, item[k]]))
      repeated(errors, path, value.map(pick))
    }
    value.forEach((item, i) => void errors.push(...checkLists(item, schema.items, `${path}[${i}]`)))
  } else if (isMap(value)) {
    for (const key in value) {
      const own = schema.properties?.[key]
      const here = own ? (path ? `${path}.${key}` : key) : `${path}[${key}]`
      errors.push(...checkLists(value[key], own ?? additional(schema), here))
    }
  }
  return errors
}

/** Each value that occurs again is told once, at its second place. */
function repeated(errors: FieldError[], path: string, values: readonly any[]): void {
  const seen = new Map<string, number>()
  values.forEach((value, i) => {
    const text = JSON.stringify(isMap(value) ? sorted(value) : value)
    const times = seen.get(text) ?? 0
    seen.set(text, times + 1)
    if (times === 1) errors.push(duplicate(`${path}[${i}]`, value))
  })
}
