import type { At } from './decode.ts'
import { GO_TYPES } from './go-types.data.ts'
import type { ObjectSchema, Schema } from './types.ts'

export const LAYOUT = '2006-01-02T15:04:05Z07:00'
export const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00'

/** The element of the layout at which time.Parse stopped. */
export function timeError(value: string, layout: string): string {
  const parts: [RegExp, string][] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^T/, 'T'],
    [/^\d\d/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d(\.\d+)?/, '05'],
  ]
  let rest = value
  for (const [regex, element] of parts) {
    const match = regex.exec(rest)
    if (!match) return `parsing time ${q(value)} as ${q(layout)}: cannot parse ${q(rest)} as ${q(element)}`
    rest = rest.slice(match[0].length)
  }
  const zone = /^(Z|[+-]\d\d:\d\d)/.exec(rest)
  if (zone) return `parsing time ${q(value)}: extra text: ${q(rest.slice(zone[0].length))}`
  return `parsing time ${q(value)} as ${q(layout)}: cannot parse ${q(rest)} as "Z07:00"`
}

const q = (text: string) => JSON.stringify(text)

/** The offset at which Go's base64 decoder stops. */
export function illegalByte(value: string): number {
  const padded = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)/.exec(value)
  if (padded) return padded[0].length
  const bad = value.search(/[^A-Za-z0-9+/]/)
  return bad >= 0 ? bad : value.length - (value.length % 4)
}

/** Go's name of a JSON type; numbers are shown with their digits where an integer was wanted. */
export function jsonType(value: any, digits = false): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return digits ? `number ${value}` : 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

let told: Map<string, ReadonlyMap<string, GoField>> | undefined

/** What the generated table says about a field. */
interface GoField {
  /** Embedded structs on the way to it, `Rule.` */
  readonly path: string
  /** As reflection names it, where the schema does not say it. */
  readonly type: string | undefined
}

/** `V1Probe exec<ProbeHandler …`, `V1ContainerPort protocol:v1.Protocol`: see generate/order.mjs. */
function goField(struct: ObjectSchema, name: string | number): GoField | undefined {
  told ??= new Map(
    GO_TYPES.split('\n').map((line) => {
      const [model, ...entries] = line.split(' ')
      const fields = entries.map((entry) => {
        const [, field, path, type] = /^([^<:]+)(?:<([^:]+))?(?::(.+))?$/.exec(entry)!
        return [field!, { path: path ? `${path}.` : '', type }] as const
      })
      return [model!, new Map(fields)]
    }),
  )
  return told.get(struct.model)?.get(String(name))
}

/** A field as encoding/json shows it on the way to a value: `spec`, `Rule.resources`. */
export function goStep(struct: ObjectSchema, name: string | number): string {
  const embedded = struct.fields.get(String(name))?.embedded
  return `${embedded ? `${embedded}.` : (goField(struct, name)?.path ?? '')}${name}`
}

/** The type of a value, as the struct that holds it declares it: `v1.Protocol`. */
function declared(at: At): string | undefined {
  let depth = 0
  let owner: At | undefined = at
  for (; owner && !owner.struct; owner = owner.parent) depth++
  let type = owner && goField(owner.struct!, owner.step)?.type
  for (; type && depth > 0; depth--) type = /^(?:\[\]|map\[[^\]]*\])(.*)$/.exec(type)?.[1]
  return type
}

/** The Go type behind a value, as encoding/json names it. */
export const goType = (schema: Schema, at: At): string => declared(at) ?? plainType(schema)

function plainType(schema: Schema): string {
  switch (schema.type) {
    case 'object':
      return `${schema.goPackage}.${schema.name}`
    case 'list':
      return `[]${plainType(schema.items)}`
    case 'map':
      return `map[string]${plainType(schema.items)}`
    case 'boolean':
      return 'bool'
    case 'double':
      return 'float64'
    case 'quantity':
      return 'resource.Quantity'
    case 'intOrString':
      return 'intstr.IntOrString'
    case 'time':
      return 'v1.Time'
    case 'microTime':
      return 'v1.MicroTime'
    case 'bytes':
      return '[]uint8'
    case 'any':
      return 'interface {}'
    default:
      return schema.type
  }
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** What time.Parse says of a text that is no time in RFC 3339; undefined when it is one. */
export const timeProblem = (text: string): string | undefined =>
  RFC3339.test(text) ? undefined : timeError(text, LAYOUT)
