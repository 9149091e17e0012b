import { type FieldError, invalid, notSupported, required } from '../errors.ts'
import type { Errors } from './checks.ts'

// What the parts of a CustomResourceDefinition that point into its schema may say.

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** The steps of `.a.b['c d']`; undefined when it is no such path. */
function steps(path: string): string[] | undefined {
  const found: string[] = []
  let rest = path
  while (rest !== '') {
    const match = /^(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\['([^']+)'\])/.exec(rest)
    if (!match) return undefined
    found.push(match[1] ?? match[2]!)
    rest = rest.slice(match[0].length)
  }
  return found.length ? found : undefined
}

/** Whether a path leads to a field of the schema. */
function leadsTo(schema: any, path: string): any {
  return steps(path)?.reduce(
    (at: any, step) => at?.properties?.[step] ?? schemaOrNothing(at?.additionalProperties),
    schema,
  )
}

const schemaOrNothing = (value: any): any => (typeof value === 'object' && value !== null ? value : undefined)

/** A rule of x-kubernetes-validations without its expressions (ValidateCustomResourceDefinitionOpenAPISchema). */
export function checkRule(errors: Errors, schema: any, rule: any, path: string, uncorrelated?: string): void {
  const { message, reason, fieldPath, optionalOldSelf } = rule
  if (!rule.rule?.trim()) {
    errors.push(required(`${path}.rule`, 'rule is not specified'))
    return
  }
  if (message && !message.trim()) errors.push(invalid(`${path}.message`, message, 'must be non-empty if specified'))
  else if (/\n/.test(message?.trim() ?? '')) {
    errors.push(invalid(`${path}.message`, message, 'must not contain line breaks'))
  } else if (/\n/.test(rule.rule.trim()) && !message?.trim()) {
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'))
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS))
  if (fieldPath && !leadsTo(schema, fieldPath))
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'must be a valid path'))
  if (optionalOldSelf && !/\boldSelf\b/.test(rule.rule))
    errors.push(invalid(`${path}.optionalOldSelf`, true, 'may not be set if oldSelf is not used in rule'))
  if (uncorrelated !== undefined && !optionalOldSelf && /\boldSelf\b/.test(rule.rule)) {
    const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`
    errors.push(invalid(`${path}.rule`, rule.rule, text))
  }
}

const KNOWN_TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object']

/** A default of another type than the field's. */
export function defaultProblem(schema: any, path: string): FieldError | undefined {
  const { type } = schema
  const value = schema.default
  if (value === undefined || value === null || !KNOWN_TYPES.includes(type)) return undefined
  const is = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value
  if (is === type || (type === 'number' && is === 'integer')) return undefined
  const quoted = JSON.stringify(is)
  const body = `Invalid value: ${quoted}:  in body must be of type ${type}: ${quoted}`
  return { type: 'FieldValueTypeInvalid', field: path, body }
}

/** Fields that selectors may name (ValidateCustomResourceSelectableFields). */
export function checkSelectable(errors: Errors, schema: any, fields: readonly any[], path: string): void {
  const seen = new Set<string>()
  for (const [i, { jsonPath = '' }] of fields.entries()) {
    const at = `${path}[${i}].jsonPath`
    const first = /^[^.[]+/.exec(jsonPath)?.[0]
    if (first !== undefined) {
      errors.push(invalid(at, jsonPath, `is an invalid path: expected [ or . but got: ${first}`))
      continue
    }
    if (!leadsTo({ ...schema, properties: { ...schema?.properties, metadata: undefined } }, jsonPath))
      errors.push(invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field'))
    if (seen.has(jsonPath)) {
      const body = `Duplicate value: ${JSON.stringify(jsonPath)}`
      errors.push({ type: 'FieldValueDuplicate', field: at, body })
    }
    seen.add(jsonPath)
  }
}
