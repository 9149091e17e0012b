import { type FieldError, invalid, notSupported, required, sorted } from '../errors.ts'
import { internalJson, internalTemplateJson } from '../internal.ts'
import { IMMUTABLE, isLabel } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { selectorMatches } from '../selectors.ts'
import { checkLabelSelector, checkNonNegative, type Errors, shownMap } from './checks.ts'
import { checkPodFailurePolicy, checkReplacementPolicy, checkSuccessPolicy } from './job-policies.ts'
import { checkTemplate } from './pod-spec.ts'
import { selectorJson } from './selector-json.ts'

const INDEXED = 'requires indexed completion mode'

/** ValidateJob (pkg/apis/batch/validation). */
export function validateJob({ metadata, spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  if (!spec.manualSelector && spec.selector) checkGeneratedSelector(errors, metadata, spec)
  checkWholeSpec(errors, spec)
  if (spec.completionMode === 'Indexed' && spec.completions > 0) {
    const hostname = `${metadata.name}-${spec.completions - 1}`
    if (isLabel(hostname).length) {
      const sentence = `will not able to create pod with invalid DNS label: ${hostname}`
      errors.push(invalid('metadata.name', metadata.name, sentence))
    }
  }
  return errors
}

/** ValidateJobSpec: what the template of a CronJob is not asked for, too. */
function checkWholeSpec(errors: Errors, spec: any): void {
  checkJobSpec(errors, 'spec', spec)
  if (!spec.selector) errors.push(required('spec.selector'))
  else checkLabelSelector(errors, 'spec.selector', spec.selector)
  const labels = spec.template?.metadata?.labels
  if (!selectorMatches(spec.selector, labels)) {
    const sentence = '`selector` does not match template `labels`'
    errors.push(invalid('spec.template.metadata.labels', shownMap(spec.template?.metadata, 'labels'), sentence))
  }
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
export function checkJobSpec(errors: Errors, path: string, spec: any): void {
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

const POLICIES: Readonly<Record<string, string>> = {
  podFailurePolicy: 'PodFailurePolicy',
  successPolicy: 'SuccessPolicy',
}

/** ValidateJobUpdate: what Jobs may not change once created. */
export function validateJobUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = validateJob(next)
  const [spec, before] = [next.spec, old.spec]
  checkWholeSpec(errors, spec)
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
    errors.push(
      before.suspend && same(spec.template.metadata, before.template.metadata)
        ? invalid('spec.template.spec', internalJson('PodSpec', spec.template.spec), IMMUTABLE)
        : invalid('spec.template', internalTemplateJson(spec.template), IMMUTABLE),
    )
  }
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']) {
    if (same(spec[field], before[field])) continue
    const struct = POLICIES[field]
    const shown = struct && spec[field] ? internalJson(struct, spec[field]) : (spec[field] ?? null)
    errors.push(invalid(`spec.${field}`, shown, IMMUTABLE))
  }
  return errors
}

/** The template of a suspended Job that never started may still change where its pods go. */
function comparable(template: any, before: any): any {
  if (!before.suspend) return template
  const { nodeSelector, tolerations, affinity, schedulingGates, ...spec } = template?.spec ?? {}
  return { spec: { ...spec, affinity: { ...affinity, nodeAffinity: undefined } } }
}
