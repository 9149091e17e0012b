import { builtinKinds } from './builtin.ts'
import { ANY, Cel, CelSyntaxError, declare, type Shape } from './cel/index.ts'
import type { Kind } from './kind.ts'
import { schemaOf } from './schema/load.ts'
import type { Schema } from './schema/types.ts'

/** A policy's expressions are checked against so many kinds at most. */
const MOST = 10

interface ExpressionWarning {
  readonly fieldRef: string
  readonly warning: string
}

/** What can be selected from a value of a schema's type. */
function shapeOf(schema: Schema | undefined): Shape {
  switch (schema?.type) {
    case undefined:
    case 'any':
    case 'intOrString':
      return ANY
    case 'object':
      return {
        field: (name) => {
          const field = schema.fields.get(name)
          return field && shapeOf(field.schema)
        },
      }
    case 'map':
      return { field: () => shapeOf(schema.items) }
    default:
      return { field: () => undefined }
  }
}

const byGvk = (a: Kind, b: Kind): number =>
  a.group === b.group && a.version === b.version
    ? Number(a.kind > b.kind) - Number(a.kind < b.kind)
    : Number(a.apiVersion > b.apiVersion) - Number(a.apiVersion < b.apiVersion)

/** The kinds that a policy names, in order; custom ones and rules with wildcards name none. */
function kindsOf({ matchConstraints }: any): Kind[] {
  const wild = (list: readonly string[] = []): boolean => list.some((item) => item.includes('*'))
  const rules: any[] = (matchConstraints?.resourceRules ?? []).filter(
    (rule: any) => !wild(rule.apiGroups) && !wild(rule.apiVersions),
  )
  return builtinKinds
    .filter((kind) =>
      rules.some(
        (rule) =>
          rule.apiGroups?.includes(kind.group) &&
          rule.apiVersions?.includes(kind.version) &&
          rule.resources?.includes(kind.plural),
      ),
    )
    .sort(byGvk)
    .slice(0, MOST)
}

/** What the type checker finds in the validations of a ValidatingAdmissionPolicy. Models policy/validating/typechecking.go. */
export function expressionWarnings(spec: any): ExpressionWarning[] {
  const kinds = kindsOf(spec)
  const { paramKind } = spec
  const params = builtinKinds.find((k) => k.apiVersion === paramKind?.apiVersion && k.kind === paramKind?.kind)
  const check = (kind: Kind, source: string): string => {
    const object = shapeOf(schemaOf(kind))
    const variables = new Set((spec.variables ?? []).map((variable: any) => variable.name))
    try {
      new Cel(source, {
        ...declare('request', 'namespaceObject', 'authorizer'),
        object,
        oldObject: object,
        ...(paramKind ? { params: params ? shapeOf(schemaOf(params)) : ANY } : {}),
        variables: { field: (name) => (variables.has(name) ? ANY : undefined) },
      })
      return ''
    } catch (error) {
      if (!(error instanceof CelSyntaxError)) throw error
      return `${kind.group ? `${kind.group}/` : '/'}${kind.version}, Kind=${kind.kind}: ${error.message}\n`
    }
  }
  return (spec.validations ?? []).flatMap((validation: any, i: number) =>
    ['expression', 'messageExpression'].flatMap((field) => {
      const source: string | undefined = validation[field]
      if (!source) return []
      const warning = kinds
        .map((kind) => check(kind, source))
        .filter(Boolean)
        .join('\n')
      return warning ? [{ fieldRef: `spec.validations[${i}].${field}`, warning }] : []
    }),
  )
}
