import type { Kind } from '../../kinds/index.ts'
import type { Attributes } from '../admission/plugin.ts'
import type { RequestContext } from '../context.ts'
import { CRD_CLEANUP } from '../crds.ts'
import { conflict, MODIFIED, notFound } from '../errors.ts'
import { foldProvenance } from '../fields/managed.ts'
import { recordWrite } from '../fields/provenance.ts'
import type { Stored } from '../storage/storage.ts'
import { rfc3339 } from '../time.ts'
import type { ApiResponse, KubeObject, RequestOptions } from '../types.ts'
import { writer } from './create.ts'
import { afterDelete, beforeDelete } from './hooks.ts'
import { keyOf } from './keys.ts'
import { checkListOptions } from './list-options.ts'
import { filterOf, load } from './read.ts'
import { respond, respondList } from './respond.ts'
import { type DeleteOptions, deleteOptionsOf } from './write-options.ts'

/** DELETE of one object: options come in the query or as a DeleteOptions body. */
export function deleteOne(ctx: RequestContext): ApiResponse {
  const options = deleteOptionsOf(ctx)
  return deleteStored(ctx, load(ctx), options)
}

/** DELETE of a collection: one by one, each with its own grace. */
export function deleteCollection(ctx: RequestContext): ApiResponse {
  const { server, stored, request } = ctx
  if (request.untyped) checkListOptions(ctx)
  const filter = filterOf(ctx)
  const options = deleteOptionsOf(ctx)
  server.storage.revision()
  const victims = server
    .cacher(stored)
    .ordered(request.namespace)
    .filter((object) => filter.matches(object))
  for (const { metadata } of victims) {
    const current = server.storage.get(keyOf(stored, metadata.namespace, metadata.name))
    const one = { ...ctx, request: { ...request, namespace: metadata.namespace, name: metadata.name } }
    if (current) deleteStored(one, current, options)
  }
  return respondList(ctx, victims, { resourceVersion: String(server.cacher(stored).revision) })
}

/** Kinds whose deletion answers with what was deleted (ReturnDeletedObject of their stores). */
const RETURNS_OBJECT = new Set([
  'deviceclasses.resource.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceclaimtemplates.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
])

/** Deletes at once, or marks for deletion when grace or finalizers stand in between. Models Store.Delete. */
export function deleteStored(ctx: RequestContext, current: Stored, options: DeleteOptions): ApiResponse {
  const { server, stored, kind, request } = ctx
  const old = current.object
  const { metadata } = old
  checkPreconditions(ctx, old, options.preconditions)
  beforeDelete(ctx, old)
  const attributes: Attributes = {
    operation: 'DELETE',
    kind: stored,
    subresource: '',
    namespace: request.namespace,
    name: metadata.name,
    object: undefined as never,
    old,
    ctx,
    dryRun: options.dryRun ?? false,
  }
  server.admission.admit(attributes)
  server.admission.validate(attributes)

  const grace = stored.gracePeriod(old, options.gracePeriodSeconds)
  const finalizers = finalizersFor(ctx, old, options.propagationPolicy)
  const namespaceStays = stored.kind === 'Namespace' && stored.group === '' && old.spec?.finalizers?.length > 0
  const pendingGrace = grace !== undefined && grace > 0
  if (!pendingGrace && finalizers.length === 0 && !namespaceStays) {
    if (!options.dryRun) removeNow(ctx, grace === 0 ? graceless(ctx, current) : current)
    if (RETURNS_OBJECT.has(stored.groupResource)) {
      return respond(ctx, grace === undefined ? old : marked(ctx, old, grace, []))
    }
    return {
      code: 200,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: {
          name: metadata.name,
          ...(kind.group ? { group: kind.group } : {}),
          kind: kind.plural,
          uid: metadata.uid,
        },
      },
    }
  }
  const next = marked(ctx, old, grace ?? 0, finalizers)
  if (next === old || options.dryRun) return respond(ctx, next)
  recordWrite(next, old, writer(ctx, rfc3339(server.now())), foldProvenance)
  if (server.storage.put(current.key, next, current.revision) === undefined) {
    throw conflict(kind, metadata.name, MODIFIED)
  }
  return respond(ctx, next)
}

/** What can be deleted gracefully is marked first even where no grace is left: watchers see that before it goes. */
function graceless(ctx: RequestContext, current: Stored): Stored {
  const object = marked(ctx, current.object, 0, [])
  if (object === current.object) return current
  const revision = ctx.server.storage.put(current.key, object, current.revision)
  if (revision === undefined) throw conflict(ctx.kind, object.metadata.name, MODIFIED)
  return { ...current, object, revision }
}

/** The object in deletion, or `old` itself when this deletion changes nothing. */
function marked(ctx: RequestContext, old: KubeObject, grace: number, finalizers: readonly string[]): KubeObject {
  const { metadata } = old
  const now = ctx.server.now()
  const sameFinalizers = finalizers.join() === (metadata.finalizers ?? []).join()
  const shorter = metadata.deletionTimestamp !== undefined && grace < (metadata.deletionGracePeriodSeconds ?? 0)
  if (metadata.deletionTimestamp && !shorter && sameFinalizers) return old
  const next: KubeObject = { ...old, metadata: { ...metadata } }
  if (!metadata.deletionTimestamp || shorter) {
    // A shorter grace counts from the first request for deletion.
    const start = metadata.deletionTimestamp
      ? Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
      : now
    next.metadata.deletionTimestamp = rfc3339(Math.max(start + grace * 1000, now))
    // Namespaces have a way of their own to be deleted, which sets the time only.
    if (ctx.stored.groupResource !== 'namespaces') next.metadata.deletionGracePeriodSeconds = grace
    if (metadata.generation !== undefined && !metadata.deletionTimestamp)
      next.metadata.generation = metadata.generation + 1
  }
  if (!sameFinalizers) {
    if (finalizers.length) next.metadata.finalizers = [...finalizers]
    else delete next.metadata.finalizers
  }
  if (old.kind === 'Namespace' && old.apiVersion === 'v1') next.status = { ...old.status, phase: 'Terminating' }
  if (isDefinition(ctx.stored) && !metadata.deletionTimestamp) next.status = pendingDeletion(old.status, rfc3339(now))
  return next
}

const isDefinition = ({ groupResource }: Kind): boolean =>
  groupResource === 'customresourcedefinitions.apiextensions.k8s.io'

/** Models Delete of registry/customresourcedefinition/etcd.go. */
function pendingDeletion(status: any, lastTransitionTime: string): any {
  const condition = {
    lastTransitionTime,
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    reason: 'InstanceDeletionPending',
    status: 'True',
    type: 'Terminating',
  }
  const others = (status?.conditions ?? []).filter((c: any) => c.type !== 'Terminating')
  return { ...status, conditions: [...others, condition] }
}

/** Finalizers of the garbage collector, as the propagation policy wants them. */
function finalizersFor(ctx: RequestContext, object: KubeObject, policy: DeleteOptions['propagationPolicy']): string[] {
  const { stored } = ctx
  const rest = (object.metadata.finalizers ?? []).filter((f) => f !== 'orphan' && f !== 'foregroundDeletion')
  const had = (name: string) => object.metadata.finalizers?.includes(name) ?? false
  // Only v1 ReplicationControllers and Jobs orphan unless told otherwise.
  const orphans = stored.groupResource === 'replicationcontrollers' || stored.groupResource === 'jobs.batch'
  const wanted =
    policy ?? (had('orphan') ? 'Orphan' : had('foregroundDeletion') ? 'Foreground' : orphans ? 'Orphan' : 'Background')
  if (wanted === 'Orphan') rest.push('orphan')
  if (wanted === 'Foreground') rest.push('foregroundDeletion')
  if (isDefinition(stored) && !object.metadata.deletionTimestamp && !rest.includes(CRD_CLEANUP)) rest.push(CRD_CLEANUP)
  return rest
}

function checkPreconditions(
  { kind }: RequestContext,
  { metadata }: KubeObject,
  preconditions: RequestOptions['preconditions'],
): void {
  if (!preconditions) return
  for (const [name, field, fate] of [
    ['UID', 'uid', 'deleted and then recreated'],
    ['ResourceVersion', 'resourceVersion', 'modified'],
  ] as const) {
    const [asked, is] = [preconditions[field], metadata[field]]
    if (!asked || asked === is) continue
    const why = `the ${name} in the precondition (${asked}) does not match the ${name} in record (${is}). The object might have been ${fate}`
    // Models rest.BeforeDelete, which has only the kind to name.
    throw conflict({ group: kind.group, plural: kind.kind }, metadata.name, why)
  }
}

/** Takes the object out of the store. */
export function removeNow(ctx: RequestContext, current: Stored): void {
  const { metadata } = current.object
  if (ctx.server.storage.delete(current.key, current.revision) === undefined) throw notFound(ctx.kind, metadata.name)
  afterDelete(ctx, current.object)
}
