import { amount } from '../amount.ts'
import { duplicate, type FieldError, forbidden, invalid, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE, isQualifiedName } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, type Errors } from './checks.ts'
import {
  checkAmount,
  checkLimitRangeResourceName,
  checkQuotaResourceName,
  isOvercommitAllowed,
  isQuotaResource,
} from './resources.ts'

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
]

/** Scopes that a pod has or has not. */
const WITHOUT_VALUES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const ONLY_EXISTS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** ValidateResourceQuota (pkg/apis/core/validation). */
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
    for (const name of Object.keys(spec.hard ?? {}).sort()) {
      if (scopeFits(scopeName, name)) continue
      const value = internalJson('ScopeSelector', spec.scopeSelector)
      errors.push(invalid(path, value, 'unsupported scope applied to resource'))
    }
    if (WITHOUT_VALUES.includes(scopeName) && operator !== 'Exists') {
      errors.push(invalid(`${path}.operator`, operator, ONLY_EXISTS))
    }
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

/** ValidateResourceQuotaStatusUpdate. */
export function validateQuotaStatus({ status }: KubeObject): FieldError[] {
  const errors: Errors = []
  for (const list of ['hard', 'used']) {
    for (const name in status?.[list]) {
      checkQuotaResourceName(errors, `status.${list}[${name}]`, name)
      checkAmount(errors, `status.${list}[${name}]`, name, status[list][name])
    }
  }
  return errors
}

/** IsResourceQuotaScopeValidForResource; of other names something else is said. */
function scopeFits(scope: string, name: string): boolean {
  if (!isQuotaResource(name)) return true
  if (scope === 'BestEffort') return name === 'pods'
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage'
  return (
    name === 'pods' || /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage)$/.test(name) || !SCOPES.includes(scope)
  )
}

/** ValidateResourceQuotaUpdate: the scopes stay. */
export const validateQuotaUpdate = (next: KubeObject, old: KubeObject): FieldError[] => {
  const errors = validateQuota(next)
  const [now, before] = [next.spec.scopes ?? [], old.spec.scopes ?? []]
  if ([...now].sort().join() !== [...before].sort().join())
    errors.push(invalid('spec.scopes', next.spec.scopes ?? null, IMMUTABLE))
  return errors
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

/** ValidateLimitRange: each type once; min, defaults and max in order. */
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
