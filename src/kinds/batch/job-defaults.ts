import { defaultPodSpec } from '../core/pod-defaults.ts'

/** SetDefaults_Job without what concerns its metadata; used for the Job only, not for the template of a CronJob. */
export function defaultJob(job: any): void {
  const { spec } = job
  if (!spec) return
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647
  const labels = spec.template?.metadata?.labels
  if (labels && !Object.keys(job.metadata.labels ?? {}).length) job.metadata.labels = { ...labels }
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  spec.manualSelector ??= false
  defaultJobTemplate(spec)
}

/** What a JobSpec gets wherever it stands. */
export function defaultJobTemplate(spec: any): void {
  if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True'
  }
}
