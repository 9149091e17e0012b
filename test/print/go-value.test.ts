import { expect, test } from 'vitest'
import { goQuote } from '../../src/print/index.ts'

test.each([
  ['', '""'],
  ['plain text', '"plain text"'],
  ['say "hi" to C:\\', '"say \\"hi\\" to C:\\\\"'],
  ['line\n\ttab', '"line\\n\\ttab"'],
  ['bell\x07 nul\x00 del\x7f', '"bell\\a nul\\x00 del\\x7f"'],
  ['Größe ✓', '"Größe ✓"'],
  ['\u200b\u{e0001}', '"\\u200b\\U000e0001"'],
])('Go quotes %j as %s', (text, quoted) => {
  expect(goQuote(text)).toBe(quoted)
})
