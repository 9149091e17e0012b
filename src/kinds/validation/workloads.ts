import { type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE, isPercent } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { selectorIsEmpty, selectorMatches } from '../selectors.ts'
import { addInvalid, checkLabelSelector, checkNonNegative, type Errors, isSelector, shownMap } from './checks.ts'
import { checkTemplate } from './pod-spec.ts'
import { selectorJson } from './selector-json.ts'

/** The selector must match the template's labels. */
export function checkMatches(errors: Errors, { selector, template }: any): void {
  const labels = template?.metadata?.labels
  const matchesAll = selector && selectorIsEmpty(selector)
  if (!matchesAll && !selectorMatches(selector, labels)) {
    const sentence = '`selector` does not match template `labels`'
    errors.push(invalid('spec.template.metadata.labels', shownMap(template?.metadata, 'labels'), sentence))
  }
}

/** What Deployments, ReplicaSets and StatefulSets say about their selector. */
export function checkSelector(errors: Errors, selector: any, what: string): void {
  if (!selector) {
    errors.push(required('spec.selector'))
    return
  }
  checkLabelSelector(errors, 'spec.selector', selector)
  if (selectorIsEmpty(selector)) {
    errors.push(invalid('spec.selector', selectorJson(selector), `empty selector is invalid for ${what}`))
  }
}

/** Pods of controllers that replace them always restart, and know no deadline. */
export function checkAlwaysRestarts(errors: Errors, { template }: any, what: string): void {
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {}
  if (restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    const sentence = `activeDeadlineSeconds in ${what} is not Supported`
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', sentence))
  }
}

/** ValidatePodTemplateSpecForReplicaSet, or the selector's own error. */
function checkReplicaTemplate(errors: Errors, spec: any): void {
  if (!isSelector(spec.selector)) {
    errors.push(invalid('spec.selector', selectorJson(spec.selector), 'invalid label selector'))
    return
  }
  checkMatches(errors, spec)
  checkTemplate(errors, 'spec.template', spec.template)
  checkAlwaysRestarts(errors, spec, 'ReplicaSet')
}

/** ValidateDeployment (pkg/apis/apps/validation). */
export function validateDeployment({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkNonNegative(errors, 'spec.replicas', spec.replicas)
  checkSelector(errors, spec.selector, 'deployment')
  checkReplicaTemplate(errors, spec)
  checkDeploymentStrategy(errors, spec.strategy ?? {})
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds)
  checkNonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit)
  const deadline = spec.progressDeadlineSeconds
  checkNonNegative(errors, 'spec.progressDeadlineSeconds', deadline)
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

function checkDeploymentStrategy(errors: Errors, strategy: any): void {
  const path = 'spec.strategy.rollingUpdate'
  if (strategy.type === 'Recreate') {
    if (strategy.rollingUpdate) errors.push(forbidden(path, "may not be specified when strategy `type` is 'Recreate'"))
  } else if (strategy.type === 'RollingUpdate') {
    const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {}
    checkIntOrPercent(errors, `${path}.maxUnavailable`, maxUnavailable)
    checkIntOrPercent(errors, `${path}.maxSurge`, maxSurge)
    if (!intOrPercent(maxUnavailable) && !intOrPercent(maxSurge)) {
      errors.push(invalid(`${path}.maxUnavailable`, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'))
    }
    checkAtMost100(errors, `${path}.maxUnavailable`, maxUnavailable)
  } else {
    const value = internalJson('DeploymentStrategy', strategy)
    errors.push(notSupported('spec.strategy', value, ['Recreate', 'RollingUpdate']))
  }
}

/** ValidatePositiveIntOrPercent */
export function checkIntOrPercent(errors: Errors, path: string, value: string | number | undefined): void {
  if (typeof value === 'string') addInvalid(errors, path, value, isPercent(value))
  else checkNonNegative(errors, path, value)
}

/** The number of an int or a percentage, whichever it is. */
export const intOrPercent = (value: string | number | undefined): number =>
  typeof value === 'string' ? Number.parseInt(value, 10) || 0 : (value ?? 0)

/** IsNotMoreThan100Percent */
export function checkAtMost100(errors: Errors, path: string, value: string | number | undefined): void {
  if (typeof value === 'string' && !isPercent(value).length && intOrPercent(value) > 100) {
    errors.push(invalid(path, value, 'must not be greater than 100%'))
  }
}

/** The selector must stay as it was. */
export function checkImmutableSelector(errors: Errors, next: KubeObject, old: KubeObject): void {
  if (!same(next.spec.selector, old.spec.selector)) {
    errors.push(invalid('spec.selector', selectorJson(next.spec.selector), IMMUTABLE))
  }
}

/** ValidateDeploymentUpdate: the selector stays. */
export function validateDeploymentUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateDeployment(next)
  checkImmutableSelector(errors, next, old)
  return errors
}

/** ValidateReplicaSet (pkg/apis/apps/validation). */
export function validateReplicaSet({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkNonNegative(errors, 'spec.replicas', spec.replicas)
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds)
  checkSelector(errors, spec.selector, 'deployment')
  checkReplicaTemplate(errors, spec)
  return errors
}

/** ValidateReplicaSetUpdate: the selector stays. */
export function validateReplicaSetUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  // Scaling is by far the most frequent update: what did not change was valid before.
  const { replicas: _a, ...rest } = next.spec
  const { replicas: _b, ...before } = old.spec
  if (same(rest, before)) {
    const errors: Errors = []
    checkNonNegative(errors, 'spec.replicas', next.spec.replicas)
    return errors
  }
  const errors = validateReplicaSet(next)
  checkImmutableSelector(errors, next, old)
  return errors
}

/** ValidateReplicationController (pkg/apis/core/validation). */
export function validateReplicationController({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds)
  const selector = spec.selector ?? {}
  if (!Object.keys(selector).length) errors.push(required('spec.selector'))
  checkNonNegative(errors, 'spec.replicas', spec.replicas)
  if (!spec.template) {
    errors.push(required('spec.template'))
    return errors
  }
  const labels = spec.template.metadata?.labels
  if (Object.keys(selector).some((key) => labels?.[key] !== selector[key])) {
    const sentence = '`selector` does not match template `labels`'
    errors.push(invalid('spec.template.metadata.labels', shownMap(spec.template.metadata, 'labels'), sentence))
  }
  checkTemplate(errors, 'spec.template', spec.template)
  checkAlwaysRestarts(errors, spec, 'ReplicationController')
  return errors
}

/** ValidatePodTemplate (pkg/apis/core/validation). */
export function validatePodTemplate({ template }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkTemplate(errors, 'template', template)
  return errors
}
