import { duplicate, invalid, required } from '../errors.ts'
import { isPathSegment } from '../names.ts'
import { addInvalid, checkLabelSelector, checkSupported, type Errors } from './checks.ts'

export const MATCH_POLICIES = ['Equivalent', 'Exact']

/** A rule of a webhook or policy: operations, groups, versions, resources; `*` stands alone. */
export function checkRule(errors: Errors, rule: any, path: string, allowed: readonly string[]): void {
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

/** matchConstraints of a policy or matchResources of a binding. */
export function checkMatchResources(errors: Errors, match: any, path: string, operations: readonly string[]): void {
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
