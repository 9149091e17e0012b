import { amount } from '../amount.ts'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE, isPathSegment, isQualifiedName, NEGATIVE } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, checkLabelSelector, checkOneOf, checkSupported, type Errors } from './checks.ts'
import { checkAmount, checkLimitRangeResourceName, checkQuotaResourceName, isOvercommitAllowed } from './resources.ts'
import { checkAtMost100, checkIntOrPercent } from './workloads.ts'

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

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
]

export function validateQuota({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  for (const name in spec.hard) {
    checkQuotaResourceName(errors, `spec.hard[${name}]`, name)
    checkAmount(errors, `spec.hard[${name}]`, name, spec.hard[name])
  }
  const scopes: string[] = spec.scopes ?? []
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalid('spec.scopes', scopes, 'unsupported scope'))
    for (const name of Object.keys(spec.hard ?? {}).sort()) {
      if (!scopeFits(scope, name)) errors.push(invalid('spec.scopes', scopes, 'unsupported scope applied to resource'))
    }
  }
  for (const pair of [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ]) {
    if (pair.every((s) => scopes.includes(s))) errors.push(invalid('spec.scopes', scopes, 'conflicting scopes'))
  }
  for (const { scopeName = '', operator = '', values = [] } of spec.scopeSelector?.matchExpressions ?? []) {
    const path = 'spec.scopeSelector.matchExpressions'
    if (!SCOPES.includes(scopeName)) errors.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'))
    if (operator === 'In' || operator === 'NotIn') {
      if (!values.length) {
        const sentence = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
        errors.push(required(`${path}.values`, sentence))
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length) {
        const sentence = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
        errors.push(invalid(`${path}.values`, values, sentence))
      }
    } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  return errors
}

/** IsResourceQuotaScopeValidForResource */
function scopeFits(scope: string, name: string): boolean {
  if (name.includes('/')) return true
  if (scope === 'BestEffort') return name === 'pods'
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage'
  return (
    name === 'pods' || /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage)$/.test(name) || !SCOPES.includes(scope)
  )
}

export const validateQuotaUpdate = (next: KubeObject, old: KubeObject): FieldError[] => {
  const errors = validateQuota(next)
  const [now, before] = [next.spec.scopes ?? [], old.spec.scopes ?? []]
  if ([...now].sort().join() !== [...before].sort().join()) errors.push(invalid('spec.scopes', now, IMMUTABLE))
  return errors
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

export function validateLimitRange({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  const types = new Set<string>()
  for (const [i, limit] of (spec.limits ?? []).entries()) {
    const path = `spec.limits[${i}]`
    const type: string = limit.type ?? ''
    const messages = isQualifiedName(type)
    addInvalid(errors, `${path}.type`, type, messages)
    if (!messages.length && !type.includes('/') && !LIMIT_TYPES.includes(type)) {
      errors.push(invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified'))
    }
    if (types.has(type)) errors.push(duplicate(`${path}.type`, type))
    types.add(type)
    checkLimits(errors, path, type, limit)
  }
  return errors
}

function checkLimits(errors: Errors, path: string, type: string, limit: any): void {
  const names = new Set<string>()
  const list = (field: string): Record<string, string> => {
    for (const name in limit[field]) {
      checkLimitRangeResourceName(errors, type, `${path}.${field}[${name}]`, name)
      names.add(name)
    }
    return limit[field] ?? {}
  }
  const max = list('max')
  const min = list('min')
  let defaults: Record<string, string> = {}
  let requests: Record<string, string> = {}
  if (type === 'Pod') {
    for (const field of ['default', 'defaultRequest']) {
      if (Object.keys(limit[field] ?? {}).length) {
        errors.push(forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"))
      }
    }
  } else {
    defaults = list('default')
    requests = list('defaultRequest')
  }
  if (type === 'PersistentVolumeClaim' && min.storage === undefined && max.storage === undefined) {
    const sentence = 'either minimum or maximum storage value is required, but neither was provided'
    errors.push(required(`${path}.limits`, sentence))
  }
  const ratios = list('maxLimitRequestRatio')
  const greater = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && amount(a) > amount(b)
  for (const name of names) {
    const [lo, hi, limitTo, request, ratio] = [min[name], max[name], defaults[name], requests[name], ratios[name]]
    const say = (field: string, value: string | undefined, sentence: string): void => {
      errors.push(invalid(`${path}.${field}[${name}]`, value, sentence))
    }
    if (greater(lo, hi)) say('min', lo, `min value ${lo} is greater than max value ${hi}`)
    if (greater(lo, request)) {
      say('defaultRequest', request, `min value ${lo} is greater than default request value ${request}`)
    }
    if (greater(request, hi)) {
      say('defaultRequest', request, `default request value ${request} is greater than max value ${hi}`)
    }
    if (greater(request, limitTo)) {
      say('defaultRequest', request, `default request value ${request} is greater than default limit value ${limitTo}`)
    }
    if (greater(lo, limitTo)) say('default', lo, `min value ${lo} is greater than default value ${limitTo}`)
    if (greater(limitTo, hi)) say('default', hi, `default value ${limitTo} is greater than max value ${hi}`)
    if (ratio !== undefined && amount(ratio) < amount('1')) {
      say('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`)
    }
    if (ratio !== undefined && lo !== undefined && hi !== undefined) {
      const most = Number(amount(hi)) / Number(amount(lo))
      if (Number(amount(ratio)) / 1e9 > most) {
        say('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`)
      }
    }
    if (
      !isOvercommitAllowed(name) &&
      limitTo !== undefined &&
      request !== undefined &&
      amount(limitTo) !== amount(request)
    ) {
      say(
        'defaultRequest',
        request,
        `default value ${limitTo} must equal to defaultRequest value ${request} in ${name}`,
      )
    }
  }
}

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2000000000,
  'system-node-critical': 2000001000,
}

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

export function validatePriorityClassUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  if ((next.value ?? 0) !== (old.value ?? 0)) errors.push(forbidden('value', 'may not be changed in an update.'))
  if (next.preemptionPolicy !== old.preemptionPolicy) {
    errors.push(invalid('preemptionPolicy', next.preemptionPolicy ?? null, IMMUTABLE))
  }
  return errors
}

const METRICS = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

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
