import { compileRules } from '../crd/rules.ts'
import { type FieldError, forbidden, invalid, notSupported, Rendered, required, tooMany } from '../errors.ts'
import { isLabel1035, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { checkSupported, type Errors } from './checks.ts'
import { crdVersionsJson } from './crd-json.ts'
import { checkSelectable } from './crd-rules.ts'
import { checkStructural, type SchemaContext, walkSchema } from './crd-schema.ts'

/** Models apiextensions-apiserver's ValidateCustomResourceDefinition. */
export function validateCRD(crd: KubeObject): Errors {
  const errors: Errors = []
  const { names, group } = crd.spec ?? {}
  if (crd.metadata.name && crd.metadata.name !== `${names?.plural ?? ''}.${group ?? ''}`) {
    errors.push(invalid('metadata.name', crd.metadata.name, 'must be spec.names.plural+"."+spec.group'))
  }
  checkSpec(errors, crd.spec ?? {})
  checkStoredVersions(errors, crd)
  checkApproval(errors, crd)
  return errors
}

/** ValidateUpdateCustomResourceDefinitionStatus. */
export function validateCRDStatus({ status }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkNames(errors, 'status.acceptedNames', status?.acceptedNames ?? {})
  return errors
}

/** ValidateCustomResourceDefinitionUpdate (apiextensions-apiserver): names stay once established. */
export function validateCRDUpdate(next: KubeObject, old: KubeObject): Errors {
  const errors: Errors = []
  checkSpec(errors, next.spec ?? {})
  const established = old.status?.conditions?.some((c: any) => c.type === 'Established' && c.status === 'True')
  const frozen = [...(established ? ['scope', 'names.kind'] : []), 'group', 'names.plural']
  for (const path of frozen) {
    const at = (crd: KubeObject) => path.split('.').reduce((value: any, key) => value?.[key], crd.spec)
    if (!same(at(next), at(old))) errors.push(invalid(`spec.${path}`, at(next) ?? '', 'field is immutable'))
  }
  checkStoredVersions(errors, next)
  const annotation = 'api-approved.kubernetes.io'
  if (next.metadata.annotations?.[annotation] !== old.metadata.annotations?.[annotation]) checkApproval(errors, next)
  return errors
}

function checkSpec(errors: Errors, spec: any): void {
  const { group = '', names = {} } = spec
  const versions: any[] = spec.versions ?? []
  if (!group) errors.push(required('spec.group'))
  else {
    const problems = isSubdomain(group)
    if (problems.length) errors.push(invalid('spec.group', group, problems.join(',')))
    else if (!group.includes('.')) errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'))
  }
  if (!spec.scope) errors.push(required('spec.scope'))
  else checkSupported(errors, 'spec.scope', spec.scope, ['Cluster', 'Namespaced'])
  const common = commonParts(versions)
  const own = versions.map((version) => without(version, common))
  if (!common.schema?.openAPIV3Schema) {
    own.forEach(({ schema }, i) => {
      if (!schema?.openAPIV3Schema) errors.push(required(`spec.versions[${i}].schema.openAPIV3Schema`))
    })
  }
  own.forEach((version, i) => {
    const path = `spec.versions[${i}]`
    checkVersion(errors, version, path)
    checkParts(errors, version, path, 'schema', versions[i].subresources?.status !== undefined)
  })
  const sentence = (text: string) => {
    errors.push(invalid('spec.versions', new Rendered(crdVersionsJson(own)), text))
  }
  if (new Set(versions.map((v: any) => v.name)).size < versions.length) sentence('must contain unique version names')
  if (versions.filter((v: any) => v.storage).length !== 1) {
    sentence('must have exactly one version marked as storage version')
  }
  const problems = versions.length ? isLabel1035(versions[0].name ?? '') : []
  if (problems.length && versions[0].name) errors.push(invalid('spec.version', versions[0].name, problems.join(',')))
  for (const key of ['plural', 'singular', 'kind', 'listKind']) {
    if (!names[key]) errors.push(required(`spec.names.${key}`))
  }
  checkNames(errors, 'spec.names', names)
  const status = versions.some(({ subresources }) => subresources?.status !== undefined)
  checkParts(errors, common, 'spec', 'validation', status)
  if (spec.preserveUnknownFields === true) {
    const instead = 'set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
    errors.push(invalid('spec.preserveUnknownFields', true, `cannot set to true, ${instead}`))
  }
  checkConversion(errors, spec.conversion)
}

const MIXED_CASE = 'may have mixed case, but should otherwise match: '

function checkNames(errors: Errors, path: string, names: any): void {
  const label = (key: string, value: string) => {
    const problems = isLabel1035(value.toLowerCase())
    if (problems.length) errors.push(invalid(`${path}.${key}`, value, MIXED_CASE + problems.join(',')))
  }
  const exact = (key: string, value: string) => {
    const problems = isLabel1035(value)
    if (problems.length) errors.push(invalid(`${path}.${key}`, value, problems.join(',')))
  }
  if (names.plural) exact('plural', names.plural)
  if (names.singular) exact('singular', names.singular)
  if (names.kind) label('kind', names.kind)
  if (names.listKind) label('listKind', names.listKind)
  names.shortNames?.forEach((name: string, i: number) => void exact(`shortNames[${i}]`, name))
  if (names.kind && names.kind === names.listKind) {
    errors.push(invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'))
  }
  names.categories?.forEach((name: string, i: number) => void exact(`categories[${i}]`, name))
}

function checkVersion(errors: Errors, version: any, path: string): void {
  const problems = isLabel1035(version.name ?? '')
  if (problems.length) errors.push(invalid(`${path}.name`, version.name ?? '', problems.join(',')))
  const warning = version.deprecationWarning
  if (warning !== undefined && !version.deprecated) {
    errors.push(invalid(`${path}.deprecationWarning`, warning, 'can only be set for deprecated versions'))
  }
  const odd = (warning ?? '').search(/[\0-\x1f\x7f-\x9f]/)
  if (odd >= 0) {
    const text = `must only contain printable UTF-8 characters; non-printable character found at index ${odd}`
    errors.push(invalid(`${path}.deprecationWarning`, warning, text))
  }
}

const PARTS = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const

/** What all versions have in common lies in the spec itself in the internal version, and is told to be there. */
const commonParts = (versions: readonly any[]): any =>
  Object.fromEntries(
    PARTS.filter((part) => versions.length && versions.every((version) => same(version[part], versions[0][part]))).map(
      (part) => [part, versions[0][part]],
    ),
  )

const without = (version: any, common: any): any =>
  Object.fromEntries(Object.entries(version).filter(([field]) => !(field in common)))

/** The parts of a version, or those that all versions share. */
function checkParts(errors: Errors, parts: any, path: string, schemaField: string, status: boolean): void {
  const schema = parts.schema?.openAPIV3Schema
  if (schema) checkVersionSchema(errors, schema, `${path}.${schemaField}.openAPIV3Schema`, status)
  const scale = parts.subresources?.scale
  if (scale) checkScalePaths(errors, scale, `${path}.subresources`)
  parts.additionalPrinterColumns?.forEach((column: any, i: number) => {
    checkColumn(errors, column, `${path}.additionalPrinterColumns[${i}]`)
  })
  if (parts.selectableFields?.length > 8) {
    errors.push(tooMany(`${path}.selectableFields`, parts.selectableFields.length, 8))
  }
  if (parts.selectableFields?.length && schema)
    checkSelectable(errors, schema, parts.selectableFields, `${path}.selectableFields`)
}

function checkVersionSchema(errors: Errors, schema: any, path: string, status: boolean): void {
  if (status && schema.type !== 'object') {
    const text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    errors.push(invalid(`${path}.type`, schema.type ?? '', text))
  }
  if (schema.nullable) errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  errors.push(...checkStructural(schema, path))
  const root: SchemaContext = { defaults: true, reason: '', meta: false }
  const before = errors.length
  walkSchema(errors, schema, path, root, true)
  if (errors.length === before) errors.push(...compileRules(schema, path, true))
}

function simplePath(errors: Errors, at: string, path: string): boolean {
  if (path.startsWith('.')) return true
  errors.push(invalid(at, path, path ? 'must be a simple json path starting with .' : 'must not be empty'))
  return false
}

function checkScalePaths(errors: Errors, scale: any, path: string): void {
  for (const [key, root] of [
    ['specReplicasPath', '.spec'],
    ['statusReplicasPath', '.status'],
  ] as const) {
    const value: string = scale[key] ?? ''
    const at = `${path}.scale.${key}`
    if (!value) errors.push(required(at))
    else if (simplePath(errors, at, value) && !value.startsWith(`${root}.`)) {
      errors.push(invalid(at, value, `should be a json path under ${root}`))
    }
  }
  const selector: string = scale.labelSelectorPath ?? ''
  const at = `${path}.scale.labelSelectorPath`
  if (selector && simplePath(errors, at, selector) && !/^\.(spec|status)\./.test(selector)) {
    errors.push(invalid(at, selector, 'should be a json path under either .spec or .status'))
  }
}

const COLUMN_TYPES = ['integer', 'number', 'string', 'boolean', 'date']
const COLUMN_FORMATS = ['int32', 'int64', 'float', 'double', 'byte', 'date', 'date-time', 'password']

function checkColumn(errors: Errors, column: any, path: string): void {
  if (!column.name) errors.push(required(`${path}.name`))
  if (!column.type) {
    errors.push(required(`${path}.type`, `must be one of ${[...COLUMN_TYPES].sort().join(',')}`))
  } else if (!COLUMN_TYPES.includes(column.type)) {
    errors.push(invalid(`${path}.type`, column.type, `must be one of ${[...COLUMN_TYPES].sort().join(',')}`))
  }
  if (column.format && !COLUMN_FORMATS.includes(column.format)) {
    errors.push(invalid(`${path}.format`, column.format, `must be one of ${[...COLUMN_FORMATS].sort().join(',')}`))
  }
  if (!column.jsonPath) errors.push(required(`${path}.JSONPath`))
  else simplePath(errors, `${path}.JSONPath`, column.jsonPath)
}

function checkConversion(errors: Errors, conversion: any): void {
  if (!conversion) return
  const path = 'spec.conversion'
  const { strategy, webhook } = conversion
  if (!strategy) errors.push(required(`${path}.strategy`))
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    errors.push(notSupported(`${path}.strategy`, strategy, ['None', 'Webhook']))
  }
  if (strategy === 'Webhook') {
    const config = webhook?.clientConfig
    if (!config) errors.push(required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'))
    else if ((config.url === undefined) === (config.service === undefined)) {
      errors.push(required(`${path}.webhookClientConfig`, 'exactly one of url or service is required'))
    } else if (config.url !== undefined && !config.url.startsWith('https:')) {
      const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(config.url)?.[1] ?? ''
      const text = "'https' is the only allowed URL scheme; desired format: https://host[/path]"
      errors.push(invalid(`${path}.webhookClientConfig.url`, scheme, text))
    }
    if (!webhook?.conversionReviewVersions?.length) errors.push(required(`${path}.conversionReviewVersions`))
  } else if (webhook?.clientConfig) {
    const text = 'should not be set when strategy is not set to Webhook'
    errors.push(forbidden(`${path}.webhookClientConfig`, text))
  } else if (webhook?.conversionReviewVersions?.length) {
    const text = 'should not be set when strategy is not set to Webhook'
    errors.push(forbidden(`${path}.conversionReviewVersions`, text))
  }
}

function checkStoredVersions(errors: Errors, crd: KubeObject): void {
  const stored: string[] = crd.status?.storedVersions ?? []
  const path = 'status.storedVersions'
  if (stored.length === 0) {
    errors.push(invalid(path, null, 'must have at least one stored version'))
    return
  }
  const versions: any[] = crd.spec?.versions ?? []
  for (const { name, storage } of versions) {
    if (storage && !stored.includes(name)) errors.push(invalid(path, stored, `must have the storage version ${name}`))
  }
  stored.forEach((name, i) => {
    if (versions.some((v) => v.name === name)) return
    const before = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions`
    const after = `until a storage migration ensures no data remains persisted in ${name}`
    errors.push(invalid(`${path}[${i}]`, name, `${before} ${after} and removes ${name} from status.storedVersions`))
  })
}

const PROTECTED = /(^|\.)(k8s|kubernetes)\.io$/
const ENHANCEMENT = 'see https://github.com/kubernetes/enhancements/pull/1111'

function checkApproval(errors: Errors, crd: KubeObject): void {
  if (!PROTECTED.test(crd.spec?.group ?? '')) return
  const key = 'api-approved.kubernetes.io'
  const value = crd.metadata.annotations?.[key] ?? ''
  const path = `metadata.annotations[${key}]`
  const must = `protected groups must have approval annotation ${JSON.stringify(key)}`
  if (!value) errors.push(required(path, `${must}, ${ENHANCEMENT}`))
  else if (!value.startsWith('unapproved') && !/^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.test(value)) {
    errors.push(
      invalid(path, value, `${must} with either a URL or a reason starting with "unapproved", ${ENHANCEMENT}`),
    )
  }
}
