import type { KubeObject } from '../types.ts'
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES } from './bootstrap.data.ts'
import type { PolicyRule } from './rules.ts'

const API = 'rbac.authorization.k8s.io'
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-'

const list = (text: string): string[] => text.split(',').map((s) => (s === 'core' ? '' : s))

function parseRule(line: string): PolicyRule {
  const [verbs = '', groups = '', resources, names] = line.trim().split(' ')
  if (resources === undefined) return { nonResourceURLs: list(groups), verbs: list(verbs) }
  return {
    apiGroups: list(groups),
    ...(names ? { resourceNames: list(names) } : {}),
    resources: list(resources),
    verbs: list(verbs),
  }
}

function metadataOf(name: string, labels: readonly string[]): KubeObject['metadata'] {
  const slash = name.indexOf('/')
  return {
    name: name.slice(slash + 1),
    ...(slash > 0 ? { namespace: name.slice(0, slash) } : {}),
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    labels: Object.fromEntries([['kubernetes.io/bootstrapping', 'rbac-defaults'], ...labels.map((l) => l.split('='))]),
  }
}

function roles(kind: string, data: string): KubeObject[] {
  const out: KubeObject[] = []
  for (const line of data.split('\n')) {
    if (line === '') continue
    if (line.startsWith(' ')) {
      const role = out[out.length - 1]!
      role.rules = [...(role.rules ?? []), parseRule(line)]
      continue
    }
    const [name = '', ...words] = line.split(' ')
    const aggregate = words.find((w) => w.startsWith('<'))?.slice(1)
    out.push({
      apiVersion: `${API}/v1`,
      kind,
      metadata: metadataOf(
        name,
        words.filter((w) => !w.startsWith('<')),
      ),
      ...(aggregate
        ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE + aggregate]: 'true' } }] } }
        : {}),
    })
  }
  return out
}

function subject(text: string): Record<string, string> {
  const [type, name = ''] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
  if (type !== 'sa') return { apiGroup: API, kind: type === 'user' ? 'User' : 'Group', name }
  const [namespace = '', account = ''] = name.split('/')
  return { kind: 'ServiceAccount', name: account, namespace }
}

function bindings(kind: string, data: string): KubeObject[] {
  return data
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', role = '', ...subjects] = line.split(' ').filter((w) => w !== '')
      const [roleKind, roleName] = [role.slice(0, role.indexOf('/')), role.slice(role.indexOf('/') + 1)]
      return {
        apiVersion: `${API}/v1`,
        kind,
        metadata: metadataOf(name, []),
        roleRef: { apiGroup: API, kind: roleKind, name: roleName },
        ...(subjects.length ? { subjects: subjects.map(subject) } : {}),
      }
    })
}

/** Default roles and bindings, in the order of their creation. Namespaced ones need their namespace first. */
export const bootstrapPolicy = (): KubeObject[] => [
  ...roles('ClusterRole', CLUSTER_ROLES),
  ...bindings('ClusterRoleBinding', CLUSTER_ROLE_BINDINGS),
  ...roles('Role', ROLES),
  ...bindings('RoleBinding', ROLE_BINDINGS),
]
