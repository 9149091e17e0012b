import type { Schema } from '../../kinds/index.ts'

/**
 * The first value that does not fit its Go type, in the words of the unstructured converter, which is what a strategic
 * merge patch ends in (other bodies end in encoding/json and its words).
 */
export function typeMismatch(value: any, schema: Schema): string | undefined {
  if (value === null || value === undefined) return undefined
  switch (schema.type) {
    case 'object': {
      if (!isMap(value)) return `cannot restore struct from: ${kindOf(value)}`
      for (const key in value) {
        const field = schema.fields.get(key)
        const wrong = field && typeMismatch(value[key], field.schema)
        if (wrong) return wrong
      }
      return undefined
    }
    case 'map':
      if (!isMap(value)) return `cannot restore map from ${kindOf(value)}`
      return first(Object.values(value), schema.items)
    case 'list':
      if (!Array.isArray(value)) return `cannot restore slice from ${kindOf(value)}`
      return first(value, schema.items)
    case 'string':
      if (typeof value === 'string') return undefined
      return typeof value === 'number' ? 'cannot convert int64 to string' : 'unrecognized type: string'
    case 'int32':
    case 'int64':
      return typeof value === 'number' ? undefined : `unrecognized type: ${schema.type}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'unrecognized type: bool'
    default:
      return undefined
  }
}

function first(values: readonly any[], schema: Schema): string | undefined {
  for (const value of values) {
    const wrong = typeMismatch(value, schema)
    if (wrong) return wrong
  }
  return undefined
}

const isMap = (value: any): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const kindOf = (value: any): string =>
  Array.isArray(value)
    ? 'slice'
    : isMap(value)
      ? 'map'
      : typeof value === 'number'
        ? 'int64'
        : typeof value === 'boolean'
          ? 'bool'
          : 'string'
