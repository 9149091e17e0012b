import { type FieldError, invalid, notSupported, required, tooMany } from '../errors.ts'
import { isQualifiedName } from '../names.ts'
import { addInvalid, checkNonNegative, type Errors } from './checks.ts'

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const STATUSES = ['False', 'True', 'Unknown']
const valid = (values: readonly string[]): string => `valid values: [${values.map((v) => `"${v}"`).join(' ')}]`

/** validatePodFailurePolicy (pkg/apis/batch/validation): 20 rules at most. */
export function checkPodFailurePolicy(errors: Errors, path: string, spec: any): void {
  const rules: any[] = spec.podFailurePolicy.rules ?? []
  if (rules.length > 20) errors.push(tooMany(path, rules.length, 20))
  const { containers, initContainers } = spec.template?.spec ?? {}
  const names = [...(containers ?? []), ...(initContainers ?? [])].map((c: any) => c.name)
  for (const [i, rule] of rules.entries()) {
    const at = `${path}[${i}]`
    const { action, onExitCodes, onPodConditions = [] } = rule
    if (!action) errors.push(required(`${at}.action`, valid(ACTIONS)))
    else if (action === 'FailIndex') {
      if (spec.backoffLimitPerIndex === undefined) {
        errors.push(invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'))
      }
    } else if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.action`, action, ACTIONS))
    if (onExitCodes) checkExitCodes(errors, `${at}.onExitCodes`, onExitCodes, names)
    for (const [j, { type = '', status }] of onPodConditions.entries()) {
      const pattern = `${at}.onPodConditions[${j}]`
      addInvalid(errors, `${pattern}.type`, type, isQualifiedName(type))
      if (!status) errors.push(required(`${pattern}.status`, valid(STATUSES)))
      else if (!STATUSES.includes(status)) errors.push(notSupported(`${pattern}.status`, status, STATUSES))
    }
    if (onExitCodes && onPodConditions.length) {
      errors.push(invalidOmitted(at, 'specifying both OnExitCodes and OnPodConditions is not supported'))
    }
    if (!onExitCodes && !onPodConditions.length) {
      errors.push(invalidOmitted(at, 'specifying one of OnExitCodes and OnPodConditions is required'))
    }
  }
}

function checkExitCodes(errors: Errors, path: string, requirement: any, names: readonly string[]): void {
  const { operator, containerName } = requirement
  const values: number[] = requirement.values ?? []
  const operators = ['In', 'NotIn']
  if (!operator) errors.push(required(`${path}.operator`, valid(operators)))
  else if (!operators.includes(operator)) errors.push(notSupported(`${path}.operator`, operator, operators))
  if (containerName !== undefined && !names.includes(containerName)) {
    const sentence = 'must be one of the container or initContainer names in the pod template'
    errors.push(invalid(`${path}.containerName`, containerName, sentence))
  }
  if (!values.length) errors.push(invalid(`${path}.values`, null, 'at least one value is required'))
  const seen = new Set<number>()
  for (const [j, value] of values.entries()) {
    if (operator === 'In' && value === 0) {
      errors.push(invalid(`${path}.values[${j}]`, value, 'must not be 0 for the In operator'))
    }
    if (seen.has(value)) {
      errors.push({
        type: 'FieldValueDuplicate',
        field: `${path}.values[${j}]`,
        body: `Duplicate value: ${value}`,
      })
    }
    seen.add(value)
  }
  if (values.some((v: number, j: number) => j > 0 && values[j - 1] > v)) {
    errors.push(invalid(`${path}.values`, values, 'must be ordered'))
  }
}

/** validateSuccessPolicy: for indexed Jobs, at least one rule. */
export function checkSuccessPolicy(errors: Errors, path: string, spec: any): void {
  const rules: any[] = spec.successPolicy.rules ?? []
  if (!rules.length) {
    errors.push(required(path, 'at least one rules must be specified when the successPolicy is specified'))
  }
  for (const [i, { succeededCount, succeededIndexes }] of rules.entries()) {
    if (succeededCount === undefined && succeededIndexes === undefined) {
      errors.push(required(`${path}[${i}]`, 'at least one of succeededCount or succeededIndexes must be specified'))
    }
    let total = 0
    try {
      total = countIndexes(succeededIndexes ?? '', spec.completions)
    } catch (error) {
      const sentence = `error parsing succeededIndexes: ${(error as Error).message}`
      errors.push(invalid(`${path}[${i}].succeededIndexes`, succeededIndexes, sentence))
    }
    if (succeededCount === undefined) continue
    const at = `${path}[${i}].succeededCount`
    checkNonNegative(errors, at, succeededCount)
    const atMost = (count: number, what: string) => {
      if (succeededCount <= count) return
      errors.push(invalid(at, succeededCount, `must be less than or equal to ${count} (the number of ${what})`))
    }
    atMost(spec.completions, 'specified completions')
    if (succeededIndexes !== undefined) atMost(total, 'indexes in the specified succeededIndexes field')
  }
}

/** validateIndexesFormat: `0-2,5` is 4 indexes. Throws in its words. */
function countIndexes(text: string, completions: number): number {
  const index = (digits: string): number => {
    if (!/^[+-]?\d+$/.test(digits))
      throw new Error(`cannot convert string to integer for index: ${JSON.stringify(digits)}`)
    if (Number(digits) >= completions) throw new Error(`too large index: ${JSON.stringify(digits)}`)
    return Number(digits)
  }
  const order = (before: number, now: number) => {
    if (before >= now) throw new Error(`non-increasing order, previous: ${before}, current: ${now}`)
  }
  let total = 0
  let last: number | undefined
  for (const interval of text ? text.split(',') : []) {
    const limits = interval.split('-')
    if (limits.length > 2) {
      const rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
      throw new Error(`the fragment ${JSON.stringify(interval)} ${rule}`)
    }
    const [from, to = from] = limits.map(index) as [number, number?]
    if (limits.length > 1) order(from, to)
    if (last !== undefined) order(last, from)
    total += to - from + 1
    last = to
  }
  return total
}

/** validatePodReplacementPolicy: with a failure policy, failed pods only are replaced. */
export function checkReplacementPolicy(errors: Errors, path: string, spec: any): void {
  const policy = spec.podReplacementPolicy
  if (policy === undefined) return
  const supported = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  if (!supported.includes(policy)) errors.push(notSupported(path, policy, supported))
}

/** An Invalid without a value (field.OmitValueType). */
const invalidOmitted = (field: string, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  body: `Invalid value: ${detail}`,
})
