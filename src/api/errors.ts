import { errorText, type FieldError } from '../kinds/index.ts'
import { StatusError } from './types.ts'

/** The part of a kind that error texts need: `pods`, `deployments.apps`. */
interface Resource {
  readonly group: string
  readonly plural: string
}

/** `deployments.apps`: schema.GroupResource.String. */
const groupResource = (group: string, resource: string): string => (group ? `${resource}.${group}` : resource)

const named = (r: Resource, name: string) => ({ name, ...(r.group ? { group: r.group } : {}), kind: r.plural })

// Models apimachinery/pkg/api/errors/errors.go: one constructor a reason.

/** 404: no object of that name. */
export const notFound = (r: Resource, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${groupResource(r.group, r.plural)} "${name}" not found`, named(r, name))

/** 409: the name is taken. */
export const alreadyExists = (r: Resource, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${groupResource(r.group, r.plural)} "${name}" already exists`, named(r, name))

/** 409: the object is not the one that the request was made from. */
export const conflict = (r: Resource, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResource(r.group, r.plural)} "${name}": ${why}`,
    named(r, name),
  )

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

/** 403 for an object, or for a whole request when the resource has no name. */
export const forbidden = (r: Resource, name: string, why: string): StatusError =>
  new StatusError(
    403,
    'Forbidden',
    !r.plural
      ? `forbidden: ${why}`
      : name
        ? `${groupResource(r.group, r.plural)} "${name}" is forbidden: ${why}`
        : `${groupResource(r.group, r.plural)} is forbidden: ${why}`,
    { ...(name ? { name } : {}), ...(r.group ? { group: r.group } : {}), ...(r.plural ? { kind: r.plural } : {}) },
  )

/** 400, in the server's words; nothing is put before them. */
export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message)

/** 401: nobody could say who the caller is. No reason is told to outsiders. */
export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized')

/** 415: a body that is neither JSON, YAML nor protobuf. */
export const unknownFormat = (): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  )

/** 404: no path leads there. */
export const pageNotFound = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

/** 406, in the words of who found out. */
export const notAcceptable = (message: string, details?: Record<string, unknown>): StatusError =>
  new StatusError(406, 'NotAcceptable', message, details)

/** 405: nobody serves the method on that path. */
export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** 405: the custom resource has no such verb. */
export const methodNotSupported = (r: Resource, action: string): StatusError =>
  new StatusError(
    405,
    'MethodNotAllowed',
    `${action} is not supported on resources of kind "${groupResource(r.group, r.plural)}"`,
    { ...(r.group ? { group: r.group } : {}), kind: r.plural },
  )

/** 410: a revision that was compacted, or a continue token that is too old; clients list anew. */
export const gone = (message: string): StatusError => new StatusError(410, 'Expired', message)

/** 500, with `Internal error occurred: ` before the message. */
export const internal = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

/** 429: flow control or an eviction that must wait. 0 seconds: no Retry-After. */
export const tooManyRequests = (message: string, retryAfterSeconds: number): StatusError =>
  new StatusError(429, 'TooManyRequests', message, retryAfterSeconds ? { retryAfterSeconds } : undefined)

/** 503: a backend of this API (an aggregated server, etcd) does not answer. */
export const serviceUnavailable = (message: string): StatusError => new StatusError(503, 'ServiceUnavailable', message)

/** The request's own deadline passed inside the server. */
export const timeout = (message: string, retryAfterSeconds = 0): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds ? { retryAfterSeconds } : {})

/** 422: field errors as one sentence, one by itself or several in brackets; duplicates are told once. */
export function invalid(
  kind: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const group = kind.group ? `${kind.kind}.${kind.group}` : kind.kind
  const texts = [...new Set(errors.map(errorText))]
  const said = texts.length === 0 ? '' : texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError(422, 'Invalid', `${group} ${JSON.stringify(name)} is invalid${said ? `: ${said}` : ''}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    ...(kind.kind ? { kind: kind.kind } : {}),
    ...(errors.length ? { causes: errors.map((e) => ({ reason: e.type, message: e.body, field: e.field })) } : {}),
  })
}
