import { type RequestContext, warn } from '../context.ts'
import type { ApiResponse } from '../types.ts'
import { bind } from './binding.ts'
import { componentStatus } from './component-status.ts'
import { create } from './create.ts'
import { deleteCollection, deleteOne } from './delete.ts'
import { patch } from './patch.ts'
import { get, list } from './read.ts'
import { REVIEWS } from './reviews.ts'
import { subresource } from './subresources.ts'
import { update } from './update.ts'
import { watch } from './watch.ts'

const HANDLERS: Readonly<Record<string, (ctx: RequestContext) => ApiResponse>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
}

/** Finds who answers an authorised request. Undefined: nobody, 405. */
export function dispatch(ctx: RequestContext): ApiResponse | undefined {
  const { request, kind } = ctx
  if (kind.deprecation) warn(ctx, kind.deprecation)
  if (request.subresource) return subresource(ctx)
  if (kind.groupResource === 'bindings') return request.verb === 'create' ? bind(ctx) : undefined
  if (kind.groupResource === 'componentstatuses') return componentStatus(ctx)
  const review = REVIEWS[kind.groupResource]
  if (review) return request.verb === 'create' ? review(ctx) : undefined
  const handler = HANDLERS[request.verb]
  if (!handler || !kind.verbs.includes(request.verb as never)) return undefined
  return handler(ctx)
}
