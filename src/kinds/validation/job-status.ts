import { duplicate, type FieldError, invalid, required } from '../errors.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { checkNonNegative, type Errors } from './checks.ts'
import { indexesProblem, overlapProblem } from './job-indexes.ts'

// ValidateJobUpdateStatus (pkg/apis/batch/validation) with the options of the Job's strategy: most of it is looked at only
// when the fields concerned have changed.

const CONDITIONS = 'status.conditions'

/** field.OmitValueType: no value is shown. */
const wrong = (detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: CONDITIONS,
  body: `Invalid value: ${detail}`,
})

const isTrue = ({ status }: KubeObject, type: string): boolean =>
  status?.conditions?.some((c: any) => c.type === type && c.status === 'True') ?? false

/** What a Job's status says, old and new. */
class Change {
  readonly was: any
  readonly is: any

  constructor(
    readonly next: KubeObject,
    readonly old: KubeObject,
  ) {
    this.was = old.status ?? {}
    this.is = next.status ?? {}
  }

  /** One of the fields differs. */
  of(...fields: string[]): boolean {
    return fields.some((field) => !same(this.is[field] ?? null, this.was[field] ?? null))
  }

  /** One of the conditions became true, or ceased to be. */
  to(...types: string[]): boolean {
    return types.some((type) => isTrue(this.next, type) !== isTrue(this.old, type))
  }

  finished(job: KubeObject): boolean {
    return isTrue(job, 'Complete') || isTrue(job, 'Failed')
  }
}

/** What a controller, or someone in its place, may write into a Job's status. */
export function validateJobStatus(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  const change = new Change(next, old)
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'])
    checkNonNegative(errors, `status.${field}`, change.is[field])
  checkUncounted(errors, change.is.uncountedTerminatedPods)
  checkTimes(errors, change)
  checkFinished(errors, change)
  checkIndexes(errors, change)
  checkCriteria(errors, change)
  checkHistory(errors, change)
  return errors
}

function checkUncounted(errors: Errors, uncounted: any): void {
  const seen = new Set<string>()
  for (const list of ['succeeded', 'failed']) {
    for (const [i, uid] of (uncounted?.[list] ?? []).entries()) {
      const at = `status.uncountedTerminatedPods.${list}[${i}]`
      if (!uid) errors.push(invalid(at, '', 'must not be empty'))
      else if (seen.has(uid)) errors.push(duplicate(at, uid))
      seen.add(uid)
    }
  }
}

function checkTimes(errors: Errors, change: Change): void {
  const { next, is } = change
  const complete = isTrue(next, 'Complete')
  const at = 'status.completionTime'
  if (change.to('Complete', 'Failed') && complete && isTrue(next, 'Failed'))
    errors.push(wrong('cannot set Complete=True and Failed=true conditions'))
  if (change.to('Complete', 'FailureTarget') && complete && isTrue(next, 'FailureTarget'))
    errors.push(wrong('cannot set Complete=True and FailureTarget=true conditions'))
  if (change.to('Complete') || change.of('completionTime')) {
    if (is.completionTime && !complete) {
      const sentence = 'cannot set completionTime when there is no Complete=True condition'
      errors.push(invalid(at, is.completionTime, sentence))
    } else if (!is.completionTime && complete) errors.push(required(at, 'completionTime is required for Complete jobs'))
  }
  const both = is.startTime && is.completionTime
  if (change.of('startTime', 'completionTime') && both && Date.parse(is.completionTime) < Date.parse(is.startTime))
    errors.push(invalid(at, is.completionTime, 'must be equal to or after `startTime`'))
}

function checkFinished(errors: Errors, change: Change): void {
  const { next, old, is } = change
  const { spec } = next
  if ((change.to('Failed') || change.of('failedIndexes')) && isTrue(next, 'Failed') && !isTrue(next, 'FailureTarget'))
    errors.push(wrong('cannot set Failed=True condition without the FailureTarget=true condition'))
  if (change.to('Complete', 'SuccessCriteriaMet') && isTrue(next, 'Complete') && !isTrue(next, 'SuccessCriteriaMet')) {
    errors.push(wrong('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'))
  }
  if (!change.finished(next)) return
  const ended = !change.finished(old)
  if ((ended || change.of('active')) && is.active > 0)
    errors.push(invalid('status.active', is.active, 'active>0 is invalid for finished job'))
  const nothingToDo = spec.suspend === true && spec.completions === 0
  if ((ended || change.of('startTime')) && !nothingToDo && !is.startTime)
    errors.push(required('status.startTime', 'startTime is required for finished job'))
  const uncounted = is.uncountedTerminatedPods
  if ((ended || change.of('uncountedTerminatedPods')) && (uncounted?.failed?.length || uncounted?.succeeded?.length)) {
    const value = { Succeeded: uncounted.succeeded ?? null, Failed: uncounted.failed ?? null }
    errors.push(invalid('status.uncountedTerminatedPods', value, 'must be empty for finished job'))
  }
}

function checkIndexes(errors: Errors, change: Change): void {
  const { next, is } = change
  const { completions, backoffLimitPerIndex, completionMode } = next.spec
  const { completedIndexes: done = '', failedIndexes: failed } = is
  const [doneAt, failedAt] = ['status.completedIndexes', 'status.failedIndexes']
  const limited = backoffLimitPerIndex !== undefined
  if (change.of('completedIndexes') && completions !== undefined) {
    const problem = indexesProblem(done, completions)
    if (problem) errors.push(invalid(doneAt, done, `error parsing completedIndexes: ${problem}`))
  }
  if (change.of('failedIndexes') && completions !== undefined && limited && failed !== undefined) {
    const problem = indexesProblem(failed, completions)
    if (problem) errors.push(invalid(failedAt, failed, `error parsing failedIndexes: ${problem}`))
  }
  if (change.of('completedIndexes') && done !== '' && completionMode !== 'Indexed')
    errors.push(invalid(doneAt, done, 'cannot set non-empty completedIndexes when non-indexed completion mode'))
  if (change.of('failedIndexes') && failed !== undefined && !limited)
    errors.push(invalid(failedAt, failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'))
  if (change.of('failedIndexes', 'completedIndexes') && completions !== undefined && failed !== undefined) {
    const problem = overlapProblem(done, failed, completions)
    if (problem) errors.push(invalid(failedAt, failed, problem))
  }
}

function checkCriteria(errors: Errors, change: Change): void {
  const { next, old, is } = change
  const ended = change.finished(next) !== change.finished(old)
  if ((ended || change.of('terminating')) && is.terminating > 0 && change.finished(next))
    errors.push(invalid('status.terminating', is.terminating, 'terminating>0 is invalid for finished job'))
  if (change.of('ready', 'active') && is.ready > (is.active ?? 0))
    errors.push(invalid('status.ready', is.ready, 'cannot set more ready pods than active'))
  const met = isTrue(next, 'SuccessCriteriaMet')
  if (met && isTrue(next, 'Failed')) errors.push(wrong('cannot set SuccessCriteriaMet=True and Failed=true conditions'))
  if (met && isTrue(next, 'FailureTarget'))
    errors.push(wrong('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'))
  if (next.spec.successPolicy && !met && isTrue(next, 'Complete'))
    errors.push(wrong('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'))
}

/** What was said stays said. */
function checkHistory(errors: Errors, change: Change): void {
  const { next, old, is, was } = change
  const { completionMode, completions, parallelism, suspend } = next.spec
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (isTrue(old, type) && !isTrue(next, type))
      errors.push(wrong(`cannot disable the terminal ${type}=True condition`))
  if ((is.failed ?? 0) < (was.failed ?? 0))
    errors.push(invalid('status.failed', is.failed ?? 0, 'cannot decrease the failed counter'))
  // An Indexed Job with as many completions as pods can be scaled down.
  const elastic = completionMode === 'Indexed' && completions === parallelism
  if (!elastic && (is.succeeded ?? 0) < (was.succeeded ?? 0))
    errors.push(invalid('status.succeeded', is.succeeded ?? 0, 'cannot decrease the succeeded counter'))
  if (is.completionTime && was.completionTime && is.completionTime !== was.completionTime)
    errors.push(invalid('status.completionTime', is.completionTime, 'field is immutable'))
  const isResuming =
    isTrue(old, 'Suspended') && is.conditions?.some((c: any) => c.type === 'Suspended' && c.status === 'False')
  if (was.startTime && was.startTime !== is.startTime && !isResuming && !suspend) {
    const sentence = 'field is immutable for unsuspended job once set'
    errors.push(invalid('status.startTime', is.startTime ?? null, sentence))
  }
  const [had, has] = [isTrue(old, 'SuccessCriteriaMet'), isTrue(next, 'SuccessCriteriaMet')]
  if (had && !has) errors.push(wrong('cannot disable the SuccessCriteriaMet=True condition'))
  if (isTrue(old, 'Complete') && !had && has)
    errors.push(wrong('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'))
}
