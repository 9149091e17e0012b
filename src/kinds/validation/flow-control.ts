import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { isLabel, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, type Errors } from './checks.ts'

const MAX_PRECEDENCE = 10_000
const MAX_QUEUES = 10_000_000
/** Bits of the hash by which flows are dealt to queues. */
const MAX_HASH_BITS = 60
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
/** Objects that the API server keeps as they are. */
const MANDATORY = ['exempt', 'catch-all']

/** ValidateFlowSchema */
export function validateFlowSchema({ metadata, spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method } = spec
  const at = 'spec.matchingPrecedence'
  if (precedence <= 0) errors.push(invalid(at, precedence, 'must be a positive value'))
  if (precedence > MAX_PRECEDENCE) errors.push(invalid(at, precedence, `must not be greater than ${MAX_PRECEDENCE}`))
  if (precedence === 1 && metadata.name !== 'exempt') {
    errors.push(invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"))
  }
  const methods = ['ByNamespace', 'ByUser']
  if (method && !methods.includes(method.type)) {
    const value = internalJson('FlowDistinguisherMethod', method)
    errors.push(notSupported('spec.distinguisherMethod.type', value, methods))
  }
  const level: string = spec.priorityLevelConfiguration?.name ?? ''
  if (level) addInvalid(errors, 'spec.priorityLevelConfiguration.name', level, isSubdomain(level))
  else errors.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'))
  for (const [i, rule] of (spec.rules ?? []).entries()) checkRule(errors, `spec.rules[${i}]`, rule)
  return errors
}

function checkRule(errors: Errors, path: string, { subjects, resourceRules, nonResourceRules }: any): void {
  for (const [i, subject] of (subjects ?? []).entries()) checkSubject(errors, `${path}.subjects[${i}]`, subject)
  if (!subjects?.length) errors.push(required(`${path}.subjects`, 'subjects must contain at least one value'))
  if (!resourceRules?.length && !nonResourceRules?.length) {
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'))
  }
  for (const [i, rule] of (resourceRules ?? []).entries()) checkResources(errors, `${path}.resourceRules[${i}]`, rule)
  for (const [i, rule] of (nonResourceRules ?? []).entries()) checkUrls(errors, `${path}.nonResourceRules[${i}]`, rule)
}

/** Kinds of subjects and the field that says which one, in upstream's order of complaints. */
const SUBJECTS: Readonly<Record<string, string>> = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' }

function checkSubject(errors: Errors, path: string, subject: any): void {
  const { kind = '' } = subject
  if (!SUBJECTS[kind]) {
    errors.push(notSupported(`${path}.kind`, kind, ['Group', 'ServiceAccount', 'User']))
    return
  }
  const own = SUBJECTS[kind]
  const named = subject[own]
  if (!named) errors.push(required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`))
  else {
    if (!named.name) errors.push(required(`${path}.${own}.name`))
    if (kind === 'ServiceAccount') checkAccount(errors, `${path}.${own}`, named)
  }
  for (const [other, field] of Object.entries(SUBJECTS)) {
    if (field !== own && subject[field]) {
      errors.push(forbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${other}'`))
    }
  }
}

function checkAccount(errors: Errors, path: string, { name, namespace }: any): void {
  if (name && name !== '*') addInvalid(errors, `${path}.name`, name, isSubdomain(name))
  if (namespace) addInvalid(errors, `${path}.namespace`, namespace, isLabel(namespace))
  else errors.push(required(`${path}.namespace`, 'must specify namespace for service account'))
}

/** A list that must have something, and nothing else where it has `*`. True when its members are to be looked at. */
function checkList(errors: Errors, path: string, list: any, missing: string, others: string): boolean {
  if (!list?.length) errors.push(required(path, missing))
  else if (!list.includes('*')) return true
  else if (list.length > 1) errors.push(invalid(path, list, `if '*' is present, must not specify other ${others}`))
  return false
}

function checkVerbs(errors: Errors, path: string, verbs: any): void {
  if (!checkList(errors, path, verbs, 'verbs must contain at least one value', 'verbs')) return
  if (verbs.some((verb: string) => !VERBS.includes(verb))) errors.push(notSupported(path, verbs, VERBS))
}

function checkResources(errors: Errors, path: string, rule: any): void {
  const { verbs, apiGroups, resources, namespaces, clusterScope } = rule
  const missing = (what: string) => `resource rules must supply at least one ${what}`
  checkVerbs(errors, `${path}.verbs`, verbs)
  checkList(errors, `${path}.apiGroups`, apiGroups, missing('api group'), 'api groups')
  checkList(errors, `${path}.resources`, resources, missing('resource'), 'resources')
  if (clusterScope && !namespaces?.length) return
  const none = 'resource rules that are not cluster scoped must supply at least one namespace'
  if (!checkList(errors, `${path}.namespaces`, namespaces, none, 'namespaces')) return
  for (const [i, name] of namespaces.entries()) {
    const messages = isLabel(name).map((m) => `each member of this list must be '*' or a DNS-1123 label; ${m}`)
    addInvalid(errors, `${path}.namespaces[${i}]`, name, messages)
  }
}

function checkUrls(errors: Errors, path: string, { verbs, nonResourceURLs: urls }: any): void {
  checkVerbs(errors, `${path}.verbs`, verbs)
  const at = `${path}.nonResourceURLs`
  if (!checkList(errors, at, urls, 'nonResourceURLs must contain at least one value', 'non-resource URLs')) return
  for (const [i, url] of urls.entries()) {
    const problem = urlProblem(url)
    if (problem) errors.push(invalid(`${at}[${i}]`, url, problem))
  }
}

/** ValidateNonResourceURLPath */
function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty'
  if (url === '/') return undefined
  if (!url.startsWith('/')) return 'must start with slash'
  if (url.includes(' ')) return 'must not contain white-space'
  if (url.includes('//')) return 'must not contain double slash'
  const stars = url.split('*').length - 1
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}

/** ValidateFlowSchemaUpdate: the mandatory ones stay as they are. */
export function validateFlowSchemaUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateFlowSchema(next)
  const { name } = next.metadata
  if (MANDATORY.includes(name) && !same(next.spec, old.spec)) {
    const value = internalJson('FlowSchemaSpec', next.spec ?? {})
    errors.push(invalid('spec', value, `spec of '${name}' must equal the fixed value`))
  }
  return errors
}

/** ValidatePriorityLevelConfiguration */
export function validatePriorityLevel({ metadata, spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  const { type = '', limited, exempt } = spec
  if ((metadata.name === 'exempt') !== (type === 'Exempt')) {
    errors.push(invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'"))
  }
  if (type === 'Exempt') {
    if (limited) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'))
    if (exempt) checkShares(errors, 'spec.exempt', exempt)
  } else if (type === 'Limited') {
    if (exempt) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'))
    if (!limited) errors.push(required('spec.limited', 'must not be empty when type is Limited'))
    else checkLimited(errors, 'spec.limited', limited)
  } else errors.push(notSupported('spec.type', type, ['Exempt', 'Limited']))
  return errors
}

function checkShares(errors: Errors, path: string, { nominalConcurrencyShares: shares, lendablePercent }: any): void {
  if (shares < 0) errors.push(invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'))
  if (lendablePercent < 0 || lendablePercent > 100) {
    errors.push(invalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive'))
  }
}

function checkLimited(errors: Errors, path: string, limited: any): void {
  const { nominalConcurrencyShares, lendablePercent, borrowingLimitPercent: borrowed, limitResponse = {} } = limited
  checkShares(errors, path, { nominalConcurrencyShares })
  const { type = '', queuing } = limitResponse
  const at = `${path}.limitResponse`
  if (type === 'Reject') {
    if (queuing) errors.push(forbidden(`${at}.queuing`, 'must be nil if limited.limitResponse.type is not Limited'))
  } else if (type === 'Queue') {
    if (queuing) checkQueuing(errors, `${at}.queuing`, queuing)
    else errors.push(required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited'))
  } else errors.push(notSupported(`${at}.type`, type, ['Queue', 'Reject']))
  checkShares(errors, path, { lendablePercent })
  if (borrowed < 0) {
    errors.push(invalid(`${path}.borrowingLimitPercent`, borrowed, 'if specified, must be a non-negative integer'))
  }
}

function checkQueuing(errors: Errors, path: string, queuing: any): void {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing
  if (queueLengthLimit <= 0) errors.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'))
  if (queues <= 0) errors.push(invalid(`${path}.queues`, queues, 'must be positive'))
  else if (queues > MAX_QUEUES) errors.push(invalid(`${path}.queues`, queues, `must not be greater than ${MAX_QUEUES}`))
  const at = `${path}.handSize`
  if (handSize <= 0) errors.push(invalid(at, handSize, 'must be positive'))
  else if (handSize > queues) errors.push(invalid(at, handSize, `should not be greater than queues (${queues})`))
  else if (entropyBits(queues, handSize) > MAX_HASH_BITS) {
    const what = `required entropy bits of deckSize ${queues} and handSize ${handSize}`
    errors.push(invalid(at, handSize, `${what} should not be greater than ${MAX_HASH_BITS}`))
  }
}

/** RequiredEntropyBits of shufflesharding: of dealing a hand from a deck. */
const entropyBits = (deck: number, hand: number): number => Math.ceil(Math.log2(deck) * hand)

/** ValidatePriorityLevelConfigurationUpdate: of the mandatory ones only `exempt` may change. */
export function validatePriorityLevelUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validatePriorityLevel(next)
  const { name } = next.metadata
  if (!MANDATORY.includes(name)) return errors
  const fixed = ({ exempt, ...spec }: any): any => (name === 'exempt' ? spec : { ...spec, exempt })
  if (same(fixed(next.spec ?? {}), fixed(old.spec ?? {}))) return errors
  const except = name === 'exempt' ? " except the 'spec.exempt' field" : ''
  const value = internalJson('PriorityLevelConfigurationSpec', next.spec ?? {})
  errors.push(invalid('spec', value, `spec of '${name}'${except} must equal the fixed value`))
  return errors
}

/** Of either kind: conditions have a type of their own. */
export function validateFlowStatus({ status }: KubeObject): FieldError[] {
  const errors: Errors = []
  const seen = new Set<string>()
  for (const [i, { type = '' }] of (status?.conditions ?? []).entries()) {
    const path = `status.conditions[${i}].type`
    if (seen.has(type)) errors.push(duplicate(path, type))
    seen.add(type)
    if (!type) errors.push(required(path))
  }
  return errors
}
