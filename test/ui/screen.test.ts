import { describe, expect, test } from 'vitest'
import { Screen, withoutColours } from '../../src/ui/screen.ts'

const frame = (...rows: string[]): string => rows.join('\n')
const AREA = { top: 1, left: 0, width: 6, height: 2 }

describe('the screen', () => {
  test('only rows that changed are written', () => {
    const written: string[] = []
    const screen = new Screen((text) => written.push(text.replaceAll('\u001b', '^').replace(/\^\[\?2026[hl]/g, '')))
    screen.setFrame(frame('bar', '', '', 'keys'), AREA, ['$ a', ''])
    screen.setPane(['$ ab', ''])
    screen.setPane(['$ ab', ''])
    screen.setFrame(frame('bar', '', '', 'KEYS'), AREA, ['$ ab', ''])
    expect(written).toEqual([
      '^[1;1H^[0m^[Kbar^[2;1H^[0m^[K$ a^[3;1H^[0m^[K^[4;1H^[0m^[Kkeys^[0m',
      '^[2;1H^[0m^[K$ ab^[0m',
      '^[4;1H^[0m^[KKEYS^[0m',
    ])
  })

  test('what stands beside the pane keeps its column, whatever the pane contains', () => {
    const screen = new Screen(() => {})
    screen.setFrame(frame('bar', '      |x', '      |y', 'keys'), AREA, ['\u001b[31m日本\u001b[0m'])
    expect(screen.rows()).toEqual(['bar', '\u001b[31m日本\u001b[0m  |x', '      |y', 'keys'])
  })

  test('a covered pane draws nothing; a shorter frame wipes what was below', () => {
    const written: string[] = []
    const screen = new Screen((text) => written.push(text))
    screen.setFrame(frame('a', 'b', 'c'), undefined, [])
    written.length = 0
    screen.setPane(['never'])
    expect(written).toEqual([])
    screen.setFrame('a', undefined, [])
    expect(written.join('')).toContain('\u001b[2;1H\u001b[0m\u001b[K\u001b[3;1H\u001b[0m\u001b[K')
    expect(screen.rows()).toEqual(['a', '', ''])
  })

  test('colours can be left out, the rest of SGR stays', () => {
    expect(withoutColours('\u001b[1;31mred\u001b[0m \u001b[38;5;200;7mx\u001b[39m\u001b[48;2;1;2;3mz\u001b[m')).toBe(
      '\u001b[1mred\u001b[0m \u001b[7mxz\u001b[m',
    )
  })
})
