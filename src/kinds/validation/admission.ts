import { ANY, Cel, CelSyntaxError, declare, type Shape } from '../cel/index.ts'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooMany } from '../errors.ts'
import { dnsSubdomain } from '../meta.ts'
import { isLabel1035, isPathSegment, isPort, isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, checkLabelSelector, checkSupported, type Errors } from './checks.ts'

const FAILURE_POLICIES = ['Fail', 'Ignore']
const MATCH_POLICIES = ['Equivalent', 'Exact']
const REVIEW_VERSIONS = ['v1', 'v1beta1']
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const MUTATING_OPERATIONS = OPERATIONS.filter((o) => o !== 'DELETE')

/** Both kinds of webhook configurations. Models pkg/apis/admissionregistration/validation. */
export function validateWebhooks(configuration: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  const webhooks: any[] = configuration.webhooks ?? []
  webhooks.forEach((hook, i) => {
    const path = `webhooks[${i}]`
    checkWebhook(errors, hook, path)
    checkReviewVersions(errors, hook.admissionReviewVersions ?? [], `${path}.admissionReviewVersions`)
    if (!hook.name) return
    if (names.has(hook.name)) errors.push(duplicate(`${path}.name`, hook.name))
    names.add(hook.name)
  })
  return errors
}

function checkWebhook(errors: Errors, hook: any, path: string): void {
  checkQualified(errors, `${path}.name`, hook.name ?? '')
  hook.rules?.forEach((rule: any, i: number) => void checkRule(errors, rule, `${path}.rules[${i}]`, OPERATIONS))
  if (hook.failurePolicy !== undefined) {
    checkSupported(errors, `${path}.failurePolicy`, hook.failurePolicy, FAILURE_POLICIES)
  }
  if (hook.matchPolicy !== undefined) checkSupported(errors, `${path}.matchPolicy`, hook.matchPolicy, MATCH_POLICIES)
  const effects = ['None', 'NoneOnDryRun']
  if (hook.sideEffects === undefined) {
    errors.push(required(`${path}.sideEffects`, `must specify one of ${effects.join(', ')}`))
  } else checkSupported(errors, `${path}.sideEffects`, hook.sideEffects, effects)
  if (hook.timeoutSeconds > 30 || hook.timeoutSeconds < 1) {
    const text = 'the timeout value must be between 1 and 30 seconds'
    errors.push(invalid(`${path}.timeoutSeconds`, hook.timeoutSeconds, text))
  }
  if (hook.namespaceSelector) checkLabelSelector(errors, `${path}.namespaceSelector`, hook.namespaceSelector)
  if (hook.objectSelector) checkLabelSelector(errors, `${path}.objectSelector`, hook.objectSelector)
  if (hook.reinvocationPolicy !== undefined) {
    checkSupported(errors, `${path}.reinvocationPolicy`, hook.reinvocationPolicy, ['IfNeeded', 'Never'])
  }
  checkClientConfig(errors, hook.clientConfig ?? {}, `${path}.clientConfig`)
  checkConditions(
    errors,
    hook.matchConditions ?? [],
    `${path}.matchConditions`,
    declare('object', 'oldObject', 'request', 'authorizer'),
  )
}

/** At least three parts with dots between them. */
function checkQualified(errors: Errors, path: string, name: string): void {
  if (!name) {
    errors.push(required(path))
    return
  }
  const problems = isSubdomain(name)
  if (problems.length) errors.push(invalid(path, name, problems.join(',')))
  else if (name.split('.').length < 3) {
    errors.push(invalid(path, name, 'should be a domain with at least three segments separated by dots'))
  }
}

export function checkClientConfig(errors: Errors, { url, service }: any, path: string): void {
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'))
  } else if (service) checkService(errors, service, `${path}.service`)
  else checkUrl(errors, url, `${path}.url`)
}

function checkService(errors: Errors, { name, namespace, path: urlPath, port }: any, path: string): void {
  // The two are mixed up in the original, with no consequence.
  if (!namespace) errors.push(required(`${path}.name`))
  if (!name) errors.push(required(`${path}.namespace`))
  const problems = isPort(port ?? 0)
  if (problems.length) errors.push(invalid(`${path}.port`, port ?? 0, `port is not valid: ${problems.join(', ')}`))
  if (urlPath === undefined || urlPath === '' || urlPath === '/') return
  if (urlPath === '//') {
    errors.push(invalid(`${path}.path`, urlPath, 'segment[0] may not be empty'))
    return
  }
  if (!urlPath.startsWith('/')) errors.push(invalid(`${path}.path`, urlPath, "must start with a '/'"))
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/')
  steps.forEach((step: string, i: number) => {
    const wrong = step ? isSubdomain(step).map((text) => `: ${text}`) : [' may not be empty']
    for (const text of wrong) errors.push(invalid(`${path}.path`, urlPath, `segment[${i}]${text}`))
  })
}

function checkUrl(errors: Errors, url: string, path: string): void {
  const form = '; desired format: https://host[/path]'
  const [, scheme = '', user, host = '', query, fragment] =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^@/]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/.exec(url) ?? []
  if (scheme.toLowerCase() !== 'https') {
    errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`))
  }
  if (!host) errors.push(invalid(path, host, `host must be specified${form}`))
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'))
  if (fragment) errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'))
  if (query) errors.push(invalid(path, query, 'query parameters are not permitted in the URL'))
}

function checkReviewVersions(errors: Errors, versions: readonly string[], path: string): void {
  if (versions.length === 0) {
    errors.push(required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`))
    return
  }
  const seen = new Set<string>()
  versions.forEach((version, i) => {
    if (seen.has(version)) errors.push(invalid(`${path}[${i}]`, version, 'duplicate version'))
    else addInvalid(errors, `${path}[${i}]`, version, isLabel1035(version))
    seen.add(version)
  })
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`))
  }
}

function checkRule(errors: Errors, rule: any, path: string, allowed: readonly string[]): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [] } = rule
  const wildcard = (list: readonly string[], field: string, what: string) => {
    if (list.length > 1 && list.includes('*')) {
      errors.push(invalid(`${path}.${field}`, list, `if '*' is present, must not specify other ${what}`))
    }
  }
  if (operations.length === 0) errors.push(required(`${path}.operations`))
  wildcard(operations, 'operations', 'operations')
  operations.forEach((operation: string, i: number) => {
    checkSupported(errors, `${path}.operations[${i}]`, operation, allowed)
  })
  if (apiGroups.length === 0) errors.push(required(`${path}.apiGroups`))
  wildcard(apiGroups, 'apiGroups', 'API groups')
  if (apiVersions.length === 0) errors.push(required(`${path}.apiVersions`))
  wildcard(apiVersions, 'apiVersions', 'API versions')
  apiVersions.forEach((version: string, i: number) => {
    if (!version) errors.push(required(`${path}.apiVersions[${i}]`))
  })
  checkResources(errors, resources, `${path}.resources`)
  if (rule.scope !== undefined) checkSupported(errors, `${path}.scope`, rule.scope, ['*', 'Cluster', 'Namespaced'])
}

function checkResources(errors: Errors, resources: readonly string[], path: string): void {
  if (resources.length === 0) errors.push(required(path))
  const allOf = new Set<string>()
  const ofAll = new Set<string>()
  let plain = false
  resources.forEach((resource, i) => {
    if (!resource) {
      errors.push(required(`${path}[${i}]`))
      return
    }
    const slash = resource.indexOf('/')
    if (slash < 0) {
      plain = resource !== '*'
      return
    }
    const [name, sub] = [resource.slice(0, slash), resource.slice(slash + 1)]
    const clash = (pattern: string) => {
      errors.push(invalid(`${path}[${i}]`, resource, `if '${pattern}' is present, must not specify ${resource}`))
    }
    if (allOf.has(name)) clash(`${name}/*`)
    if (ofAll.has(sub)) clash(`*/${sub}`)
    if (sub === '*') allOf.add(name)
    if (name === '*') ofAll.add(sub)
  })
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (resources.includes('*') && plain) {
    const text = "if '*' is present, must not specify other resources without subresources"
    errors.push(invalid(path, resources, text))
  }
}

type Names = Readonly<Record<string, Shape>>

/** What expressions may mention. */
function namesOf(spec: any): Names {
  const variables = new Set<string>((spec.variables ?? []).map((v: any) => v.name))
  return {
    ...declare('object', 'oldObject', 'request', 'namespaceObject', 'authorizer'),
    ...(spec.paramKind ? declare('params') : {}),
    variables: { field: (name) => (variables.has(name) ? ANY : undefined) },
  }
}

function checkExpression(errors: Errors, path: string, source: string | undefined, names: Names): void {
  if (!source?.trim()) return
  try {
    new Cel(source, names)
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error
    errors.push(invalid(path, source, `compilation failed: ${error.message}`))
  }
}

function checkConditions(errors: Errors, conditions: readonly any[], path: string, names: Names): void {
  if (conditions.length > 64) errors.push(tooMany(path, conditions.length, 64))
  const seen = new Set<string>()
  conditions.forEach(({ name, expression }, i) => {
    if (!expression?.trim()) errors.push(required(`${path}[${i}].expression`))
    checkExpression(errors, `${path}[${i}].expression`, expression?.trim(), names)
    if (!name) {
      errors.push(required(`${path}[${i}].name`))
      return
    }
    addInvalid(errors, `${path}[${i}].name`, name, isQualifiedName(name))
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}].name`, name))
    seen.add(name)
  })
}

function checkMatchResources(errors: Errors, match: any, path: string, operations: readonly string[]): void {
  if (match.matchPolicy === undefined) errors.push(required(`${path}.matchPolicy`))
  else checkSupported(errors, `${path}.matchPolicy`, match.matchPolicy, MATCH_POLICIES)
  for (const key of ['namespaceSelector', 'objectSelector']) {
    if (!match[key]) errors.push(required(`${path}.${key}`))
    else checkLabelSelector(errors, `${path}.${key}`, match[key])
  }
  for (const key of ['resourceRules', 'excludeResourceRules']) {
    match[key]?.forEach((rule: any, i: number) => {
      const here = `${path}.${key}[${i}]`
      const seen = new Set<string>()
      rule.resourceNames?.forEach((name: string, j: number) => {
        addInvalid(errors, `${here}.resourceNames[${j}]`, name, isPathSegment(name))
        if (seen.has(name)) errors.push(duplicate(`${here}.resourceNames[${j}]`, name))
        seen.add(name)
      })
      checkRule(errors, rule, here, operations)
    })
  }
}

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
    addInvalid(errors, `${path}.key`, name, isQualifiedName(name))
    if (!valueExpression.trim()) errors.push(required(`${path}.valueExpression`, 'valueExpression is not specified'))
    checkExpression(errors, `${path}.valueExpression`, valueExpression.trim(), namesOf(spec))
    if (keys.has(key)) errors.push(duplicate(`${path}.key`, key))
    keys.add(key)
  })
  return errors
}

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
