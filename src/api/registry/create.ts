import type { Kind } from '../../kinds/index.ts'
import type { Attributes } from '../admission/plugin.ts'
import { clone } from '../clone.ts'
import type { RequestContext } from '../context.ts'
import { alreadyExists, badRequest, invalid } from '../errors.ts'
import { checkGiven, givenFields } from '../fields/given.ts'
import { foldProvenance } from '../fields/managed.ts'
import { recordWrite, setProvenance, type Write } from '../fields/provenance.ts'
import { rfc3339 } from '../time.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { checkIdentity, decode } from './body.ts'
import { beforeCreate, beforeValidate } from './hooks.ts'
import { keyOf } from './keys.ts'
import { respond } from './respond.ts'
import { normalizeAddresses } from './services.ts'

/** POST of a new object. */
export function create(ctx: RequestContext): ApiResponse {
  const object = decode(ctx, clone)
  return createObject(ctx, object)
}

/** Creates a decoded object (`object` is ours). Also the end of an apply that found nothing. */
export function createObject(
  ctx: RequestContext,
  object: KubeObject,
  apply?: { readonly managedFields: readonly any[] },
): ApiResponse {
  const { server, request, stored, kind } = ctx
  object.metadata ??= { name: '' }
  const { metadata } = object
  checkIdentity(ctx, object)
  // The storage refuses it, which dry runs do not reach.
  if (metadata.resourceVersion && !request.dryRun) {
    throw badRequest('resourceVersion should not be set on objects to be created')
  }
  const now = rfc3339(server.now())
  stored.defaults(object)
  const asked = snapshot(object)
  const given = apply ? undefined : givenFields(metadata.managedFields)
  delete metadata.managedFields
  const attributes: Attributes = {
    operation: 'CREATE',
    kind: stored,
    subresource: '',
    namespace: request.namespace,
    name: metadata.name ?? '',
    object,
    old: undefined,
    ctx,
    dryRun: request.dryRun ?? false,
  }
  server.admission.admit(attributes)
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  metadata.uid = server.rng.uuid()
  metadata.creationTimestamp = now
  if (!metadata.name) {
    metadata.name = metadata.generateName ? metadata.generateName.slice(0, 58) + server.rng.suffix(5) : ''
  }
  stored.prepareForCreate(object, { now, uuid: () => server.rng.uuid(), user: ctx.user })
  // What a strategy clears, its resetFields() take from the writer.
  if (object.status !== asked.status) delete asked.status
  if (stored.groupResource === 'services') normalizeAddresses(object)
  beforeValidate(ctx, object)
  const errors = stored.validate(object)
  if (given) errors.unshift(...checkGiven(given))
  if (errors.length) throw invalid(stored, metadata.name || metadata.generateName || '', errors)
  for (const text of kind.warnings(object)) ctx.warnings.push(text)
  const hook = beforeCreate(ctx, object)
  try {
    server.admission.validate({ ...attributes, name: metadata.name })
    const key = keyOf(stored, metadata.namespace, metadata.name)
    if (request.dryRun) {
      if (server.storage.get(key)) throw alreadyExists(kind, metadata.name)
      hook?.undo()
      note(object, undefined, writer(ctx, now), apply?.managedFields, given, asked)
      return respond(ctx, object, 201)
    }
    note(object, undefined, writer(ctx, now), apply?.managedFields, given, asked)
    if (server.storage.put(key, object, 0, ttlOf(object)) === undefined) throw alreadyExists(kind, metadata.name)
    hook?.done?.()
    return respond(ctx, object, 201)
  } catch (error) {
    hook?.undo()
    throw error
  }
}

/**
 * The object as it is before admission plug-ins and the registry's strategy complete it: what those add belongs to nobody.
 * A shallow copy; they replace what lies deeper than the fields of metadata and spec instead of changing it.
 */
export function snapshot(object: KubeObject): KubeObject {
  const copy: KubeObject = { ...object, metadata: { ...object.metadata } }
  if (typeof object.spec === 'object') copy.spec = { ...object.spec }
  return copy
}

/** Remembers who wrote what: `applied` as an apply worked it out; `given` by the client, on top of which it now writes. */
export function note(
  next: KubeObject,
  old: KubeObject | undefined,
  write: Write,
  applied?: readonly any[],
  given?: readonly any[],
  asked: KubeObject = next,
): void {
  if (applied) setProvenance(next, { base: applied, steps: [] })
  else if (given) setProvenance(next, { base: given, steps: given.length ? [{ write, before: old, after: next }] : [] })
  else recordWrite(next, old, write, foldProvenance, asked)
}

/** --event-ttl: events vanish after an hour. */
const EVENT_TTL = 3600

const ttlOf = (object: KubeObject): number | undefined =>
  object.kind === 'Event' && (object.apiVersion === 'v1' || object.apiVersion === 'events.k8s.io/v1')
    ? EVENT_TTL
    : undefined

/** Who writes, as managedFields will say. */
export const writer = (ctx: RequestContext, time: string) => ({
  manager: ctx.manager,
  operation: 'Update' as const,
  subresource: ctx.request.subresource ?? '',
  apiVersion: ctx.kind.apiVersion,
  time,
  ...(ctx.kind.storedAs ? { view: viewOf(ctx.kind.storedAs) } : { schema: ctx.stored.schema }),
})

/** What conversion only fills in, like the times that an Event of events.k8s.io does not have, nobody has written. */
const viewOf =
  ({ fromStored }: NonNullable<Kind['storedAs']>) =>
  (object: KubeObject): KubeObject =>
    Object.fromEntries(Object.entries(fromStored(object)).filter(([, value]) => value !== null)) as KubeObject
