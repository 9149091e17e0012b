import { decode as decodeTyped, schemaOf } from '../../kinds/index.ts'
import { type RequestContext, warn } from '../context.ts'
import { badRequest } from '../errors.ts'
import { jsonSyntaxError } from '../json/go-syntax.ts'
import type { KubeObject } from '../types.ts'
import { wrongKind } from '../wrong-kind.ts'

/**
 * The request's body as an object of the stored kind that may be changed: decoded strictly when it came from outside,
 * else copied by `copy`. Throws 400.
 */
export function decode(ctx: RequestContext, copy: (object: KubeObject) => KubeObject): KubeObject {
  const { request, kind } = ctx
  const view = kind.storedAs
  const body = request.untyped ? fromOutside(ctx, parsed(ctx)) : (request.body as KubeObject)
  const object = view ? view.toStored(body) : body
  const own = request.untyped ? object : copy(object)
  if (!own.kind) own.kind = ctx.stored.kind
  if (!own.apiVersion) own.apiVersion = ctx.stored.apiVersion
  return own
}

/** Bodies may come as text (`kubectl create --raw`). */
function parsed({ request, kind }: RequestContext): KubeObject {
  const { body } = request
  if (typeof body !== 'string') return body as KubeObject
  const wrong = jsonSyntaxError(body)
  if (!wrong) return JSON.parse(body)
  const bytes = [...new TextEncoder().encode(body.slice(0, 64))]
  const hex = bytes.slice(0, 30).map((b) => b.toString(16).padStart(2, '0'))
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${wrong} (${hex.join('')}${bytes.length > 30 ? ' ...' : ''})`,
  )
}

function fromOutside(ctx: RequestContext, body: KubeObject): KubeObject {
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
  const { value, error, strict } = kind.decode?.(body) ?? decodeTyped(body, schema)
  if (error) throw fail(error)
  if (strict.length && request.fieldValidation === 'Strict') throw fail(`strict decoding error: ${strict.join(', ')}`)
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
