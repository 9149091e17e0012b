import { clone } from '../clone.ts'
import type { RequestContext } from '../context.ts'
import { badRequest } from '../errors.ts'
import type { KubeObject } from '../types.ts'
import { mergePatch } from './merge.ts'

/** The object as the request's patch leaves it: a copy of its own. */
export function applyPatch(ctx: RequestContext, object: KubeObject): KubeObject {
  const { request } = ctx
  switch (request.patchType) {
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
      return clone(mergePatch(object, request.body))
    default:
      throw badRequest(`unknown Content-Type header for patch: ${request.patchType}`)
  }
}
