import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { dnsSubdomain } from '../meta.ts'
import { isLabel1035, isPathSegment, isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { checkConditions, checkExpression, namesOf } from './admission-conditions.ts'
import { checkMatchResources } from './admission-rules.ts'
import { addInvalid, checkLabelSelector, checkSupported, type Errors } from './checks.ts'
import { checkConditions as checkStatusConditions } from './conditions.ts'

export const FAILURE_POLICIES = ['Fail', 'Ignore']
export const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const MUTATING_OPERATIONS = OPERATIONS.filter((o) => o !== 'DELETE')

function checkParamKind(errors: Errors, { apiVersion = '', kind = '' }: any, path: string): void {
  const [version = '', group = ''] = apiVersion.split('/').reverse() as string[]
  if (!apiVersion) errors.push(required(`${path}.apiVersion`))
  else {
    const problems = group ? isSubdomain(group) : []
    if (problems.length) errors.push(invalid(`${path}.apiVersion`, group, problems.join(',')))
    const wrong = isLabel1035(version)
    if (!version) errors.push(invalid(`${path}.apiVersion`, apiVersion, 'version must be specified'))
    else if (wrong.length) errors.push(invalid(`${path}.apiVersion`, version, wrong.join(',')))
  }
  if (!kind) errors.push(required(`${path}.kind`))
  else {
    const problems = isLabel1035(kind.toLowerCase())
    const text = 'may have mixed case, but should otherwise match: '
    if (problems.length) errors.push(invalid(`${path}.kind`, kind, text + problems.join(',')))
  }
}

/** Validating and mutating policies alike. */
function checkPolicy(errors: Errors, spec: any, operations: readonly string[]): void {
  if (spec.failurePolicy === undefined) errors.push(required('spec.failurePolicy'))
  else checkSupported(errors, 'spec.failurePolicy', spec.failurePolicy, FAILURE_POLICIES)
  if (spec.paramKind) checkParamKind(errors, spec.paramKind, 'spec.paramKind')
  if (!spec.matchConstraints) errors.push(required('spec.matchConstraints'))
  else {
    checkMatchResources(errors, spec.matchConstraints, 'spec.matchConstraints', operations)
    if (!spec.matchConstraints.resourceRules?.length) errors.push(required('spec.matchConstraints.resourceRules'))
  }
  const names = namesOf(spec)
  checkConditions(errors, spec.matchConditions ?? [], 'spec.matchConditions', names)
  spec.variables?.forEach(({ name, expression }: any, i: number) => {
    const path = `spec.variables[${i}]`
    if (!name?.trim()) errors.push(required(`${path}.name`, 'name is not specified'))
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name)) {
      errors.push(invalid(`${path}.name`, name, 'must be a valid CEL identifier'))
    }
    if (!expression?.trim()) errors.push(required(`${path}.expression`, 'expression is not specified'))
    checkExpression(errors, `${path}.expression`, expression, names)
  })
}

/** ValidateValidatingAdmissionPolicy (pkg/apis/admissionregistration/validation). */
export function validateValidatingPolicy({ metadata, spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  checkPolicy(errors, spec, OPERATIONS)
  const { validations = [], auditAnnotations = [] } = spec
  if (validations.length + auditAnnotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item'
    errors.push(required('spec.validations', text), required('spec.auditAnnotations', text))
  }
  validations.forEach((validation: any, i: number) => {
    const path = `spec.validations[${i}]`
    const { expression = '', message = '', messageExpression = '', reason } = validation
    if (!expression.trim()) errors.push(required(`${path}.expression`, 'expression is not specified'))
    checkExpression(errors, `${path}.expression`, expression, namesOf(spec))
    if (messageExpression && !messageExpression.trim()) {
      errors.push(invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'))
    }
    checkExpression(errors, `${path}.messageExpression`, messageExpression, namesOf(spec))
    if (message && !message.trim()) errors.push(invalid(`${path}.message`, message, 'must be non-empty if specified'))
    else if (/[\r\n]/.test(message.trim())) {
      errors.push(invalid(`${path}.message`, message, 'must not contain line breaks'))
    }
    if (reason !== undefined) {
      checkSupported(errors, `${path}.reason`, reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge'])
    }
  })
  const keys = new Set<string>()
  auditAnnotations.forEach(({ key = '', valueExpression = '' }: any, i: number) => {
    const path = `spec.auditAnnotations[${i}]`
    const name = `${metadata.name}/${key}`
    if (!metadata.name) errors.push(invalid(`${path}.key`, key, 'requires metadata.name be non-empty'))
    else addInvalid(errors, `${path}.key`, name, isQualifiedName(name))
    if (!valueExpression.trim()) errors.push(required(`${path}.valueExpression`, 'valueExpression is not specified'))
    checkExpression(errors, `${path}.valueExpression`, valueExpression.trim(), namesOf(spec))
    if (keys.has(key)) errors.push(duplicate(`${path}.key`, key))
    keys.add(key)
  })
  return errors
}

/** ValidateMutatingAdmissionPolicy (pkg/apis/admissionregistration/validation). */
export function validateMutatingPolicy({ spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  checkPolicy(errors, spec, MUTATING_OPERATIONS)
  if (!spec.mutations?.length) errors.push(required('spec.mutations', 'mutations must contain at least one item'))
  return errors
}

/** The binding of a validating or mutating policy. */
export function validatePolicyBinding({ kind, spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const mutating = kind === 'MutatingAdmissionPolicyBinding'
  if (!spec.policyName) errors.push(required('spec.policyName'))
  else addInvalid(errors, 'spec.policyName', spec.policyName, dnsSubdomain(spec.policyName, false))
  if (spec.paramRef) checkParamRef(errors, spec.paramRef, 'spec.paramRef')
  const operations = mutating ? MUTATING_OPERATIONS : OPERATIONS
  if (spec.matchResources) checkMatchResources(errors, spec.matchResources, 'spec.matchResources', operations)
  if (mutating) return errors
  const actions: string[] = spec.validationActions ?? []
  const path = 'spec.validationActions'
  const seen = new Set<string>()
  actions.forEach((action, i) => {
    checkSupported(errors, `${path}[${i}]`, action, ['Audit', 'Deny', 'Warn'])
    if (seen.has(action)) errors.push(duplicate(`${path}[${i}]`, action))
    seen.add(action)
  })
  if (seen.has('Deny') && seen.has('Warn')) {
    const why = 'repeating the same validation failure information in the API response and headers serves no purpose'
    errors.push(invalid(path, actions, `must not contain both Deny and Warn (${why})`))
  }
  if (seen.size === 0) errors.push(required(path, 'at least one validation action is required'))
  return errors
}

function checkParamRef(errors: Errors, { name, selector, parameterNotFoundAction }: any, path: string): void {
  const exclusive = 'name and selector are mutually exclusive'
  if (name) addInvalid(errors, `${path}.name`, name, isPathSegment(name))
  if (name && selector) errors.push(forbidden(`${path}.name`, exclusive))
  if (selector) checkLabelSelector(errors, `${path}.selector`, selector)
  if (name && selector) errors.push(forbidden(`${path}.selector`, exclusive))
  if (!name && !selector) errors.push(required(path, 'one of name or selector must be specified'))
  const at = `${path}.parameterNotFoundAction`
  if (!parameterNotFoundAction) errors.push(required(at))
  else if (parameterNotFoundAction !== 'Deny' && parameterNotFoundAction !== 'Allow') {
    errors.push(notSupported(at, parameterNotFoundAction, ['Deny', 'Allow']))
  }
}

/** ValidateValidatingAdmissionPolicyStatusUpdate; JSONPaths of warnings are taken as they are. */
export function validatePolicyStatus({ status }: KubeObject): FieldError[] {
  const errors: Errors = []
  for (const [i, { warning, fieldRef }] of (status?.typeChecking?.expressionWarnings ?? []).entries()) {
    const path = `status.typeChecking.expressionWarnings[${i}]`
    if (!warning) errors.push(required(`${path}.warning`))
    if (!fieldRef?.trim()) errors.push(required(`${path}.fieldRef`))
  }
  checkStatusConditions(errors, 'status.conditions', status?.conditions)
  return errors
}
