import { amount } from '../amount.ts'
import { type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { isPathSegment, NEGATIVE } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, checkSupported, type Errors } from './checks.ts'

const METRICS = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

/** ValidateHorizontalPodAutoscaler (pkg/apis/autoscaling/validation). */
export function validateAutoscaler({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  const { minReplicas, maxReplicas = 0, scaleTargetRef: ref = {} } = spec
  if (minReplicas < 1) errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'))
  if (maxReplicas === 0) errors.push(required('spec.maxReplicas', 'must be set and greater than 0'))
  else if (maxReplicas < 0) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'))
  }
  if (maxReplicas < minReplicas) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  for (const field of ['kind', 'name']) {
    const path = `spec.scaleTargetRef.${field}`
    if (!ref[field]) errors.push(required(path))
    else addInvalid(errors, path, ref[field], isPathSegment(ref[field]))
  }
  if (!ref.apiVersion?.includes('/')) {
    errors.push(invalid('spec.scaleTargetRef.apiVersion', ref.apiVersion ?? '', 'apiVersion must specify API group'))
  }
  for (const [i, metric] of (spec.metrics ?? []).entries()) checkMetric(errors, `spec.metrics[${i}]`, metric)
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = spec.behavior?.[direction]
    if (rules) checkScalingRules(errors, `spec.behavior.${direction}`, rules)
  }
  return errors
}

function checkMetric(errors: Errors, path: string, metric: any): void {
  const type: string = metric.type ?? ''
  const unknown = notSupported(`${path}.type`, type, METRICS)
  if (!type) errors.push(required(`${path}.type`, 'must specify a metric source type'))
  if (!METRICS.includes(type)) errors.push(unknown)
  const sources = ['object', 'external', 'pods', 'resource', 'containerResource'].filter((s) => metric[s])
  if (sources.length) checkSource(errors, `${path}.${sources[0]}`, sources[0]!, metric[sources[0]!])
  const expected = METRICS.includes(type) ? type[0]!.toLowerCase() + type.slice(1) : undefined
  if (!expected) errors.push(unknown)
  else if (!metric[expected]) {
    errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'))
  }
  if (sources.length === 1) return
  for (const source of sources) {
    if (source !== expected) errors.push(forbidden(`${path}.${source}`, 'must populate the given metric source only'))
  }
}

function checkSource(errors: Errors, path: string, kind: string, source: any): void {
  const { target = {}, name, container, metric } = source
  const resource = kind === 'resource' || kind === 'containerResource'
  if (resource && !name) errors.push(required(`${path}.name`, 'must specify a resource name'))
  if (kind === 'containerResource' && !container) {
    errors.push(required(`${path}.container`, 'must specify a container'))
  }
  if (!resource && !metric?.name) errors.push(required(`${path}.metric.name`, 'must specify a metric name'))
  const at = `${path}.target`
  if (!target.type) errors.push(required(`${at}.type`, 'must specify a metric target type'))
  if (!['Utilization', 'Value', 'AverageValue'].includes(target.type)) {
    errors.push(invalid(`${at}.type`, target.type ?? '', 'must be either Utilization, Value, or AverageValue'))
  }
  for (const field of ['value', 'averageValue']) {
    if (target[field] !== undefined && amount(target[field]) <= 0n) {
      errors.push(invalid(`${at}.${field}`, target[field], 'must be positive'))
    }
  }
  if (target.averageUtilization < 1) {
    errors.push(invalid(`${at}.averageUtilization`, target.averageUtilization, 'must be greater than 0'))
  }
  const { averageUtilization, averageValue, value } = target
  if (resource) {
    if (averageUtilization === undefined && averageValue === undefined) {
      const sentence = 'must set either a target raw value or a target utilization'
      errors.push(required(`${at}.averageUtilization`, sentence))
    }
    if (averageUtilization !== undefined && averageValue !== undefined) {
      const sentence = 'may not set both a target raw value and a target utilization'
      errors.push(forbidden(`${at}.averageValue`, sentence))
    }
  } else if (averageValue === undefined) {
    if (kind === 'pods') errors.push(required(`${at}.averageValue`, 'must specify a positive target averageValue'))
    else if (value === undefined) {
      const sentence =
        kind === 'object'
          ? 'must set either a target value or averageValue'
          : 'must set either a target value for metric or a per-pod target'
      errors.push(required(`${at}.averageValue`, sentence))
    }
  }
}

function checkScalingRules(errors: Errors, path: string, rules: any): void {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules
  if (window < 0) {
    errors.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'))
  }
  if (window > 3600) {
    errors.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be less than or equal to 3600'))
  }
  checkSupported(errors, `${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min'])
  if (!policies.length) errors.push(required(`${path}.policies`, 'must specify at least one Policy'))
  for (const [i, { type = '', value = 0, periodSeconds = 0 }] of policies.entries()) {
    const at = `${path}.policies[${i}]`
    if (type !== 'Pods' && type !== 'Percent') errors.push(notSupported(`${at}.type`, type, ['Percent', 'Pods']))
    if (value <= 0) errors.push(invalid(`${at}.value`, value, 'must be greater than zero'))
    if (periodSeconds <= 0) errors.push(invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero'))
    if (periodSeconds > 1800) {
      errors.push(invalid(`${at}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800'))
    }
  }
  if (rules.tolerance !== undefined && amount(rules.tolerance) < 0n) {
    errors.push(invalid(`${path}.tolerance`, rules.tolerance, NEGATIVE))
  }
}
