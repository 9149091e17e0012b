import type { RequestContext } from '../context.ts'
import { withManagedFields } from '../fields/managed.ts'
import { partial, partialList, table } from '../http/representations.ts'
import type { ApiResponse, KubeObject } from '../types.ts'

/** Storages of subresources that make no table: kubectl gets the object and shows its name and age. */
const WITHOUT_TABLE: ReadonlySet<string | undefined> = new Set(['resize', 'ephemeralcontainers'])

/** The object in the version and representation that was asked for. */
export function respond(ctx: RequestContext, object: KubeObject, code = 200): ApiResponse {
  const shown = ctx.kind.storedAs ? ctx.kind.storedAs.fromStored(object) : object
  const { accept, subresource } = ctx.request
  switch (accept === 'table' && WITHOUT_TABLE.has(subresource) ? undefined : accept) {
    case 'table':
      return { code, body: table(ctx, [shown], { resourceVersion: object.metadata.resourceVersion }) }
    case 'metadata':
      return { code, body: partial(ctx.request.untyped ? outward(object, shown) : shown) }
    default:
      return { code, body: ctx.request.untyped ? outward(object, shown) : shown }
  }
}

/** With managedFields, also when it is shown in another version. */
function outward(object: KubeObject, shown: KubeObject): KubeObject {
  const whole = withManagedFields(object)
  return shown === object ? whole : { ...shown, metadata: whole.metadata }
}

interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** A list in the representation that the client accepts: objects, a table, metadata. */
export function respondList(ctx: RequestContext, objects: readonly KubeObject[], metadata: ListMeta): ApiResponse {
  const view = ctx.kind.storedAs
  const items = view ? objects.map((object) => view.fromStored(object)) : objects
  switch (ctx.request.accept) {
    case 'table':
      return { code: 200, body: table(ctx, items, metadata) }
    case 'metadata':
      return { code: 200, body: partialList(items, metadata) }
    default: {
      const { kind, request } = ctx
      const all = request.untyped ? items.map((shown, i) => outward(objects[i]!, shown)) : items
      // Lists of custom resources are maps, in which `continue` is always written.
      const meta = kind.crd && request.untyped ? { continue: '', ...metadata } : metadata
      return { code: 200, body: { kind: kind.listKind, apiVersion: kind.apiVersion, metadata: meta, items: all } }
    }
  }
}
