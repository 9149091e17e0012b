import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { builtinKinds, Cel, decode, KindRegistry, schemaOf } from '../../src/kinds/index.ts'

const registry = new KindRegistry(builtinKinds)
const read = (name: string) => parse(readFileSync(new URL(`recorded/${name}.yaml`, import.meta.url), 'utf8'))
const manifests: any[] = [
  ...read('c03-validation').map(({ manifest }: any) => parse(manifest, { version: '1.1', uniqueKeys: false })),
  ...read('updates').setup,
]

test('decoding and defaulting twice changes nothing', () => {
  for (const manifest of manifests) {
    const kind = registry.byKind(manifest.apiVersion, manifest.kind)!
    const schema = schemaOf(kind)!
    const { value, error } = decode(manifest, schema)
    if (error) continue
    expect(decode(value, schema)).toEqual({ value, error: undefined, strict: [] })
    kind.defaults(value)
    const once = structuredClone(value)
    kind.defaults(value)
    expect(value).toEqual(once)
    expect(decode(once, schema)).toEqual({ value: once, error: undefined, strict: [] })
  }
})

test('CEL computes whole numbers as Go does', () => {
  const small = fc.integer({ min: -1000, max: 1000 })
  const check = (a: number, b: number, c: number) => {
    const run = (source: string) => new Cel(source).run({ a, b, c })
    expect(run('a + b * c - (a - b)')).toBe(a + b * c - (a - b))
    if (c !== 0) expect(run('(a / c) * c + a % c')).toBe(a)
    expect(run('a < b ? b : a')).toBe(Math.max(a, b))
    expect(run('[a, b, c].exists(x, x == c) && a in [a]')).toBe(true)
  }
  fc.assert(fc.property(small, small, small, check), { numRuns: 50 })
})
