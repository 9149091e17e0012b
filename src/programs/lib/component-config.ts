import { goDuration, parseGoDuration } from '../../print/index.ts'

/** A configuration file of a component, or a part of it. */
export type Document = Readonly<Record<string, unknown>>

/**
 * How Go writes a field. `plain`: left out when it is zero, an `optional` one when it is absent, an `always` one never.
 * A time is a Go duration, and one that is not optional is always written.
 */
type Form = 'plain' | 'optional' | 'always' | 'time' | 'optional time' | Fields

/** Fields in Go's order, with what stands for one that is not given. */
export type Fields = readonly (readonly [name: string, form: Form, fallback?: unknown])[]

const OUTPUT: Fields = [
  ['splitStream', 'plain'],
  ['infoBufferSize', 'optional', '0'],
]

/** LoggingConfiguration of component-base/logs/api/v1. */
export const LOGGING: Fields = [
  ['format', 'plain', 'text'],
  ['flushFrequency', 'time', '5s'],
  ['verbosity', 'optional', 0],
  ['vmodule', 'plain'],
  [
    'options',
    [
      ['text', OUTPUT],
      ['json', OUTPUT],
    ],
  ],
]

/** The document with its defaults, its fields in Go's order. Fields that are not listed are left out. */
export function withDefaults(fields: Fields, given: Document): Document {
  const out: Record<string, unknown> = {}
  for (const [name, form, fallback] of fields) {
    const value = given[name] ?? undefined
    if (typeof form !== 'string') out[name] = withDefaults(form, (value as Document | undefined) ?? {})
    else {
      const written = write(form, value, fallback)
      if (written !== undefined) out[name] = written
    }
  }
  return out
}

function write(form: Exclude<Form, Fields>, value: unknown, fallback: unknown): unknown {
  switch (form) {
    case 'optional':
      return value ?? fallback
    case 'optional time':
      return value === undefined ? fallback : time(value)
    case 'time':
      return isZeroTime(value) ? (fallback ?? '0s') : time(value)
    case 'always':
      return isZero(value) ? fallback : sorted(value)
    default: {
      const set = isZero(value) ? fallback : value
      return isZero(set) ? undefined : sorted(set)
    }
  }
}

/** A duration as Go writes it; a number counts nanoseconds. */
const time = (value: unknown): string =>
  goDuration(typeof value === 'number' ? value / 1e6 : parseGoDuration(String(value)))

/** Absent, zero, or nothing that could be read as a duration. */
export const isZeroTime = (value: unknown): boolean =>
  value === undefined || value === null || !(typeof value === 'number' ? value : parseGoDuration(String(value)))

const isZero = (value: unknown): boolean =>
  !value || (typeof value === 'object' && Object.keys(value as object).length === 0)

/** Go writes a map's keys in order. */
const sorted = (value: unknown): unknown =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
