import { compareBytes } from '../../print/index.ts'
import { ORDER } from './order.data.ts'
import type { ObjectSchema, Schema } from './types.ts'

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

let lines: Map<string, string> | undefined
const orders = new Map<string, readonly string[]>()

/** Names of a struct's fields as the Go type holds them. */
function fieldNames(schema: ObjectSchema): readonly string[] {
  const known = orders.get(schema.model)
  if (known) return known
  lines ??= new Map(ORDER.split('\n').map((line) => line.split(' ') as [string, string]))
  const names = [...schema.fields.keys()]
  const digits = lines.get(schema.model)
  const order = digits === undefined ? names : [...digits].map((digit) => names[DIGITS.indexOf(digit)])
  orders.set(schema.model, order)
  return order
}

/**
 * A copy whose fields stand as encoding/json writes them: those of structs as the Go type declares them, those of maps
 * by name. What the schema does not know is left away.
 */
export function inGoOrder(value: any, schema: Schema): any {
  if (value === null || typeof value !== 'object') return value
  if (schema.type === 'list') return Array.isArray(value) ? value.map((item) => inGoOrder(item, schema.items)) : value
  const out: any = {}
  if (schema.type === 'map')
    for (const key of Object.keys(value).sort(compareBytes)) out[key] = inGoOrder(value[key], schema.items)
  else if (schema.type === 'object') {
    for (const name of fieldNames(schema))
      if (value[name] !== undefined) out[name] = inGoOrder(value[name], schema.fields.get(name)!.schema)
  } else return value
  return out
}
