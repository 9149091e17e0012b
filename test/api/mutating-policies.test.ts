import { expect, test } from 'vitest'
import { admissionPlugins } from '../../src/api/admission/index.ts'
import { apiWorld, configMap } from './world.ts'

// Recording kubectl/i10-admission, step 16.
const policy = (name: string, mutation: object, spec: object = {}) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicy',
  metadata: { name },
  spec: {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    },
    mutations: [mutation],
    ...spec,
  },
})

const binding = (name: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: { name },
  spec: { policyName: name, matchResources: { namespaceSelector: { matchLabels: { lab: 'adm' } } } },
})

const configuration = (expression: string) => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
})

test('policies change objects in the namespaces that their bindings select', () => {
  const { api } = apiWorld({ admission: admissionPlugins(['MutatingAdmissionPolicy']) })
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'adm', labels: { lab: 'adm' } } })
  const label = configuration('Object{metadata: Object.metadata{labels: {"mutated": "yes"}}}')
  const patch = {
    patchType: 'JSONPatch',
    jsonPatch: { expression: '[JSONPatch{op: "add", path: "/data/n", value: object.metadata.name + "!"}]' },
  }
  for (const object of [policy('add-label', label), binding('add-label'), policy('patch', patch), binding('patch')])
    api.create(object)
  const inside = api.create(configMap('m', { a: 'b' }, { namespace: 'adm', labels: { own: '1' } }))
  expect(inside.metadata.labels).toEqual({ own: '1', mutated: 'yes' })
  expect(inside.data).toEqual({ a: 'b', n: 'm!' })
  expect(inside.metadata.name).toBe('m')
  expect(api.create(configMap('m', { a: 'b' })).data).toEqual({ a: 'b' })
})

test('a mutation that fails stops the request unless its policy lets it through', () => {
  const { api } = apiWorld({ admission: admissionPlugins(['MutatingAdmissionPolicy']) })
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'adm', labels: { lab: 'adm' } } })
  const broken = configuration('Object{data: {"a": object.nosuch}}')
  api.create(policy('broken', broken))
  api.create(binding('broken'))
  const create = () => api.create(configMap('m', {}, { namespace: 'adm' }))
  expect(create).toThrow(
    `configmaps "m" is forbidden: MutatingAdmissionPolicy 'broken' with binding 'broken' denied request: no such key: nosuch`,
  )
  const { metadata } = api.get('MutatingAdmissionPolicy', undefined, 'broken')
  api.update({ ...policy('broken', broken, { failurePolicy: 'Ignore' }), metadata })
  expect(create().metadata.name).toBe('m')
})
