import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Scrollback } from '../../src/ui/scrollback.ts'

function written(...texts: string[]): string[] {
  const screen = new Scrollback()
  for (const text of texts) screen.write(text)
  return [...screen.rows(20), screen.tail]
}

describe('scroll-back', () => {
  test.each<[string, string, string[]]>([
    ['lines and the unfinished one', 'a\nb\nc', ['a', 'b', 'c']],
    ['a long line goes on in the next row', 'x'.repeat(45), ['x'.repeat(45)]],
    ['cut at the width', `${'x'.repeat(45)}\n`, ['x'.repeat(20), 'x'.repeat(20), 'x'.repeat(5), '']],
    ['carriage return overwrites', '10%\r100%\n', ['100%', '']],
    ['backspace rubs out', 'ab\b \bc', ['ac']],
    ['tabs to columns of eight', 'a\tb', ['a       b']],
    ['clear leaves nothing', 'a\nb\x1b[H\x1b[2Jc', ['c']],
    ['colours stay', '\x1b[31mred\x1b[0m', ['\x1b[31mred\x1b[0m']],
    ['everything else goes', 'a\x1b]0;title\x07b\x1b[?1049hc\x1b[10;3Hd\x07', ['abcd']],
  ])('%s', (_case, text, rows) => {
    expect(written(text)).toEqual(rows)
  })

  test('no control sequence but colours ever comes out, however it is cut into writes', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '\x1b',
        '[',
        '2J',
        '\x1b[31m',
        '\x1b]0;t',
        '\x07',
        '\x9b',
        '\r',
        '\b',
        '\t',
        '\n',
        'ab',
        '日',
        'é',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        for (const row of written(...parts, '\n')) {
          expect(row.replace(/\x1b\[[0-9;]*m/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
        }
      }),
    )
  })
})
