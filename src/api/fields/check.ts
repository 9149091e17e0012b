import type { ObjectSchema, Schema } from '../../kinds/index.ts'
import { goMap } from '../patch/strategic.ts'
import { elementKeys, type Place, rootPlace } from './walk.ts'

/** The first thing that makes a configuration unfit for its schema, in the words of structured-merge-diff's typed/validate.go. */
export function checkTyped(value: any, schema: ObjectSchema | undefined): string | undefined {
  if (!schema) return undefined
  const errors: string[] = []
  visit(value, rootPlace(schema), '', errors)
  if (errors.length <= 1) return errors[0]
  return `errors:\n${errors.map((e) => `  ${e}`).join('\n')}`
}

function visit(value: any, place: Place, path: string, errors: string[]): void {
  const { schema } = place
  if (value === null || value === undefined || !schema) return
  const refuse = (text: string): void => {
    errors.push(`${path}: expected ${text}`)
  }
  switch (schema.type) {
    case 'object':
      if (!isMap(value)) return refuse(`map, got ${wrapped(value)}`)
      for (const key of Object.keys(value)) {
        const field = schema.fields.get(key)
        if (!field) errors.push(`${path}.${key}: field not declared in schema`)
        else
          visit(
            value[key],
            { ...rootPlace(field.schema), listType: field.listType, keys: field.keys },
            `${path}.${key}`,
            errors,
          )
      }
      return
    case 'map':
      if (!isMap(value)) return refuse(`map, got ${wrapped(value)}`)
      for (const key of Object.keys(value)) visit(value[key], rootPlace(schema.items), `${path}.${key}`, errors)
      return
    case 'list':
      if (!Array.isArray(value)) return refuse(`list, got ${wrapped(value)}`)
      return visitItems(value, place, schema.items, path, errors)
    case 'string':
    case 'bytes':
      if (typeof value !== 'string') refuse(`string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
      return
    case 'int32':
    case 'int64':
    case 'double':
      if (typeof value !== 'number') refuse(`numeric (int or float), got ${goType(value)}`)
      return
    case 'boolean':
      if (typeof value !== 'boolean') refuse(`boolean, got ${wrapped(value)}`)
      return
    case 'time':
    case 'microTime':
    case 'quantity':
    case 'intOrString':
      if (typeof value === 'object') refuse(`any scalar, got ${wrapped(value)}`)
  }
}

/** Items of a list that has keys are called by them; one that cannot be called ends the visit. */
function visitItems(items: readonly any[], place: Place, type: Schema, path: string, errors: string[]): void {
  const seen = new Set<string>()
  for (const [i, item] of items.entries()) {
    let element = `[${i}]`
    if (place.listType !== 'atomic') {
      const named = place.listType === 'set' ? setElement(item) : keyElement(place, item)
      if (!named.startsWith('[')) {
        errors.push(`${path}: element ${i}: ${named}`)
        return
      }
      element = named
      if (seen.has(element)) errors.push(`${path}: duplicate entries for key ${element}`)
      seen.add(element)
    }
    visit(item, rootPlace(type), path + element, errors)
  }
}

function keyElement(place: Place, item: any): string {
  if (item === null) return 'associative list with keys may not have a null element'
  if (!isMap(item)) return 'associative list with keys may not have non-map elements'
  const keys = elementKeys(place, item)
  const names = Object.keys(keys)
  if (names.length) return `[${names.map((key) => `${key}=${JSON.stringify(keys[key])}`).join(',')}]`
  const list = place.keys.map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${list}] (and doesn't have default values for any key fields)`
}

function setElement(item: any): string {
  if (item === null) return "associative list without keys has an element that's an explicit null"
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements'
  return isMap(item) ? "associative list without keys has an element that's a map type" : `[=${JSON.stringify(item)}]`
}

const isMap = (value: any): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `&{three}`: how Go prints the wrapper of a value. */
const wrapped = (value: any): string => `&{${goMap(value)}}`

const goType = (value: any): string =>
  Array.isArray(value) ? '[]interface {}' : isMap(value) ? 'map[string]interface {}' : goScalar(value)

const goScalar = (value: any): string => (typeof value === 'boolean' ? 'bool' : typeof value)

/** As `%#v` of Go's fmt writes a value that came out of JSON. */
function goSyntax(value: any): string {
  if (value === null) return 'interface {}(nil)'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  const members = Object.keys(value).sort()
  return `map[string]interface {}{${members.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`).join(', ')}}`
}
