import { expect, test } from 'vitest'
import { type Key, startLogin, Tty } from '../../src/shell/index.ts'
import { makeHost } from './world.ts'

/** `C-x`, `up`, `enter` …, or a text to type. */
function keysOf(word: string): Key[] {
  const m = /^(C-)(.)$|^(up|down|left|right|home|end|enter|backspace|delete|pageup|pagedown)$/.exec(word)
  if (!m) return [...word].map((text) => ({ name: 'char', text }))
  return [m[1] ? { name: m[2], ctrl: true } : { name: m[3] }]
}

/** The file after those keys in nano, and the status line that stood there before the last one. */
function edited(...words: string[]) {
  const host = makeHost()
  const tty = new Tty()
  let status = ''
  tty.onChange = () => {
    status = tty.frame?.lines.at(-3)?.trim() ?? status
  }
  host.fs.writeFile('/tmp/f', 'one\ntwo\nthree\n')
  startLogin(host, 'root', tty, { stdin: tty.input, stdout: tty.output, stderr: tty.output })
  for (const key of [...keysOf('nano /tmp/f'), { name: 'enter' }]) tty.press(key)
  host.kernel.advance(100)
  for (const key of words.flatMap(keysOf)) {
    tty.press(key)
    host.kernel.advance(10)
  }
  return [host.fs.readFile('/tmp/f'), status]
}

test.each<[string[], string, string]>([
  [['x', 'C-o', 'enter'], 'xone\ntwo\nthree\n', '[ Wrote 3 lines ]'],
  [['down', 'end', '!', 'enter', '?', 'C-x', 'y', 'enter'], 'one\ntwo!\n?\nthree\n', 'File Name to Write: /tmp/f'],
  [['gone', 'C-x', 'n'], 'one\ntwo\nthree\n', 'Save modified buffer?'],
  [['C-x', 'y'], 'one\ntwo\nthree\n', '[ Read 3 lines ]'],
  [['C-k', 'down', 'C-u', 'C-o', 'enter'], 'two\none\nthree\n', '[ Wrote 3 lines ]'],
  [['C-w', 'hr', 'enter', 'X', 'C-o', 'enter'], 'one\ntwo\ntXhree\n', '[ Wrote 3 lines ]'],
  [['C-w', 'nosuch', 'enter'], 'one\ntwo\nthree\n', '[ "nosuch" not found ]'],
  [['down', 'backspace', 'delete', 'C-o', 'enter'], 'onewo\nthree\n', '[ Wrote 2 lines ]'],
  [['z', 'C-o', 'C-c'], 'one\ntwo\nthree\n', '[ Cancelled ]'],
  [
    ['C-o', 'backspace', 'backspace', 'backspace', '/no/g', 'enter'],
    'one\ntwo\nthree\n',
    '[ Error writing /tm/no/g: No such file or directory ]',
  ],
])('%j', (keys, text, status) => {
  expect(edited(...keys)).toEqual([text, status])
})
