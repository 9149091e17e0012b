import { describe, expect, test } from 'vitest'
import type { Program } from '../../src/host/index.ts'
import { sleep } from '../../src/kernel/index.ts'
import { PEERS, type Peers, Session } from '../../src/shell/index.ts'
import { makeHost, makeSession } from './world.ts'

const ok = (stdout: string) => ({ exit: 0, stdout, stderr: '' })

describe('a session', () => {
  test('keeps directory, variables, functions, aliases and options from line to line', () => {
    const sh = makeSession()
    expect(sh('cd /etc; X=5; alias k="echo kubectl"; f() { echo "f $1"; }; set -o pipefail')).toEqual(ok(''))
    expect(sh('pwd; echo $X; k get pods; f a; false | true; echo $?')).toEqual(
      ok('/etc\n5\nkubectl get pods\nf a\n1\n'),
    )
  })

  test.each([
    [
      'unknown command',
      'nosuch; echo $?',
      { exit: 0, stdout: '127\n', stderr: 'bash: line 1: nosuch: command not found\n' },
    ],
    ['missing file', 'cat x', { exit: 1, stdout: '', stderr: 'cat: x: No such file or directory\n' }],
    [
      'invalid option',
      'cat -x',
      { exit: 1, stdout: '', stderr: "cat: invalid option -- 'x'\nTry 'cat --help' for more information.\n" },
    ],
    [
      'syntax error',
      'echo a )',
      {
        exit: 2,
        stdout: '',
        stderr: "bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo a )'\n",
      },
    ],
  ])('%s', (_case, line, expected) => {
    expect(makeSession()(line)).toEqual(expected)
  })

  test('a command that outlives its time is interrupted as by Ctrl-C, and the session goes on', () => {
    const sh = makeSession()
    for (const line of [
      'sleep 100',
      'while true; do :; done',
      'yes > /dev/null',
      'while true; do sleep 1; done; echo no',
    ])
      expect(sh(line, { timeoutMs: 3000 })).toEqual({ exit: 130, stdout: '', stderr: '' })
    expect(sh('echo ok')).toEqual(ok('ok\n'))
  })

  test('pipes stream: a reader that has enough ends the writer', () => {
    const host = makeHost({ extra: [ticker] })
    const session = new Session(host)
    const before = host.kernel.now()
    expect(session.exec('ticker | grep 0 | head -2')).toEqual(ok('tick 0\ntick 10\n'))
    // grep dies at its next line after head has gone, the ticker a second later.
    expect(host.kernel.now() - before).toBeLessThan(22_000)
    expect(session.exec('yes | head -1; echo ${PIPESTATUS[@]}')).toEqual(ok('y\n141 0\n'))
  })

  test('jobs run beside the shell and can be killed', () => {
    const sh = makeSession()
    expect(
      sh('(sleep 5; echo bg > /tmp/out) & sleep 1; jobs | cut -c1-14; cat /tmp/out; wait; cat /tmp/out').stdout,
    ).toBe('[1]+  Running \nbg\n')
    expect(sh('sleep 100 & kill %1; wait $!; echo $?').stdout).toBe('143\n')
  })

  test('a fork bomb ends in fork failures, not in a dead world', () => {
    const sh = makeSession()
    expect(sh(':(){ :|:& };:').exit).toBe(0)
    expect(sh('sleep 30; pkill bash-none; echo survived', { timeoutMs: 200_000 }).stdout).toContain('survived')
  })

  test('ssh and sudo -i nest until exit', () => {
    const home = makeHost()
    const node = makeHost({ kernel: home.kernel, name: 'node01' })
    const peers: Peers = { find: (name) => (name === 'node01' ? { host: node } : undefined) }
    home.attach(PEERS, peers)
    const session = new Session(home)
    const sh = (line: string) => session.exec(line)
    expect(sh('ssh node01 hostname')).toEqual(ok('node01\n'))
    expect(sh('ssh node01 hostname | cat')).toEqual(ok('node01\n'))
    sh('ssh node01')
    expect(session.host).toBe(node)
    expect(sh('hostname; echo here > /tmp/f')).toEqual(ok('node01\n'))
    expect(sh('sudo -i -u ubuntu')).toEqual(ok(''))
    expect(sh('whoami; pwd')).toEqual(ok('ubuntu\n/home/ubuntu\n'))
    sh('exit')
    expect(sh('exit 3')).toEqual({ exit: 3, stdout: '', stderr: 'Connection to node01 closed.\n' })
    expect(sh('hostname; scp node01:/tmp/f /tmp/g; cat /tmp/g')).toEqual(ok('controlplane\nhere\n'))
    expect(sh('ssh nowhere')).toEqual({
      exit: 255,
      stdout: '',
      stderr: 'ssh: Could not resolve hostname nowhere: Name or service not known\n',
    })
  })

  test('what is not simulated says so', () => {
    const host = makeHost()
    host.fs.writeFile('/usr/bin/frob', '', { mode: 0o755 }).program = 'frob'
    expect(makeSession(host)('frob --all')).toEqual({ exit: 127, stdout: '', stderr: 'frob: not simulated\n' })
  })
})

/** Writes a line a second for ever. */
const ticker: Program = {
  name: 'ticker',
  *main(p) {
    for (let i = 0; ; i++) {
      p.stdout.write(`tick ${i}\n`)
      yield* sleep(p.host.kernel, 1000)
    }
  },
}

test('exec leaves nothing of the shell: the next line is typed at a new login', () => {
  const sh = makeSession(makeHost())
  expect(sh('x=1; exec false')).toEqual({ exit: 1, stdout: '', stderr: '' })
  expect(sh('echo "[$x]"; ls /nosuch')).toEqual({
    exit: 2,
    stdout: '[]\n',
    stderr: "ls: cannot access '/nosuch': No such file or directory\n",
  })
})

test('a program that says nothing of a failed system call ends as perror does', () => {
  const careless: Program = {
    name: 'careless',
    *main(p) {
      p.fs.readFile('/nosuch')
      return 0
    },
  }
  expect(makeSession(makeHost({ extra: [careless] }))('careless')).toEqual({
    exit: 1,
    stdout: '',
    stderr: 'careless: /nosuch: No such file or directory\n',
  })
})
