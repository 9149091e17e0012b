import { type FieldError, invalid, notSupported, required, sorted, tooMany } from '../errors.ts'
import { internalJson, internalTemplateJson } from '../internal.ts'
import { IMMUTABLE, isLabel, isQualifiedName } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { selectorMatches } from '../selectors.ts'
import { addInvalid, checkLabelSelector, checkNonNegative, type Errors } from './checks.ts'
import { cronError } from './cron.ts'
import { checkTemplate } from './pod-spec.ts'
import { selectorJson } from './selector-json.ts'

const INDEXED = 'requires indexed completion mode'

/** An Invalid without a value (field.OmitValueType). */
const invalidOmitted = (field: string, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  body: `Invalid value: ${detail}`,
})

export function validateJob({ metadata, spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  if (!spec.manualSelector && spec.selector) checkGeneratedSelector(errors, metadata, spec)
  checkJobSpec(errors, 'spec', spec)
  if (!spec.selector) errors.push(required('spec.selector'))
  else checkLabelSelector(errors, 'spec.selector', spec.selector)
  const labels = spec.template?.metadata?.labels
  if (!selectorMatches(spec.selector, labels)) {
    const sentence = '`selector` does not match template `labels`'
    errors.push(invalid('spec.template.metadata.labels', sorted(labels) ?? null, sentence))
  }
  if (spec.completionMode === 'Indexed' && spec.completions > 0) {
    const hostname = `${metadata.name}-${spec.completions - 1}`
    if (isLabel(hostname).length) {
      const sentence = `will not able to create pod with invalid DNS label: ${hostname}`
      errors.push(invalid('metadata.name', metadata.name, sentence))
    }
  }
  return errors
}

function checkGeneratedSelector(errors: Errors, { name, uid }: any, spec: any): void {
  const labels = spec.template?.metadata?.labels ?? {}
  const expected: Record<string, string> = {
    'controller-uid': uid,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
  }
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`
    if (labels[key] === undefined) errors.push(required(path, `must be '${value}'`))
    else if (labels[key] !== value) errors.push(invalid(path, sorted(labels), `must be '${value}'`))
  }
  if (!selectorMatches(spec.selector, expected)) {
    errors.push(invalid('spec.selector', selectorJson(spec.selector), '`selector` not auto-generated'))
  }
}

/** validateJobSpec; also of the template of a CronJob. */
function checkJobSpec(errors: Errors, path: string, spec: any): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ]) {
    checkNonNegative(errors, `${path}.${field}`, spec[field])
  }
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  }
  checkCompletionMode(errors, path, spec)
  if (spec.podFailurePolicy) checkPodFailurePolicy(errors, `${path}.podFailurePolicy.rules`, spec)
  if (spec.successPolicy) {
    if (spec.completionMode !== 'Indexed') {
      errors.push(invalid(`${path}.successPolicy`, internalJson('SuccessPolicy', spec.successPolicy), INDEXED))
    } else checkSuccessPolicy(errors, `${path}.successPolicy.rules`, spec)
  }
  checkReplacementPolicy(errors, `${path}.podReplacementPolicy`, spec)
  checkTemplate(errors, `${path}.template`, spec.template)
  const restart = spec.template?.spec?.restartPolicy
  const at = `${path}.template.spec.restartPolicy`
  if (!restart || restart === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (restart !== 'OnFailure' && restart !== 'Never') {
    errors.push(notSupported(at, restart, ['OnFailure', 'Never']))
  } else if (spec.podFailurePolicy && restart !== 'Never') {
    errors.push(invalid(at, restart, 'only "Never" is supported when podFailurePolicy is specified'))
  }
}

function checkCompletionMode(errors: Errors, path: string, spec: any): void {
  const { completionMode: mode, completions, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']))
  }
  if (mode === 'Indexed') {
    if (completions === undefined) {
      errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
    }
    if (parallelism > 100000) {
      const sentence = 'must be less than or equal to 100000 when completion mode is Indexed'
      errors.push(invalid(`${path}.parallelism`, parallelism, sentence))
    }
    if (maxFailedIndexes > completions) {
      errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'))
    }
  } else if (mode === undefined || mode === 'NonIndexed') {
    if (backoffLimitPerIndex !== undefined) {
      errors.push(invalid(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, INDEXED))
    }
    if (maxFailedIndexes !== undefined) errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, INDEXED))
  }
}

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const STATUSES = ['False', 'True', 'Unknown']
const valid = (values: readonly string[]): string => `valid values: [${values.map((v) => `"${v}"`).join(' ')}]`

function checkPodFailurePolicy(errors: Errors, path: string, spec: any): void {
  const rules: any[] = spec.podFailurePolicy.rules ?? []
  if (rules.length > 20) errors.push(tooMany(path, rules.length, 20))
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {}
  const names = [...containers, ...initContainers].map((c: any) => c.name)
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
  const { operator, containerName, values = [] } = requirement
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

function checkSuccessPolicy(errors: Errors, path: string, spec: any): void {
  const rules: any[] = spec.successPolicy.rules ?? []
  if (!rules.length) {
    errors.push(required(path, 'at least one rules must be specified when the successPolicy is specified'))
  }
  for (const [i, { succeededCount, succeededIndexes }] of rules.entries()) {
    if (succeededCount === undefined && succeededIndexes === undefined) {
      errors.push(required(`${path}[${i}]`, 'at least one of succeededCount or succeededIndexes must be specified'))
    }
    if (succeededCount > spec.completions) {
      const sentence = `must be less than or equal to ${spec.completions} (the number of specified completions)`
      errors.push(invalid(`${path}[${i}].succeededCount`, succeededCount, sentence))
    }
  }
}

function checkReplacementPolicy(errors: Errors, path: string, spec: any): void {
  const policy = spec.podReplacementPolicy
  if (policy === undefined) return
  const supported = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  if (!supported.includes(policy)) errors.push(notSupported(path, policy, supported))
}

/** ValidateJobUpdate: what Jobs may not change once created. */
export function validateJobUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateJob(next)
  const [spec, before] = [next.spec, old.spec]
  const indexed = spec.completionMode === 'Indexed'
  if (spec.completions !== before.completions && !indexed) {
    errors.push(invalid('spec.completions', spec.completions ?? null, IMMUTABLE))
  } else if (spec.completions !== before.completions && spec.completions !== spec.parallelism) {
    // Elastic indexed Jobs: completions and parallelism change together.
    const sentence = 'can only be modified in tandem with spec.parallelism'
    errors.push(invalid('spec.completions', spec.completions, sentence))
  }
  if (!same(spec.selector, before.selector)) {
    errors.push(invalid('spec.selector', selectorJson(spec.selector), IMMUTABLE))
  }
  if (!same(comparable(spec.template, before), comparable(before.template, before))) {
    errors.push(invalid('spec.template', internalTemplateJson(spec.template), IMMUTABLE))
  }
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']) {
    if (!same(spec[field], before[field])) errors.push(invalid(`spec.${field}`, spec[field] ?? null, IMMUTABLE))
  }
  return errors
}

/** The template of a suspended Job that never started may still change where its pods go. */
function comparable(template: any, before: any): any {
  if (!before.suspend) return template
  const { nodeSelector, tolerations, affinity, schedulingGates, ...spec } = template?.spec ?? {}
  return { spec: { ...spec, affinity: { ...affinity, nodeAffinity: undefined } } }
}

const POLICIES = ['Allow', 'Forbid', 'Replace']

export function validateCronJob(obj: KubeObject): FieldError[] {
  const errors = checkCronJob(obj.spec, undefined)
  const { name } = obj.metadata
  if (name.length > 52) errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'))
  return errors
}

export const validateCronJobUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  checkCronJob(next.spec, old.spec)

function checkCronJob(spec: any, old: any): FieldError[] {
  const errors: Errors = []
  const schedule: string = spec.schedule ?? ''
  if (!schedule) errors.push(required('spec.schedule'))
  else {
    const problem = cronError(schedule)
    if (problem) errors.push(invalid('spec.schedule', schedule, problem))
    if (schedule.includes('TZ') && !old?.schedule?.includes('TZ')) {
      const sentence = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
      errors.push(invalid('spec.schedule', schedule, sentence))
    }
  }
  checkNonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds)
  if (spec.timeZone !== undefined && spec.timeZone !== old?.timeZone) checkTimeZone(errors, spec.timeZone)
  if (!POLICIES.includes(spec.concurrencyPolicy)) {
    errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, POLICIES))
  }
  const job = spec.jobTemplate?.spec ?? {}
  checkJobSpec(errors, 'spec.jobTemplate.spec', job)
  if (job.selector) {
    const sentence = '`selector` will be auto-generated'
    errors.push(invalid('spec.jobTemplate.spec.selector', selectorJson(job.selector), sentence))
  }
  if (job.manualSelector) {
    errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']))
  }
  checkNonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit)
  checkNonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)
  return errors
}

function checkTimeZone(errors: Errors, zone: string): void {
  const path = 'spec.timeZone'
  if (!zone) {
    errors.push(invalid(path, zone, 'timeZone must be nil or non-empty string'))
    return
  }
  const parts = zone.split('/')
  if (parts.some((p) => p === '.' || p === '..' || p.startsWith('-') || !/^[A-Za-z._0-9+-]{1,14}$/.test(p))) {
    errors.push(invalid(path, zone, `unknown time zone ${zone}`))
    return
  }
  if (zone.toLowerCase() === 'local') {
    const sentence = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    errors.push(invalid(path, zone, sentence))
  } else if (!isTimeZone(zone)) errors.push(invalid(path, zone, `unknown time zone ${zone}`))
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
