import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiWorld } from './world.ts'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
    },
  },
}

/** Words that lead somewhere in the object, directives, and words that do harm to careless code. */
const word = fc.constantFrom(
  ...[
    'metadata',
    'labels',
    'annotations',
    'finalizers',
    'ownerReferences',
    'managedFields',
    'name',
    'spec',
    'replicas',
  ],
  ...['selector', 'template', 'containers', 'ports', 'containerPort', 'env', 'strategy', 'status', 'nosuch', '-', '0'],
  ...['$patch', '$retainKeys', '$setElementOrder/containers', '$deleteFromPrimitiveList/finalizers', '__proto__'],
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    fc.constantFrom(null, true, -1, 1.5, '', 'x', 'delete', 'replace', 'merge', [], {}),
    fc.array(tie('any'), { maxLength: 2 }),
    fc.array(fc.tuple(word, tie('any')), { maxLength: 3 }).map(Object.fromEntries),
  ),
})).any
const identity = { apiVersion: 'apps/v1', kind: 'Deployment' }
const pointer = fc.array(word, { maxLength: 5 }).map((steps) => steps.map((s) => `/${s}`).join(''))
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'nosuch'),
    path: fc.oneof(pointer, fc.constant('x')),
    from: pointer,
    value,
  },
  { requiredKeys: ['op', 'path'] },
)

test.each([
  ['application/strategic-merge-patch+json', value],
  ['application/merge-patch+json', value],
  ['application/json-patch+json', fc.oneof(value, fc.array(operation, { maxLength: 3 }))],
  [
    'application/apply-patch+yaml',
    fc.oneof(
      value,
      value.map((v) => Object.assign({ ...identity }, v)),
    ),
  ],
] as const)('%s: any patch is answered, and leaves an object that can be written back', (patchType, body) => {
  fc.assert(
    fc.property(body as fc.Arbitrary<unknown>, fc.boolean(), (patch, asText) => {
      const { api } = apiWorld()
      api.create(deployment)
      const where = { ...api.resolve('Deployment'), namespace: 'default', name: 'web', untyped: true }
      const answer = api.request({
        ...where,
        verb: 'patch',
        patchType,
        body: asText ? JSON.stringify(patch) : patch,
        fieldManager: 'fuzz',
      } as never)
      expect([200, 201, 400, 409, 415, 422, 500]).toContain(answer.code)
      if (answer.code >= 400) expect(answer.body).toMatchObject({ kind: 'Status', message: expect.stringMatching(/./) })
      const now = api.request({ ...where, verb: 'get' })
      expect(now.body.metadata.name).toBe('web')
      expect(api.request({ ...where, verb: 'update', body: now.body }).code).toBe(200)
      expect(Object.keys(Object.prototype)).toEqual([])
    }),
    { numRuns: 300 },
  )
})
