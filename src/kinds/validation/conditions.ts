import { duplicate, invalid, notSupported, required, tooLong } from '../errors.ts'
import { isConditionReason } from '../names.ts'
import { addInvalid, checkLabelName, type Errors } from './checks.ts'

const STATUSES = ['False', 'True', 'Unknown']
const MAX_REASON = 1024
const MAX_MESSAGE = 32 * 1024

/** ValidateConditions (apimachinery/pkg/apis/meta/v1/validation): of metav1.Condition, which newer kinds have. */
export function checkConditions(errors: Errors, path: string, conditions: readonly any[] | undefined): void {
  const seen = new Set<string>()
  for (const [i, condition] of (conditions ?? []).entries()) {
    const at = `${path}[${i}]`
    const { type = '', status = '', reason = '', message = '', observedGeneration = 0, lastTransitionTime } = condition
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type))
    seen.add(type)
    checkLabelName(errors, `${at}.type`, type)
    if (!STATUSES.includes(status)) errors.push(notSupported(`${at}.status`, status, STATUSES))
    if (observedGeneration < 0)
      errors.push(invalid(`${at}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'))
    if (!lastTransitionTime) errors.push(required(`${at}.lastTransitionTime`))
    if (reason === '') errors.push(required(`${at}.reason`))
    else {
      addInvalid(errors, `${at}.reason`, reason, isConditionReason(reason))
      if (reason.length > MAX_REASON) errors.push(tooLong(`${at}.reason`, MAX_REASON))
    }
    if (message.length > MAX_MESSAGE) errors.push(tooLong(`${at}.message`, MAX_MESSAGE))
  }
}
