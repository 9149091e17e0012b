import { sha256Hex } from '../../pki/hash.ts'
import { humanDuration, JsonPath } from '../../print/index.ts'
import { age } from '../columns.ts'
import { defineKind, keep, ownSubresource, raiseGeneration, scaleSubresource } from '../define.ts'
import { type FieldError, invalid } from '../errors.ts'
import type { Cell, CellContext, Column, Kind } from '../kind.ts'
import { isQualifiedName } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { checkLists, checkSchema } from './check.ts'
import { checkRules } from './rules.ts'
import { applyDefaults, decodeCustom, type JsonSchema, structOf } from './structure.ts'
import { compareVersions, newerVersions } from './versions.ts'

/** The kinds that a CustomResourceDefinition has the API server serve: its served versions, preferred first. */
export function kindsFromCRD(crd: KubeObject): Kind[] {
  const served: string[] = crd.spec.versions.filter((v: any) => v.served).map((v: any) => v.name)
  return served.sort((a, b) => compareVersions(b, a)).map((version) => kindFromCRD(crd, version))
}

const BLOCKING = new Set<FieldError['type']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

/** One version of a custom resource. Models apiextensions-apiserver's registry/customresource. */
export function kindFromCRD(crd: KubeObject, version: string): Kind {
  const { group, names, scope, versions } = crd.spec
  const own = versions.find((v: any) => v.name === version)
  const storage = versions.find((v: any) => v.storage).name as string
  const schema: JsonSchema = own.schema?.openAPIV3Schema ?? {}
  const status = own.subresources?.status !== undefined
  const scale = own.subresources?.scale
  const { properties: { apiVersion: _a, kind: _k, metadata: _m, ...properties } = {} as any } = schema
  /** What is checked: the metadata has rules of its own. */
  const body: JsonSchema = schema.properties ? { ...schema, properties } : schema
  const rules = hasRules(schema)
  const statusSchema: JsonSchema = properties.status ?? {}
  const structural = (obj: any, old?: any) => checkSchema(obj, body, old)
  const lists = (obj: any) => checkLists(obj, body)
  const apiVersionOf = (v: string) => `${group}/${v}`
  const paths = new Map<string, JsonPath>(
    (own.selectableFields ?? []).map(({ jsonPath }: any) => [
      jsonPath.replace(/^\./, ''),
      new JsonPath(`{${jsonPath}}`),
    ]),
  )
  /** Rules are evaluated only when the structure is as it should be. */
  const withRules = (errors: FieldError[], obj: KubeObject, old?: KubeObject): FieldError[] => {
    if (!rules) return errors
    if (!errors.some((e) => BLOCKING.has(e.type))) return [...errors, ...checkRules(obj, schema, old)]
    const text = 'some validation rules were not checked because the object was invalid'
    return [...errors, invalid('<nil>', null, `${text}; correct the existing errors to complete validation`)]
  }
  const columns = columnsOf(own)
  const printers = (own.additionalPrinterColumns ?? []).map((c: any) => new JsonPath(`{${c.jsonPath}}`))

  return {
    ...defineKind({
      group,
      version,
      kind: names.kind,
      listKind: names.listKind ?? `${names.kind}List`,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames,
      categories: names.categories,
      namespaced: scope === 'Namespaced',
      subresources: [...(status ? [ownSubresource(names.kind, 'status')] : []), ...(scale ? [scaleSubresource] : [])],
      storageVersionHash: versionHash(`${group}/${storage}/${names.kind}`),
      crd,
      columns,
      cells: (obj, ctx) => [
        obj.metadata.name,
        ...(printers.length
          ? printers.map((path: JsonPath, i: number) => cell(columns[i + 1]!, path, obj, ctx))
          : [age(obj, ctx)]),
      ],
      defaults: (obj) => applyDefaults(obj, body),
      validate: (obj) =>
        withRules([...structural(withoutMeta(obj)), ...checkScale(obj, scale), ...lists(withoutMeta(obj))], obj),
      validateUpdate: (next, old) => {
        const [after, before] = [withoutMeta(next), withoutMeta(old)]
        const repeated = lists(before).length ? [] : lists(after)
        return withRules([...structural(after, before), ...checkScale(next, scale), ...repeated], next, old)
      },
      validateSubresource: (next, old, name) => {
        if (name !== 'status') return []
        const wrong = next.status === undefined ? [] : checkSchema(next.status, statusSchema, old.status, 'status')
        const repeated = lists(withoutMeta(old)).length ? [] : lists(withoutMeta(next))
        return withRules([...wrong, ...repeated], next, old)
      },
      warnings: (next, old) => finalizerWarnings(next, old),
      fields: Object.fromEntries([...paths].map(([name, path]) => [name, (obj) => path.text(obj)])),
      unknownField: (label) => `field label not supported: ${label}`,
      storedAs:
        version === storage
          ? undefined
          : {
              group,
              version: storage,
              toStored: (obj) => ({ ...obj, apiVersion: apiVersionOf(storage) }),
              fromStored: (obj) => ({ ...obj, apiVersion: apiVersionOf(version) }),
            },
    }),
    schema: structOf(schema, names.kind, version, true),
    decode: (value) => decodeCustom(value, body, names.kind),
    deprecation: own.deprecated ? (own.deprecationWarning ?? deprecationText(crd, version)) : undefined,
    scale,
    prepareForCreate(obj) {
      if (status) delete obj.status
      obj.metadata.generation = 1
    },
    prepareForUpdate(next, old, subresource) {
      if (subresource === 'status') {
        for (const key of new Set([...Object.keys(next), ...Object.keys(old)])) {
          if (key !== 'status' && key !== 'metadata') keep(next, old, key)
        }
      } else if (status) keep(next, old, 'status')
      next.metadata.generation = old.metadata.generation
      if (subresource === 'status') return
      for (const key of new Set([...Object.keys(next), ...Object.keys(old)])) {
        if (key !== 'metadata' && !same(next[key], old[key])) return raiseGeneration(next, old)
      }
    },
  }
}

const withoutMeta = ({ apiVersion: _a, kind: _k, metadata: _m, ...rest }: KubeObject): Record<string, any> => rest

const hasRules = (schema: any): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  (schema['x-kubernetes-validations']?.length > 0 || Object.values(schema).some(hasRules))

/** base64 of the first 8 bytes of the SHA-256. Models discovery.StorageVersionHash. */
function versionHash(text: string): string {
  const bytes = sha256Hex(text).slice(0, 16).match(/../g)!
  return btoa(String.fromCharCode(...bytes.map((hex) => Number.parseInt(hex, 16))))
}

function columnsOf(version: any): Column[] {
  const name: Column = {
    name: 'Name',
    type: 'string',
    format: 'name',
    description:
      'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
    priority: 0,
  }
  const given = version.additionalPrinterColumns ?? [
    {
      name: 'Age',
      type: 'date',
      jsonPath: '.metadata.creationTimestamp',
      description:
        'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
    },
  ]
  return [
    name,
    ...given.map((column: any) => ({
      name: column.name,
      type: column.type,
      format: column.format ?? '',
      description: column.description || `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
      priority: column.priority ?? 0,
    })),
  ]
}

/** What a printer column shows. Models tableconvertor.go: a value of another type than the column's is not shown. */
function cell(column: Column, path: JsonPath, obj: KubeObject, ctx: CellContext): Cell {
  let value: any
  try {
    value = path.find(obj)[0]?.[0]
  } catch {
    return null
  }
  if (value === undefined || value === null) return null
  switch (column.type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date': {
      if (typeof value !== 'string') return null
      const time = Date.parse(value)
      return Number.isNaN(time) ? '<invalid>' : humanDuration(ctx.now - time)
    }
  }
}

/** The number or string at `.spec.replicas`. */
export const atPath = (obj: any, path: string): any =>
  path
    .replace(/^\./, '')
    .split('.')
    .reduce((value, key) => value?.[key], obj)

function checkScale(obj: KubeObject, scale: any): FieldError[] {
  const errors: FieldError[] = []
  for (const path of scale ? [scale.specReplicasPath, scale.statusReplicasPath] : []) {
    const value = atPath(obj, path)
    if (typeof value !== 'number') continue
    if (value < 0) errors.push(invalid(path, value, 'should be a non-negative integer'))
    else if (value > 2147483647) errors.push(invalid(path, value, 'should be less than or equal to 2147483647'))
  }
  return errors
}

const STANDARD = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

function finalizerWarnings(next: KubeObject, old?: KubeObject): string[] {
  const warnings: string[] = []
  const before = new Set(old?.metadata.finalizers)
  for (const name of [...(next.metadata.finalizers ?? [])].sort()) {
    if (before.has(name)) continue
    const at = `metadata.finalizers: ${JSON.stringify(name)}:`
    for (const problem of isQualifiedName(name)) warnings.push(`${at} ${problem}`)
    if (name.includes('/') || STANDARD.has(name)) continue
    const path = name.includes('.') ? ' including a path (/)' : ''
    const purpose = 'to avoid accidental conflicts with other finalizer writers'
    warnings.push(`${at} prefer a domain-qualified finalizer name${path} ${purpose}`)
  }
  return warnings
}

function deprecationText(crd: KubeObject, version: string): string {
  const { group, names, versions } = crd.spec
  const usable = versions.filter((v: any) => v.served && !v.deprecated).map((v: any) => v.name as string)
  const [best] = newerVersions(usable, version)
  const text = `${group}/${version} ${names.kind} is deprecated`
  return best ? `${text}; use ${group}/${best} ${names.kind}` : text
}
