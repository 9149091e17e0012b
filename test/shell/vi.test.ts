import { describe, expect, test } from 'vitest'
import { Session } from '../../src/shell/index.ts'
import recorded from './vi-recorded.json'
import { makeHost } from './world.ts'

const TEXT = recorded.text

// The same keys were typed into vim 9; the texts are what it wrote.
describe('vi', () => {
  test.each(recorded.cases.map((c) => [JSON.stringify(c.keys), c] as const))('%s', (_name, { keys, result }) => {
    const session = new Session(makeHost())
    session.home.fs.writeFile('/tmp/f', TEXT)
    expect(session.exec('vim /tmp/f', { stdin: keys }).exit).toBe(0)
    expect(session.home.fs.readFile('/tmp/f')).toBe(result)
  })

  test('input that ends leaves the file alone', () => {
    const session = new Session(makeHost())
    session.home.fs.writeFile('/tmp/f', TEXT)
    expect(session.exec('vim /tmp/f', { stdin: 'dd' })).toEqual({
      exit: 1,
      stdout: '',
      stderr:
        'Vim: Warning: Output is not to a terminal\nVim: Warning: Input is not from a terminal\nVim: Error reading input, exiting...\nVim: Finished.\n',
    })
    expect(session.home.fs.readFile('/tmp/f')).toBe(TEXT)
  })
})
