import type { Coro } from '../../../kernel/index.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, PlainError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { pages } from '../pages/create.ts'
import { generator, metadata, resource } from './generator.ts'

const GROUP = 'rbac.authorization.k8s.io'
const STANDARD = [
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
]
/** Resources for which a further verb is standard. */
const SPECIAL: Record<string, readonly string[]> = {
  use: ['podsecuritypolicies'],
  bind: ['roles', 'clusterroles'],
  escalate: ['roles', 'clusterroles'],
  impersonate: ['users', 'serviceaccounts', 'groups', 'userextras'],
}

interface Target {
  readonly group: string
  readonly resource: string
}

/** Resources of --resource, looked up at the server: `pods/log`, `deployments.apps`. */
function* targets(k: Kube): Coro<Target[]> {
  const out: Target[] = []
  for (const typed of k.flags.strings('resource')) {
    const [full, sub] = typed.split('/')
    if (full === '*') {
      out.push({ group: '', resource: '*' })
      continue
    }
    const found = yield* (yield* k.discovery()).find(full)
    if (!found) throw new PlainError(noMatch(full))
    const target = { group: found.group, resource: sub ? `${found.name}/${sub}` : found.name }
    if (!out.some((t) => t.group === target.group && t.resource === target.resource)) out.push(target)
  }
  return out
}

function noMatch(typed: string): string {
  const [name, ...group] = typed.split('.')
  return group.length > 0
    ? `the server doesn't have a resource type "${name}" in group "${group.join('.')}"`
    : `the server doesn't have a resource type "${name}"`
}

function verbs(k: Kube): string[] {
  const list = [
    ...new Set(
      k.flags
        .strings('verb')
        .map((verb) => verb.trim())
        .filter(Boolean),
    ),
  ]
  return list.includes('*') ? ['*'] : list
}

function checkVerbs(k: Kube, list: readonly string[], resources: readonly Target[]): void {
  if (list.includes('*')) return
  for (const verb of list) {
    if (!STANDARD.includes(verb)) k.err(`Warning: '${verb}' is not a standard resource verb\n`)
    else if (SPECIAL[verb] && !resources.some((r) => SPECIAL[verb].includes(r.resource)))
      throw new CliError(
        `can not perform '${verb}' on '${resources.map((r) => r.resource)[0]}', group in '${resources[0]?.group ?? ''}'`,
      )
  }
}

/** One rule a group, as generateResourcePolicyRules makes them. */
function rules(k: Kube, list: readonly string[], resources: readonly Target[]): any[] {
  const names = k.flags.strings('resource-name')
  const groups = [...new Set(resources.map((r) => r.group))].sort()
  return groups.map((group) => ({
    apiGroups: [group],
    ...(names.length > 0 ? { resourceNames: names } : {}),
    resources: resources.filter((r) => r.group === group).map((r) => r.resource),
    verbs: list,
  }))
}

export const role: Definition = generator({
  page: pages.role,
  resource: resource(GROUP, 'v1', 'roles', 'Role'),
  *build(k, name) {
    const list = verbs(k)
    if (list.length === 0) throw new CliError('at least one verb must be specified')
    if (k.flags.strings('resource').length === 0) throw new CliError('at least one resource must be specified')
    const resources = yield* targets(k)
    checkVerbs(k, list, resources)
    return { metadata: metadata(k, name), rules: rules(k, list, resources) }
  },
})

export const clusterRole: Definition = generator({
  page: pages.clusterrole,
  resource: resource(GROUP, 'v1', 'clusterroles', 'ClusterRole', false),
  *build(k, name) {
    const aggregation = k.flags.map('aggregation-rule')
    const list = verbs(k)
    const urls = k.flags.strings('non-resource-url')
    if (Object.keys(aggregation).length > 0) {
      if (
        list.length > 0 ||
        urls.length > 0 ||
        k.flags.strings('resource').length > 0 ||
        k.flags.strings('resource-name').length > 0
      )
        throw new CliError('aggregation rule must be specified without nonResourceURLs, resources or resourceNames')
      return {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation }] },
        metadata: { name },
        rules: null,
      }
    }
    if (list.length === 0) throw new CliError('at least one verb must be specified')
    if (k.flags.strings('resource').length === 0 && urls.length === 0)
      throw new CliError('one of resource or nonResourceURL must be specified')
    const resources = yield* targets(k)
    if (resources.length > 0) checkVerbs(k, list, resources)
    return {
      metadata: { name },
      rules: [...rules(k, list, resources), ...(urls.length > 0 ? [{ nonResourceURLs: urls, verbs: list }] : [])],
    }
  },
})

function subjects(k: Kube): any[] {
  const accounts = k.flags.strings('serviceaccount').map((text) => {
    const parts = text.split(':')
    if (parts.length !== 2 || !parts[0] || !parts[1]) throw new CliError('serviceaccount must be <namespace>:<name>')
    return { kind: 'ServiceAccount', name: parts[1], namespace: parts[0] }
  })
  return [
    ...k.flags.strings('user').map((name) => ({ apiGroup: GROUP, kind: 'User', name })),
    ...k.flags.strings('group').map((name) => ({ apiGroup: GROUP, kind: 'Group', name })),
    ...accounts,
  ]
}

const binding = (meta: any, kind: string, name: string, who: any[]): any => ({
  metadata: meta,
  roleRef: { apiGroup: GROUP, kind, name },
  ...(who.length > 0 ? { subjects: who } : {}),
})

export const roleBinding: Definition = generator({
  page: pages.rolebinding,
  resource: resource(GROUP, 'v1', 'rolebindings', 'RoleBinding'),
  failure: 'failed to create rolebinding:',
  *build(k, name) {
    const [roleName, clusterRoleName] = [k.flags.string('role'), k.flags.string('clusterrole')]
    if (Boolean(roleName) === Boolean(clusterRoleName))
      throw new CliError('exactly one of clusterrole or role must be specified')
    yield* []
    return binding(metadata(k, name), roleName ? 'Role' : 'ClusterRole', roleName || clusterRoleName, subjects(k))
  },
})

export const clusterRoleBinding: Definition = generator({
  page: pages.clusterrolebinding,
  resource: resource(GROUP, 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false),
  failure: 'failed to create clusterrolebinding:',
  *build(k, name) {
    yield* []
    return binding({ name }, 'ClusterRole', k.flags.string('clusterrole'), subjects(k))
  },
})
