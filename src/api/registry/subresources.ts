import type { RequestContext } from '../context.ts'
import { type ApiResponse, StatusError } from '../types.ts'
import { bind } from './binding.ts'
import { evict } from './eviction.ts'
import { patch } from './patch.ts'
import { get } from './read.ts'
import { proxy, remote } from './remote.ts'
import { scale } from './scale.ts'
import { requestToken } from './token.ts'
import { update } from './update.ts'

type Handler = (ctx: RequestContext) => ApiResponse | undefined

/** Subresources whose body is the parent itself. */
const OWN: Readonly<Record<string, Handler>> = { get, update, patch }

const creates =
  (handler: Handler): Handler =>
  (ctx) =>
    ctx.request.verb === 'create' ? handler(ctx) : undefined

const SPECIAL: Readonly<Record<string, Handler>> = {
  'pods/binding': creates(bind),
  'pods/eviction': creates(evict),
  'pods/log': remote,
  'pods/exec': remote,
  'pods/attach': remote,
  'pods/portforward': remote,
  'pods/proxy': proxy,
  'services/proxy': proxy,
  'nodes/proxy': proxy,
  'serviceaccounts/token': creates(requestToken),
}

/** Answers a request for a subresource; undefined when it is only a part of the object. Throws 404. */
export function subresource(ctx: RequestContext): ApiResponse | undefined {
  const { request, kind } = ctx
  const declared = kind.subresources.find((s) => s.name === request.subresource)
  if (!declared) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
  if (request.subresource === 'scale') return scale(ctx)
  const special = SPECIAL[`${kind.groupResource}/${request.subresource}`]
  if (special) return special(ctx)
  return declared.kind === kind.kind ? OWN[request.verb]?.(ctx) : undefined
}
