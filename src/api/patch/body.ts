import { badRequest } from '../errors.ts'
import { jsonSyntaxError } from '../json/go-syntax.ts'

/** The patch as a value; text is parsed, with the decoder's own words when it cannot be. */
export function parsePatchBody(body: unknown): any {
  if (typeof body !== 'string') return body
  const wrong = jsonSyntaxError(body)
  if (wrong) throw badRequest(wrong)
  return JSON.parse(body)
}
