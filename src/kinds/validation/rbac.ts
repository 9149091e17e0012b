import { type FieldError, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { isPathSegment, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, checkLabelSelector, type Errors, isSelector } from './checks.ts'

const GROUP = 'rbac.authorization.k8s.io'

function checkRules(errors: Errors, rules: any[] | undefined | null, namespaced: boolean): void {
  for (const [i, rule] of (rules ?? []).entries()) {
    const path = `rules[${i}]`
    const { verbs, nonResourceURLs, apiGroups, resources, resourceNames } = rule
    if (!verbs?.length) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'))
    if (nonResourceURLs?.length) {
      const refuse = (sentence: string): void => {
        errors.push(invalid(`${path}.nonResourceURLs`, nonResourceURLs, sentence))
      }
      if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs')
      if (apiGroups?.length || resources?.length || resourceNames?.length) {
        refuse('rules cannot apply to both regular resources and non-resource URLs')
      }
      continue
    }
    if (!apiGroups?.length) {
      errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'))
    }
    if (!resources?.length) {
      errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'))
    }
  }
}

/** ValidateRole (pkg/apis/rbac/validation). */
export function validateRole(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  checkRules(errors, obj.rules, true)
  return errors
}

/** ValidateClusterRole, with its aggregation rule. */
export function validateClusterRole(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  checkRules(errors, obj.rules, false)
  if (!obj.aggregationRule) return errors
  const selectors: any[] = obj.aggregationRule.clusterRoleSelectors ?? []
  const path = 'aggregationRule.clusterRoleSelectors'
  if (!selectors.length) {
    errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
  }
  for (const [i, selector] of selectors.entries()) {
    checkLabelSelector(errors, `${path}[${i}]`, selector)
    if (!isSelector(selector)) errors.push(invalid(`${path}[${i}]`, null, 'invalid label selector.'))
  }
  return errors
}

function checkBinding({ roleRef = {}, subjects }: KubeObject, namespaced: boolean): FieldError[] {
  const errors: Errors = []
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (roleRef.apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [GROUP]))
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds))
  if (!roleRef.name) errors.push(required('roleRef.name'))
  else addInvalid(errors, 'roleRef.name', roleRef.name, isPathSegment(roleRef.name))
  for (const [i, subject] of (subjects ?? []).entries()) checkSubject(errors, `subjects[${i}]`, subject, namespaced)
  return errors
}

function checkSubject(errors: Errors, path: string, subject: any, namespaced: boolean): void {
  const { kind = '', name, apiGroup = '', namespace } = subject
  if (!name) errors.push(required(`${path}.name`))
  if (kind === 'ServiceAccount') {
    if (name) addInvalid(errors, `${path}.name`, name, isSubdomain(name))
    if (apiGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']))
    if (!namespaced && !namespace) errors.push(required(`${path}.namespace`))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== GROUP) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [GROUP]))
  } else errors.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
}

function checkRoleRefKept(errors: Errors, next: KubeObject, old: KubeObject): FieldError[] {
  if (!same(next.roleRef, old.roleRef)) {
    errors.push(invalid('roleRef', internalJson('RoleRef', next.roleRef ?? {}), 'cannot change roleRef'))
  }
  return errors
}

/** ValidateRoleBinding. */
export const validateRoleBinding = (obj: KubeObject): FieldError[] => checkBinding(obj, true)

/** ValidateClusterRoleBinding. */
export const validateClusterRoleBinding = (obj: KubeObject): FieldError[] => checkBinding(obj, false)

/** ValidateRoleBindingUpdate: the role it refers to stays. */
export const validateRoleBindingUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  checkRoleRefKept(checkBinding(next, true), next, old)

/** ValidateClusterRoleBindingUpdate: the role it refers to stays. */
export const validateClusterRoleBindingUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  checkRoleRefKept(checkBinding(next, false), next, old)
