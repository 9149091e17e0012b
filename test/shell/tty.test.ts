import { expect, test } from 'vitest'
import { type Key, startLogin, Tty } from '../../src/shell/index.ts'
import { makeHost } from './world.ts'

const toKey = (c: string): Key =>
  c === '\r'
    ? { name: 'enter' }
    : c === '\x1b'
      ? { name: 'escape' }
      : c < ' '
        ? { name: String.fromCharCode(c.charCodeAt(0) + 96), ctrl: true }
        : { name: 'char', text: c }

/** A login shell on a terminal; returns how to type, what was shown, and the terminal. */
function login() {
  const host = makeHost()
  const tty = new Tty()
  let shown = ''
  tty.onOutput = (text) => {
    shown += text
  }
  host.fs.writeFile('/tmp/f', 'one\ntwo\nthree\n')
  startLogin(host, 'root', tty, { stdin: tty.input, stdout: tty.output, stderr: tty.output })
  const type = (keys: string, then = 100): void => {
    for (const c of keys) tty.press(toKey(c))
    host.kernel.advance(then)
  }
  type('')
  return { host, tty, type, shown: () => shown }
}

test('jobs, Ctrl-C and Ctrl-Z as in an interactive bash', () => {
  const t = login()
  t.type('nosuch\r')
  t.type('sleep 100\r')
  t.type('\x1a')
  t.type('fg\r')
  t.type('\x03')
  t.type('sleep 5 &\r', 6000)
  t.type('\r')
  t.type('while true; do :; done\r')
  t.type('\x03')
  t.type('echo $?\r')
  t.type('exit\r')
  expect(t.shown()).toBe(
    [
      'root@controlplane:~# nosuch',
      '-bash: nosuch: command not found',
      'root@controlplane:~# sleep 100',
      '^Z',
      '[1]+  Stopped                 sleep 100',
      'root@controlplane:~# fg',
      'sleep 100',
      '^C',
      'root@controlplane:~# sleep 5 &',
      '[1] 705',
      'root@controlplane:~# ',
      '[1]+  Done                    sleep 5',
      'root@controlplane:~# while true; do :; done',
      '^C',
      'root@controlplane:~# echo $?',
      '130',
      'root@controlplane:~# exit',
      'logout',
      '',
    ].join('\n'),
  )
})

test('vi takes the screen and gives it back', () => {
  const t = login()
  t.type('vim /tmp/f\r')
  t.type(':set nu\r')
  expect(t.tty.frame?.lines.slice(0, 4)).toEqual(['  1 one', '  2 two', '  3 three', '\x1b[34m~\x1b[0m'])
  expect(t.tty.frame?.cursor).toEqual({ row: 0, column: 4 })
  t.type('ddihello')
  expect(t.tty.frame?.lines.at(-1)).toBe(`${'-- INSERT --'.padEnd(62)}1,6           All`)
  t.type('\x1b:wq\r')
  expect(t.tty.frame).toBeUndefined()
  expect(t.host.fs.readFile('/tmp/f')).toBe('hellotwo\nthree\n')
})
