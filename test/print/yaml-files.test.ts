import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readWritten, writeYaml } from '../../src/print/index.ts'

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.stringMatching(/^[A-Za-z/-][A-Za-z0-9 ,=/:#'"\n-]{0,24}$/),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z0-9-]{0,8}$/), tie('value'), { maxKeys: 4 }),
  ),
})).value as fc.Arbitrary<unknown>

test('what is known of a written text is what a parser reads in it, members in order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), json, { minKeys: 1 }), (value) => {
      const text = writeYaml(value)
      const known = readWritten(text)!.value
      expect(JSON.stringify(known)).toBe(JSON.stringify(parse(text)))
    }),
  )
})

test('nothing is known of a text that was changed by hand', () => {
  const text = writeYaml({ kind: 'Pod' })
  expect(readWritten(text.replace('Pod', 'Node'))).toBeUndefined()
})
