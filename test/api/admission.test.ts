import { describe, expect, test } from 'vitest'
import { admissionPlugins } from '../../src/api/admission/index.ts'
import { DEFAULT_ON, PLUGIN_ORDER } from '../../src/api/admission/order.ts'
import { accepted, StatusError } from '../../src/api/index.ts'
import { apiWorld, configMap, pod } from './world.ts'

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

function world(labels: Record<string, string> = {}) {
  const w = apiWorld({ admission: admissionPlugins(PLUGIN_ORDER.filter((name) => DEFAULT_ON.has(name))) })
  w.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels } } as never)
  w.api.create(object('v1', 'ServiceAccount', 'default'))
  return w
}

const resources = (requests: object, limits?: object) => ({
  containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests, limits } }],
})

test('a pod gets account, token, tolerations and priority', () => {
  const { api } = world()
  const { spec } = api.create(pod('p'))
  expect(spec).toMatchObject({
    serviceAccountName: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 },
      { effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', operator: 'Exists', tolerationSeconds: 300 },
    ],
  })
  expect(spec.volumes[0].name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
  expect(spec.containers[0].volumeMounts).toEqual([
    { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: spec.volumes[0].name, readOnly: true },
  ])
})

test('namespaces', () => {
  const { api } = world()
  expect(says(() => api.create(configMap('a', {}, { namespace: 'nosuch' })))).toBe('namespaces "nosuch" not found')
  expect(says(() => api.remove('Namespace', undefined, 'default'))).toBe(
    'namespaces "default" is forbidden: this namespace may not be deleted',
  )
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stuck' }, spec: { finalizers: ['kubernetes'] } })
  api.remove('Namespace', undefined, 'stuck')
  expect(says(() => api.create(configMap('x', {}, { namespace: 'stuck' })))).toBe(
    'configmaps "x" is forbidden: unable to create new content in namespace stuck because it is being terminated',
  )
  expect(says(() => api.create(pod('x', { serviceAccountName: 'nosuch' })))).toBe(
    'pods "x" is forbidden: error looking up service account default/nosuch: serviceaccount "nosuch" not found',
  )
  expect(says(() => api.create(pod('x', { priorityClassName: 'nosuch' })))).toBe(
    'pods "x" is forbidden: no PriorityClass with name nosuch was found',
  )
})

describe('limits (recording kubectl/d04)', () => {
  const lr = object('v1', 'LimitRange', 'lr', {
    spec: {
      limits: [
        {
          type: 'Container',
          max: { cpu: '500m', memory: '256Mi' },
          min: { cpu: '50m', memory: '16Mi' },
          default: { cpu: '200m', memory: '128Mi' },
          defaultRequest: { cpu: '100m', memory: '64Mi' },
          maxLimitRequestRatio: { cpu: '3' },
        },
        { type: 'Pod', max: { cpu: '1' } },
      ],
    },
  })

  test('defaults are noted', () => {
    const { api } = world()
    api.create(lr)
    const q1 = api.create(pod('q1'))
    expect(q1.spec.containers[0].resources).toEqual({
      limits: { cpu: '200m', memory: '128Mi' },
      requests: { cpu: '100m', memory: '64Mi' },
    })
    expect(q1.metadata.annotations!['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
    )
  })

  const three = ['a', 'b', 'c'].map((name) => ({ name, image: 'nginx', resources: { limits: { cpu: '400m' } } }))
  test.each([
    [resources({}, { cpu: '800m' }), 'maximum cpu usage per Container is 500m, but limit is 800m'],
    [
      resources({ cpu: '10m' }),
      '[minimum cpu usage per Container is 50m, but request is 10m, cpu max limit to request ratio per Container is 3, but provided ratio is 20.000000]',
    ],
    [
      resources({ cpu: '50m' }, { cpu: '400m' }),
      'cpu max limit to request ratio per Container is 3, but provided ratio is 8.000000',
    ],
    [{ containers: three }, 'maximum cpu usage per Pod is 1, but limit is 1200m'],
  ])('%j', (spec, why) => {
    const { api } = world()
    api.create(lr)
    expect(says(() => api.create(pod('l', spec)))).toBe(`pods "l" is forbidden: ${why}`)
  })
})

test('quota (recording kubectl/d04)', () => {
  const { api } = world()
  const hard = { pods: '2', 'requests.cpu': '500m', 'limits.memory': '256Mi', 'count/configmaps': '4' }
  const used = { pods: '0', 'requests.cpu': '0', 'limits.memory': '0', 'count/configmaps': '4' }
  const quota = api.create(object('v1', 'ResourceQuota', 'q', { spec: { hard } }))
  api.updateStatus({ ...quota, status: { hard, used } })
  expect(says(() => api.create(pod('q1')))).toBe(
    'pods "q1" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c',
  )
  api.create(pod('q2', resources({ cpu: '400m' }, { memory: '100Mi' })))
  expect(says(() => api.create(pod('q4', resources({ cpu: '200m' }, { memory: '200Mi' }))))).toBe(
    'pods "q4" is forbidden: exceeded quota: q, requested: limits.memory=200Mi,requests.cpu=200m, used: limits.memory=100Mi,requests.cpu=400m, limited: limits.memory=256Mi,requests.cpu=500m',
  )
  expect(says(() => api.create(configMap('cm4')))).toBe(
    'configmaps "cm4" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=4, limited: count/configmaps=4',
  )
})

describe('Pod Security (recordings kubectl/d04, i10)', () => {
  const enforce = (level: string) => world({ 'pod-security.kubernetes.io/enforce': level }).api
  test('restricted', () => {
    expect(says(() => enforce('restricted').create(pod('ps1')))).toBe(
      'pods "ps1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    )
  })
  test('baseline', () => {
    const spec = {
      hostNetwork: true,
      hostPID: true,
      containers: [
        {
          name: 'c',
          image: 'nginx:1.27',
          ports: [{ containerPort: 80, hostPort: 80 }],
          securityContext: { capabilities: { add: ['NET_ADMIN'] } },
        },
      ],
      volumes: [{ name: 'h', hostPath: { path: '/' } }],
    }
    expect(says(() => enforce('baseline').create(pod('ps5', spec)))).toBe(
      'pods "ps5" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "h"), hostPort (container "c" uses hostPort 80)',
    )
  })
  test('labels that would break what runs', () => {
    const { api } = world()
    for (const name of ['a', 'b', 'c']) api.create(pod(name))
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    const where = { ...api.resolve('Namespace'), name: 'default' }
    const merge = 'application/merge-patch+json' as const
    const patched = api.request({ ...where, verb: 'patch', patchType: merge, body: { metadata: { labels } } })
    expect(accepted(patched).warnings).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
      'a (and 2 other pods): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
    ])
    const wrong = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'foo' } } }
    expect(says(() => api.patch('Namespace', undefined, 'default', wrong, merge))).toBe(
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "foo": must be one of privileged, baseline, restricted',
    )
  })
})
