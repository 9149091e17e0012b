import { Cel, CelError, CelSyntaxError, type KubeObject } from '../../kinds/index.ts'
import { selectorOf } from '../selector.ts'
import type { ApiServer } from '../server.ts'
import { StatusError } from '../types.ts'
import { forbid, listOf, lookup } from './lookup.ts'
import type { Attributes } from './plugin.ts'
import { namespaceMatches, objectMatches, ruleMatches } from './webhook-match.ts'

/** A reason not to let the request through. */
export interface Denial {
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

/** The refusal of a policy, as the object's creator sees it. */
export function denied(a: Attributes, { policy, binding, message, reason }: Denial): StatusError {
  const names = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`
  const text = `${policy.kind} ${names} denied request: ${message}`
  const error = forbid(a, text)
  const details = { ...error.details, causes: [{ message: text }] }
  return new StatusError(CODES[reason] ?? 422, reason, error.message, details)
}

/** Models plugin/policy/matching. */
function constraintsMatch(constraints: any, a: Attributes): boolean {
  if (!constraints) return true
  const { namespaceSelector, objectSelector, resourceRules, excludeResourceRules, matchPolicy } = constraints
  if (!namespaceMatches(namespaceSelector, a) || !objectMatches(objectSelector, a)) return false
  const equivalent = matchPolicy !== 'Exact'
  const rule = (one: any) =>
    (!one.resourceNames?.length || one.resourceNames.includes(a.name)) && ruleMatches(one, a, equivalent)
  if (excludeResourceRules?.some(rule)) return false
  return !resourceRules?.length || resourceRules.some(rule)
}

/** Policies of a kind with their bindings, as far as both mean the request as it is when they are asked for. */
export function* bound(kind: string, a: Attributes): Generator<readonly [policy: KubeObject, binding: KubeObject]> {
  const bindings = listOf(a.ctx.server, `${kind}Binding`)
  if (bindings.length === 0) return
  for (const policy of listOf(a.ctx.server, kind)) {
    if (!constraintsMatch(policy.spec.matchConstraints, a)) continue
    for (const binding of bindings)
      if (binding.spec.policyName === policy.metadata.name && constraintsMatch(binding.spec.matchResources, a))
        yield [policy, binding]
  }
}

/** The parameters that apply, `[null]` when there are none to have; or why they cannot be had. */
export function paramsOf(policy: KubeObject, binding: KubeObject, a: Attributes): (KubeObject | null)[] | string {
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
  const all = server.known(server.kinds.stored(kind)).ordered(namespace)
  const found = paramRef.name
    ? all.filter(({ metadata }) => metadata.name === paramRef.name)
    : all.filter(({ metadata }) => selectorOf(paramRef.selector).matches(metadata.labels))
  if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny') {
    return 'no params found for policy binding with `Deny` parameterNotFoundAction'
  }
  return kind.storedAs ? found.map((object) => kind.storedAs!.fromStored(object)) : found
}

const programs = new Map<string, Cel>()

/** A compiled expression; each is compiled once. */
export function program(source: string): Cel {
  let found = programs.get(source)
  if (!found) programs.set(source, (found = new Cel(source)))
  return found
}

/** What an expression's failure says; other errors are thrown on. */
export function explained(error: unknown): string {
  if (error instanceof CelError || error instanceof CelSyntaxError) return error.message
  throw error
}

/** The variables of an expression. */
export type Names = (name: string) => unknown

/** Whether all of a policy's match conditions hold. Throws CelError. */
export const conditionsHold = (spec: any, scope: Names): boolean =>
  (spec.matchConditions ?? []).every(({ expression }: any) => program(expression).run(scope) === true)

/** What expressions of a policy see. Variables are evaluated when they are first used. */
export function scopeOf(spec: any, params: KubeObject | null, a: Attributes): Names {
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
