import { deepEqual, same } from '../../kinds/index.ts'
import type { Attributes } from '../admission/plugin.ts'
import { clone } from '../clone.ts'
import type { RequestContext } from '../context.ts'
import { conflict, invalid, MODIFIED, notFound } from '../errors.ts'
import { checkGiven, givenFields } from '../fields/given.ts'
import { foldProvenance } from '../fields/managed.ts'
import { provenanceOf, type Write } from '../fields/provenance.ts'
import type { Stored } from '../storage/storage.ts'
import { rfc3339 } from '../time.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { checkIdentity, decode, requireName } from './body.ts'
import { createObject, note, snapshot, writer } from './create.ts'
import { removeNow } from './delete.ts'
import { beforeUpdate, beforeValidate } from './hooks.ts'
import { keyOf } from './keys.ts'
import { respond } from './respond.ts'

/** Kinds whose strategy lets a PUT create what does not exist. */
const CREATE_ON_UPDATE = new Set([
  'endpoints',
  'events',
  'limitranges',
  'leases.coordination.k8s.io',
  'services',
  'podtemplates',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
])

/** Kinds that insist on a resourceVersion in every PUT. */
const NEEDS_VERSION = new Set([
  'podtemplates',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'leases.coordination.k8s.io',
  'endpointslices.discovery.k8s.io',
])

const shallow = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata } })

/** PUT of the main resource, or of a subresource that has the parent's kind (status, resize, approval …). */
export function update(ctx: RequestContext): ApiResponse {
  const { request, server, stored, kind } = ctx
  const isStatus = request.subresource === 'status'
  const next = decode(ctx, isStatus ? shallow : clone)
  requireName(ctx, next)
  checkIdentity(ctx, next)
  const name = request.name ?? next.metadata.name
  const current = server.storage.get(keyOf(stored, request.namespace, name))
  if (!current) {
    if (!request.subresource && CREATE_ON_UPDATE.has(stored.groupResource)) {
      delete next.metadata.resourceVersion
      return createObject({ ...ctx, request: { ...request, name: undefined } }, next)
    }
    throw notFound(kind, name)
  }
  return replace(ctx, current, next)
}

/** Makes `next` (ours to change) the new version of `current`, if everything agrees. */
export function replace(
  ctx: RequestContext,
  current: Stored,
  next: KubeObject,
  apply?: { managedFields: any[] },
  /** Under which name managedFields know the subresource, where the admission plug-ins see the parent. */
  writtenAs?: string,
): ApiResponse {
  const { request, server, stored, kind } = ctx
  const old = current.object
  const subresource = request.subresource ?? ''
  const { metadata } = next
  const wanted = metadata.resourceVersion
  if (!wanted && (NEEDS_VERSION.has(stored.groupResource) || stored.crd)) {
    throw invalid(stored, old.metadata.name, [
      {
        type: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        body: 'Invalid value: 0: must be specified for an update',
      },
    ])
  }
  if (wanted && wanted !== old.metadata.resourceVersion) throw conflict(kind, old.metadata.name, MODIFIED)
  if (request.verb !== 'patch' && metadata.uid && metadata.uid !== old.metadata.uid) {
    throw conflict(
      kind,
      old.metadata.name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`,
    )
  }
  inheritSystemFields(metadata, old.metadata)
  const given = givenFields(metadata.managedFields)
  delete metadata.managedFields
  // What the server's own programs write is whole.
  if (subresource !== 'status' || request.untyped) stored.defaults(next)
  // The field manager looks before plug-ins and the strategy do.
  const early = !subresource || (stored.groupResource === 'pods' && subresource !== 'status')
  const asked = early ? snapshot(next) : next
  const attributes: Attributes = {
    operation: 'UPDATE',
    kind: stored,
    subresource: writtenAs ?? subresource,
    namespace: request.namespace,
    name: old.metadata.name,
    object: next,
    old,
    ctx,
    dryRun: request.dryRun ?? false,
  }
  server.admission.admit(attributes)
  stored.prepareForUpdate(next, old, subresource || undefined, {
    now: rfc3339(server.now()),
    uuid: () => server.rng.uuid(),
    user: ctx.user,
  })
  if (early) resetStatus(asked, next)
  if (!subresource) beforeValidate(ctx, next, old)
  const hook = subresource ? undefined : beforeUpdate(ctx, next, old)
  try {
    const errors = stored.validateUpdate(next, old, subresource || undefined)
    if (given) errors.unshift(...checkGiven(given))
    if (errors.length) throw invalid(stored, old.metadata.name, errors)
    if (!subresource) for (const text of kind.warnings(next, old)) ctx.warnings.push(text)
    server.admission.validate(attributes)
    const time = rfc3339(server.now())
    const write: Write = {
      ...writer(ctx, time),
      operation: apply ? 'Apply' : 'Update',
      // Entries of the scale subresource carry no time.
      ...(writtenAs ? { subresource: writtenAs, time: '' } : {}),
    }
    if (request.dryRun) {
      hook?.undo()
      note(next, old, write, apply?.managedFields, given)
      return respond(ctx, next)
    }
    if (mayGo(next)) {
      next.metadata.resourceVersion = old.metadata.resourceVersion
      removeNow(ctx, current)
      return respond(ctx, next)
    }
    if (
      !current.stale &&
      unchanged(next, old) &&
      (unchanged(asked, old) || !takesOver(old, write, asked)) &&
      !fieldsChanged(old, apply?.managedFields ?? given)
    ) {
      hook?.undo()
      return respond(ctx, old)
    }
    note(next, old, write, apply?.managedFields, given, asked)
    if (server.storage.put(current.key, next, current.revision) === undefined) {
      throw conflict(kind, old.metadata.name, MODIFIED)
    }
    hook?.done?.()
    return respond(ctx, next)
  } catch (error) {
    hook?.undo()
    throw error
  }
}

/** What a strategy keeps as it was, its resetFields() take from the writer. */
function resetStatus(asked: KubeObject, next: KubeObject): void {
  if (asked.status === next.status) return
  if (next.status === undefined) delete asked.status
  else asked.status = next.status
}

/** Whether a write that changes nothing still changes who owns what. */
const takesOver = (old: KubeObject, write: Write, asked: KubeObject): boolean => {
  const past = provenanceOf(old) ?? { base: [], steps: [] }
  const step = { write, before: old, after: asked }
  return fieldsChanged(old, [...foldProvenance({ base: foldProvenance(past), steps: [step] })])
}

/** What clients cannot change, or may leave out. */
function inheritSystemFields(next: KubeObject['metadata'], old: KubeObject['metadata']): void {
  next.resourceVersion = old.resourceVersion
  next.uid ||= old.uid
  next.creationTimestamp ||= old.creationTimestamp
  if (old.deletionTimestamp) {
    next.deletionTimestamp ||= old.deletionTimestamp
    next.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds
  }
  if (old.generation !== undefined) next.generation = old.generation
}

/** The last finalizer of an object in deletion was taken off. */
function mayGo(object: KubeObject): boolean {
  const { metadata } = object
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false
  if (object.kind === 'Namespace' && object.spec?.finalizers?.length) return false
  return !metadata.deletionGracePeriodSeconds
}

function unchanged(next: KubeObject, old: KubeObject): boolean {
  for (const key in next) if (key !== 'metadata' && !same(next[key], old[key])) return false
  for (const key in old) if (!(key in next)) return false
  return sameMeta(next.metadata, old.metadata) && sameMeta(old.metadata, next.metadata)
}

function sameMeta(a: Record<string, any>, b: Record<string, any>): boolean {
  for (const key in a) {
    if (key !== 'managedFields' && key !== 'resourceVersion' && !same(a[key], b[key])) return false
  }
  return true
}

function fieldsChanged(old: KubeObject, fields: any[] | undefined): boolean {
  if (!fields) return false
  const past = provenanceOf(old)
  return !past || !deepEqual(foldProvenance(past).map(untimed), fields.map(untimed))
}

const untimed = ({ time: _, ...entry }: any) => entry
