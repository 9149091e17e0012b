import { decode as decodeTyped, type Kind, schemaOf } from '../../kinds/index.ts'
import { type RequestContext, warn } from '../context.ts'
import { badRequest } from '../errors.ts'
import { unmarshalErrors } from '../json/yaml-text.ts'
import type { KubeObject } from '../types.ts'
import { wrongKind } from '../wrong-kind.ts'
import { type Body, readBody } from './body-text.ts'

/**
 * The request's body as an object of the stored kind that may be changed: decoded strictly when it came from outside,
 * else copied by `copy`. Throws 400.
 */
export function decode(ctx: RequestContext, copy: (object: KubeObject) => KubeObject): KubeObject {
  const { request, kind } = ctx
  const view = kind.storedAs
  const body = request.untyped ? fromOutside(ctx, readBody(request, kind)) : (request.body as KubeObject)
  const object = view ? view.toStored(body) : body
  const own = request.untyped ? object : copy(object)
  if (!own.kind) own.kind = ctx.stored.kind
  if (!own.apiVersion) own.apiVersion = ctx.stored.apiVersion
  return own
}

/** The body of a subresource that has a kind of its own, decoded as that. Throws 400. */
export function decodeAs(ctx: RequestContext, kind: Pick<Kind, 'group' | 'version' | 'kind'>): any {
  if (!ctx.request.untyped) return ctx.request.body
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
  const own = { ...ctx.kind, ...kind, apiVersion, schema: undefined, decode: undefined } as Kind
  return fromOutside({ ...ctx, kind: own }, readBody(ctx.request, own))
}

/** A name must be in the body of what a PUT from outside replaces. */
export function requireName({ request }: RequestContext, object: KubeObject): void {
  if (request.untyped && request.name && !object.metadata?.name)
    throw badRequest(`the name of the object (${request.name} based on URL) was undeterminable: name must be provided`)
}

function fromOutside(ctx: RequestContext, { value: body, repeated, yaml, order }: Body): KubeObject {
  const { request, kind } = ctx
  const { apiVersion = kind.apiVersion } = body
  const version = apiVersion.split('/').pop()!
  const fail = (why: string) =>
    badRequest(
      `${body.kind ?? kind.kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`,
    )
  const wrong = wrongKind(ctx, body)
  if (wrong) throw fail(wrong)
  const schema = schemaOf(kind)
  if (!schema) return body
  const { value, error, strict: unknown } = kind.decode?.(body) ?? decodeTyped(body, schema)
  if (error) throw fail(error)
  const strict = order(unknown, repeated)
  if (strict.length && request.fieldValidation === 'Strict') {
    const said = yaml && repeated.length ? [unmarshalErrors(repeated), ...unknown] : strict
    throw fail(`strict decoding error: ${said.join(', ')}`)
  }
  if (request.fieldValidation !== 'Ignore') for (const text of strict) warn(ctx, text)
  return value
}

/** What is left of an object as a Go struct holds it, nulls are absent, and what does not fit. */
export function typed({ kind }: RequestContext, object: KubeObject): { value: KubeObject; error: string | undefined } {
  const schema = schemaOf(kind)
  return schema ? (kind.decode?.(object) ?? decodeTyped(object, schema)) : { value: object, error: undefined }
}

/** The object's name and namespace must be those of the URL; missing ones are filled in. */
export function checkIdentity(ctx: RequestContext, object: KubeObject): void {
  const { request, kind } = ctx
  const metadata = (object.metadata ??= { name: '' })
  if (kind.namespaced) {
    if (!metadata.namespace) metadata.namespace = request.namespace
    else if (request.namespace && metadata.namespace !== request.namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
    }
  } else if (metadata.namespace) delete metadata.namespace
  if (!request.name) return
  if (!metadata.name) metadata.name = request.name
  else if (metadata.name !== request.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${request.name})`)
  }
}
