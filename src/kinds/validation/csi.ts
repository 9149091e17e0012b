import { duplicate, type FieldError, invalid, notSupported } from '../errors.ts'
import { IMMUTABLE } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { checkSupported, type Errors } from './checks.ts'

const LIFECYCLES = ['Persistent', 'Ephemeral']

/** validateCSIDriverSpec, of what is not defaulted. */
export function validateCSIDriver({ spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  const policies = ['File', 'None', 'ReadWriteOnceWithFSType']
  checkSupported(errors, 'spec.fsGroupPolicy', spec.fsGroupPolicy, policies)
  const requests: any[] = spec.tokenRequests ?? []
  const audiences = new Set<string>()
  for (const [i, { audience = '', expirationSeconds: seconds }] of requests.entries()) {
    const path = `spec.tokenRequests[${i}]`
    if (audiences.has(audience)) {
      errors.push(duplicate(`${path}.audience`, audience))
      continue
    }
    audiences.add(audience)
    const refuse = (sentence: string) => errors.push(invalid(`${path}.expirationSeconds`, seconds, sentence))
    if (seconds < 600) refuse('may not specify a duration less than 10 minutes')
    if (seconds > 2 ** 32) refuse('may not specify a duration larger than 2^32 seconds')
  }
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!LIFECYCLES.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLES))
  }
  const { nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec
  if (period < 10) {
    const sentence = 'must be greater than or equal to 10 seconds'
    errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, sentence))
  }
  if (inSecrets !== undefined && !requests.length) {
    const sentence = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
    errors.push(invalid('spec.serviceAccountTokenInSecrets', inSecrets, sentence))
  }
  return errors
}

/** ValidateCSIDriverUpdate. */
export function validateCSIDriverUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateCSIDriver(next)
  for (const [field, shown] of [
    ['attachRequired', 'attachedRequired'],
    ['volumeLifecycleModes', 'volumeLifecycleModes'],
  ] as const) {
    if (same(next.spec?.[field], old.spec?.[field])) continue
    errors.push(invalid(`spec.${shown}`, next.spec?.[field] ?? null, IMMUTABLE))
  }
  return errors
}
