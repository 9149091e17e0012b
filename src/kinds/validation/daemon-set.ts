import { type FieldError, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import type { KubeObject } from '../object.ts'
import { selectorIsEmpty, selectorMatches } from '../selectors.ts'
import { checkLabelSelector, checkNonNegative, type Errors, isSelector, shownMap } from './checks.ts'
import { checkTemplate } from './pod-spec.ts'
import { selectorJson } from './selector-json.ts'
import {
  checkAlwaysRestarts,
  checkAtMost100,
  checkImmutableSelector,
  checkIntOrPercent,
  intOrPercent,
} from './workloads.ts'

/** ValidateDaemonSet (pkg/apis/apps/validation). */
export function validateDaemonSet({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkLabelSelector(errors, 'spec.selector', spec.selector)
  if (isSelector(spec.selector)) {
    const labels = spec.template?.metadata?.labels
    if (!selectorMatches(spec.selector, labels)) {
      const sentence = '`selector` does not match template `labels`'
      errors.push(invalid('spec.template.metadata.labels', shownMap(spec.template?.metadata, 'labels'), sentence))
    }
  }
  if (spec.selector && selectorIsEmpty(spec.selector)) {
    errors.push(invalid('spec.selector', selectorJson(spec.selector), 'empty selector is invalid for daemonset'))
  }
  checkTemplate(errors, 'spec.template', spec.template)
  checkAlwaysRestarts(errors, spec, 'DaemonSet')
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds)
  checkDaemonSetStrategy(errors, spec.updateStrategy ?? {})
  checkNonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit)
  return errors
}

function checkDaemonSetStrategy(errors: Errors, strategy: any): void {
  const path = 'spec.updateStrategy.rollingUpdate'
  if (strategy.type === 'OnDelete') return
  if (strategy.type !== 'RollingUpdate') {
    const value = internalJson('DaemonSetUpdateStrategy', strategy)
    errors.push(notSupported('spec.updateStrategy', value, ['RollingUpdate', 'OnDelete']))
    return
  }
  if (!strategy.rollingUpdate) {
    errors.push(required(path))
    return
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate
  for (const check of [checkIntOrPercent, checkAtMost100]) {
    check(errors, `${path}.maxUnavailable`, maxUnavailable)
    check(errors, `${path}.maxSurge`, maxSurge)
  }
  const [unavailable, surge] = [intOrPercent(maxUnavailable), intOrPercent(maxSurge)]
  if (unavailable && surge) {
    errors.push(invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  } else if (!unavailable && !surge) {
    errors.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  }
}

/** ValidateDaemonSetUpdate: the selector stays. */
export function validateDaemonSetUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkImmutableSelector(errors, next, old)
  return errors.concat(validateDaemonSet(next))
}
