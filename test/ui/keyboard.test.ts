import { StringDecoder } from 'node:string_decoder'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Key, keyName } from '../../src/shell/index.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'

/** Keys of bytes that arrive in the given pieces. */
function decode(pieces: readonly Uint8Array[]): Key[] {
  const utf8 = new StringDecoder('utf8')
  const decoder = new KeyDecoder()
  const keys = pieces.flatMap((piece) => decoder.feed(utf8.write(piece as Buffer)))
  return [...keys, ...decoder.flush()]
}

const names = (text: string): string[] =>
  decode([Buffer.from(text)]).map((key) => (key.name === 'paste' ? `paste: ${key.text}` : keyName(key)))

describe('keyboard', () => {
  test.each<[string, string, string[]]>([
    ['typed ahead', 'ls -l\r', ['l', 's', ' ', '-', 'l', 'enter']],
    ['control characters', '\x01\x03\x04\x1a\x1c\x1f\x00', ['C-a', 'C-c', 'C-d', 'C-z', 'C-\\', 'C-_', 'C-space']],
    ['backspace is not delete', '\x7f\x1b[3~', ['backspace', 'delete']],
    ['arrows, normal and application', '\x1b[A\x1b[B\x1bOC\x1bOD', ['up', 'down', 'right', 'left']],
    ['home and end, three dialects', '\x1b[H\x1b[1~\x1bOF\x1b[8~', ['home', 'home', 'end', 'end']],
    ['modifiers', '\x1b[1;5C\x1b[1;3D\x1b[1;2A\x1b[5;2~', ['C-right', 'M-left', 'S-up', 'S-pageup']],
    ['function keys', '\x1bOP\x1b[11~\x1b[15~\x1b[21~\x1b[24~', ['f1', 'f1', 'f5', 'f10', 'f12']],
    ['Alt', '\x1b.\x1bb\x1b\x7f\x1bé', ['M-.', 'M-b', 'M-backspace', 'M-é']],
    ['a lone escape', '\x1b', ['escape']],
    ['two escapes', '\x1b\x1b', ['escape', 'escape']],
    ['shift-tab', '\t\x1b[Z', ['tab', 'S-tab']],
    ['kitty', '\x1b[97;5u\x1b[27u\x1b[13;2u', ['C-a', 'escape', 'S-enter']],
    ['mouse and unknown reports are dropped', '\x1b[<0;10;5Ma\x1b[?1;2cb', ['a', 'b']],
    ['text beyond ASCII', 'é日😀', ['é', '日', '😀']],
    ['paste', '\x1b[200~echo a\rb\x1b[201~x', ['paste: echo a\nb', 'x']],
    ['a paste cannot drive the terminal', '\x1b[200~a\x1b[2J\x07\x00\tb\x1b[201~', ['paste: a[2J\tb']],
  ])('%s', (_case, bytes, keys) => {
    expect(names(bytes)).toEqual(keys)
  })

  test('however the bytes arrive, the keys are the same', () => {
    const part = fc.constantFrom(
      ...[
        'a',
        'é',
        '😀',
        '\r',
        '\t',
        '\x7f',
        '\x03',
        '\x1b[A',
        '\x1bOP',
        '\x1b[1;5C',
        '\x1b[15~',
        '\x1bf',
        '\x1b\x1b[B',
      ],
      ...['\x1b[97;5u', '\x1b[<0;1;1M', '\x1b[200~p\x1b[q\r\x1b[201~', '\x1b[200~\x1b[201~'],
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(60), { maxLength: 10 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''))
        const ends = [...new Set([...cuts.filter((c) => c < bytes.length), bytes.length])].sort((a, b) => a - b)
        const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
        expect(decode(pieces)).toEqual(decode([bytes]))
      }),
    )
  })

  test('whatever arrives, only keys come out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (noise) => {
        for (const key of decode([Buffer.from(noise)])) if (key.name === 'char') expect(key.text).toMatch(/^\P{Cc}$/u)
      }),
    )
  })
})
