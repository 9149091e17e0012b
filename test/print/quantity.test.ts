import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseQuantity, retainedQuantity } from '../../src/print/index.ts'

describe('canonical form', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['512', '512'],
    ['1e3', '1e3'],
    ['1500e0', '1500'],
    ['100000k', '100M'],
    ['0', '0'],
    // As the real kubectl reads them: no digits are a zero.
    ['Mi', '0'],
    ['.', '0'],
    ['+', '0'],
    ['-2', '-2'],
    ['1.1Mi', '1153433600m'],
    ['0.0000000001', '1n'],
    ['29E', '9223372036854775807'],
  ])('%s is %s', (text, canonical) => expect(parseQuantity(text).toString()).toBe(canonical))
})

test.each([
  ['', 'quantities must match the regular expression'],
  ['1x', 'quantities must match the regular expression'],
  ['1KK', "unable to parse quantity's suffix"],
])('%j is refused', (text, message) => expect(() => parseQuantity(text)).toThrow(message))

test('a client keeps what was typed as long as it fits its fast path', () => {
  expect(retainedQuantity('1000m')).toBe('1000m')
  expect(retainedQuantity('1.5Gi')).toBe('1536Mi')
})

test('adding and printing agree', () => {
  const quantity = fc
    .tuple(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom('m', '', 'k', 'M', 'Ki', 'Mi'))
    .map(([n, unit]) => `${n}${unit}`)
  fc.assert(
    fc.property(quantity, quantity, (a, b) => {
      const sum = parseQuantity(a).add(parseQuantity(b))
      expect(parseQuantity(sum.toString()).nano).toBe(sum.nano)
      expect(sum.sub(parseQuantity(b)).compare(parseQuantity(a))).toBe(0)
    }),
  )
})
