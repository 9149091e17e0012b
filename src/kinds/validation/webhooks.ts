import { declare } from '../cel/index.ts'
import { duplicate, type FieldError, invalid, required } from '../errors.ts'
import { isLabel1035, isPort, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { FAILURE_POLICIES, OPERATIONS } from './admission.ts'
import { checkConditions } from './admission-conditions.ts'
import { checkRule, MATCH_POLICIES } from './admission-rules.ts'
import { addInvalid, checkLabelSelector, checkSupported, type Errors } from './checks.ts'

const REVIEW_VERSIONS = ['v1', 'v1beta1']

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

function checkClientConfig(errors: Errors, { url, service }: any, path: string): void {
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
