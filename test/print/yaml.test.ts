import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { toKyaml, toYaml } from '../../src/print/index.ts'

// What `kubectl label --local -o yaml` printed for these values (kubectl 1.32).
test('styles of scalars', () => {
  const value = {
    z: [
      '',
      'a: b',
      '- a',
      'yes',
      '010',
      '1e3',
      '1_000',
      '0x',
      '2020-01-02',
      '2020-02-30',
      '1:20',
      "it's",
      ' lead',
      '# c',
      '<<',
    ],
    n: [1, 1.5, 1e21, 2474779634675, 247477963467.5, 1e-7, null, true],
    text: 'line one\nline two\n',
    keep: 'a\n\n',
    strip: ' a\nb',
    blank: 'a \nb',
    e: [],
    m: {},
    a10: 1,
    a2: 2,
    long: `${'lorem ipsum '.repeat(12)}end`,
    quoted: `"${'lorem ipsum '.repeat(8)}end`,
  }
  expect(toYaml(value)).toBe(`a2: 2
a10: 1
blank: "a \\nb"
e: []
keep: |+
  a

long: lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem
  ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum end
m: {}
"n":
- 1
- 1.5
- 1e+21
- 2474779634675
- 2.474779634675e+11
- 1e-07
- null
- true
quoted: '"lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum
  lorem ipsum lorem ipsum end'
strip: |2-
   a
  b
text: |
  line one
  line two
z:
- ""
- 'a: b'
- '- a'
- "yes"
- "010"
- "1e3"
- "1_000"
- 0x
- "2020-01-02"
- 2020-02-30
- "1:20"
- it's
- ' lead'
- '# c'
- <<
`)
})

test('what is written reads back as the same value', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 20, unit: 'grapheme' }),
    fc.array(fc.constantFrom(...'ab01 :#-?!&*|>%{}[],"\'\\\n._='), { maxLength: 30 }).map((chars) => chars.join('')),
  )
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== '__proto__' && key !== '<<'),
        tie('json'),
        { maxKeys: 4 },
      ),
    ),
  }))
  fc.assert(
    fc.property(json, (value) => {
      // What kubectl prints is always a mapping; go-yaml itself does not indent a block scalar at the root.
      expect(parse(toYaml({ value }), { version: '1.2' })).toEqual({ value })
    }),
    { numRuns: 300 },
  )
})

// Recorded: kubectl get cm kube-root-ca.crt -o kyaml (i08), shortened.
test('kyaml', () => {
  expect(
    toKyaml({
      apiVersion: 'v1',
      data: { 'ca.crt': '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n' },
      kind: 'ConfigMap',
      metadata: { name: 'x', finalizers: ['a'], ownerReferences: [{ kind: 'Node' }] },
    }),
  ).toBe(`---
{
  apiVersion: "v1",
  data: {
    ca.crt: "\\
       -----BEGIN CERTIFICATE-----\\n\\
       MIID\\n\\
       -----END CERTIFICATE-----\\n\\
      ",
  },
  kind: "ConfigMap",
  metadata: {
    finalizers: [
      "a",
    ],
    name: "x",
    ownerReferences: [{
      kind: "Node",
    }],
  },
}
`)
})
