import type { RequestContext } from '../context.ts'
import type { ApiResponse } from '../types.ts'
import { patch } from './patch.ts'
import { get } from './read.ts'
import { update } from './update.ts'

type Handler = (ctx: RequestContext) => ApiResponse

/** Subresources whose body is the parent itself. */
const OWN: Readonly<Record<string, Handler>> = { get, update, patch }

export function subresource(ctx: RequestContext): ApiResponse | undefined {
  const { request, kind } = ctx
  const declared = kind.subresources.find((s) => s.name === request.subresource)
  if (!declared) return undefined
  return declared.kind === kind.kind ? OWN[request.verb]?.(ctx) : undefined
}
