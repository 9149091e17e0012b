import { describe, expect, test } from 'vitest'
import { accepted, type LocalClient, type ResourceRequest, StatusError } from '../../src/api/index.ts'
import { apiWorld } from './world.ts'

const says = (fn: () => unknown): string => {
  try {
    fn()
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.reason}: ${error.message}`
    throw error
  }
  return 'no error'
}

const deployment = (containers: object[] = [{ name: 'nginx', image: 'nginx:1.27' }]) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
  },
})

/** As kubectl sends it. */
function send(api: LocalClient, patchType: string, body: unknown, more: Partial<ResourceRequest> = {}) {
  const where = { ...api.resolve('Deployment'), namespace: 'default', name: 'web' }
  return accepted(api.request({ ...where, verb: 'patch', patchType: patchType as never, body, untyped: true, ...more }))
}
const strategic = 'application/strategic-merge-patch+json'
const json = 'application/json-patch+json'

function world() {
  const { api } = apiWorld()
  api.create(deployment())
  return api
}

describe('patch', () => {
  test('a strategic merge finds containers by name', () => {
    const api = world()
    const body = { spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:1.28' }] } } } }
    const [container] = send(api, strategic, body).body.spec.template.spec.containers
    expect(container).toMatchObject({ name: 'nginx', image: 'nginx:1.28' })
  })

  test('added containers come in front, deletions and orders are obeyed', () => {
    const { api } = apiWorld()
    api.create(deployment(['a', 'b', 'c'].map((name) => ({ name, image: name }))))
    const names = (containers: object[], order?: object[]) =>
      send(
        api,
        strategic,
        {
          spec: {
            template: {
              spec: { ...(order ? { '$setElementOrder/containers': order } : {}), containers },
            },
          },
        },
        { dryRun: true },
      ).body.spec.template.spec.containers.map((c: any) => c.name)
    expect(names([{ name: 'b', $patch: 'delete' }])).toEqual(['a', 'c'])
    expect(names([{ name: 'a', image: 'x' }], [{ name: 'c' }, { name: 'a' }, { name: 'b' }])).toEqual(['c', 'a', 'b'])
  })

  test('unknown fields are a warning, or an error when strict', () => {
    const api = world()
    expect(send(api, strategic, { spec: { nosuch: 1 } }).warnings).toEqual(['unknown field "spec.nosuch"'])
    const body = { spec: { template: { spec: { containers: [{ name: 'nginx', imagepullpolicy: 'Never' }] } } } }
    expect(says(() => send(api, strategic, body, { fieldValidation: 'Strict' }))).toBe(
      '422 Invalid:  "" is invalid: patch: Invalid value: "map[spec:map[template:map[spec:map[]]]]": strict decoding error: unknown field "spec.template.spec.containers[0].imagepullpolicy"',
    )
  })

  test.each([
    [
      json,
      [{ op: 'remove', path: '/spec/nosuch' }],
      '422 Invalid: the server rejected our request due to an error in our request',
    ],
    [
      json,
      [{ op: 'test', path: '/spec/replicas', value: 9 }],
      '422 Invalid: the server rejected our request due to an error in our request',
    ],
    [
      json,
      { a: 1 },
      '400 BadRequest: error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [strategic, '{bad', "400 BadRequest: invalid character 'b' looking for beginning of object key string"],
    [
      strategic,
      { spec: { replicas: 'three' } },
      '422 Invalid:  "" is invalid: patch: Invalid value: "map[spec:map[replicas:three]]": unrecognized type: int32',
    ],
  ])('%s %j', (type, body, message) => {
    expect(says(() => send(world(), type, body))).toBe(message)
  })
})

describe('server-side apply', () => {
  const apply = (api: LocalClient, body: object, fieldManager = 'kubectl', more = {}) =>
    send(api, 'application/apply-patch+yaml', body, { fieldManager, ...more })
  const config = (replicas: number, image = 'nginx:1.27') => {
    const d: any = deployment([{ name: 'nginx', image, ports: [{ containerPort: 80 }] }])
    d.spec.replicas = replicas
    return d
  }

  test.each([world(), apiWorld().api])('a null where an object belongs is its absence', (api) => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: null }
    expect(says(() => apply(api, body, 'ci', { force: true }))).toMatch(
      /^422 Invalid: Deployment\.apps "web" is invalid: \[spec\.selector: Required value, /,
    )
  })

  test('conflicts are told field by field', () => {
    const { api } = apiWorld()
    apply(api, config(3))
    expect(says(() => apply(api, config(1), 'ci'))).toBe(
      '409 Conflict: Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas',
    )
    expect(says(() => apply(api, config(1, 'nginx:1.28'), 'ci'))).toBe(
      '409 Conflict: Apply failed with 2 conflicts: conflicts with "kubectl":\n- .spec.replicas\n- .spec.template.spec.containers[name="nginx"].image',
    )
    apply(api, config(1), 'ci', { force: true })
    expect(says(() => apply(api, config(3)))).toBe(
      '409 Conflict: Apply failed with 1 conflict: conflict with "ci": .spec.replicas',
    )
  })

  test('managedFields of an applied object', () => {
    const { api } = apiWorld()
    const { metadata } = apply(api, config(3)).body
    expect(metadata.managedFields).toEqual([
      {
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:replicas': {},
            'f:selector': {},
            'f:template': {
              'f:metadata': { 'f:labels': { 'f:app': {} } },
              'f:spec': {
                'f:containers': {
                  'k:{"name":"nginx"}': {
                    '.': {},
                    'f:image': {},
                    'f:name': {},
                    'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                  },
                },
              },
            },
          },
        },
        manager: 'kubectl',
        operation: 'Apply',
        time: '2026-11-21T02:38:23Z',
      },
    ])
  })

  test('what is no longer applied goes, unless somebody else owns it', () => {
    const { api } = apiWorld()
    apply(api, config(3))
    const smaller = config(3)
    delete smaller.metadata.labels
    expect(apply(api, smaller).body.metadata.labels).toBeUndefined()
  })

  test('a field that the schema does not know', () => {
    const { api } = apiWorld()
    const wrong = config(3)
    wrong.spec.replicaz = 3
    expect(says(() => apply(api, wrong))).toBe(
      '500 : failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema',
    )
  })
})

test('managedFields of a created object name the maps that were not there before', () => {
  const { api } = apiWorld()
  const { metadata } = accepted(
    api.request({
      ...api.resolve('ConfigMap'),
      verb: 'create',
      namespace: 'default',
      untyped: true,
      fieldManager: 'kubectl-create',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { set: 'one' } }, data: { a: 'b' } },
    }),
  ).body
  expect(metadata.managedFields[0].fieldsV1).toEqual({
    'f:data': { '.': {}, 'f:a': {} },
    'f:metadata': { 'f:labels': { '.': {}, 'f:set': {} } },
  })
})

test('managedFields of an event tell of the fields of the group in which it was written (recording a04)', () => {
  const { api } = apiWorld()
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'p.1', namespace: 'default' },
    eventTime: '2026-11-21T02:21:47.807602Z',
    reportingController: 'default-scheduler',
    reportingInstance: 'default-scheduler-controlplane',
    action: 'Binding',
    reason: 'Scheduled',
    regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
    note: 'Successfully assigned default/p to node01',
    type: 'Normal',
  }
  const target = { group: 'events.k8s.io', version: 'v1', resource: 'events', namespace: 'default' }
  const { metadata } = accepted(api.request({ ...target, verb: 'create', untyped: true, body })).body
  const [entry] = metadata.managedFields
  expect(Object.keys(entry.fieldsV1)).toEqual([
    'f:action',
    'f:eventTime',
    'f:note',
    'f:reason',
    'f:regarding',
    'f:reportingController',
    'f:reportingInstance',
    'f:type',
  ])
})
