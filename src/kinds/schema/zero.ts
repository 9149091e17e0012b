import type { Field, Schema } from './types.ts'

/** What `omitempty` leaves out. */
export function isZero(value: any, field: Field): boolean {
  if (value === undefined || value === '' || value === 0 || value === false) return field.schema.type !== 'intOrString'
  if (typeof value !== 'object' || field.schema.type === 'object' || field.schema.type === 'any') return false
  for (const _ in value) return false
  return true
}

/** The zero value of a Go type as its encoder writes it. */
export function zeroOf(schema: Schema): any {
  switch (schema.type) {
    case 'object': {
      const out: any = {}
      for (const field of schema.fields.values()) {
        if (field.empty === 'null') out[field.name] = null
        if (field.empty !== 'write') continue
        const zero = zeroOf(field.schema)
        if (zero !== undefined) out[field.name] = zero
      }
      return out
    }
    case 'list':
    case 'map':
    case 'bytes':
    case 'any':
    case 'time':
    case 'microTime':
      return null
    case 'string':
      return ''
    case 'boolean':
      return false
    case 'quantity':
      return '0'
    default:
      return 0
  }
}
