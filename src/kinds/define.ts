export { same } from './same.ts'

import { defaultCells, defaultColumns } from './columns.ts'
import type { FieldError } from './errors.ts'
import type { Cell, CellContext, Column, Kind, StoredAs, Subresource, Verb, WriteContext } from './kind.ts'
import { dnsSubdomain, type NameRule, validateMeta, validateMetaUpdate, validateOwnFinalizers } from './meta.ts'
import type { KubeObject } from './object.ts'
import { same } from './same.ts'
import { schemaOf } from './schema/load.ts'
import { zeroOf } from './schema/zero.ts'

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** What a kind's file states; everything left out is what most kinds do. */
interface KindSpec {
  group: string
  version: string
  kind: string
  plural: string
  namespaced: boolean
  listKind?: string
  singular?: string
  shortNames?: readonly string[]
  categories?: readonly string[]
  verbs?: readonly Verb[]
  subresources?: readonly Subresource[]
  storageVersionHash?: string
  storedAs?: StoredAs
  crd?: KubeObject
  deprecation?: string

  columns?: readonly Column[]
  cells?(obj: KubeObject, ctx: CellContext): Cell[]
  compareRows?(a: KubeObject, b: KubeObject): number

  defaults?(obj: KubeObject): void
  /** Has a status that only the status subresource may write. */
  status?: boolean
  /** The status subresource leaves labels, annotations, finalizers and owners as they are. */
  statusKeepsMeta?: boolean
  /** Counts generations; the spec is what lies outside metadata and status. */
  generation?: boolean
  /** Raises the generation for other reasons than a changed spec. */
  generationChanged?(next: KubeObject, old: KubeObject): boolean
  /** A status given on creation stays. */
  statusOnCreate?: boolean
  /** After the usual: status dropped, generation 1. */
  prepareForCreate?(obj: KubeObject, ctx: WriteContext): void
  /** After the usual: status or spec of `old` kept, generation raised. */
  prepareForUpdate?(next: KubeObject, old: KubeObject, subresource: string | undefined, ctx: WriteContext): void
  nameRule?: NameRule
  /** Validates what lies outside metadata. */
  validate?(obj: KubeObject): FieldError[]
  /** The whole update of the main resource outside metadata; left out: `validate(next)`. */
  validateUpdate?(next: KubeObject, old: KubeObject): FieldError[]
  validateSubresource?(next: KubeObject, old: KubeObject, subresource: string): FieldError[]
  warnings?(next: KubeObject, old?: KubeObject): string[]

  /** Selectable fields besides metadata.name and metadata.namespace. */
  fields?: Readonly<Record<string, (obj: KubeObject) => string>>
  unknownField?(label: string): string
  gracePeriod?(obj: KubeObject, requested?: number): number | undefined
}

/** Groups of servers of their own, which know nothing of core's rules for metadata. */
const GENERIC_META = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** Fills in what most kinds share. */
export function defineKind(spec: KindSpec): Kind {
  const columns = spec.columns ?? defaultColumns
  const nameRule = spec.nameRule ?? dnsSubdomain
  const fields = spec.fields ?? {}
  const ownFinalizers = spec.crd || GENERIC_META.has(spec.group) ? () => [] : validateOwnFinalizers
  return {
    group: spec.group,
    version: spec.version,
    apiVersion: spec.group ? `${spec.group}/${spec.version}` : spec.version,
    kind: spec.kind,
    listKind: spec.listKind ?? `${spec.kind}List`,
    plural: spec.plural,
    singular: spec.singular ?? spec.kind.toLowerCase(),
    shortNames: spec.shortNames ?? [],
    categories: spec.categories ?? [],
    namespaced: spec.namespaced,
    verbs: spec.verbs ?? ALL_VERBS,
    subresources: spec.subresources ?? [],
    storageVersionHash: spec.storageVersionHash ?? '',
    groupResource: spec.group ? `${spec.plural}.${spec.group}` : spec.plural,
    storedAs: spec.storedAs,
    crd: spec.crd,
    deprecation: spec.deprecation,
    columns,
    cells: spec.cells ?? defaultCells,
    compareRows: spec.compareRows,
    defaults: spec.defaults ?? nothing,
    prepareForCreate(obj, ctx) {
      if (spec.status && !spec.statusOnCreate) obj.status = emptyStatus(spec)
      if (spec.generation) obj.metadata.generation = 1
      else delete obj.metadata.generation
      spec.prepareForCreate?.(obj, ctx)
    },
    prepareForUpdate(next, old, subresource, ctx) {
      if (subresource === 'status') {
        keepAllButStatus(next, old)
        if (spec.statusKeepsMeta) keepMeta(next, old)
      } else if (spec.status && subresource !== 'approval') keep(next, old, 'status')
      spec.prepareForUpdate?.(next, old, subresource, ctx)
      if (old.metadata.generation === undefined) delete next.metadata.generation
      else next.metadata.generation = old.metadata.generation
      if (!spec.generation || subresource === 'status') return
      if (specChanged(next, old) || spec.generationChanged?.(next, old)) raiseGeneration(next, old)
    },
    validate: (obj) => {
      const errors = validateMeta(obj.metadata, spec.namespaced, nameRule).concat(ownFinalizers(obj.metadata))
      return spec.validate ? errors.concat(spec.validate(obj)) : errors
    },
    validateUpdate: (next, old, subresource) => {
      const errors = validateMetaUpdate(next.metadata, old.metadata).concat(ownFinalizers(next.metadata))
      if (subresource) return errors.concat(spec.validateSubresource?.(next, old, subresource) ?? [])
      if (spec.validateUpdate) return errors.concat(spec.validateUpdate(next, old))
      return spec.validate ? errors.concat(spec.validate(next)) : errors
    },
    warnings: spec.warnings ?? none,
    selectableFields: Object.keys(fields),
    unknownField: (label) =>
      spec.unknownField?.(label) ??
      (spec.fields
        ? `field label not supported: ${label}`
        : `${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`),
    field(obj, label) {
      if (label === 'metadata.name') return obj.metadata.name ?? ''
      if (label === 'metadata.namespace') return obj.metadata.namespace ?? ''
      return fields[label]?.(obj) ?? ''
    },
    gracePeriod: spec.gracePeriod ?? absent,
  }
}

/** `scale` of anything that has replicas. */
export const scaleSubresource: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
}

/** A subresource with the parent's own kind and the verbs get, patch, update. */
export const ownSubresource = (kind: string, name: string): Subresource => ({
  name,
  kind,
  verbs: ['get', 'patch', 'update'],
})

/** The status of a new object: what Go's encoder writes of an empty struct. */
function emptyStatus(spec: KindSpec): any {
  const schema = schemaOf(spec)?.fields.get('status')?.schema
  return schema ? zeroOf(schema) : {}
}

const nothing = () => {}
const none = () => []
const absent = () => undefined

/** Makes `next[field]` what `old` has, sharing the value. */
export function keep(next: KubeObject, old: KubeObject, field: string): void {
  if (field in old) next[field] = old[field]
  else delete next[field]
}

function keepAllButStatus(next: KubeObject, old: KubeObject): void {
  for (const field of new Set([...Object.keys(next), ...Object.keys(old)])) {
    if (field !== 'status' && field !== 'metadata') keep(next, old, field)
  }
}

/** metav1.ResetObjectMetaForStatus; generations are kept for all. */
function keepMeta({ metadata }: KubeObject, old: KubeObject): void {
  for (const field of RESET) {
    if (old.metadata[field] === undefined) delete metadata[field]
    else Object.assign(metadata, { [field]: old.metadata[field] })
  }
}

const RESET = ['deletionTimestamp', 'labels', 'annotations', 'finalizers', 'ownerReferences'] as const

/** Marks that what is wanted has changed. */
export function raiseGeneration(next: KubeObject, old: KubeObject): void {
  next.metadata.generation = (old.metadata.generation ?? 0) + 1
}

function specChanged(next: KubeObject, old: KubeObject): boolean {
  for (const field of new Set([...Object.keys(next), ...Object.keys(old)])) {
    if (field !== 'status' && field !== 'metadata' && !same(next[field], old[field])) return true
  }
  return false
}
