import { describe, expect, test } from 'vitest'
import { french, frenchTexts, say, withCode } from '../../src/ui/typeset.ts'

describe('French typography', () => {
  test.each([
    ["L'API répond : qu'attend-elle ?", 'L’API répond\u00a0: qu’attend-elle\u00a0?'],
    ['« archive » est vert ; tant mieux !', '«\u00a0archive\u00a0» est vert\u00a0; tant mieux\u00a0!'],
    ["`jq '.a' : b'c ?` est d'usage", "`jq '.a' : b'c ?` est d’usage"],
    ["un 'mot' seul, 10:30, http://x", "un 'mot' seul, 10:30, http://x"],
  ])('%j', (typed, printed) => {
    expect(french(typed)).toBe(printed)
  })

  test('a dictionary: texts, lists, and what functions say', () => {
    const texts = frenchTexts({ a: "l'un", list: ["l'autre"], of: (n: number) => `n'est : ${n}` })
    expect([texts.a, texts.list, texts.of(2)]).toEqual(['l’un', ['l’autre'], 'n’est\u00a0: 2'])
  })

  test('English stays as it is written', () => {
    expect(say({ en: "It's : so", fr: '' }, 'en')).toBe("It's : so")
  })
})

test('code is bold, and its backquotes go', () => {
  expect(withCode('run `crictl ps` now')).toBe('run \x1b[1mcrictl ps\x1b[22m now')
})
