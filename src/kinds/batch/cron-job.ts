import { age, columns, containerCells, containerColumns, since } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { formatSelector } from '../selectors.ts'
import { validateCronJob, validateCronJobUpdate } from '../validation/cron-job.ts'
import { cronJobWarnings } from '../warnings/kinds.ts'
import { defaultJobTemplate } from './job-defaults.ts'

export const cronJob = defineKind({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('CronJob', 'status')],
  storageVersionHash: 'sd5LIXh4Fjs=',
  warnings: cronJobWarnings,
  status: true,
  columns: columns(
    'Name',
    'Schedule',
    'Timezone',
    'Suspend?',
    'Active#',
    'Last Schedule',
    'Age',
    ...containerColumns,
    '+Selector',
  ),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.schedule ?? '',
    obj.spec?.timeZone ?? '<none>',
    // printBoolPtr of printers.go
    obj.spec?.suspend === undefined ? '<unset>' : obj.spec.suspend ? 'True' : 'False',
    obj.status?.active?.length ?? 0,
    obj.status?.lastScheduleTime ? since(obj.status.lastScheduleTime, ctx) : '<none>',
    age(obj, ctx),
    ...containerCells(obj.spec?.jobTemplate?.spec?.template),
    formatSelector(obj.spec?.jobTemplate?.spec?.selector),
  ],
  generation: true,
  defaults({ spec }) {
    if (!spec) return
    spec.concurrencyPolicy ||= 'Allow'
    spec.suspend ??= false
    spec.successfulJobsHistoryLimit ??= 3
    spec.failedJobsHistoryLimit ??= 1
    if (spec.jobTemplate?.spec) defaultJobTemplate(spec.jobTemplate.spec)
  },
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
})
