import { zoneInDatabase } from '../../print/index.ts'
import { parseCron } from '../cron.ts'
import { type FieldError, invalid, notSupported, required } from '../errors.ts'
import type { KubeObject } from '../object.ts'
import { checkNonNegative, type Errors } from './checks.ts'
import { checkJobSpec } from './job.ts'
import { selectorJson } from './selector-json.ts'

const POLICIES = ['Allow', 'Forbid', 'Replace']

/** ValidateCronJobCreate (pkg/apis/batch/validation): 52 characters leave room for the Jobs' suffix. */
export function validateCronJob(obj: KubeObject): FieldError[] {
  const errors = checkCronJob(obj.spec, undefined)
  const { name = '' } = obj.metadata
  if (name.length > 52) errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'))
  return errors
}

/** ValidateCronJobUpdate. */
export const validateCronJobUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  checkCronJob(next.spec, old.spec)

function checkCronJob(spec: any, old: any): FieldError[] {
  const errors: Errors = []
  const schedule: string = spec.schedule ?? ''
  if (!schedule) errors.push(required('spec.schedule'))
  else {
    try {
      parseCron(schedule)
    } catch (error) {
      errors.push(invalid('spec.schedule', schedule, (error as Error).message))
    }
    if (schedule.includes('TZ')) {
      const before = old?.schedule?.includes('TZ')
      const both = 'cannot use both timeZone field and TZ or CRON_TZ in schedule'
      const one = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
      if (!before || spec.timeZone !== undefined) errors.push(invalid('spec.schedule', schedule, before ? both : one))
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
  }
  if (zone !== 'Local' && !zoneInDatabase(zone)) errors.push(invalid(path, zone, `unknown time zone ${zone}`))
}
