import {
  decode,
  type FieldError,
  invalid as fieldInvalid,
  goJson,
  inGoOrder,
  jsonType,
  type ObjectSchema,
  schemaOf,
  sorted,
} from '../../kinds/index.ts'
import { clone } from '../clone.ts'
import { type RequestContext, warn } from '../context.ts'
import { badRequest, invalid } from '../errors.ts'
import { withManagedFields } from '../fields/managed.ts'
import { keysOf } from '../json/keys.ts'
import { type KubeObject, StatusError } from '../types.ts'
import { wrongKind } from '../wrong-kind.ts'
import { parsePatchBody } from './body.ts'
import { JsonPatchError, jsonPatch, type Operation } from './json-patch.ts'
import { mergePatch } from './merge.ts'
import { typeMismatch } from './mismatch.ts'
import { consumed, goMap, strategicMerge } from './strategic.ts'

const NO_KIND = { group: '', kind: '' }

/** The object as the request's patch leaves it: a copy of its own. `schema` is that of the object, if it has one. */
export function applyPatch(ctx: RequestContext, object: KubeObject, schema = schemaOf(ctx.kind)): KubeObject {
  const { request, kind } = ctx
  const body = parsePatchBody(request.body ?? '', request.patchType)
  switch (request.patchType) {
    case 'application/json-patch+json': {
      const run = (from: KubeObject, touched?: Set<object>) => runJsonPatch(from, body, touched)
      return decoded(ctx, object, run(mentionsOwners(body) ? withManagedFields(object) : object), schema, run)
    }
    case 'application/merge-patch+json': {
      if (body === null) throw badRequest('Invalid JSON Patch')
      const patch = members(body, 'error decoding patch: ')
      const run = (from: KubeObject, touched?: Set<object>) => mergePatch(from, patch, touched)
      const repeated = typeof request.body === 'string' ? keysOf(request.body).duplicates : []
      return decoded(
        ctx,
        object,
        run(object),
        schema,
        run,
        repeated.map(({ path }) => `duplicate field "${path}"`),
      )
    }
    case 'application/strategic-merge-patch+json': {
      if (!schema || kind.crd) throw unsupported(true)
      const patch = members(body)
      // Go's types know what they are: what a patch says of it does not count.
      const { apiVersion, kind: name } = object
      const merged = { ...strategicMerge(object, patch, schema), apiVersion, kind: name } as KubeObject
      return request.untyped ? strict(ctx, merged, schema, patch) : clone(merged)
    }
    default:
      throw unsupported(kind.crd !== undefined)
  }
}

/** A patch that must be an object; null is an empty one. */
function members(body: unknown, prefix = ''): Record<string, unknown> {
  if (typeof body === 'object' && !Array.isArray(body)) return { ...body }
  throw badRequest(`${prefix}json: cannot unmarshal ${jsonType(body)} into Go value of type map[string]interface {}`)
}

/** `kubectl apply --server-side` moves what client-side applies own. */
const mentionsOwners = (body: any): boolean =>
  Array.isArray(body) && body.some((operation) => String(operation?.path).startsWith('/metadata/managedFields'))

function runJsonPatch(object: KubeObject, body: any, touched?: Set<object>): any {
  try {
    return jsonPatch(clone(object), operations(body), touched)
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
  }
}

/** The operations of a JSON patch, with encoding/json's complaints about what is none. */
function operations(body: unknown): Operation[] {
  const refuse = (value: unknown, where: string): never => {
    throw badRequest(`error decoding patch: json: cannot unmarshal ${jsonType(value)} into Go ${where}`)
  }
  if (body === null) return []
  if (!Array.isArray(body)) return refuse(body, 'value of type []handlers.jsonPatchOp')
  for (const operation of body) {
    if (operation === null) continue
    if (typeof operation !== 'object' || Array.isArray(operation))
      refuse(operation, 'value of type handlers.jsonPatchOp')
    for (const field of ['op', 'from', 'path'])
      if (!['string', 'undefined'].includes(typeof (operation[field] ?? undefined)))
        refuse(operation[field], `struct field jsonPatchOp.${field} of type string`)
  }
  return body.map((operation) => operation ?? {})
}

/** Merge and JSON patches: their result is decoded like a body. `run` does it once more, to show what came of it. */
function decoded(
  ctx: RequestContext,
  before: KubeObject,
  value: any,
  schema: ObjectSchema | undefined,
  run: (from: KubeObject, touched: Set<object>) => any,
  repeated: readonly string[] = [],
): KubeObject {
  if (!ctx.request.untyped || !schema) return clone(value)
  // A JSON patch may leave anything, or nothing at all.
  const says = value ?? {}
  // Not what a subresource is shown as: a Scale.
  const own = schema === schemaOf(ctx.kind)
  if (own && ctx.kind.crd) requireType(ctx, says)
  const wrong = own && wrongKind(ctx, says)
  const shown = () => patchedText(before, schema, run)
  if (wrong) throw refused(shown(), wrong)
  const {
    value: object,
    error,
    strict: unknown,
  } = (schema === ctx.kind.schema ? ctx.kind.decode?.(value) : undefined) ?? decode(value, schema)
  if (error) throw refused(shown(), error)
  complain(ctx, [...unknown, ...repeated], shown)
  object.apiVersion ||= before.apiVersion
  object.kind ||= before.kind
  return object
}

/** The patched object as it went into the decoder: the encoder's text, its keys in order where the patch went. */
function patchedText(
  before: KubeObject,
  schema: ObjectSchema,
  run: (from: KubeObject, touched: Set<object>) => any,
): string {
  const touched = new Set<object>()
  const { kind, apiVersion, ...rest } = withManagedFields(before)
  const after = run({ kind, apiVersion, ...inGoOrder(rest, schema) }, touched)
  return goJson(JSON.parse(JSON.stringify(after, (_, value) => (touched.has(value) ? sorted(value) : value)) ?? 'null'))
}

/** ValidateTypeMeta of apiextensions-apiserver/pkg/registry/customresource: there is no Go type that knows better. */
function requireType({ kind, request }: RequestContext, value: KubeObject): void {
  const errors: FieldError[] = []
  for (const field of ['kind', 'apiVersion'] as const) {
    if (value[field] !== kind[field]) errors.push(fieldInvalid(field, value[field] ?? '', `must be ${kind[field]}`))
  }
  if (errors.length) throw invalid(kind, request.name ?? '', errors)
}

function strict(ctx: RequestContext, merged: any, schema: ObjectSchema, patch: any): KubeObject {
  const shown = () => goMap(consumed(patch, schema))
  const mismatch = typeMismatch(merged, schema)
  if (mismatch) throw refused(shown(), mismatch)
  const { value, error, strict: unknown } = decode(merged, schema)
  if (error) throw refused(shown(), error)
  complain(ctx, unknown, shown)
  return value
}

function complain(ctx: RequestContext, unknown: readonly string[], shown: () => string): void {
  if (unknown.length === 0) return
  const { fieldValidation } = ctx.request
  if (fieldValidation === 'Strict') throw refused(shown(), `strict decoding error: ${unknown.join(', ')}`)
  if (fieldValidation !== 'Ignore') for (const text of unknown) warn(ctx, text)
}

const refused = (patch: string, why: string): StatusError =>
  invalid(NO_KIND, '', [
    { type: 'FieldValueInvalid', field: 'patch', body: `Invalid value: ${JSON.stringify(patch)}: ${why}` },
  ])

function unsupported(custom: boolean): StatusError {
  const types = ['application/json-patch+json', 'application/merge-patch+json']
  if (!custom) types.push('application/strategic-merge-patch+json')
  types.push('application/apply-patch+yaml')
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    {},
  )
}
