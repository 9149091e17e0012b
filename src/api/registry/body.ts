import type { RequestContext } from '../context.ts'
import { badRequest } from '../errors.ts'
import type { KubeObject } from '../types.ts'
import { checkFields } from './fields.ts'

/**
 * The request's body as an object of the stored kind that may be changed: a shallow copy for `shallow` (status writes
 * keep everything else), else a deep one. Throws 400 for bodies of another kind.
 */
export function decode(ctx: RequestContext, copy: (object: KubeObject) => KubeObject): KubeObject {
  const { request, kind } = ctx
  const body = request.body as KubeObject | undefined
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest(`couldn't get version/kind; json parse error: unexpected end of JSON input`)
  }
  if (request.untyped) checkFields(ctx, body)
  if ((body.kind && body.kind !== kind.kind) || (body.apiVersion && body.apiVersion !== kind.apiVersion)) {
    throw badRequest(
      `${body.kind} in version ${JSON.stringify(versionOf(body.apiVersion))} cannot be handled as a ${kind.kind}: converting (${goType(body)}) to (${goType(kind)}): unknown conversion`,
    )
  }
  const object = copy(kind.storedAs ? kind.storedAs.toStored(body) : body)
  if (!object.kind) object.kind = kind.kind
  if (!object.apiVersion) object.apiVersion = kind.apiVersion
  return object
}

const versionOf = (apiVersion = '') => apiVersion.split('/').pop()

const goType = ({ apiVersion, kind }: { apiVersion: string; kind: string }) => `${versionOf(apiVersion)}.${kind}`

/** The object's name and namespace must be those of the URL; missing ones are filled in. */
export function checkIdentity(ctx: RequestContext, object: KubeObject): void {
  const { request, kind } = ctx
  const { metadata } = object
  if (kind.namespaced) {
    if (!metadata.namespace) metadata.namespace = request.namespace
    else if (request.namespace && metadata.namespace !== request.namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
    }
  } else if (metadata.namespace) delete metadata.namespace
  if (request.name) {
    if (!metadata.name) metadata.name = request.name
    else if (metadata.name !== request.name) {
      throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${request.name})`)
    }
  }
}
