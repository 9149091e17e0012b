import { describe, expect, test } from 'vitest'
import { Cel, CelError, declare } from '../../src/kinds/index.ts'

const object = { spec: { replicas: 5, ratio: 0.5, image: 'nginx:1.27', tags: ['a', 'b'], labels: { app: 'web' } } }

describe('CEL', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['-7 / 2', -3],
    ['-7 % 2', -1],
    ['object.spec.replicas <= 3 ? "few" : "many"', 'many'],
    ['has(object.spec.paused) || object.spec.replicas == 5', true],
    ['object.spec.nosuch == 1 || true', true],
    ['"app" in object.spec.labels && !("x" in object.spec.labels)', true],
    ["object.spec.tags.all(t, t.matches('^[a-z]$'))", true],
    ["object.spec.tags.exists(t, t == 'b')", true],
    ['object.spec.tags.map(t, t + t).join(",")', 'aa,bb'],
    ['size(object.spec.tags.filter(t, t > "a"))', 1],
    ["object.spec.image.split(':')[1]", '1.27'],
    ["object.spec.image.startsWith('nginx:') && !object.spec.image.endsWith(':latest')", true],
    ["'at most ' + string(3) + ' replicas, got ' + string(object.spec.replicas)", 'at most 3 replicas, got 5'],
    ["'%s has %d'.format(['web', 3])", 'web has 3'],
    ["int('42') + 1", 43],
    ['object.spec.ratio < 1', true],
    ["quantity('1Gi').isGreaterThan(quantity('500Mi'))", true],
    ['[1, 2, 3].sum() == 6 && {"a": 1}.a == 1', true],
    ["r'\\d' == '\\\\d'", true],
  ])('%s', (source, value) => {
    expect(new Cel(source).run({ object })).toEqual(value)
  })

  test.each([
    ['object.spec.nosuch', 'no such key: nosuch'],
    ['1 / 0', 'division by zero'],
    ['object.spec.tags[5]', 'index out of bounds: 5'],
    ["int('abc')", "type conversion error from 'string' to 'int'"],
    ["1 + 'a'", 'no such overload'],
    ['object.spec.replicas && true', 'no such overload'],
  ])('%s fails', (source, message) => {
    expect(() => new Cel(source).run({ object })).toThrow(new CelError(message))
  })

  // Texts: recordings kubectl/i09-crd, i10-admission.
  test.each([
    [
      'object.spec.replicas <=',
      `ERROR: <input>:1:24: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}
 | object.spec.replicas <=
 | .......................^`,
    ],
    [
      'params.x == 1',
      `ERROR: <input>:1:1: undeclared reference to 'params' (in container '')
 | params.x == 1
 | ^`,
    ],
  ])('%s does not compile', (source, message) => {
    expect(() => new Cel(source, declare('object'))).toThrow(message)
  })
})
