import { type FieldError, forbidden, invalid } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { checkLabelSelector, checkOneOf, checkSupported, type Errors } from './checks.ts'
import { checkConditions } from './conditions.ts'
import { validateBudgetCounts } from './status-counts.ts'
import { checkAtMost100, checkIntOrPercent } from './workloads.ts'

/** ValidatePodDisruptionBudget (pkg/apis/policy/validation): minAvailable or maxUnavailable, not both. */
export function validateDisruptionBudget({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  const { minAvailable, maxUnavailable } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const value = internalJson('PodDisruptionBudgetSpec', spec)
    errors.push(invalid('spec', value, 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const field of ['minAvailable', 'maxUnavailable']) {
    checkIntOrPercent(errors, `spec.${field}`, spec[field])
    checkAtMost100(errors, `spec.${field}`, spec[field])
  }
  checkLabelSelector(errors, 'spec.selector', spec.selector)
  checkSupported(errors, 'spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, [
    'AlwaysAllow',
    'IfHealthyBudget',
  ])
  return errors
}

/** ValidatePodDisruptionBudgetStatusUpdate. */
export function validateDisruptionBudgetStatus(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkConditions(errors, 'status.conditions', next.status?.conditions)
  return errors.concat(validateBudgetCounts(next, old))
}

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2000000000,
  'system-node-critical': 2000001000,
}

/** ValidatePriorityClass (pkg/apis/scheduling/validation): `system-` is reserved. */
export function validatePriorityClass(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  const { name } = obj.metadata
  const value: number = obj.value ?? 0
  if (name?.startsWith('system-')) {
    const known = SYSTEM_CLASSES[name]
    const problem =
      known === undefined
        ? `${name} is not a known system priority class`
        : known !== value
          ? `value of ${name} PriorityClass must be ${known}`
          : obj.globalDefault
            ? `globalDefault of ${name} PriorityClass must be false`
            : undefined
    if (problem) {
      const sentence = `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`
      errors.push(forbidden('metadata.name', sentence))
    }
  } else if (value > 1000000000) {
    errors.push(forbidden('value', 'maximum allowed value of a user defined priority is 1000000000'))
  }
  if (obj.preemptionPolicy !== undefined) {
    checkOneOf(errors, 'preemptionPolicy', obj.preemptionPolicy, ['PreemptLowerPriority', 'Never'])
  }
  return errors
}

/** ValidatePriorityClassUpdate: the value stays. */
export function validatePriorityClassUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  if ((next.value ?? 0) !== (old.value ?? 0)) errors.push(forbidden('value', 'may not be changed in an update.'))
  if (next.preemptionPolicy !== old.preemptionPolicy) {
    errors.push(invalid('preemptionPolicy', next.preemptionPolicy ?? null, IMMUTABLE))
  }
  return errors
}
