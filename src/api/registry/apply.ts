import { jsonType, type Kind, type ObjectSchema, schemaOf } from '../../kinds/index.ts'
import { clone } from '../clone.ts'
import { type RequestContext, warn } from '../context.ts'
import { badRequest } from '../errors.ts'
import { checkTyped } from '../fields/check.ts'
import {
  entryOf,
  type ManagedFields,
  managedFieldsOf,
  ordered,
  placeOf,
  sameManager,
  stripped,
} from '../fields/managed.ts'
import type { Write } from '../fields/provenance.ts'
import {
  difference,
  type FieldSet,
  has,
  intersection,
  isEmpty,
  paths,
  pathText,
  union,
  withParents,
} from '../fields/set.ts'
import { compare, merge, type Place, remove, toFieldSet } from '../fields/walk.ts'
import { readYaml, unmarshalErrors } from '../json/yaml-text.ts'
import { rfc3339 } from '../time.ts'
import { type ApiResponse, type KubeObject, StatusError } from '../types.ts'
import { checkIdentity, typed } from './body.ts'
import { createObject, writer } from './create.ts'
import { keyOf } from './keys.ts'
import { replace } from './update.ts'

/** Server-side apply: merges the configuration, keeps who owns what, refuses to take fields of others. */
export function serverSideApply(ctx: RequestContext, subresource?: string): ApiResponse {
  const { request, server, stored, kind } = ctx
  const { config, namespace } = configurationOf(ctx, kind, schemaOf(kind))
  const name = request.name ?? config.metadata.name
  const time = rfc3339(server.now())
  const write: Write = { ...writer(ctx, time), operation: 'Apply', ...(subresource ? { subresource } : {}) }
  const place = placeOf(config, kind.schema)
  const mentioned = toFieldSet(config, place)
  const applied = stripped(mentioned)
  const current = server.storage.get(keyOf(stored, request.namespace, name))
  if (!current) {
    delete config.metadata.resourceVersion
    const fresh = { ...request, name: undefined }
    return createObject({ ...ctx, request: fresh }, asType(ctx, config, namespace), {
      managedFields: isEmpty(applied) ? [] : [entryOf(write, applied)],
    })
  }
  const live = current.object
  const entries = managedFieldsOf(live)
  const mine = entries.find((e) => sameManager(e, write))
  const merged = prune(merge(live, config, place), mine, entries, mentioned, place)
  const diff = compare(live, merged, place)
  const changed = stripped(union(diff.added, diff.modified))
  const next: ManagedFields[] = []
  const conflicts: Conflict[] = []
  for (const entry of entries) {
    if (entry === mine) continue
    const lost = intersection(entry.fieldsV1, changed)
    if (!isEmpty(lost) && !request.force) conflicts.push([entry, paths(lost)])
    const rest = difference(entry.fieldsV1, union(changed, diff.removed))
    if (!isEmpty(rest)) next.push({ ...entry, fieldsV1: rest })
  }
  const outside = write.manager === 'kubectl' ? outsideLastApplied(live, conflicts, kind.schema) : conflicts
  // Managers of the subresource are shown in its version.
  if (outside.length) throw conflictError(outside, subresource === 'scale' ? 'autoscaling/v1' : undefined)
  // An apply that changes nothing of the object leaves no time.
  const idle = isEmpty(changed) && isEmpty(diff.removed)
  if (!isEmpty(applied)) next.push(entryOf(idle ? { ...write, time: mine?.time ?? '' } : write, applied))
  const object = asType(ctx, clone(merged), namespace)
  if (write.manager === 'kubectl' && live.metadata.annotations?.[LAST_APPLIED] !== undefined) {
    object.metadata.annotations = { ...object.metadata.annotations, [LAST_APPLIED]: `${sortedJson(config)}\n` }
  }
  if (!config.metadata.resourceVersion) object.metadata.resourceVersion = live.metadata.resourceVersion
  return replace(ctx, current, object, { managedFields: ordered(next) }, subresource)
}

/** The merged object as its Go type holds it. Its structure fits, so that only texts can be wrong: amounts, times, base64. */
function asType(ctx: RequestContext, object: KubeObject, namespace: string): KubeObject {
  const { value, error } = typed(ctx, object)
  if (error === undefined) return value
  const { group, version, kind } = ctx.kind
  const type = `${group}/${version}, Kind=${kind}`
  const what = `failed to convert new object (${namespace}/${object.metadata.name}; ${type}) to proper version`
  const why = error.startsWith('illegal base64') ? `error decoding from json: ${error}` : error
  throw new StatusError(500, '', `${what}: unable to convert unstructured object to ${type}: ${why}`)
}

/** What is applied: an object of that type, which fits its schema, and the namespace it names itself. Throws 400 and 500. */
export function configurationOf(
  ctx: RequestContext,
  type: Pick<Kind, 'group' | 'version' | 'apiVersion' | 'kind'>,
  schema: ObjectSchema | undefined,
): { config: KubeObject; namespace: string } {
  const { value: config, repeated } = configuration(ctx)
  // As given: what the URL says is not part of it.
  const { namespace = '', name = '' } = config.metadata ?? {}
  const shapeless = typeof config.metadata !== 'object' || Array.isArray(config.metadata)
  checkType(type, config)
  if (!shapeless) checkIdentity(ctx, config)
  if (config.metadata.managedFields) throw badRequest('metadata.managedFields must be nil')
  const problem = checkTyped(config, schema)
  if (problem) {
    const what = `${namespace}/${name}; ${type.group}/${type.version}, Kind=${config.kind}`
    throw new StatusError(500, '', `failed to create typed patch object (${what}): ${problem}`)
  }
  const { fieldValidation } = ctx.request
  if (repeated && fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${repeated}`)
  if (repeated && fieldValidation !== 'Ignore') warn(ctx, repeated)
  return { config, namespace }
}

function configuration({ request: { body } }: RequestContext): { value: KubeObject; repeated?: string } {
  const { value, repeated } = typeof body === 'string' ? fromText(body) : { value: clone(body) as any }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`,
    )
  value.metadata ??= { name: '' }
  return { value, repeated }
}

/** What a configuration that came as text says, and what is to be said of keys that come twice. */
function fromText(text: string): { value: any; repeated?: string } {
  const { value, error, repeated } = readYaml(text)
  if (error) throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error}`)
  const said = repeated && `error converting YAML to JSON: ${unmarshalErrors(repeated)}`
  return { value: value ?? {}, repeated: said }
}

/** NewVersionCheckManager: it must be what the path serves. */
function checkType(type: Pick<Kind, 'apiVersion' | 'kind'>, { apiVersion = '', kind: name = '' }: KubeObject): void {
  if (apiVersion === type.apiVersion && name === type.kind) return
  const full = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
  throw badRequest(`invalid object type: ${full}, Kind=${name}`)
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

type Conflict = [ManagedFields, string[][]]

/**
 * What `kubectl apply` without --server-side wrote may be taken over by kubectl: it stands in the annotation. Models
 * fieldmanager/internal/lastappliedmanager.go.
 */
function outsideLastApplied(live: KubeObject, conflicts: readonly Conflict[], schema?: ObjectSchema): Conflict[] {
  const known = lastAppliedSet(live, schema)
  return conflicts.flatMap(([entry, lost]): Conflict[] => {
    const rest = known ? lost.filter((path) => !has(known, path)) : lost
    return rest.length ? [[entry, rest]] : []
  })
}

function lastAppliedSet(live: KubeObject, schema?: ObjectSchema): FieldSet | undefined {
  const { metadata, apiVersion } = live
  try {
    const config = JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? '')
    if (config.apiVersion !== apiVersion) return undefined
    // What differs from the live object by now is no longer its.
    const place = placeOf(config, schema)
    const { added, modified, removed } = compare(config, live, place)
    return difference(toFieldSet(config, place), union(union(added, modified), removed))
  } catch {
    return undefined
  }
}

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_key, v) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

/** Takes out what this manager applied before and no longer mentions, unless somebody else owns it too. Models merge.Updater's prune. */
function prune(
  merged: any,
  mine: ManagedFields | undefined,
  entries: readonly ManagedFields[],
  mentioned: FieldSet,
  place: Place,
): KubeObject {
  if (!mine) return merged
  const setOf = (object: any): FieldSet => withParents(toFieldSet(object, place))
  const last = withParents(mine.fieldsV1)
  const all = setOf(merged)
  let owned = mentioned
  for (const entry of entries) if (entry !== mine) owned = union(owned, entry.fieldsV1)
  const spared = union(setOf(remove(merged, last, place)), withParents(owned))
  const kept = setOf(remove(merged, difference(all, spared), place))
  // What nobody owns stays where it is.
  const gone = intersection(difference(all, kept), last)
  return isEmpty(gone) ? merged : remove(merged, gone, place)
}

function conflictError(conflicts: readonly Conflict[], version?: string): StatusError {
  const who = (e: ManagedFields) =>
    JSON.stringify(e.manager) +
    (e.subresource ? ` with subresource ${JSON.stringify(e.subresource)}` : '') +
    (e.operation === 'Update' ? ` using ${version ?? e.apiVersion}` : '')
  const count = conflicts.reduce((n, [, lost]) => n + lost.length, 0)
  const byManager = new Map<string, string[]>()
  for (const [entry, lost] of conflicts)
    byManager.set(who(entry), [...(byManager.get(who(entry)) ?? []), ...lost.map(pathText)])
  const sections = [...byManager]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([manager, lost]) =>
      count === 1
        ? `conflict with ${manager}: ${lost[0]}`
        : `conflicts with ${manager}:\n${lost.map((path) => `- ${path}`).join('\n')}`,
    )
  const causes = conflicts.flatMap(([entry, lost]) =>
    lost.map((path) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${who(entry)}`,
      field: pathText(path),
    })),
  )
  const head = `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: `
  return new StatusError(409, 'Conflict', head + sections.join('\n'), { causes })
}
