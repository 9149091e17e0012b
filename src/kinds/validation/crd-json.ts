import { goJson, sorted } from '../errors.ts'

/**
 * Fields of the internal JSONSchemaProps in Go's order, with the name on the wire where it differs by more than its
 * first letter, and the zero value: `_` null, `s` "", `b` false.
 */
const SCHEMA = `ID=id:s Schema=$schema:s Ref=$ref:_ Description:s Type:s Nullable:b Format:s Title:s Default:_ Maximum:_
ExclusiveMaximum:b Minimum:_ ExclusiveMinimum:b MaxLength:_ MinLength:_ Pattern:s MaxItems:_ MinItems:_ UniqueItems:b
MultipleOf:_ Enum:_ MaxProperties:_ MinProperties:_ Required:_ Items:_ AllOf:_ OneOf:_ AnyOf:_ Not:_ Properties:_
AdditionalProperties:_ PatternProperties:_ Dependencies:_ AdditionalItems:_ Definitions:_ ExternalDocs:_ Example:_
XPreserveUnknownFields=x-kubernetes-preserve-unknown-fields:_ XEmbeddedResource=x-kubernetes-embedded-resource:b
XIntOrString=x-kubernetes-int-or-string:b XListMapKeys=x-kubernetes-list-map-keys:_ XListType=x-kubernetes-list-type:_
XMapType=x-kubernetes-map-type:_ XValidations=x-kubernetes-validations:_`
  .split(/\s+/)
  .map((entry) => {
    const [, go, wire, zero] = /^(\w+)(?:=([^:]+))?:(.)$/.exec(entry)!
    return { go: go!, wire: wire ?? go![0]!.toLowerCase() + go!.slice(1), zero: { _: null, s: '', b: false }[zero!] }
  })

const LISTS = new Set(['AllOf', 'OneOf', 'AnyOf'])
const MAPS = new Set(['Properties', 'PatternProperties', 'Definitions'])
const SCHEMA_OR_BOOL = new Set(['AdditionalProperties', 'AdditionalItems'])

function schemaStruct(schema: any): any {
  if (schema === undefined || schema === null) return null
  const out: Record<string, unknown> = {}
  for (const { go, wire, zero } of SCHEMA) {
    const value = schema[wire]
    if (value === undefined || value === null) out[go] = zero
    else if (LISTS.has(go)) out[go] = value.map(schemaStruct)
    else if (MAPS.has(go)) {
      out[go] = sorted(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, schemaStruct(one)])))
    } else if (go === 'Items') out[go] = { Schema: schemaStruct(value), JSONSchemas: null }
    else if (SCHEMA_OR_BOOL.has(go)) {
      const isBool = typeof value === 'boolean'
      out[go] = { Allows: isBool ? value : true, Schema: isBool ? null : schemaStruct(value) }
    } else if (go === 'Not') out[go] = schemaStruct(value)
    else if (go === 'XValidations') out[go] = value.map(ruleStruct)
    else out[go] = value
  }
  return out
}

/** A ValidationRule as Go prints it. */
export const ruleStruct = (rule: any) => ({
  Rule: rule.rule ?? '',
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
})

const columnStruct = (column: any) => ({
  Name: column.name ?? '',
  Type: column.type ?? '',
  Format: column.format ?? '',
  Description: column.description ?? '',
  Priority: column.priority ?? 0,
  JSONPath: column.jsonPath ?? '',
})

/** spec.versions as Go marshals the internal structs into messages. */
export function crdVersionsJson(versions: readonly any[]): string {
  const structs = versions.map((version) => {
    const { scale, status } = version.subresources ?? {}
    return {
      Name: version.name ?? '',
      Served: version.served ?? false,
      Storage: version.storage ?? false,
      Deprecated: version.deprecated ?? false,
      DeprecationWarning: version.deprecationWarning ?? null,
      Schema: version.schema ? { OpenAPIV3Schema: schemaStruct(version.schema.openAPIV3Schema) } : null,
      Subresources: version.subresources
        ? {
            Status: status === undefined ? null : {},
            Scale: scale
              ? {
                  SpecReplicasPath: scale.specReplicasPath ?? '',
                  StatusReplicasPath: scale.statusReplicasPath ?? '',
                  LabelSelectorPath: scale.labelSelectorPath ?? null,
                }
              : null,
          }
        : null,
      AdditionalPrinterColumns: version.additionalPrinterColumns?.map(columnStruct) ?? null,
      SelectableFields: version.selectableFields?.map((f: any) => ({ JSONPath: f.jsonPath ?? '' })) ?? null,
    }
  })
  return goJson(structs)
}
