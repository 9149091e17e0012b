import { type FieldError, forbidden, invalid, notSupported, required, sorted } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE, isLabel, isPercent } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { selectorIsEmpty, selectorMatches } from '../selectors.ts'
import { addInvalid, checkLabelSelector, checkNonNegative, type Errors } from './checks.ts'
import { checkTemplate } from './pod-spec.ts'
import { selectorJson } from './selector-json.ts'
import { checkClaimSpec } from './storage.ts'

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** Whether metav1.LabelSelectorAsSelector can make something of it. */
const isSelector = (selector: any): boolean =>
  (selector?.matchExpressions ?? []).every((e: any) => OPERATORS.includes(e.operator))

function checkMatches(errors: Errors, { selector, template }: any): void {
  const labels = template?.metadata?.labels
  const matchesAll = selector && selectorIsEmpty(selector)
  if (!matchesAll && !selectorMatches(selector, labels)) {
    const sentence = '`selector` does not match template `labels`'
    errors.push(invalid('spec.template.metadata.labels', sorted(labels) ?? null, sentence))
  }
}

/** What Deployments, ReplicaSets and StatefulSets say about their selector. */
function checkSelector(errors: Errors, selector: any, what: string): void {
  if (!selector) {
    errors.push(required('spec.selector'))
    return
  }
  checkLabelSelector(errors, 'spec.selector', selector)
  if (selectorIsEmpty(selector)) {
    errors.push(invalid('spec.selector', selectorJson(selector), `empty selector is invalid for ${what}`))
  }
}

function checkAlwaysRestarts(errors: Errors, { template }: any, what: string): void {
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
const intOrPercent = (value: string | number | undefined): number =>
  typeof value === 'string' ? Number.parseInt(value, 10) || 0 : (value ?? 0)

/** IsNotMoreThan100Percent */
export function checkAtMost100(errors: Errors, path: string, value: string | number | undefined): void {
  if (typeof value === 'string' && !isPercent(value).length && intOrPercent(value) > 100) {
    errors.push(invalid(path, value, 'must not be greater than 100%'))
  }
}

function checkImmutableSelector(errors: Errors, next: KubeObject, old: KubeObject): void {
  if (!same(next.spec.selector, old.spec.selector)) {
    errors.push(invalid('spec.selector', selectorJson(next.spec.selector), IMMUTABLE))
  }
}

export function validateDeploymentUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateDeployment(next)
  checkImmutableSelector(errors, next, old)
  return errors
}

export function validateReplicaSet({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkNonNegative(errors, 'spec.replicas', spec.replicas)
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds)
  checkSelector(errors, spec.selector, 'deployment')
  checkReplicaTemplate(errors, spec)
  return errors
}

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

export function validateDaemonSet({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkLabelSelector(errors, 'spec.selector', spec.selector)
  if (isSelector(spec.selector)) {
    const labels = spec.template?.metadata?.labels
    if (!selectorMatches(spec.selector, labels)) {
      const sentence = '`selector` does not match template `labels`'
      errors.push(invalid('spec.template.metadata.labels', sorted(labels) ?? null, sentence))
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

export function validateDaemonSetUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkImmutableSelector(errors, next, old)
  return errors.concat(validateDaemonSet(next))
}

export function validateStatefulSet(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  checkStatefulSet(errors, obj.spec, false)
  return errors
}

function checkStatefulSet(errors: Errors, spec: any, update: boolean): void {
  const policy = spec.podManagementPolicy
  if (!policy) errors.push(required('spec.podManagementPolicy'))
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"))
  }
  checkStatefulSetStrategy(errors, spec.updateStrategy ?? {})
  for (const field of ['whenDeleted', 'whenScaled']) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[field]
    if (value !== 'Retain' && value !== 'Delete') {
      const path = `spec.persistentVolumeClaimRetentionPolicy.${field}`
      errors.push(notSupported(path, value ?? '', ['Retain', 'Delete']))
    }
  }
  const claims: any[] = spec.volumeClaimTemplates ?? []
  if (!update) {
    for (const [i, claim] of claims.entries()) {
      checkClaimSpec(errors, `spec.volumeClaimTemplates[${i}].spec`, claim.spec ?? {})
    }
  }
  checkNonNegative(errors, 'spec.replicas', spec.replicas)
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds)
  checkNonNegative(errors, 'spec.ordinals.start', spec.ordinals?.start)
  if (!update && spec.serviceName) addInvalid(errors, 'spec.serviceName', spec.serviceName, isLabel(spec.serviceName))
  checkSelector(errors, spec.selector, 'statefulset')
  if (!isSelector(spec.selector)) errors.push(invalid('spec.selector', selectorJson(spec.selector), ''))
  else {
    checkMatches(errors, spec)
    checkTemplate(errors, 'spec.template', withClaims(spec.template, claims))
  }
  checkAlwaysRestarts(errors, spec, 'StatefulSet')
}

/** The template with a volume for each claim template, as its pods will have. */
function withClaims(template: any, claims: any[]): any {
  if (!template?.spec || (!claims.length && !template.spec.hostname && !template.spec.subdomain)) return template
  const names = claims.map((c) => c.metadata?.name)
  const volumes = [
    ...names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(template.spec.volumes ?? []).filter((v: any) => !names.includes(v.name)),
  ]
  return { ...template, spec: { ...template.spec, volumes, hostname: undefined, subdomain: undefined } }
}

function checkStatefulSetStrategy(errors: Errors, strategy: any): void {
  const path = 'spec.updateStrategy'
  const { type, rollingUpdate } = strategy
  if (!type) errors.push(required(path))
  else if (type === 'OnDelete') {
    if (rollingUpdate) {
      const value = internalJson('RollingUpdateStatefulSetStrategy', rollingUpdate)
      errors.push(invalid(`${path}.rollingUpdate`, value, "only allowed for updateStrategy 'RollingUpdate'"))
    }
  } else if (type === 'RollingUpdate') {
    checkNonNegative(errors, `${path}.rollingUpdate.partition`, rollingUpdate?.partition)
    const unavailable = rollingUpdate?.maxUnavailable
    if (unavailable === undefined) return
    checkIntOrPercent(errors, `${path}.rollingUpdate.maxUnavailable`, unavailable)
    if (!intOrPercent(unavailable)) {
      errors.push(invalid(`${path}.rollingUpdate.maxUnavailable`, unavailable, 'cannot be 0'))
    }
    checkAtMost100(errors, `${path}.rollingUpdate.maxUnavailable`, unavailable)
  } else {
    const value = internalJson('StatefulSetUpdateStrategy', strategy)
    errors.push(invalid(path, value, "must be 'RollingUpdate' or 'OnDelete'"))
  }
}

const STATEFUL_UPDATABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

export function validateStatefulSetUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkStatefulSet(errors, next.spec, true)
  const rest = (spec: any): any => {
    const copy = { ...spec }
    for (const field of STATEFUL_UPDATABLE) delete copy[field]
    return copy
  }
  if (!same(rest(next.spec), rest(old.spec))) {
    const list = STATEFUL_UPDATABLE.map((field) => `'${field}'`)
    const fields = `${list.slice(0, -1).join(', ')} and ${list[list.length - 1]}`
    errors.push(forbidden('spec', `updates to statefulset spec for fields other than ${fields} are forbidden`))
  }
  return errors
}

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
    errors.push(invalid('spec.template.metadata.labels', sorted(labels) ?? null, sentence))
  }
  checkTemplate(errors, 'spec.template', spec.template)
  checkAlwaysRestarts(errors, spec, 'ReplicationController')
  return errors
}
