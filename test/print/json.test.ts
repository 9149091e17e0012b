import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toGoJson, toKubectlJson } from '../../src/print/json.ts'

const key = fc.oneof(
  fc.constantFrom('1', '10', '2', 'a', 'app.kubernetes.io/name', '<k>', 'é', '\ud83d\ude00', '\uff01', '__proto__'),
  fc.string(),
)
const json = fc.letrec((tie) => ({
  any: fc.oneof(
    fc.constantFrom(null, undefined, true, 0, -0, 420, 0.5, 1e-7, 1e21, 'a<b>&\u2028', '\udc80'),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('any')), { maxLength: 5 }).map(Object.fromEntries),
  ),
})).any

test('what JSON.stringify writes is what is written by hand', () => {
  fc.assert(
    fc.property(json, fc.boolean(), (value, sortKeys) => {
      // A bigint sends the whole list the slow way.
      const slow = toGoJson([value, 1n], { sortKeys })
      expect(`[${toGoJson(value, { sortKeys })},1]`).toBe(slow)
    }),
    { numRuns: 2000 },
  )
})

test('keys in order of bytes, four blanks a level, Go’s escapes', () => {
  expect(toKubectlJson({ b: [1, { c: '<a>' }], 10: {}, 2: [], é: '\u2028', a: undefined })).toBe(`{
    "10": {},
    "2": [],
    "b": [
        1,
        {
            "c": "\\u003ca\\u003e"
        }
    ],
    "é": "\\u2028"
}
`)
})
