import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { goYamlError, toYaml } from '../../src/print/index.ts'

// What the real tools printed for these texts (recordings) and libyaml's rules for the rest.
test.each([
  ['apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n', 'yaml: line 4: found character that cannot start any token'],
  ['bad: [', 'yaml: line 1: did not find expected node content'],
  ['a: b: c\n', 'yaml: mapping values are not allowed in this context'],
  ['x: 1\na: b: c\n', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a: 1\nb\nc: 2\n', "yaml: line 3: could not find expected ':'"],
  ['a:\n  b: 1\n c: 2\n', 'yaml: line 2: did not find expected key'],
  ['a:\n  - x\n b: 1\n', 'yaml: line 2: did not find expected key'],
  ['a: "x\nb: 1\n', 'yaml: line 3: found unexpected end of stream'],
  ['x: 1\na: {b: 1, c: ""d""}\n', "yaml: line 1: did not find expected ',' or '}'"],
  ['x: 1\na: [1 2: 3\n', "yaml: line 2: did not find expected ',' or ']'"],
  ['a: "\\q"\n', 'yaml: found unknown escape character'],
  ['a: *b\n', "yaml: unknown anchor 'b' referenced"],
  ['a: - b\n', 'yaml: block sequence entries are not allowed in this context'],
  ['a: %b\n', 'yaml: found character that cannot start any token'],
  ['a: 1\nb: @x\n', 'yaml: line 2: found character that cannot start any token'],
  ['a: \u0001', 'yaml: control characters are not allowed'],
  ['a: |\n  text\n b\nc: 1\n', 'yaml: line 2: did not find expected key'],
])('%j', (text, problem) => {
  expect(goYamlError(text)).toBe(problem)
})

test('what our own writer makes can be read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => goYamlError(toYaml(value)) === undefined),
    { numRuns: 300 },
  )
})

test('any text gets an answer', () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '|',
    '>',
    '&x',
    '*x',
    '#',
    '---',
    '\t',
    '!t',
    '?',
    '%',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      const problem = goYamlError(text)
      expect(problem === undefined || problem.startsWith('yaml: ')).toBe(true)
      if (problem === undefined) parseAllDocuments(text)
    }),
    { numRuns: 500 },
  )
})
