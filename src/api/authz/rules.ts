import type { Action } from './authorizer.ts'

/** rbac.authorization.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

const matches = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes(value) || list.includes('*'))

/** Whether an RBAC rule covers an action (pkg/registry/rbac/validation RuleAllows). */
export function ruleAllows(rule: PolicyRule, action: Action): boolean {
  if (!matches(rule.verbs, action.verb)) return false
  if (action.path !== undefined) return urlMatches(rule, action.path)
  const { group, resource, subresource, name } = action
  if (!matches(rule.apiGroups, group)) return false
  if (rule.resourceNames?.length && !rule.resourceNames.includes(name)) return false
  const wanted = subresource ? `${resource}/${subresource}` : resource
  return (
    matches(rule.resources, wanted) || (subresource !== '' && (rule.resources?.includes(`*/${subresource}`) ?? false))
  )
}

function urlMatches({ nonResourceURLs = [] }: PolicyRule, path: string): boolean {
  return nonResourceURLs.some(
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
  )
}

/** Rules with a single verb, group, resource and name each. */
function* breakdown(rules: readonly PolicyRule[]): Generator<PolicyRule> {
  for (const rule of rules) {
    for (const verb of rule.verbs) {
      for (const group of rule.apiGroups ?? []) {
        for (const resource of rule.resources ?? []) {
          if (!rule.resourceNames?.length) yield { verbs: [verb], apiGroups: [group], resources: [resource] }
          else
            for (const name of rule.resourceNames)
              yield { verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: [name] }
        }
      }
      for (const url of rule.nonResourceURLs ?? []) yield { verbs: [verb], nonResourceURLs: [url] }
    }
  }
}

function covers(owner: PolicyRule, wanted: PolicyRule): boolean {
  const [verb = ''] = wanted.verbs
  if (!matches(owner.verbs, verb)) return false
  const [url] = wanted.nonResourceURLs ?? []
  if (url !== undefined) return urlMatches(owner, url)
  const [group = ''] = wanted.apiGroups ?? []
  const [resource = ''] = wanted.resources ?? []
  const [name] = wanted.resourceNames ?? []
  if (!matches(owner.apiGroups, group)) return false
  const slash = resource.indexOf('/')
  const fits =
    matches(owner.resources, resource) || (slash >= 0 && owner.resources?.includes(`*${resource.slice(slash)}`))
  if (!fits) return false
  if (!owner.resourceNames?.length) return true
  return name !== undefined && owner.resourceNames.includes(name)
}

/** What of `wanted` the holder of `owned` does not hold, verbs of the same resource put together. */
export function missingRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const compact = new Map<string, { rule: PolicyRule; verbs: string[] }>()
  for (const single of breakdown(wanted)) {
    if (owned.some((owner) => covers(owner, single))) continue
    const { verbs, ...target } = single
    const key = JSON.stringify(target.nonResourceURLs ? [target, verbs] : target)
    const known = compact.get(key)
    if (known) known.verbs.push(verbs[0]!)
    else compact.set(key, { rule: single, verbs: [...verbs] })
  }
  return [...compact.values()].map(({ rule, verbs }) => ({ ...rule, verbs }))
}

const quoted = (list: readonly string[]) => `[${list.map((s) => JSON.stringify(s)).join(' ')}]`

/** `{APIGroups:[""], Resources:["secrets"], Verbs:["*"]}` */
export function ruleText(rule: PolicyRule): string {
  const parts: string[] = []
  if (rule.apiGroups?.length) parts.push(`APIGroups:${quoted(rule.apiGroups)}`)
  if (rule.resources?.length) parts.push(`Resources:${quoted(rule.resources)}`)
  if (rule.nonResourceURLs?.length) parts.push(`NonResourceURLs:${quoted(rule.nonResourceURLs)}`)
  if (rule.resourceNames?.length) parts.push(`ResourceNames:${quoted(rule.resourceNames)}`)
  if (rule.verbs.length) parts.push(`Verbs:${quoted(rule.verbs)}`)
  return `{${parts.join(', ')}}`
}
