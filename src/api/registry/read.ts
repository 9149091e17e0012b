import type { RequestContext } from '../context.ts'
import { badRequest, gone, notFound } from '../errors.ts'
import { parseFieldSelector } from '../field-selector.ts'
import { parseLabelSelector, SelectorError } from '../selector.ts'
import { Compacted, type Stored } from '../storage/storage.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { decodeContinue, encodeContinue } from './continue.ts'
import { keyOf, keyPrefix } from './keys.ts'
import { checkListOptions, checkReached, checkVersion } from './list-options.ts'
import { respond, respondList } from './respond.ts'

/** The stored object, read with a quorum. Throws NotFound. */
export function load(ctx: RequestContext, name = ctx.request.name ?? ''): Stored {
  const stored = ctx.server.storage.get(keyOf(ctx.stored, ctx.request.namespace, name))
  if (!stored) throw notFound(ctx.kind, name)
  return stored
}

/** Reads one object, from the watch cache where the request allows it. */
export function get(ctx: RequestContext): ApiResponse {
  const { request, server, stored, kind } = ctx
  if (request.resourceVersion) {
    // "At least as new as": the watch cache answers without asking etcd.
    const cacher = server.cacher(stored)
    checkVersion(request.resourceVersion)
    if (request.untyped) checkReached(request.resourceVersion, cacher.revision)
    const object = cacher.objects.get(keyOf(stored, request.namespace, request.name!))
    if (!object) throw notFound(kind, request.name!)
    return respond(ctx, object)
  }
  return respond(ctx, load(ctx).object)
}

/** What a list, watch or deletecollection selects. */
export interface Filter {
  matches(object: KubeObject): boolean
  readonly everything: boolean
  /** Value that a field selector demands of the watch cache's trigger (spec.nodeName of pods). */
  readonly trigger: string | undefined
  readonly name: string | undefined
}

/** What label and field selectors let through. Throws 400. */
export function filterOf(ctx: RequestContext): Filter {
  const { request, kind, stored } = ctx
  try {
    const labels = parseLabelSelector(request.labelSelector)
    const fields = parseFieldSelector(request.fieldSelector, kind)
    const view = kind.storedAs
    const exact = (field: string) => fields.terms.find((t) => t.field === field && !t.negated)?.value
    const noFields = fields.terms.length === 0
    return {
      everything: labels.empty && noFields,
      trigger: stored.kind === 'Pod' && stored.group === '' ? exact('spec.nodeName') : undefined,
      name: exact('metadata.name'),
      matches: (object) =>
        (labels.empty || labels.matches(object.metadata.labels)) &&
        (noFields || fields.matches(view ? view.fromStored(object) : object)),
    }
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error
    throw badRequest(error.message)
  }
}

/** Lists objects, whole or in pages. */
export function list(ctx: RequestContext): ApiResponse {
  const { request, server, stored } = ctx
  if (request.untyped) checkListOptions(ctx)
  const filter = filterOf(ctx)
  const exact = request.resourceVersionMatch === 'Exact'
  // The watch cache answers to resourceVersion=0, and knows no pages.
  const paged = (request.limit ?? 0) > 0 && request.resourceVersion !== '0'
  if (paged || request.continue || exact) return page(ctx, filter.matches, exact)

  const cacher = server.cacher(stored)
  const wanted = request.resourceVersion
  if (request.untyped) checkReached(wanted, cacher.revision)
  // Without a resourceVersion the answer must be as fresh as etcd: a quorum says which revision that is.
  const revision = wanted === undefined || wanted === '' ? server.storage.revision() : cacher.revision
  const candidates =
    filter.trigger !== undefined ? sortByName(cacher.triggeredBy(filter.trigger)) : cacher.ordered(request.namespace)
  const items = filter.everything ? candidates : candidates.filter((o) => filter.matches(o))
  return respondList(ctx, namespaceOnly(items, filter.trigger !== undefined ? request.namespace : undefined), {
    resourceVersion: String(Math.max(revision, cacher.revision)),
  })
}

const namespaceOnly = (items: readonly KubeObject[], namespace: string | undefined) =>
  namespace ? items.filter((o) => o.metadata.namespace === namespace) : items

function sortByName(objects: Iterable<KubeObject>): KubeObject[] {
  const path = (o: KubeObject) => `${o.metadata.namespace}/${o.metadata.name}`
  return [...objects].sort((a, b) => (path(a) < path(b) ? -1 : 1))
}

/** One page out of etcd at a fixed revision. */
function page(ctx: RequestContext, matches: (object: KubeObject) => boolean, exact: boolean): ApiResponse {
  const { request, server, stored } = ctx
  const prefix = keyPrefix(stored) + (stored.namespaced && request.namespace ? `${request.namespace}/` : '')
  const from = request.continue ? decodeContinue(request.continue) : undefined
  const revision = from?.revision ?? (exact ? Number(request.resourceVersion) : undefined)
  const limit = request.limit ?? 0
  try {
    const items: KubeObject[] = []
    let after = from ? prefix + from.after : ''
    let remaining = 0
    let at = revision
    do {
      const listing = server.storage.list(prefix, { revision: at, after, limit })
      at = listing.revision
      remaining = listing.remaining
      for (const { key, object } of listing.items) {
        after = key
        if (matches(object)) items.push(object)
        if (limit > 0 && items.length === limit) {
          remaining += listing.items.length - 1 - listing.items.findIndex((i) => i.key === key)
          break
        }
      }
    } while (remaining > 0 && items.length < limit)
    const more = remaining > 0
    const unfiltered = !request.labelSelector && !request.fieldSelector
    return respondList(ctx, items, {
      resourceVersion: String(at),
      ...(more ? { continue: encodeContinue(at!, after.slice(prefix.length)) } : {}),
      ...(more && unfiltered ? { remainingItemCount: remaining } : {}),
    })
  } catch (error) {
    if (!(error instanceof Compacted)) throw error
    throw request.continue
      ? gone(
          'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
        )
      : gone('The resourceVersion for the provided list is too old.')
  }
}
