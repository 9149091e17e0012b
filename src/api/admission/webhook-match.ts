import { selectorOf } from '../selector.ts'
import { lookup } from './lookup.ts'
import type { Attributes } from './plugin.ts'

const CONFIGURATIONS = new Set([
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
])

/** Admission by webhook or policy never stands in the way of its own configuration. */
export const isExempt = (resource: string): boolean => {
  const [plural, ...group] = resource.split('.')
  return group.join('.') === 'admissionregistration.k8s.io' && CONFIGURATIONS.has(plural!)
}

const has = (items: readonly string[] | undefined, value: string): boolean =>
  items?.some((item) => item === '*' || item === value) ?? false

const isNamespace = ({ ctx }: Attributes): boolean => ctx.stored.groupResource === 'namespaces'

/** One RuleWithOperations. Models webhook/predicates/rules. */
export function ruleMatches(rule: any, a: Attributes, equivalent: boolean): boolean {
  const { kind, stored, server } = a.ctx
  const cluster = isNamespace(a) || !a.namespace
  if (rule.scope === 'Namespaced' && cluster) return false
  if (rule.scope === 'Cluster' && !cluster) return false
  if (!has(rule.operations, a.operation) || !has(rule.apiGroups, stored.group)) return false
  const versions = equivalent
    ? server.kinds.list().filter((k) => k.group === stored.group && k.plural === stored.plural)
    : [kind]
  if (!versions.some((k) => has(rule.apiVersions, k.version))) return false
  return rule.resources?.some((entry: string) => {
    const [resource, subresource = ''] = entry.split('/')
    return (
      (resource === '*' || resource === kind.plural) && (subresource === '*' || subresource === (a.subresource ?? ''))
    )
  })
}

/** Labels of the request's namespace; an object without a namespace always matches. Models predicates/namespace. */
export function namespaceMatches(selector: any, a: Attributes): boolean {
  if (!selector || isTrivial(selector)) return true
  if (isNamespace(a)) return selectorOf(selector).matches((a.object ?? a.old)?.metadata.labels)
  if (!a.namespace) return true
  const namespace = lookup(a.ctx.server, 'Namespace', undefined, a.namespace)
  return selectorOf(selector).matches(namespace?.metadata.labels)
}

/** Labels of the object as it is or was. */
export function objectMatches(selector: any, a: Attributes): boolean {
  if (!selector || isTrivial(selector)) return true
  const compiled = selectorOf(selector)
  return [a.object, a.old].some((object) => object && compiled.matches(object.metadata.labels))
}

const isTrivial = (selector: any): boolean => !selector.matchLabels && !selector.matchExpressions?.length
