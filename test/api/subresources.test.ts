import { describe, expect, test } from 'vitest'
import { accepted, type LocalClient, type ResourceRequest, StatusError } from '../../src/api/index.ts'
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

const object = (apiVersion: string, kind: string, name: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default' },
  ...more,
})
const service = (name: string, spec: object = {}) =>
  object('v1', 'Service', name, { spec: { ports: [{ port: 80 }], ...spec } })

const send = (api: LocalClient, kind: string, name: string, request: Partial<ResourceRequest>) =>
  accepted(api.request({ ...api.resolve(kind), verb: 'get', namespace: 'default', name, ...request }))

describe('services', () => {
  const range = { serviceRange: '10.96.0.0/12' }

  test('get an address that nobody has, and give it back', () => {
    const { api } = apiWorld(range)
    const { spec } = api.create(service('s'))
    expect(spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./)
    expect(spec).toMatchObject({
      clusterIPs: [spec.clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      type: 'ClusterIP',
    })
    expect(api.list('IPAddress').map((a) => a.metadata.name)).toEqual([spec.clusterIP])
    api.remove('Service', 'default', 's')
    expect(api.list('IPAddress')).toEqual([])
  })

  test.each([
    [
      { clusterIP: '1.2.3.4' },
      'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range',
    ],
    [
      { clusterIP: '10.96.0.1' },
      'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
    ],
    [
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      { ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
  ])('%j', (spec, why) => {
    const { api } = apiWorld(range)
    api.create(service('kubernetes', { clusterIP: '10.96.0.1' }))
    expect(says(() => api.create(service('s', spec)))).toBe(`Service "s" is invalid: ${why}`)
  })

  test('node ports', () => {
    const { api } = apiWorld(range)
    const made = api.create(service('a', { type: 'NodePort' }))
    const { nodePort } = made.spec.ports[0]
    expect(nodePort).toBeGreaterThanOrEqual(30000)
    expect(says(() => api.create(service('b', { type: 'NodePort', ports: [{ port: 80, nodePort }] })))).toContain(
      `Invalid value: ${nodePort}: provided port is already allocated`,
    )
  })
})

test('scale', () => {
  const { api } = apiWorld()
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
  api.create(
    object('apps/v1', 'Deployment', 'web', {
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
    }),
  )
  expect(send(api, 'Deployment', 'web', { subresource: 'scale' }).body).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 2 },
    status: { replicas: 0, selector: 'app=web' },
  })
  const body = { spec: { replicas: 5 } }
  send(api, 'Deployment', 'web', {
    verb: 'patch',
    subresource: 'scale',
    patchType: 'application/merge-patch+json',
    body,
  })
  const { spec, metadata } = api.get('Deployment', 'default', 'web')
  expect([spec.replicas, metadata.generation]).toEqual([5, 2])
})

test('a pod is bound once', () => {
  const { api } = apiWorld()
  api.create(pod('p'))
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'p' },
    target: { kind: 'Node', name: 'node01' },
  }
  api.post('Pod', 'default', 'p', 'binding', binding)
  const bound = api.get('Pod', 'default', 'p')
  expect(bound.spec.nodeName).toBe('node01')
  expect(bound.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }])
  expect(says(() => api.post('Pod', 'default', 'p', 'binding', binding))).toBe(
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node01"',
  )
})

test('eviction asks the budgets', () => {
  const { api } = apiWorld()
  const made = api.create(pod('p', { nodeName: 'node01' }, { labels: { app: 'web' } }))
  api.updateStatus({ ...made, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
  const budget = (name: string) =>
    api.create(
      object('policy/v1', 'PodDisruptionBudget', name, {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      }),
    )
  const pdb = budget('web')
  api.updateStatus({
    ...pdb,
    status: { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  })
  const evict = () =>
    api.post('Pod', 'default', 'p', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } })
  expect(says(evict)).toBe("Cannot evict pod as it would violate the pod's disruption budget.")
  budget('second')
  expect(says(evict)).toBe(
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  )
})

test('tokens', () => {
  let claims: any
  const sign = (c: any) => {
    claims = c
    return 'signed'
  }
  const { api } = apiWorld({ tokens: { issuer: 'https://i', audiences: ['https://i'], sign } })
  const { metadata } = api.create(object('v1', 'ServiceAccount', 'robot'))
  const { status } = api.post('ServiceAccount', 'default', 'robot', 'token', { spec: {} })
  expect(status).toEqual({ token: 'signed', expirationTimestamp: '2026-11-21T03:38:23Z' })
  expect(claims).toEqual({
    aud: ['https://i'],
    exp: 1795232303,
    iat: 1795228703,
    iss: 'https://i',
    jti: expect.any(String),
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid: metadata.uid } },
    nbf: 1795228703,
    sub: 'system:serviceaccount:default:robot',
  })
  expect(says(() => api.post('ServiceAccount', 'default', 'robot', 'token', { spec: { expirationSeconds: 60 } }))).toBe(
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
  )
})
