import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtinKinds, type Schema, schemaOf } from '../../src/kinds/index.ts'
import { apiWorld } from './world.ts'

/** Words that mean something in one place or another, and harm careless code elsewhere. */
const text = fc.constantFrom(
  ...[
    '',
    'x',
    'default',
    'nginx:1.27',
    'a/b',
    'A_b',
    '10.0.0.1',
    '::1',
    '/tmp',
    '..',
    '*',
    'None',
    '80',
    'http',
    '50%',
  ],
  ...['Always', 'Never', 'ClusterIP', 'ClientIP', 'In', 'Exists', 'cpu', '*/5 * * * *', 'é', 'a'.repeat(300)],
)
const number = fc.constantFrom(0, 1, -1, 80, 65536, 2147483647, -2147483648)
const wrong = fc.constantFrom(null, '', 'x', 1, true, [], {}, [null], [{}], { a: null })
const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  int32: number,
  int64: number,
  double: number,
  boolean: fc.boolean(),
  time: fc.constantFrom('2026-11-21T09:00:00Z', 'x'),
  microTime: fc.constantFrom('2026-11-21T09:00:00.000000Z', 'x'),
  quantity: fc.constantFrom('0', '1', '100m', '1Gi', '-1', 'x'),
  intOrString: fc.constantFrom(0, 80, -1, '50%', 'http'),
  bytes: fc.constantFrom('', 'YQ==', 'x'),
  any: wrong,
}

/** Values that fit a schema, mostly: fields are left out, are null, or are something else. */
function fitting(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.type === 'list') return fc.array(fitting(schema.items, depth - 1), { maxLength: depth > 0 ? 2 : 0 })
  if (schema.type === 'map')
    return fc.dictionary(text, fitting(schema.items, depth - 1), { maxKeys: depth > 0 ? 2 : 0 })
  if (schema.type !== 'object') return scalars[schema.type]!
  if (depth <= 0) return fc.constant({})
  const fields = [...schema.fields.values()].map((field) => {
    const own = field.enum ? fc.constantFrom(...field.enum) : fitting(field.schema, depth - 1)
    const absent = field.required ? 1 : 6
    return fc
      .oneof({ weight: 4, arbitrary: own }, { weight: absent, arbitrary: fc.constant(undefined) }, wrong)
      .map((value) => [field.name, value] as const)
  })
  return fc.tuple(...fields).map(Object.fromEntries)
}

/** Made at a subresource or by a proxy, not by themselves. */
const writable = builtinKinds.filter((k) => k.verbs.includes('create') && k.verbs.includes('update') && schemaOf(k))

test.each(writable.map((k) => [`${k.apiVersion} ${k.kind}`, k] as const))('%s: anything is answered', (_name, kind) => {
  const fields = [...schemaOf(kind)!.fields.values()].filter(
    ({ name }) => !['apiVersion', 'kind', 'metadata'].includes(name),
  )
  const rest = fc.tuple(...fields.map((f) => fitting(f.schema, 5).map((value) => [f.name, value] as const)))
  const { api } = apiWorld()
  const where = {
    ...api.resolve(`${kind.apiVersion}/${kind.kind}`),
    ...(kind.namespaced ? { namespace: 'default' } : {}),
    untyped: true,
  }
  const send = (request: object) => api.request({ ...where, ...request } as never)
  fc.assert(
    fc.property(rest, rest, (first, second) => {
      const identity = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x' } }
      const made = send({ verb: 'create', body: { ...Object.fromEntries(first), ...identity } })
      expect([201, 400, 403, 409, 422, 500]).toContain(made.code)
      const changed = send({ verb: 'update', name: 'x', body: { ...Object.fromEntries(second), ...identity } })
      expect([200, 201, 400, 403, 404, 409, 422, 500]).toContain(changed.code)
      expect(send({ verb: 'list', accept: 'table' }).code).toBe(200)
      send({ verb: 'delete', name: 'x' })
    }),
    { seed: Number(process.env.FUZZ_SEED ?? 36), numRuns: Number(process.env.FUZZ_RUNS ?? 15) },
  )
})
