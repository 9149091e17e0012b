import { badRequest } from '../errors.ts'
import { jsonSyntaxError } from '../json/go-syntax.ts'

/** The patch as a value; text is parsed, with the decoder's own words when it cannot be. */
export function parsePatchBody(body: unknown, type?: string): any {
  if (typeof body !== 'string') return body
  const wrong = jsonSyntaxError(body)
  if (wrong) throw badRequest(`${type === STRATEGIC ? '' : 'error decoding patch: '}${wrong}`)
  return JSON.parse(body)
}

const STRATEGIC = 'application/strategic-merge-patch+json'
