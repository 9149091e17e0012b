import { type FieldError, forbidden, invalid as invalidField, timeProblem } from '../../kinds/index.ts'
import { badRequest, invalid } from '../errors.ts'
import { parseIntError } from '../http/url.ts'

type Query = Readonly<Record<string, string | readonly string[]>>

const NUMBERS = ['sinceSeconds', 'tailLines', 'limitBytes']
const POSITIVE = 'must be greater than 0'

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0]

/** What a log may not be asked for. Models ValidatePodLogOptions (pkg/apis/core/validation). Throws 400 and 422. */
export function checkLogOptions(name: string, query: Query): void {
  for (const field of NUMBERS) {
    const text = first(query[field])
    const wrong = text === undefined ? undefined : parseIntError(text)
    if (wrong) throw badRequest(wrong)
  }
  const number = (field: string): number | undefined => {
    const text = first(query[field])
    return text === undefined ? undefined : Number(text)
  }
  const time = first(query.sinceTime)
  const wrong = time ? timeProblem(time) : undefined
  if (wrong) throw badRequest(wrong)
  const errors: FieldError[] = []
  const [tailLines, limitBytes, sinceSeconds] = [number('tailLines'), number('limitBytes'), number('sinceSeconds')]
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalidField('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalidField('limitBytes', limitBytes, POSITIVE))
  if (sinceSeconds !== undefined && time)
    errors.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalidField('sinceSeconds', sinceSeconds, POSITIVE))
  // The feature gate PodLogsQuerySplitStreams is off.
  if (query.stream !== undefined) errors.push(forbidden('stream', 'may not be specified'))
  if (errors.length) throw invalid({ group: '', kind: 'PodLogOptions' }, name, errors)
}

/** The ports of a forwarding that the URL names. Throws 400. */
export function checkPorts(ports: string | readonly string[] | undefined): void {
  for (const text of [ports ?? []].flat()) {
    const why = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65535 ? 'value out of range' : undefined
    if (why) throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
  }
}
