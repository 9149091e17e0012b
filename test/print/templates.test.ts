import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GoTemplate, JsonPath, jsonPathFailure } from '../../src/print/index.ts'

const object = {
  apiVersion: 'x.io/v1',
  kind: 'Foo',
  metadata: { name: 'x', labels: { dry: 'run', 'a.b/c': 'v' } },
  data: { p: 'aGVsbG8=' },
  spec: {
    n: 3,
    big: 12345678,
    z: null,
    list: [
      { name: 'a', v: 1, on: true },
      { name: 'b', v: 2, k: { x: [1, 2, 3] } },
      { name: 'c', v: 3.5 },
    ],
    words: ['one', 'two', 'three', 'four'],
  },
}

// All expected texts were printed by kubectl 1.32 for this object (label --local -o …).
describe('jsonpath', () => {
  test.each([
    ['{.spec.big} {.spec.z} {.nosuch}|', '12345678 null |'],
    ['{.spec.list[*].name}', 'a b c'],
    ['{.spec.list[0,2].name}', 'a c'],
    ['{.spec.words[1:3]} {.spec.words[-1]}', 'two three four'],
    ['{.spec.list[?(@.name=="b")].k.x[1:]}', '2 3'],
    ['{.spec.list[?(@.on)].name}', 'a'],
    ['{range .spec.list[*]}{.name}:{range .k.x[*]}{@},{end};{end}done', 'a:;b:1,2,3,;c:;done'],
    ['{.metadata.labels[\'a\\.b/c\']}{"\\t"}{.metadata.labels.a\\.b/c}', 'v\tv'],
    ['{.spec.list[0]}', '{"name":"a","on":true,"v":1}'],
    ['{.kind}-{.metadata.name} plain', 'Foo-x plain'],
    ['{.spec.list..v}', '1 2 3.5'],
  ])('%s', (template, text) => expect(new JsonPath(template).text(object)).toBe(text))

  test.each([
    ['{.spec', 'unclosed action'],
    ['{.spec.list[abc]}', 'invalid array index abc'],
    ['{.spec.list[?(@.name=="b"].v}', 'unterminated filter'],
    ['{#}', "unrecognized character in action: U+0023 '#'"],
  ])('%s does not parse', (template, message) => expect(() => new JsonPath(template)).toThrow(message))

  test('an index out of bounds dumps the object', () => {
    expect(() => new JsonPath('{.items[0].x}').text({ items: [] })).toThrow(
      'array index out of bounds: index 0, length 0',
    )
    expect(jsonPathFailure('{.items[0].x}', 'reason', { items: [], kind: 'List' })).toBe(
      'error executing jsonpath "{.items[0].x}": Error executing template: reason. Printing more information for debugging the template:\n' +
        '\ttemplate was:\n\t\t{.items[0].x}\n\tobject given to jsonpath engine was:\n' +
        '\t\tmap[string]interface {}{"items":[]interface {}{}, "kind":"List"}\n\n\n',
    )
  })

  test('a field path finds what is there', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), fc.string(), (path, leaf) => {
        const value = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), leaf)
        expect(new JsonPath(`{.${path.join('.')}}`).text(value)).toBe(leaf)
      }),
    )
  })
})

describe('go-template', () => {
  test.each([
    ['{{.spec.n}} {{.spec.z}} {{.nosuch.x}}', '3 <no value> <no value>'],
    ['{{range $i, $e := .spec.list}}{{$i}}:{{$e.name}} {{end}}', '0:a 1:b 2:c '],
    ['{{range .nosuch}}x{{else}}none{{end}}', 'none'],
    ['{{if and (eq .kind "Foo") (not .spec.x)}}ok{{else}}no{{end}}', 'ok'],
    ['{{index .metadata.labels "a.b/c"}} {{index .spec.list 0 "name"}} {{len .spec.words}}', 'v a 4'],
    ['{{printf "%s-%d|%5s|%q" .kind .spec.n "a" "c"}}', 'Foo-3|    a|"c"'],
    ['{{.data.p | base64decode}}', 'hello'],
    ['{{.metadata}}', 'map[labels:map[a.b/c:v dry:run] name:x]'],
    ['a {{- " b " -}} c', 'a b c'],
  ])('%s', (template, text) => expect(new GoTemplate(template).execute(object)).toEqual({ text }))

  test.each([
    [
      '{{.spec.n.x}}',
      `template: output:1:7: executing "output" at <.spec.n.x>: can't evaluate field x in type interface {}`,
    ],
    [
      '{{index .nosuch 0}}',
      'template: output:1:2: executing "output" at <index .nosuch 0>: error calling index: index of untyped nil',
    ],
    [
      '{{.data.nosuch | base64decode}}',
      'template: output:1:17: executing "output" at <base64decode>: invalid value; expected string',
    ],
  ])('%s fails', (template, error) => expect(new GoTemplate(template).execute(object).error).toBe(error))

  test.each([
    ['{{', 'template: output:1: unclosed action'],
    ['{{foo}}', 'template: output:1: function "foo" not defined'],
    ['{{if .x}}a', 'template: output:1: unexpected EOF'],
  ])('%s does not parse', (template, message) => expect(() => new GoTemplate(template)).toThrow(message))
})
