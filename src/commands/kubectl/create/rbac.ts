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
/** Resources, with their groups, for which a further verb is there. */
const ROLES = [`roles.${GROUP}`, `clusterroles.${GROUP}`]
const SPECIAL: Record<string, readonly string[]> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: ROLES,
  escalate: ROLES,
  impersonate: ['users', 'serviceaccounts', 'groups', 'userextras.authentication.k8s.io'],
}

interface Target {
  readonly group: string
  readonly resource: string
}

/** Resources of --resource, looked up at the server: `pods/log`, `deployments.apps`. */
function* targets(k: Kube, verbs: readonly string[]): Coro<Target[]> {
  const out: Target[] = []
  for (const typed of k.flags.strings('resource')) {
    const [full = '', sub] = typed.split('/')
    if (full === '*') {
      out.push({ group: '', resource: '*' })
      continue
    }
    const found = yield* (yield* k.discovery()).find(full)
    const [name = '', ...group] = full.split('.')
    const base = found ?? { name, group: group.join('.') }
    if (!allowSpecial(verbs, base) && !found) throw new PlainError(noMatch(full))
    const target = { group: base.group, resource: sub ? `${base.name}/${sub}` : base.name }
    if (!out.some((t) => t.group === target.group && t.resource === target.resource)) out.push(target)
  }
  return out
}

/** Whether a verb of its own is asked of the resource, which need not be served then. Throws CliError for others' verbs. */
function allowSpecial(verbs: readonly string[], { name, group }: { name: string; group: string }): boolean {
  let special = false
  for (const verb of verbs) {
    if (!SPECIAL[verb]) continue
    if (!SPECIAL[verb].includes(group ? `${name}.${group}` : name))
      throw new CliError(`can not perform '${verb}' on '${name}' in group '${group}'`)
    special = true
  }
  return special
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

function warnOfVerbs(k: Kube, list: readonly string[]): void {
  if (list.includes('*')) return
  for (const verb of list) if (!STANDARD.includes(verb)) k.err(`Warning: '${verb}' is not a standard resource verb\n`)
}

/** Verbs that HTTP has, for URLs that are no resources. */
const URL_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']

function checkUrls(list: readonly string[], urls: readonly string[]): void {
  if (urls.length === 0) return
  const wrong = list.find((verb) => !URL_VERBS.includes(verb))
  if (wrong !== undefined) throw new CliError(`invalid verb: '${wrong}' for nonResourceURL`)
  for (const url of urls) {
    if (url === '*') continue
    if (!url.startsWith('/')) throw new CliError('nonResourceURL should start with /')
    if (url.slice(0, -1).includes('*'))
      throw new CliError("nonResourceURL only supports wildcard matches when '*' is at the end")
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
    warnOfVerbs(k, list)
    const resources = yield* targets(k, list)
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
        throw new CliError(
          'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
        )
      return {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation }] },
        metadata: { name },
        rules: null,
      }
    }
    if (list.length === 0) throw new CliError('at least one verb must be specified')
    if (k.flags.strings('resource').length === 0 && urls.length === 0)
      throw new CliError('one of resource or nonResourceURL must be specified')
    if (k.flags.strings('resource').length > 0) warnOfVerbs(k, list)
    const resources = yield* targets(k, list)
    checkUrls(list, urls)
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
