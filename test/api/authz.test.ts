import { describe, expect, test } from 'vitest'
import { union } from '../../src/api/authz/authorizer.ts'
import { bootstrapPolicy } from '../../src/api/authz/bootstrap.ts'
import { nodeAuthorizer } from '../../src/api/authz/node.ts'
import { RbacAuthorizer } from '../../src/api/authz/rbac.ts'
import { type Credentials, type LocalClient, StatusError } from '../../src/api/index.ts'
import { apiWorld, pod } from './world.ts'

const says = (fn: () => unknown): string => {
  try {
    fn()
  } catch (error) {
    if (error instanceof StatusError) return error.message
    throw error
  }
  return 'allowed'
}

const RBAC = 'rbac.authorization.k8s.io'
const role = (kind: string, name: string, namespace: string | undefined, rules: object[]) => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  rules,
})
const binding = (kind: string, name: string, namespace: string | undefined, ref: [string, string], user: string) => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  roleRef: { apiGroup: RBAC, kind: ref[0], name: ref[1] },
  subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
})

function world() {
  const rbac = new RbacAuthorizer()
  const w = apiWorld({
    rbac,
    authorizer: union(nodeAuthorizer, rbac),
    authenticators: [
      ({ bearerToken }: Credentials) => {
        if (bearerToken?.startsWith('system:node:')) {
          return { name: bearerToken, groups: ['system:nodes', 'system:authenticated'] }
        }
        if (!bearerToken) return { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
        return { name: bearerToken, groups: ['system:authenticated'] }
      },
    ],
  })
  for (const object of bootstrapPolicy()) w.api.create(object)
  const user = (name: string): LocalClient => w.as({ bearerToken: name })
  return { ...w, user }
}

describe('RBAC', () => {
  test('the default policy', () => {
    const { api } = world()
    const count = (kind: string) => api.list(kind).length
    expect([count('ClusterRole'), count('ClusterRoleBinding'), count('Role'), count('RoleBinding')]).toEqual([
      70, 51, 7, 7,
    ])
  })

  test.each([
    [
      'list',
      () => (c: LocalClient) => c.list('Pod', 'rb'),
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "rb"',
    ],
    [
      'list all',
      () => (c: LocalClient) => c.list('Pod'),
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'get',
      () => (c: LocalClient) => c.get('Deployment', 'rb', 'd'),
      'deployments.apps "d" is forbidden: User "jane" cannot get resource "deployments" in API group "apps" in the namespace "rb"',
    ],
    [
      'path',
      () => (c: LocalClient) => {
        const r = c.request({ verb: 'get', path: '/metrics' })
        throw new StatusError(r.code, '', r.body.message)
      },
      'forbidden: User "jane" cannot get path "/metrics"',
    ],
  ])('%s without rights', (_, make, message) => {
    const { user } = world()
    expect(says(() => make()(user('jane')))).toBe(message)
  })

  test('rights by a role, and a binding to a role that is missing', () => {
    const { api, user } = world()
    api.create(role('Role', 'pod-reader', 'rb', [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]))
    api.create(binding('RoleBinding', 'jane-reads', 'rb', ['Role', 'pod-reader'], 'jane'))
    expect(user('jane').list('Pod', 'rb')).toEqual([])
    api.create(binding('RoleBinding', 'dangling', 'rb', ['Role', 'nosuch'], 'bob'))
    expect(says(() => user('bob').list('Pod', 'rb'))).toBe(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "rb": RBAC: role.rbac.authorization.k8s.io "nosuch" not found',
    )
  })

  test('nobody grants what he does not hold', () => {
    const { api, user } = world()
    const verbs = ['create', 'get', 'list']
    api.create(
      role('ClusterRole', 'rb-maker', undefined, [{ apiGroups: [RBAC], resources: ['rolebindings', 'roles'], verbs }]),
    )
    api.create(binding('RoleBinding', 'mk', 'rb', ['ClusterRole', 'rb-maker'], 'mia'))
    const mia = user('mia')
    const boss = role('Role', 'boss', 'rb', [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }])
    expect(says(() => mia.create(boss))).toBe(
      'roles.rbac.authorization.k8s.io "boss" is forbidden: user "mia" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["*"]}',
    )
    expect(says(() => mia.create(binding('RoleBinding', 'boss', 'rb', ['ClusterRole', 'cluster-admin'], 'mia')))).toBe(
      'rolebindings.rbac.authorization.k8s.io "boss" is forbidden: user "mia" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    )
  })

  test('impersonation needs the right to it', () => {
    const { as } = world()
    const jane = as({ bearerToken: 'jane', impersonate: { user: 'bob' } })
    expect(says(() => jane.list('Pod', 'rb'))).toBe(
      'users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
    const admin = as({ impersonate: { user: 'bob' } })
    expect(says(() => admin.list('Pod', 'rb'))).toBe(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "rb"',
    )
  })
})

test('a kubelet sees the secrets of its own pods only', () => {
  const { api, user } = world()
  const volumes = [{ name: 'v', secret: { secretName: 's' } }]
  api.create(pod('a', { nodeName: 'node01', volumes }))
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } }
  api.create(secret)
  expect(user('system:node:node01').get('Secret', 'default', 's').metadata.name).toBe('s')
  expect(says(() => user('system:node:node02').get('Secret', 'default', 's'))).toBe(
    'secrets "s" is forbidden: User "system:node:node02" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node \'node02\' and this object',
  )
})
