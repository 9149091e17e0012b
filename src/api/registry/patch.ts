import type { RequestContext } from '../context.ts'
import { applyPatch } from '../patch/apply-patch.ts'
import type { ApiResponse } from '../types.ts'
import { serverSideApply } from './apply.ts'
import { checkIdentity, requireName } from './body.ts'
import { load } from './read.ts'
import { replace } from './update.ts'

/** PATCH: computes the new object from the current one, then goes the way of an update. */
export function patch(ctx: RequestContext): ApiResponse {
  const { request } = ctx
  if (request.patchType === 'application/apply-patch+yaml') return serverSideApply(ctx)
  const current = load(ctx)
  const view = ctx.kind.storedAs
  const before = view ? view.fromStored(current.object) : current.object
  const after = applyPatch(ctx, before)
  const next = view ? view.toStored(after) : after
  requireName(ctx, next)
  checkIdentity(ctx, next)
  return replace(ctx, current, next)
}
