import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EditLine, type Key } from '../../../src/shell/index.ts'

/** `C-a`, `M-b`, `left`, or text to type. */
function keyOf(name: string): Key {
  const m = /^(C-)?(M-)?(.+)$/su.exec(name)!
  const special = /^(left|right|home|end|backspace|delete)$/.test(m[3])
  if (!m[1] && !m[2] && !special) return { name: 'char', text: name }
  return { name: m[3], ctrl: m[1] !== undefined, alt: m[2] !== undefined }
}

function typed(text: string, ...keys: string[]): string {
  const line = new EditLine()
  line.insert(text)
  for (const key of keys) line.key(keyOf(key))
  return `${line.before}|${line.after}`
}

describe('line editor', () => {
  test.each<[string, string[], string]>([
    ['kubectl get pods', ['C-a'], '|kubectl get pods'],
    ['kubectl get pods', ['M-b', 'M-b'], 'kubectl |get pods'],
    ['kubectl get pods', ['C-a', 'M-f', 'C-k'], 'kubectl|'],
    ['cat /etc/passwd', ['C-w'], 'cat |'],
    ['cat /etc/passwd', ['M-backspace'], 'cat /etc/|'],
    ['a b c', ['C-w', 'C-w', 'C-y'], 'a b c|'],
    ['one two', ['C-w', 'C-a', 'C-y'], 'two|one '],
    ['one two', ['C-w', 'left', 'C-k', 'C-y', 'M-y'], 'onetwo|'],
    ['ab', ['C-t'], 'ba|'],
    ['pods', ['C-a', 'M-u'], 'PODS|'],
    ['abc', ['left', 'delete'], 'ab|'],
    ['abc', ['C-u', 'C-_'], 'abc|'],
    ['é😀👩‍💻', ['left', 'backspace'], 'é|👩‍💻'],
    ['e\u0301x', ['left', 'left', 'right'], 'e\u0301|x'],
  ])('%s %j', (text, keys, result) => {
    expect(typed(text, ...keys)).toBe(result)
  })

  test('the cursor never leaves the line, and undo leads back', () => {
    const key = fc.constantFrom(
      ...['a', ' ', '😀', 'left', 'right', 'home', 'end', 'backspace', 'delete', 'C-k', 'C-u', 'C-w', 'C-y', 'M-y'],
      ...['C-t', 'M-b', 'M-f', 'M-d', 'M-u', 'M-c', 'M-backspace', 'C-_'],
    )
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        const line = new EditLine()
        for (const k of keys) {
          line.key(keyOf(k))
          expect(line.before + line.after).toBe(line.text)
          expect(line.cursor).toBeLessThanOrEqual(line.length)
        }
        for (let i = 0; i < 200; i++) line.key(keyOf('C-_'))
        expect(line.text).toBe('')
      }),
    )
  })
})
