import { describe, expect, it } from 'vitest'
import { discovery } from '../../src/api/http/discovery.ts'
import { CustomResources } from '../../src/api/index.ts'
import { apiWorld } from './world.ts'

/** crd.yaml of recording kubectl/i09-crd, without its rules. */
const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.shop.example.com' },
  spec: {
    group: 'shop.example.com',
    scope: 'Namespaced',
    names: {
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      listKind: 'WidgetList',
      shortNames: ['wd'],
      categories: ['all', 'shop'],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 10 },
                  minSize: { type: 'integer', default: 1 },
                  color: { type: 'string', enum: ['red', 'green', 'blue'] },
                  replicas: { type: 'integer', default: 1 },
                  tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                },
              },
              status: {
                type: 'object',
                properties: { replicas: { type: 'integer' }, selector: { type: 'string' } },
              },
            },
          },
        },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        selectableFields: [{ jsonPath: '.spec.color' }],
      },
      {
        name: 'v1alpha1',
        served: true,
        storage: false,
        deprecated: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

const gvr = { group: 'shop.example.com', version: 'v1', resource: 'widgets' }
const widget = (name: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'shop.example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'cr', ...metadata },
  spec,
})

function world() {
  const made = apiWorld({ paths: [discovery('192.168.56.10:6443')] })
  const custom = new CustomResources(made.server, made.api)
  custom.start()
  made.api.create(widgets)
  made.kernel.advance(1000)
  return { ...made, custom }
}

const failure = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
}

describe('custom resources', () => {
  it('establishes a definition and serves its kinds', () => {
    const { api } = world()
    expect(api.get('CustomResourceDefinition', undefined, 'widgets.shop.example.com').status.conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
      { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
    ])
    const body = widget('w1', { size: 3, color: 'red', colour: 'red' })
    const made = api.request({ ...gvr, verb: 'create', namespace: 'cr', body, untyped: true }).body
    expect(made.spec).toEqual({ size: 3, color: 'red', minSize: 1, replicas: 1 })
    expect(made.metadata.generation).toBe(1)
    expect(failure(() => api.create(widget('w2', { size: 30 })))).toBe(
      'Widget.shop.example.com "w2" is invalid: spec.size: Invalid value: 30: spec.size in body should be less than or equal to 10',
    )
    expect(failure(() => api.create(widget('w2', { size: 'three' })))).toContain(
      'spec.size in body must be of type integer: "string"',
    )
    const old = api.request({ ...gvr, version: 'v1alpha1', verb: 'get', namespace: 'cr', name: 'w1' })
    expect(old.body.apiVersion).toBe('shop.example.com/v1alpha1')
    expect(old.warnings).toEqual(['shop.example.com/v1alpha1 Widget is deprecated; use shop.example.com/v1 Widget'])
    expect(api.list(gvr, 'cr', { fieldSelector: 'spec.color=red' })).toHaveLength(1)
    const table = api.request({ ...gvr, verb: 'list', namespace: 'cr', accept: 'table' })
    expect(table.body.rows[0].cells).toEqual(['w1', 3])
  })

  it('scales by the definition, and knows owners of fields', () => {
    const { api } = world()
    api.create(widget('w1', { size: 3, tags: ['a'] }))
    const scaled = api.request({
      ...gvr,
      verb: 'patch',
      namespace: 'cr',
      name: 'w1',
      subresource: 'scale',
      body: { spec: { replicas: 3 } },
      patchType: 'application/merge-patch+json',
      untyped: true,
    })
    expect(scaled.body.spec).toEqual({ replicas: 3 })
    expect(api.get(gvr, 'cr', 'w1').spec.replicas).toBe(3)
    const applied = api.request({
      ...gvr,
      verb: 'patch',
      namespace: 'cr',
      name: 'w1',
      body: widget('w1', { size: 3, tags: ['b'] }),
      patchType: 'application/apply-patch+yaml',
      fieldManager: 'kubectl',
      untyped: true,
    })
    expect(applied.body.spec.tags).toEqual(['a', 'b'])
    expect(applied.body.metadata.managedFields[0].fieldsV1).toEqual({
      'f:spec': { 'f:size': {}, 'f:tags': { 'v:"b"': {} } },
    })
  })

  it('refuses names that are taken', () => {
    const { api, kernel } = world()
    const { spec } = widgets
    api.create({
      ...widgets,
      metadata: { name: 'pods.shop.example.com' },
      spec: { ...spec, names: { ...spec.names, plural: 'pods', singular: 'pod', kind: 'Pod', listKind: 'PodList' } },
    })
    kernel.advance(1000)
    expect(api.get('CustomResourceDefinition', undefined, 'pods.shop.example.com').status.conditions).toMatchObject([
      { message: '"wd" is already in use', reason: 'ShortNamesConflict', status: 'False', type: 'NamesAccepted' },
      { message: 'not all names are accepted', reason: 'NotAccepted', status: 'False', type: 'Established' },
    ])
    expect(api.request({ ...gvr, resource: 'pods', verb: 'list' }).code).toBe(404)
  })

  it('removes the instances with their definition', () => {
    const { api, kernel } = world()
    api.create(widget('w1', { size: 3 }, { finalizers: ['example.com/hold'] }))
    api.create(widget('w2', { size: 3 }))
    api.remove('CustomResourceDefinition', undefined, 'widgets.shop.example.com')
    kernel.advance(3000)
    expect(
      api.get('CustomResourceDefinition', undefined, 'widgets.shop.example.com').status.conditions[2],
    ).toMatchObject({
      message: 'CustomResource deletion is in progress',
      reason: 'InstanceDeletionInProgress',
      status: 'True',
      type: 'Terminating',
    })
    expect(api.list(gvr).map((w) => w.metadata.name)).toEqual(['w1'])
    expect(failure(() => api.create(widget('w9', { size: 3 })))).toBe(
      'widgets.shop.example.com "w9" is forbidden: create not allowed while custom resource definition is terminating',
    )
    api.patch(gvr, 'cr', 'w1', { metadata: { finalizers: null } }, 'application/merge-patch+json')
    kernel.advance(6000)
    expect(api.find('CustomResourceDefinition', undefined, 'widgets.shop.example.com')).toBeUndefined()
    expect(api.request({ ...gvr, verb: 'list' }).code).toBe(404)
  })
})
