import type { RequestContext } from '../context.ts'
import { badRequest } from '../errors.ts'
import type { ApiResponse } from '../types.ts'

/** Server-side apply. */
export function serverSideApply(_ctx: RequestContext): ApiResponse {
  throw badRequest('not simulated: server-side apply')
}
