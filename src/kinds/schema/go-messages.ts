import type { At } from './decode.ts'
import type { Schema } from './types.ts'

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
  return `parsing time ${q(value)} as ${q(layout)}: cannot parse ${q(rest)} as "Z07:00"`
}

const q = (text: string) => JSON.stringify(text)

/** The offset at which Go's base64 decoder stops. */
export function illegalByte(value: string): number {
  const bad = value.search(/[^A-Za-z0-9+/]/)
  return bad >= 0 ? bad : value.length - (value.length % 4)
}

/** Go's name of a JSON type; numbers are shown with their digits where an integer was wanted. */
export function jsonType(value: any, digits = false): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return digits ? `number ${value}` : 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Named string types that people get wrong most; others appear as `string`. */
const NAMED: Readonly<Record<string, string>> = {
  imagePullPolicy: 'v1.PullPolicy',
  restartPolicy: 'v1.RestartPolicy',
  dnsPolicy: 'v1.DNSPolicy',
  protocol: 'v1.Protocol',
  terminationMessagePolicy: 'v1.TerminationMessagePolicy',
  uid: 'types.UID',
}

/** The Go type behind a schema, as encoding/json names it. */
export function goType(schema: Schema, at?: At): string {
  switch (schema.type) {
    case 'object':
      return `${schema.goPackage}.${schema.name}`
    case 'list':
      return `[]${goType(schema.items)}`
    case 'map':
      return `map[string]${goType(schema.items)}`
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
    case 'string':
      return (at && NAMED[at.step]) ?? 'string'
    default:
      return schema.type
  }
}
