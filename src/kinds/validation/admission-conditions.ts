import { ANY, Cel, CelSyntaxError, declare, type Shape } from '../cel/index.ts'
import { duplicate, invalid, required, tooMany } from '../errors.ts'
import { isQualifiedName } from '../names.ts'
import { addInvalid, type Errors } from './checks.ts'

type Names = Readonly<Record<string, Shape>>

/** What expressions may mention. */
export function namesOf(spec: any): Names {
  const variables = new Set<string>((spec.variables ?? []).map((v: any) => v.name))
  return {
    ...declare('object', 'oldObject', 'request', 'namespaceObject', 'authorizer'),
    ...(spec.paramKind ? declare('params') : {}),
    variables: { field: (name) => (variables.has(name) ? ANY : undefined) },
  }
}

/** A CEL expression must compile; empty ones are the caller's to refuse. */
export function checkExpression(errors: Errors, path: string, source: string | undefined, names: Names): void {
  if (!source?.trim()) return
  try {
    new Cel(source, names)
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error
    errors.push(invalid(path, source, `compilation failed: ${error.message}`))
  }
}

/** matchConditions: named once, 64 at most, each compiles. */
export function checkConditions(errors: Errors, conditions: readonly any[], path: string, names: Names): void {
  if (conditions.length > 64) errors.push(tooMany(path, conditions.length, 64))
  const seen = new Set<string>()
  conditions.forEach(({ name, expression }, i) => {
    if (!expression?.trim()) errors.push(required(`${path}[${i}].expression`))
    checkExpression(errors, `${path}[${i}].expression`, expression?.trim(), names)
    if (!name) {
      errors.push(required(`${path}[${i}].name`))
      return
    }
    addInvalid(errors, `${path}[${i}].name`, name, isQualifiedName(name))
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}].name`, name))
    seen.add(name)
  })
}
