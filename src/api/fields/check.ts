import type { ObjectSchema, Schema } from '../../kinds/index.ts'

/** The first thing that makes a configuration unfit for its schema, in the words of structured-merge-diff. */
export function checkTyped(value: any, schema: ObjectSchema | undefined): string | undefined {
  if (!schema) return undefined
  const errors: string[] = []
  visit(value, schema, '', errors)
  if (errors.length <= 1) return errors[0]
  return `errors:\n${errors.map((e) => `  ${e}`).join('\n')}`
}

function visit(value: any, schema: Schema, path: string, errors: string[], keys: readonly string[] = []): void {
  if (value === null || value === undefined) return
  switch (schema.type) {
    case 'object':
      if (!isMap(value)) return void errors.push(`${path}: expected map, got ${goValue(value)}`)
      for (const key in value) {
        const field = schema.fields.get(key)
        if (field) visit(value[key], field.schema, `${path}.${key}`, errors, field.keys)
        else errors.push(`${path}.${key}: field not declared in schema`)
      }
      return
    case 'map':
      if (!isMap(value)) return void errors.push(`${path}: expected map, got ${goValue(value)}`)
      for (const key in value) visit(value[key], schema.items, `${path}.${key}`, errors)
      return
    case 'list':
      if (!Array.isArray(value)) return void errors.push(`${path}: expected list, got ${goValue(value)}`)
      for (const [i, item] of value.entries()) visit(item, schema.items, `${path}[${element(item, i, keys)}]`, errors)
      return
    case 'string':
    case 'time':
    case 'microTime':
    case 'bytes':
      if (typeof value !== 'string') errors.push(`${path}: expected string, got ${goValue(value)}`)
      return
    case 'int32':
    case 'int64':
    case 'double':
      if (typeof value !== 'number') errors.push(`${path}: expected numeric (int or float), got ${goValue(value)}`)
      return
    case 'boolean':
      if (typeof value !== 'boolean') errors.push(`${path}: expected boolean, got ${goValue(value)}`)
  }
}

/** An item of a list is called by its keys where it has some. */
function element(item: any, index: number, keys: readonly string[]): string {
  if (keys.length === 0 || !isMap(item) || keys.some((key) => item[key] === undefined)) return String(index)
  return keys.map((key) => `${key}=${JSON.stringify(item[key])}`).join(',')
}

const isMap = (value: any): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `&{three}`: how Go prints the value wrapper. */
const goValue = (value: any): string =>
  typeof value === 'object'
    ? Array.isArray(value)
      ? 'list'
      : 'map'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value
