import { QUANTITY_ERRORS, QuantityError, retainedQuantity } from '../../print/index.ts'
import { goStep, goType, illegalByte, jsonType, LAYOUT, MICRO_LAYOUT, timeError } from './go-messages.ts'
import type { ObjectSchema, Schema } from './types.ts'
import { isZero, zeroOf } from './zero.ts'

/** What decoding a request's body finds. */
export interface Decoded {
  /** A fresh copy without unknown fields, nulls and what Go's encoder leaves out; times and quantities as given. */
  readonly value: any
  /** The first mismatch of a type, in the words of encoding/json; the request is a BadRequest then. */
  readonly error: string | undefined
  /** `unknown field "spec.replica"`, in document order. With strict field validation: a BadRequest. */
  readonly strict: readonly string[]
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Turns JSON from outside into what the API server holds after decoding it into the Go type. Models
 * sigs.k8s.io/json and the runtime's strict decoder.
 */
export function decode(value: any, schema: ObjectSchema): Decoded {
  const run = new Run()
  const result = run.struct(value, schema, undefined)
  return { value: result, error: run.error, strict: run.unknown() }
}

/** Where we are: parents up to the root. Turned into text only when something is wrong. */
export interface At {
  readonly parent: At | undefined
  /** Field of `struct`, or index or key below it. */
  readonly step: string | number
  readonly struct: ObjectSchema | undefined
}

const emptied = new WeakMap<object, Set<string>>()

function noteEmpty(owner: object, field: string): void {
  const fields = emptied.get(owner)
  if (fields) fields.add(field)
  else emptied.set(owner, new Set([field]))
}

/**
 * Whether a list or map of a decoded object was given, and empty. What is stored does not know it from one that is absent;
 * error messages do, and defaults.
 */
export const givenEmpty = (owner: object, field: string): boolean => emptied.get(owner)?.has(field) ?? false

/** A shallow copy that still knows which of its lists and maps were given empty. */
export function copyKnowing<T extends object>(original: T): T {
  const copy = { ...original }
  const fields = emptied.get(original)
  if (fields) emptied.set(copy, fields)
  return copy
}

class Run {
  private refused: string | undefined
  private mismatched: string | undefined
  private readonly strict: At[] = []

  get error(): string | undefined {
    return this.refused ?? this.mismatched
  }

  /** kubectl makes JSON of YAML with its keys in order, so that fields come in order too. */
  unknown(): string[] {
    const paths = this.strict.map((at) => ({ path: stepsOf(at), at }))
    if (paths.length > 1) paths.sort((a, b) => comparePaths(a.path, b.path))
    return paths.map(({ at }) => `unknown field "${pathText(at)}"`)
  }

  struct(value: any, schema: ObjectSchema, at: At | undefined): any {
    if (typeof value !== 'object' || Array.isArray(value)) {
      return this.mismatch(value, at ? goType(schema, at) : `${schema.goPackage}.${schema.name}`, at, {})
    }
    const out: any = {}
    for (const key in value) {
      const field = schema.fields.get(key)
      if (!field) {
        this.strict.push({ parent: at, step: key, struct: schema })
        continue
      }
      const given = value[key]
      if (given === null || given === undefined) continue
      const decoded = this.value(given, field.schema, { parent: at, step: key, struct: schema })
      const zero = isZero(decoded, field)
      if (zero && typeof decoded === 'object') noteEmpty(out, key)
      if (zero && field.empty === 'drop') continue
      // Protobuf, in which objects are stored, knows no empty lists and maps, only absent ones.
      out[key] = zero && field.empty === 'write' ? zeroOf(field.schema) : decoded
    }
    for (const field of schema.fields.values()) {
      if (field.empty === 'null' && !(field.name in out)) out[field.name] = null
      else if (field.empty === 'write' && !(field.name in out)) {
        const zero = zeroOf(field.schema)
        if (zero !== undefined) out[field.name] = zero
      }
    }
    return out
  }

  value(value: any, schema: Schema, at: At): any {
    switch (schema.type) {
      case 'object':
        return this.struct(value, schema, at)
      case 'list':
        if (!Array.isArray(value)) return this.mismatch(value, goType(schema, at), at, [])
        return value.map((item, i) =>
          item === null
            ? schema.items.type === 'object'
              ? this.struct({}, schema.items, at)
              : zeroOf(schema.items)
            : this.value(item, schema.items, { parent: at, step: i, struct: undefined }),
        )
      case 'map': {
        if (typeof value !== 'object' || Array.isArray(value)) return this.mismatch(value, goType(schema, at), at, {})
        const out: any = {}
        for (const key in value) {
          if (value[key] === null && schema.items.type === 'string') continue
          out[key] =
            value[key] === null
              ? zeroOf(schema.items)
              : this.value(value[key], schema.items, { parent: at, step: key, struct: undefined })
        }
        return out
      }
      case 'string':
        return typeof value === 'string' ? value : this.mismatch(value, goType(schema, at), at, '')
      case 'int32':
      case 'int64':
        if (Number.isInteger(value) && (schema.type === 'int64' || Math.abs(value) < 2 ** 31)) return value
        return this.mismatch(value, schema.type, at, 0)
      case 'double':
        return typeof value === 'number' ? value : this.mismatch(value, 'float64', at, 0)
      case 'boolean':
        return typeof value === 'boolean' ? value : this.mismatch(value, 'bool', at, false)
      case 'quantity':
        return this.quantity(value)
      case 'intOrString':
        if (typeof value === 'string' || Number.isInteger(value)) return value
        return this.mismatch(value, 'int32', at, 0)
      case 'time':
      case 'microTime':
        if (typeof value !== 'string') return this.mismatch(value, 'string', at, undefined)
        if (RFC3339.test(value)) return value
        return this.refuse(timeError(value, schema.type === 'time' ? LAYOUT : MICRO_LAYOUT), undefined)
      case 'bytes':
        if (typeof value !== 'string') return this.mismatch(value, '[]uint8', at, '')
        if (BASE64.test(value)) return value
        return this.fail(`illegal base64 data at input byte ${illegalByte(value)}`, '')
      case 'any':
        return typeof value === 'object' ? structuredClone(value) : value
    }
  }

  private quantity(value: any): string {
    if (typeof value !== 'string' && typeof value !== 'number') return this.refuse(QUANTITY_ERRORS.format, '0')
    try {
      return retainedQuantity(String(value).trim())
    } catch (error) {
      if (error instanceof QuantityError) return this.refuse(error.message, '0')
      throw error
    }
  }

  /** What UnmarshalJSON of a type refuses ends the decoding. */
  private refuse<T>(message: string, instead: T): T {
    this.refused ??= message
    return instead
  }

  private mismatch<T>(value: any, type: string, at: At | undefined, instead: T): T {
    const what = jsonType(value, type === 'int32' || type === 'int64')
    let owner = at
    while (owner && !owner.struct) owner = owner.parent
    if (!owner) return this.fail(`json: cannot unmarshal ${what} into Go value of type ${type}`, instead)
    const names: string[] = []
    for (let a: At | undefined = owner; a; a = a.parent) if (a.struct) names.unshift(goStep(a.struct, a.step))
    return this.fail(
      `json: cannot unmarshal ${what} into Go struct field ${owner.struct!.name}.${names.join('.')} of type ${type}`,
      instead,
    )
  }

  /** Go goes on decoding after a mismatch and reports the first, unless a type's own decoder then refuses its value. */
  private fail<T>(message: string, instead: T): T {
    this.mismatched ??= message
    return instead
  }
}

function stepsOf(at: At | undefined): (string | number)[] {
  const steps: (string | number)[] = []
  for (let a = at; a; a = a.parent) steps.unshift(a.step)
  return steps
}

function comparePaths(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1
  return a.length - b.length
}

/** `spec.containers[0].image` */
function pathText(at: At | undefined): string {
  let text = ''
  for (const step of stepsOf(at)) text += typeof step === 'number' ? `[${step}]` : text ? `.${step}` : step
  return text
}
