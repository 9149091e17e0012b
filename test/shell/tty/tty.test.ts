import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'
import { PlaySession } from '../../../src/game/index.ts'
import { KeyDecoder } from '../../../src/ui/keyboard.ts'

/** A player at a healthy cluster: bytes in, text out. */
class Player {
  readonly session: PlaySession
  private output = ''

  constructor(readonly world: World) {
    this.session = new PlaySession(world)
    this.session.tty.onOutput = (text) => {
      this.output += text
    }
  }

  /** Types, gives commands time to end, and returns what was written meanwhile. */
  type(bytes: string): string {
    this.output = ''
    const decoder = new KeyDecoder()
    for (const key of [...decoder.feed(bytes), ...decoder.flush()]) {
      this.session.press(key)
      this.world.advance(key.name === 'enter' || key.name === 'tab' ? 2000 : 0)
    }
    return this.output
  }

  /** The line being edited; `|` is the cursor. */
  get line(): string {
    const { prompt, before, after } = this.session.tty.editing ?? { prompt: '(busy)', before: '', after: '' }
    return `${prompt}${before}|${after}`
  }

  /** Types into an empty line, looks at it, and drops it. */
  look(bytes: string): string {
    this.type(bytes)
    const { line } = this
    this.type('\x03')
    return line.replace('root@controlplane:~# ', '')
  }
}

let player: Player
beforeAll(() => {
  player = new Player(createWorld())
})

describe('the terminal', () => {
  test.each([
    ['kubectl get po\t', 'kubectl get pod|'],
    ['kubectl get no\t', 'kubectl get nodes |'],
    ['kubectl get nodes nod\t', 'kubectl get nodes node0|'],
    ['kubectl -n kube-system logs kube-sch\t', 'kubectl -n kube-system logs kube-scheduler-controlplane |'],
    ['kubectl desc\t', 'kubectl describe |'],
    ['cat /etc/kubernetes/sch\t', 'cat /etc/kubernetes/scheduler.conf |'],
    ['cd /etc/kuberne\t', 'cd /etc/kubernetes/|'],
    ['echo $HOSTN\t', 'echo $HOSTNAME|'],
    ['systemc\t', 'systemctl |'],
    ['ls /nowhere\t', 'ls /nowhere|'],
  ])('%j completes', (typed, line) => {
    expect(player.look(typed)).toBe(line)
  })

  test('a second Tab lists', () => {
    expect(player.type('ls /etc/kubernetes/s\t\t')).toBe(
      'root@controlplane:~# ls /etc/kubernetes/s\nscheduler.conf    super-admin.conf\n',
    )
    player.type('\x03')
  })

  test('a command line runs, and its echo and output come in order', () => {
    expect(player.type('echo hello\r')).toBe('root@controlplane:~# echo hello\nhello\n')
  })

  test('an unfinished command asks for more', () => {
    expect(player.type('for i in 1 2; do\recho $i\rdone\r')).toBe(
      'root@controlplane:~# for i in 1 2; do\n> echo $i\n> done\n1\n2\n',
    )
  })

  test('lines pasted run one after the other, the last waits', () => {
    expect(player.type('\x1b[200~echo one\necho two\necho three\x1b[201~')).toBe(
      'root@controlplane:~# echo one\none\nroot@controlplane:~# echo two\ntwo\n',
    )
    expect(player.line).toBe('root@controlplane:~# echo three|')
    player.type('\x03')
  })

  test('what is typed while a command runs is read afterwards', () => {
    player.type('sleep 1')
    expect(player.type('\recho late\r')).toBe('root@controlplane:~# sleep 1\nroot@controlplane:~# echo late\nlate\n')
  })

  test('Ctrl-C ends the command, or drops the line', () => {
    player.session.press({ name: 'paste', text: 'sleep 1000' })
    player.session.press({ name: 'enter' })
    expect(player.session.busy).toBe(true)
    expect(player.type('\x03')).toBe('^C\n')
    expect(player.type('rm -rf /\x03')).toBe('root@controlplane:~# rm -rf /^C\n')
    expect(player.type('echo $?\r')).toBe('root@controlplane:~# echo $?\n130\n')
  })

  test('Ctrl-C is not echoed by a program that has painted the screen', () => {
    expect(player.type('watch date\r')).toBe('root@controlplane:~# watch date\n')
    expect(player.session.tty.frame?.lines[0]).toMatch(/^Every 2.0s: date/)
    expect(player.type('\x03')).not.toContain('^C')
    expect(player.session.tty.frame).toBeUndefined()
  })

  test('Ctrl-D logs out, and the next login follows', () => {
    player.type('cd /etc\r')
    expect(player.type('\x04')).toContain('logout\n')
    player.world.advance(1000)
    expect(player.line).toBe('root@controlplane:~# |')
  })

  test('Ctrl-R finds, history expansion repeats', () => {
    player.type('echo first\r')
    player.type('echo second\r')
    expect(player.look('\x12fir')).toBe("(reverse-i-search)`fir': echo first|")
    player.type('\x03')
    expect(player.type('!ec:0 again\r')).toBe('root@controlplane:~# !ec:0 again\necho again\nagain\n')
  })

  test('a program that reads gets lines', () => {
    expect(player.type('read -p "Name: " name\rAda\rhello')).toContain('Name: Ada\n')
    player.type('\x15')
    expect(player.type('echo "<$name>"\r')).toContain('\n<Ada>\n')
  })

  test('a full-screen program paints again when the window has another size', () => {
    const rows = (): number | undefined => player.session.tty.frame?.lines.length
    player.type('vi /etc/kubernetes/admin.conf\r')
    expect(rows()).toBe(24)
    player.session.resize(60, 12)
    player.world.advance(0)
    expect(rows()).toBe(12)
    expect(player.session.tty.frame?.lines.at(-1)).toContain('1,1')
    player.session.resize(80, 24)
    player.type(':q\r')
    expect(rows()).toBeUndefined()
  })

  test('Ctrl-Z puts vi aside, fg brings it back as it was', () => {
    player.type('vi notes\rihalf a line\x1b')
    expect(player.type('\x1a')).toBe('\n[1]+  Stopped                 vi notes\n')
    expect(player.session.tty.frame).toBeUndefined()
    expect(player.type('echo meanwhile\r')).toContain('\nmeanwhile\n')
    player.type('fg\r')
    expect(player.session.tty.frame?.lines[0]).toBe('half a line')
    player.type(':wq\r')
    expect(player.type('cat notes; rm notes\r')).toContain('\nhalf a line\n')
  })
})
