import { parseGoDuration } from '../../print/index.ts'
import { badRequest } from '../errors.ts'
import type { ApiRequest } from '../types.ts'

/** --request-timeout */
export const REQUEST_TIMEOUT = 60_000

/** Subresources that last as long as somebody wants them to. */
const LASTING = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

const asked = ({ query }: ApiRequest): string => {
  const value = query?.timeout
  return (typeof value === 'string' ? value : value?.[0]) ?? ''
}

/** Refuses a ?timeout that is none. Models WithRequestDeadline of apiserver/pkg/endpoints/filters. Throws 400. */
export function checkTimeout(request: ApiRequest): void {
  const text = asked(request)
  if (text === '' || ('resource' in request && (request.verb === 'watch' || LASTING.has(request.subresource ?? ''))))
    return
  try {
    parseGoDuration(text)
  } catch (error) {
    throw badRequest(`invalid timeout specified in the request URL - ${(error as Error).message}`)
  }
}

/** How long a request may take, ms. */
export function requestTimeout(request: ApiRequest): number {
  const text = asked(request)
  if (text === '') return REQUEST_TIMEOUT
  try {
    const duration = parseGoDuration(text)
    return duration > 0 ? Math.min(duration, REQUEST_TIMEOUT) : REQUEST_TIMEOUT
  } catch {
    return REQUEST_TIMEOUT
  }
}
