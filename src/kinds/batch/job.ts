import { humanDuration } from '../../print/index.ts'
import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import type { CellContext } from '../kind.ts'
import type { KubeObject } from '../object.ts'
import { formatSelector } from '../selectors.ts'
import { validateJob, validateJobUpdate } from '../validation/job.ts'
import { validateJobStatus } from '../validation/job-status.ts'
import { jobWarnings } from '../warnings/kinds.ts'
import { defaultJob } from './job-defaults.ts'

const hasCondition = (obj: KubeObject, type: string): boolean =>
  obj.status?.conditions?.find((c: any) => c.type === type)?.status === 'True'

function jobStatus(obj: KubeObject): string {
  if (hasCondition(obj, 'Complete')) return 'Complete'
  if (hasCondition(obj, 'Failed')) return 'Failed'
  if (obj.metadata.deletionTimestamp) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => hasCondition(obj, type)) ?? 'Running'
}

function completions(obj: KubeObject): string {
  const succeeded = obj.status?.succeeded ?? 0
  if (obj.spec?.completions !== undefined) return `${succeeded}/${obj.spec.completions}`
  const parallelism = obj.spec?.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function duration(obj: KubeObject, ctx: CellContext): string {
  const { startTime, completionTime } = obj.status ?? {}
  if (!startTime) return ''
  return humanDuration((completionTime ? Date.parse(completionTime) : ctx.now) - Date.parse(startTime))
}

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'

export const job = defineKind({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('Job', 'status')],
  storageVersionHash: 'mudhfqk/qZY=',
  warnings: jobWarnings,
  status: true,
  columns: columns('Name', 'Status', 'Completions', 'Duration', 'Age', ...containerColumns, '+Selector'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    jobStatus(obj),
    completions(obj),
    duration(obj, ctx),
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    formatSelector(obj.spec?.selector),
  ],
  generation: true,
  defaults: defaultJob,
  prepareForCreate(obj) {
    const { metadata, spec } = obj
    if (spec.manualSelector) return
    const { name, uid } = metadata
    const labels = {
      'job-name': name,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      [CONTROLLER_UID]: uid,
      ...spec.template?.metadata?.labels,
    }
    spec.template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } }
    const matchLabels = { [CONTROLLER_UID]: uid, ...spec.selector?.matchLabels }
    spec.selector = { ...spec.selector, matchLabels }
    // SetDefaults_Job at every read of what was stored: a Job without labels shows its template's.
    if (!Object.keys(metadata.labels ?? {}).length) metadata.labels = { ...labels }
  },
  fields: { 'status.successful': (job) => String(job.status?.succeeded ?? 0) },
  unknownField: (label) => `field label ${JSON.stringify(label)} not supported for Job`,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateSubresource: validateJobStatus,
})
