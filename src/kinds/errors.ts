import { goQuote } from '../print/index.ts'

/** The `reason` of a status cause. Models field.ErrorType of apimachinery/pkg/util/validation/field/errors.go. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'

/** One validation failure: a cause of an Invalid (422) status. */
export interface FieldError {
  readonly type: FieldErrorType
  /** Path as printed, e.g. `spec.containers[0].image`; may be empty or `<nil>`. */
  readonly field: string
  /** What follows the field: `Required value`, `Invalid value: 3: must be …`. It is the cause's message. */
  readonly body: string
}

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0` */
export const errorText = (error: FieldError): string => `${error.field}: ${error.body}`

/**
 * Values appear as JSON since 1.35. Go's encoder escapes <, > and & and writes map keys in order; structs keep the
 * order of their fields, so callers that show a struct pass its fields in Go's order and maps through `sorted`.
 */
export function goJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A copy with keys in byte order, as Go marshals a map. */
export function sorted<T extends Record<string, any> | undefined | null>(map: T): T {
  if (!map) return map
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) as T
}

/** A value already rendered (internal structs, see internal.ts). */
export class Rendered {
  constructor(readonly text: string) {}
}

const shown = (value: unknown): string => {
  if (value instanceof Rendered) return value.text
  return typeof value === 'string' ? goQuote(value) : goJson(value ?? null)
}

const make = (type: FieldErrorType, field: string, head: string, detail: string): FieldError => ({
  type,
  field,
  body: detail ? `${head}: ${detail}` : head,
})

/** field.Required (apimachinery/pkg/util/validation/field/errors.go), as all of these. */
export const required = (field: string, detail = '') => make('FieldValueRequired', field, 'Required value', detail)

/** field.Forbidden. */
export const forbidden = (field: string, detail: string) => make('FieldValueForbidden', field, 'Forbidden', detail)

/** field.Invalid: the value is shown. */
export const invalid = (field: string, value: unknown, detail: string) =>
  make('FieldValueInvalid', field, `Invalid value: ${shown(value)}`, detail)

/** field.TypeInvalid. */
export const typeInvalid = (field: string, value: unknown, detail: string) =>
  make('FieldValueTypeInvalid', field, `Invalid value: ${shown(value)}`, detail)

/** field.Duplicate. */
export const duplicate = (field: string, value: unknown) =>
  make('FieldValueDuplicate', field, `Duplicate value: ${shown(value)}`, '')

/** field.NotFound. */
export const notFound = (field: string, value: unknown) =>
  make('FieldValueNotFound', field, `Not found: ${shown(value)}`, '')

/** field.NotSupported: what is supported is listed. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]) =>
  make(
    'FieldValueNotSupported',
    field,
    `Unsupported value: ${shown(value)}`,
    supported.length ? `supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}` : '',
  )

/** field.TooLong. */
export const tooLong = (field: string, maxBytes: number) =>
  make('FieldValueTooLong', field, 'Too long', `may not be more than ${maxBytes} bytes`)

/** field.TooMany. */
export const tooMany = (field: string, actual: number, max: number) =>
  make('FieldValueTooMany', field, `Too many: ${actual}`, `must have at most ${max} items`)
