import { duplicate, type FieldError, forbidden, invalid, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { validateLabels } from '../meta.ts'
import { isLabel, isLabel1035, isPathSegment, isPort, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid } from './checks.ts'
import { checkResources } from './resources.ts'
import { checkTolerations } from './scheduling.ts'

/** Models kube-aggregator's pkg/apis/apiregistration/validation. */
export function validateAPIService({ metadata, spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0, service, caBundle } = spec
  const name = `${version}.${group}`
  if (metadata.name && isPathSegment(metadata.name).length === 0 && metadata.name !== name) {
    const text = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`
    errors.push(invalid('metadata.name', metadata.name, text))
  }
  if (!group && version !== 'v1') {
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  }
  if (group) addInvalid(errors, 'spec.group', group, isSubdomain(group))
  addInvalid(errors, 'spec.version', version, isLabel1035(version))
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20000) {
    errors.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'))
  }
  if (versionPriority <= 0 || versionPriority > 1000) {
    errors.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'))
  }
  const insecure = spec.insecureSkipTLSVerify === true
  if (!service) {
    const bytes = caBundle ? atob(caBundle).length : 0
    if (bytes) errors.push(invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle'))
    const text = 'local APIServices may not have insecureSkipTLSVerify'
    if (insecure) errors.push(invalid('spec.insecureSkipTLSVerify', true, text))
    return errors
  }
  if (!service.namespace) errors.push(required('spec.service.namespace'))
  if (!service.name) errors.push(required('spec.service.name'))
  const problems = isPort(service.port ?? 0)
  if (problems.length) {
    errors.push(invalid('spec.service.port', service.port ?? 0, `port is not valid: ${problems.join(', ')}`))
  }
  if (insecure && caBundle) {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'))
  }
  return errors
}

/** Models pkg/apis/coordination/validation. */
export function validateLease({ spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const { leaseDurationSeconds, leaseTransitions, preferredHolder, strategy } = spec
  if (leaseDurationSeconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
  }
  if (leaseTransitions < 0) {
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'))
  }
  if (preferredHolder && !strategy) {
    errors.push(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'))
  }
  return errors
}

/** Models pkg/apis/node/validation. */
export function validateRuntimeClass({ handler = '', overhead, scheduling }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  if (!handler) errors.push(required('handler'))
  else addInvalid(errors, 'handler', handler, isLabel(handler))
  if (overhead) checkResources(errors, 'overhead', { limits: overhead.podFixed })
  if (!scheduling) return errors
  const { nodeSelector, tolerations = [] } = scheduling
  if (nodeSelector) errors.push(...validateLabels(nodeSelector, 'scheduling.nodeSelector'))
  checkTolerations(errors, 'scheduling.tolerations', tolerations)
  const seen = new Set<string>()
  for (const [i, toleration] of tolerations.entries()) {
    const { key = '', operator = '', value = '', effect = '' } = toleration
    const id = JSON.stringify([key, operator, value, effect])
    if (seen.has(id)) errors.push(duplicate(`scheduling.tolerations[${i}]`, internalJson('Toleration', toleration)))
    seen.add(id)
  }
  return errors
}

/** ValidateRuntimeClassUpdate (pkg/apis/node/validation): the handler stays. */
export const validateRuntimeClassUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  next.handler === old.handler
    ? validateRuntimeClass(next)
    : [...validateRuntimeClass(next), invalid('handler', next.handler ?? '', 'field is immutable')]
