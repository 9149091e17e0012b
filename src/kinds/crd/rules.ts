import { ANY, Cel, CelError, CelSyntaxError, declare, type Shape } from '../cel/index.ts'
import { type FieldError, type FieldErrorType, invalid } from '../errors.ts'
import { same } from '../same.ts'
import { ruleStruct } from '../validation/crd-json.ts'
import { additional, isMap, type JsonSchema } from './structure.ts'

/** Heads of messages by a rule's `reason`. */
const HEADS: Readonly<Record<string, string>> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueForbidden: 'Forbidden',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
}

const compiled = new Map<string, Cel>()

function compile(source: string): Cel {
  let program = compiled.get(source)
  if (!program) compiled.set(source, (program = new Cel(source)))
  return program
}

/** Evaluates x-kubernetes-validations. Models apiextensions-apiserver's schema/cel. `old` is undefined on creation. */
export function checkRules(value: any, schema: JsonSchema | undefined, old: any, path = ''): FieldError[] {
  const errors: FieldError[] = []
  if (!schema || value === undefined) return errors
  // Ratcheting: what did not change keeps its faults.
  if (old !== undefined && same(value, old)) return errors
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const error = checkRule(rule, value, old, path)
    if (error) errors.push(error)
  }
  if (Array.isArray(value)) {
    const keys: string[] | undefined =
      schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined
    value.forEach((item, i) => {
      const before = keys && old?.find?.((other: any) => keys.every((key) => same(other?.[key], item?.[key])))
      errors.push(...checkRules(item, schema.items, before, `${path}[${i}]`))
    })
  } else if (isMap(value)) {
    for (const key of Object.keys(value).sort()) {
      const own = schema.properties?.[key]
      const here = own ? (path ? `${path}.${key}` : key) : `${path}[${key}]`
      errors.push(...checkRules(value[key], own ?? additional(schema), old?.[key], here))
    }
  }
  return errors
}

function checkRule(rule: any, value: any, old: any, path: string): FieldError | undefined {
  let program: Cel
  try {
    program = compile(rule.rule)
  } catch (error) {
    if (error instanceof CelSyntaxError) return undefined
    throw error
  }
  // A rule about the transition says nothing about creation.
  if (program.uses('oldSelf') && old === undefined && !rule.optionalOldSelf) return undefined
  const variables = { self: value, oldSelf: old ?? null }
  const field = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || '<nil>'
  const type: FieldErrorType = rule.reason ?? 'FieldValueInvalid'
  const fault = (text: string): FieldError => ({ type, field, body: `${HEADS[type]}: ${text}` })
  try {
    return program.run(variables) === true ? undefined : fault(messageOf(rule, variables))
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    const which = rule.message || `rule: ${rule.rule}`
    return fault(`${error.message} evaluating rule: ${which}`)
  }
}

function messageOf(rule: any, variables: Record<string, unknown>): string {
  if (rule.messageExpression) {
    try {
      const text = compile(rule.messageExpression).run(variables)
      if (typeof text === 'string' && text.trim() && !/\n/.test(text.trim())) return text.trim()
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CelSyntaxError)) throw error
    }
  }
  return rule.message || `failed rule: ${rule.rule}`
}

/** What `self` looks like in the rules of a schema. */
function shapeOf(schema: JsonSchema | undefined, root = false): Shape {
  if (!schema || schema['x-kubernetes-preserve-unknown-fields']) return ANY
  if (schema.type !== 'object') return schema.type === undefined ? ANY : { field: () => undefined }
  const more = additional(schema)
  return {
    field(name) {
      const key = name.replaceAll('__dot__', '.').replaceAll('__dash__', '-').replaceAll('__slash__', '/')
      const own = schema.properties?.[key]
      if (own && !(root && key === 'metadata')) return shapeOf(own)
      if ((root || schema['x-kubernetes-embedded-resource']) && ROOT.has(name)) return ANY
      return more ? shapeOf(more) : undefined
    },
  }
}

const ROOT = new Set(['apiVersion', 'kind', 'metadata'])

/** What is wrong with the expressions of a schema's rules. */
export function compileRules(schema: any, path: string, root = false): FieldError[] {
  const errors: FieldError[] = []
  if (!isMap(schema)) return errors
  const self = shapeOf(schema, root)
  schema['x-kubernetes-validations']?.forEach((rule: any, i: number) => {
    for (const key of ['rule', 'messageExpression']) {
      if (!rule[key]?.trim()) continue
      try {
        new Cel(rule[key], { ...declare(), self, oldSelf: self })
      } catch (error) {
        if (!(error instanceof CelSyntaxError)) throw error
        const at = `${path}.x-kubernetes-validations[${i}].${key}`
        errors.push(invalid(at, ruleStruct(rule), `compilation failed: ${error.message}`))
      }
    }
  })
  for (const name of Object.keys(schema.properties ?? {}).sort()) {
    errors.push(...compileRules(schema.properties[name], `${path}.properties[${name}]`))
  }
  errors.push(...compileRules(schema.additionalProperties, `${path}.additionalProperties`))
  errors.push(...compileRules(schema.items, `${path}.items`))
  return errors
}
