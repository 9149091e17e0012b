import {
  decode,
  type FieldError,
  forbidden,
  invalid as invalidField,
  jsonType,
  modelSchema,
  notSupported,
  required,
  tooLong,
} from '../../kinds/index.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, invalid } from '../errors.ts'
import { jsonSyntaxError } from '../json/go-syntax.ts'
import { readYaml } from '../json/yaml-text.ts'
import type { RequestOptions } from '../types.ts'
import { TYPE_META } from './body-text.ts'

// What the parameters of a write may say. Models apimachinery/pkg/apis/meta/v1/validation.

const MAX_MANAGER = 128
const APPLY = 'application/apply-patch+yaml'
const POLICIES = ['Foreground', 'Background', 'Orphan']

const NAMES: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
}

/** CreateOptions, UpdateOptions and PatchOptions of a request from outside. Throws 422. */
export function checkWriteOptions({ request }: RequestContext): void {
  const kind = NAMES[request.verb]
  if (!kind) return
  const { fieldManager = '', fieldValidation } = request
  const errors: FieldError[] = []
  if (request.patchType === APPLY) {
    if (!fieldManager) errors.push(required('fieldManager', 'is required for apply patch'))
  } else if (request.verb === 'patch' && request.force !== undefined) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'))
  }
  if (fieldManager.length > MAX_MANAGER) errors.push(tooLong('fieldManager', MAX_MANAGER))
  const odd = fieldManager.search(/[^\x20-\x7e\u00a1-\uffff]/)
  if (odd >= 0) {
    const code = fieldManager.charCodeAt(odd).toString(16).toUpperCase().padStart(4, '0')
    errors.push(invalidField('fieldManager', fieldManager, `invalid character U+${code} (at position ${odd})`))
  }
  checkDryRun(errors, request)
  if (fieldValidation && !['Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']))
  }
  refuse(kind, errors)
}

function checkDryRun(errors: FieldError[], { dryRunValues }: RequestOptions): void {
  if (dryRunValues) errors.push(notSupported('dryRun', dryRunValues, ['All']))
}

/** What a deletion is told, by its body or else by the URL. */
export type DeleteOptions = Pick<
  RequestOptions,
  'gracePeriodSeconds' | 'propagationPolicy' | 'preconditions' | 'dryRun'
>

const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

/** Reads and checks them. Throws 400 and 422. */
export function deleteOptionsOf({ request }: RequestContext): DeleteOptions {
  const body = (request.untyped ? parsed(request.body, request.yaml) : request.body) as Record<string, any> | undefined
  const { gracePeriodSeconds, preconditions } = body ?? request
  const asked = body ? body.orphanDependents : orphans(request.query?.orphanDependents)
  const policy: string | undefined = (body ?? request).propagationPolicy ?? request.propagationPolicy
  const errors: FieldError[] = []
  if (asked !== undefined && policy !== undefined) {
    const text = 'orphanDependents and deletionPropagation cannot be both set'
    errors.push(invalidField('propagationPolicy', policy, text))
  }
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']))
  const runs: string[] = body?.dryRun ?? []
  checkDryRun(errors, runs.some((run) => run !== 'All') ? { dryRunValues: runs } : request)
  refuse('DeleteOptions', errors)
  const chosen = policy ?? (asked === undefined ? undefined : asked ? 'Orphan' : 'Background')
  return {
    gracePeriodSeconds: gracePeriodSeconds ?? request.gracePeriodSeconds,
    propagationPolicy: chosen as DeleteOptions['propagationPolicy'],
    preconditions: preconditions ?? (body ? undefined : uidOf(request.query?.uid)) ?? request.preconditions,
    dryRun: request.dryRun || runs.length > 0,
  }
}

const uidOf = (value: string | readonly string[] | undefined): { uid: string } | undefined =>
  value === undefined ? undefined : { uid: typeof value === 'string' ? value : value[0]! }

const orphans = (value: string | readonly string[] | undefined): boolean | undefined => {
  const text = typeof value === 'string' ? value : value?.[0]
  return text === undefined ? undefined : text !== '0' && text.toLowerCase() !== 'false'
}

/** The body, decoded as DeleteOptions; undefined when there is none. */
function parsed(body: unknown, yaml = false): Record<string, any> | undefined {
  if (body === undefined || body === null || body === '') return undefined
  if (typeof body === 'string') {
    const wrong = jsonSyntaxError(body)
    if (yaml && wrong) return parsed(readYaml(body).value ?? {})
    if (wrong) throw badRequest(`couldn't get version/kind; json parse error: ${wrong}`)
    const value = JSON.parse(body)
    if (typeof value !== 'string') return parsed(value)
    throw notOptions(value)
  }
  if (typeof body !== 'object' || Array.isArray(body)) throw notOptions(body)
  const { kind = 'DeleteOptions', apiVersion = 'meta.k8s.io/v1' } = body as Record<string, string>
  if (kind !== 'DeleteOptions')
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`,
    )
  const { value, error } = decode(body, modelSchema('V1DeleteOptions')!)
  if (error) throw badRequest(error)
  return value
}

const notOptions = (value: unknown): Error =>
  badRequest(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonType(value)} into Go value of type ${TYPE_META}`,
  )

function refuse(kind: string, errors: readonly FieldError[]): void {
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind }, '', errors)
}
