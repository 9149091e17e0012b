import { type FieldError, forbidden, invalid, required, tooLong } from './errors.ts'
import { type Check, isLabel, isLabelValue, isPathSegment, isQualifiedName, isSubdomain } from './names.ts'
import type { ObjectMeta, OwnerReference } from './object.ts'

/** What names of a kind look like. With `prefix` the name will get a generated suffix. */
export type NameRule = (name: string, prefix: boolean) => readonly string[]

/** A trailing dash of a prefix is fine: something will follow it. */
const rule =
  (check: Check): NameRule =>
  (name, prefix) =>
    check(prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

export const dnsSubdomain = rule(isSubdomain)
export const dnsLabel = rule(isLabel)

/** Names that need only fit into a URL's path (RBAC's). */
export const pathSegment: NameRule = (name) => isPathSegment(name)

const NO_ERRORS: FieldError[] = []
const ANNOTATIONS_LIMIT = 256 * 1024

/** ValidateObjectMeta. */
export function validateMeta(meta: ObjectMeta, namespaced: boolean, nameRule: NameRule): FieldError[] {
  const errors: FieldError[] = []
  if (meta.generateName) {
    for (const m of nameRule(meta.generateName, true))
      errors.push(invalid('metadata.generateName', meta.generateName, m))
  }
  if (!meta.name) errors.push(required('metadata.name', 'name or generateName is required'))
  else for (const m of nameRule(meta.name, false)) errors.push(invalid('metadata.name', meta.name, m))
  if (namespaced) {
    if (!meta.namespace) errors.push(required('metadata.namespace'))
    else for (const m of isLabel(meta.namespace)) errors.push(invalid('metadata.namespace', meta.namespace, m))
  } else if (meta.namespace) {
    errors.push(forbidden('metadata.namespace', 'not allowed on this type'))
  }
  push(errors, validateLabels(meta.labels, 'metadata.labels'))
  push(errors, validateAnnotations(meta.annotations, 'metadata.annotations'))
  if (meta.ownerReferences) push(errors, validateOwners(meta.ownerReferences, 'metadata.ownerReferences'))
  if (meta.finalizers) push(errors, validateFinalizers(meta.finalizers, 'metadata.finalizers'))
  return errors
}

/** ValidateObjectMetaUpdate. */
export function validateMetaUpdate(next: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = []
  if (old.deletionTimestamp && next.finalizers) {
    const extra = next.finalizers.filter((f) => !old.finalizers?.includes(f)).sort()
    if (extra.length) {
      const list = `[]string{${extra.map((f) => JSON.stringify(f)).join(', ')}}`
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      )
    }
  }
  if (!next.resourceVersion) {
    errors.push(invalid('metadata.resourceVersion', next.resourceVersion ?? '', 'must be specified for an update'))
  }
  if ((next.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid('metadata.generation', next.generation ?? 0, 'must not be decremented'))
  }
  for (const field of IMMUTABLE_FIELDS) {
    if ((next[field] ?? undefined) !== (old[field] ?? undefined)) {
      errors.push(invalid(`metadata.${field}`, next[field] ?? (STRINGS.has(field) ? '' : null), 'field is immutable'))
    }
  }
  if (next.labels !== old.labels) push(errors, validateLabels(next.labels, 'metadata.labels'))
  if (next.annotations !== old.annotations) {
    push(errors, validateAnnotations(next.annotations, 'metadata.annotations'))
  }
  if (next.ownerReferences && next.ownerReferences !== old.ownerReferences) {
    push(errors, validateOwners(next.ownerReferences, 'metadata.ownerReferences'))
  }
  return errors
}

const STRINGS = new Set(['name', 'namespace', 'uid'])
const IMMUTABLE_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

const push = (into: FieldError[], more: readonly FieldError[]) => {
  for (const error of more) into.push(error)
}

/** ValidateLabels (apimachinery/pkg/apis/meta/v1/validation). */
export function validateLabels(labels: Record<string, string> | undefined | null, field: string): FieldError[] {
  if (!labels) return NO_ERRORS
  const errors: FieldError[] = []
  for (const key in labels) {
    for (const m of isQualifiedName(key)) errors.push(invalid(field, key, m))
    for (const m of isLabelValue(labels[key]!)) errors.push(invalid(field, labels[key], m))
  }
  return errors
}

/** ValidateAnnotations (apimachinery/pkg/api/validation): 256 KiB at most together. */
export function validateAnnotations(annotations: Record<string, string> | undefined | null, field: string) {
  if (!annotations) return NO_ERRORS
  const errors: FieldError[] = []
  let size = 0
  for (const key in annotations) {
    size += key.length + (annotations[key]?.length ?? 0)
    for (const m of isQualifiedName(key.toLowerCase())) errors.push(invalid(field, key, m))
  }
  if (size > ANNOTATIONS_LIMIT) errors.push(tooLong(field, ANNOTATIONS_LIMIT))
  return errors
}

function validateOwners(owners: readonly OwnerReference[], field: string): FieldError[] {
  const errors: FieldError[] = []
  let controller = ''
  for (const owner of owners) {
    if (!owner.apiVersion) errors.push(invalid(`${field}.apiVersion`, '', 'version must not be empty'))
    for (const part of ['kind', 'name', 'uid'] as const) {
      if (!owner[part]) errors.push(invalid(`${field}.${part}`, '', 'must not be empty'))
    }
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'))
    }
    if (!owner.controller) continue
    const current = `${owner.kind}/${owner.name}`
    if (controller) {
      errors.push(
        invalid(
          field,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`,
        ),
      )
    } else controller = current
  }
  return errors
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion']

/** Built-in kinds only (core validation's validateKubeFinalizerName): names without a domain must be standard ones. */
export function validateOwnFinalizers({ finalizers }: ObjectMeta): FieldError[] {
  return (finalizers ?? []).flatMap((name, i) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [
          invalid(
            `metadata.finalizers[${i}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  )
}

/** What is asked of finalizers in general, also of custom resources. */
function validateFinalizers(finalizers: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const finalizer of finalizers) {
    for (const m of isQualifiedName(finalizer)) errors.push(invalid(field, finalizer, m))
  }
  if (finalizers.includes('foregroundDeletion') && finalizers.includes('orphan')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  return errors
}
