import { type FieldError, forbidden, notSupported } from '../../kinds/index.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, invalid } from '../errors.ts'
import { StatusError } from '../types.ts'

const EXACT = 'Exact'
const NOT_OLDER = 'NotOlderThan'
const MATCH = 'resourceVersionMatch'
const WITH_CONTINUE = forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided')

/** What a list may not be asked for. Models ValidateListOptions (apimachinery/pkg/apis/meta/internalversion/validation). */
export function checkListOptions({ request }: RequestContext): void {
  const { resourceVersion, resourceVersionMatch: match, sendInitialEvents } = request
  const errors: FieldError[] = []
  if (match) {
    if (!resourceVersion)
      errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if (request.continue) errors.push(WITH_CONTINUE)
    if (match !== EXACT && match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [EXACT, NOT_OLDER, '']))
    if (match === EXACT && resourceVersion === '0')
      errors.push(forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  if (sendInitialEvents !== undefined)
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  refuse(errors)
  const wrong = versionProblem(resourceVersion)
  if (wrong) throw badRequest(`invalid resource version: ${wrong}`)
}

/** What a watch may not be asked for. */
export function checkWatchOptions({ request }: RequestContext): void {
  const { resourceVersionMatch: match, sendInitialEvents } = request
  const errors: FieldError[] = []
  if (sendInitialEvents !== undefined && match !== NOT_OLDER)
    errors.push(forbidden(MATCH, `sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER}`))
  if (match) {
    if (sendInitialEvents === undefined)
      errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
    if (match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [NOT_OLDER]))
    if (request.continue) errors.push(WITH_CONTINUE)
  }
  refuse(errors)
  checkVersion(request.resourceVersion)
}

/** A version that is none is told without a reason where the storage finds it: by a get or a watch. */
export function checkVersion(version: string | undefined): void {
  const wrong = versionProblem(version)
  if (wrong) throw new StatusError(500, '', wrong)
}

/** Models NewTooLargeResourceVersionError: what nobody has written yet. */
export function checkReached(version: string | undefined, current: number): void {
  if (Number(version ?? 0) <= current) return
  throw new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

const versionProblem = (version: string | undefined): string | undefined =>
  version && !/^\d+$/.test(version)
    ? `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`
    : undefined

function refuse(errors: readonly FieldError[]): void {
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}
