import { type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { isLabel } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, checkNonNegative, type Errors, isSelector } from './checks.ts'
import { checkTemplate } from './pod-spec.ts'
import { selectorJson } from './selector-json.ts'
import { checkClaimSpec } from './storage.ts'
import {
  checkAlwaysRestarts,
  checkAtMost100,
  checkIntOrPercent,
  checkMatches,
  checkSelector,
  intOrPercent,
} from './workloads.ts'

/** ValidateStatefulSet (pkg/apis/apps/validation). */
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
  const names = [...new Set(claims.map((c) => c.metadata?.name))]
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

/** ValidateStatefulSetUpdate: a few fields may change, no others. */
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
