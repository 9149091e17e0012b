import { Cel, CelError, CelSyntaxError, type KubeObject } from '../../kinds/index.ts'
import { selectorOf } from '../selector.ts'
import type { ApiServer } from '../server.ts'
import { StatusError } from '../types.ts'
import { forbid, listOf, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import { isExempt, namespaceMatches, objectMatches, ruleMatches } from './webhook-match.ts'

/** A reason not to let the request through. */
interface Denial {
  readonly policy: KubeObject
  readonly binding: KubeObject
  readonly message: string
  readonly reason: string
}

const CODES: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
}

/** Models plugin/policy/validating: policies in CEL. */
export const validatingPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: (_operation, resource) => !isExempt(resource),
  validate(a) {
    const bindings = listOf(a.ctx.server, 'ValidatingAdmissionPolicyBinding')
    if (bindings.length === 0) return
    const denials: Denial[] = []
    for (const policy of listOf(a.ctx.server, 'ValidatingAdmissionPolicy')) {
      if (!constraintsMatch(policy.spec.matchConstraints, a)) continue
      for (const binding of bindings) {
        if (binding.spec.policyName !== policy.metadata.name) continue
        if (constraintsMatch(binding.spec.matchResources, a)) decide(policy, binding, a, denials)
      }
    }
    const [first] = denials
    if (first) throw denied(a, first)
  },
}

function denied(a: Attributes, { policy, binding, message, reason }: Denial): StatusError {
  const names = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`
  const text = `ValidatingAdmissionPolicy ${names} denied request: ${message}`
  const error = forbid(a, text)
  const details = { ...error.details, causes: [{ message: text }] }
  return new StatusError(CODES[reason] ?? 422, reason, error.message, details)
}

/** Models plugin/policy/matching. */
export function constraintsMatch(constraints: any, a: Attributes): boolean {
  if (!constraints) return true
  const { namespaceSelector, objectSelector, resourceRules, excludeResourceRules, matchPolicy } = constraints
  if (!namespaceMatches(namespaceSelector, a) || !objectMatches(objectSelector, a)) return false
  const equivalent = matchPolicy !== 'Exact'
  const rule = (one: any) =>
    (!one.resourceNames?.length || one.resourceNames.includes(a.name)) && ruleMatches(one, a, equivalent)
  if (excludeResourceRules?.some(rule)) return false
  return !resourceRules?.length || resourceRules.some(rule)
}

function decide(policy: KubeObject, binding: KubeObject, a: Attributes, denials: Denial[]): void {
  const fails = policy.spec.failurePolicy !== 'Ignore'
  const deny = (message: string, reason = 'Invalid') => void denials.push({ policy, binding, message, reason })
  const params = paramsOf(policy, binding, a)
  if (typeof params === 'string') {
    if (fails) deny(`failed to configure binding: ${params}`)
    return
  }
  for (const param of params) {
    for (const { message, reason } of evaluate(policy.spec, param, a, fails)) {
      for (const action of binding.spec.validationActions) {
        if (action === 'Deny') deny(message, reason)
        if (action !== 'Warn') continue
        const names = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`
        const text = `Validation failed for ValidatingAdmissionPolicy ${names}: ${message}`
        if (!a.ctx.warnings.includes(text)) a.ctx.warnings.push(text)
      }
    }
  }
}

/** The parameters that apply, `[null]` when there are none to have; or why they cannot be had. */
function paramsOf(policy: KubeObject, binding: KubeObject, a: Attributes): (KubeObject | null)[] | string {
  const { paramKind } = policy.spec
  const { paramRef } = binding.spec
  if (!paramKind || !paramRef) return [null]
  const { server } = a.ctx
  const kind = server.kinds.byKind(paramKind.apiVersion, paramKind.kind)
  if (!kind) return `paramKind kind \`${paramKind.apiVersion}, Kind=${paramKind.kind}\` not known`
  const namespace = kind.namespaced ? paramRef.namespace || a.namespace : undefined
  if (kind.namespaced && !namespace) {
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources'
  }
  if (!kind.namespaced && paramRef.namespace) {
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`'
  }
  const all = server.cacher(server.kinds.stored(kind)).ordered(namespace)
  const found = paramRef.name
    ? all.filter(({ metadata }) => metadata.name === paramRef.name)
    : all.filter(({ metadata }) => selectorOf(paramRef.selector).matches(metadata.labels))
  if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny') {
    return 'no params found for policy binding with `Deny` parameterNotFoundAction'
  }
  return kind.storedAs ? found.map((object) => kind.storedAs!.fromStored(object)) : found
}

const programs = new Map<string, Cel>()

function program(source: string): Cel {
  let found = programs.get(source)
  if (!found) programs.set(source, (found = new Cel(source)))
  return found
}

interface Failure {
  readonly message: string
  readonly reason: string
}

/** The validations that do not hold. */
function evaluate(spec: any, params: KubeObject | null, a: Attributes, fails: boolean): Failure[] {
  const scope = scopeOf(spec, params, a)
  const failures: Failure[] = []
  const broken = (message: string) => {
    if (fails) failures.push({ message, reason: 'Invalid' })
  }
  try {
    for (const { expression } of spec.matchConditions ?? []) {
      if (program(expression).run(scope) !== true) return []
    }
  } catch (error) {
    broken(explained(error))
    return failures
  }
  for (const validation of spec.validations ?? []) {
    const expression = validation.expression.trim()
    try {
      if (program(expression).run(scope) === true) continue
      failures.push({ message: messageOf(validation, scope), reason: validation.reason ?? 'Invalid' })
    } catch (error) {
      broken(`expression '${validation.expression}' resulted in error: ${explained(error)}`)
    }
  }
  return failures
}

function explained(error: unknown): string {
  if (error instanceof CelError || error instanceof CelSyntaxError) return error.message
  throw error
}

type Names = (name: string) => unknown

function messageOf({ message, messageExpression, expression }: any, scope: Names): string {
  if (messageExpression) {
    try {
      const text = program(messageExpression).run(scope)
      if (typeof text === 'string' && text.trim() && !text.trim().includes('\n')) return text.trim()
    } catch (error) {
      explained(error)
    }
  }
  return message?.trim() || `failed expression: ${expression.trim()}`
}

/** Variables are evaluated when they are first used. */
function scopeOf(spec: any, params: KubeObject | null, a: Attributes): Names {
  const values = new Map<string, unknown>()
  const variables: Record<string, unknown> = {}
  for (const { name, expression } of spec.variables ?? []) {
    Object.defineProperty(variables, name, {
      enumerable: true,
      get() {
        if (!values.has(name)) {
          try {
            values.set(name, program(expression).run(scope))
          } catch (error) {
            throw new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${explained(error)}`)
          }
        }
        return values.get(name)
      },
    })
  }
  const scope: Names = (name) => {
    switch (name) {
      case 'object':
        return a.object ?? null
      case 'oldObject':
        return a.old ?? null
      case 'params':
        return params
      case 'variables':
        return variables
      case 'namespaceObject':
        return namespaceOf(a.ctx.server, a)
      case 'request':
        return requestOf(a)
      default:
        throw new CelError(`no such attribute(s): ${name}`)
    }
  }
  return scope
}

const namespaceOf = (server: ApiServer, a: Attributes): KubeObject | null =>
  a.namespace && a.ctx.stored.groupResource !== 'namespaces'
    ? (lookup(server, 'Namespace', undefined, a.namespace) ?? null)
    : null

function requestOf(a: Attributes): Record<string, unknown> {
  const { kind, stored, user } = a.ctx
  const gvk = { group: stored.group, version: stored.version, kind: a.kind.kind }
  const gvr = { group: stored.group, version: stored.version, resource: stored.plural }
  const { uid = '', name, groups, extra } = user
  return {
    kind: gvk,
    resource: gvr,
    subResource: a.subresource,
    requestKind: { ...gvk, version: kind.version },
    requestResource: { ...gvr, version: kind.version },
    requestSubResource: a.subresource,
    name: a.name,
    namespace: a.namespace ?? '',
    operation: a.operation,
    userInfo: { username: name, uid, groups, ...(extra ? { extra } : {}) },
    dryRun: a.dryRun,
  }
}
