import type { Program } from '../../host/index.ts'
import { controllingTerminal } from '../jobs/terminal.ts'

const simple = (name: string, main: Program['main']): Program => ({ name, main })

/** What each capability of tput prints on an xterm. */
const CAPABILITIES: Record<string, string> = {
  bold: '\x1b[1m',
  sgr0: '\x1b(B\x1b[m',
  clear: '\x1b[H\x1b[2J\x1b[3J',
  smul: '\x1b[4m',
  rmul: '\x1b[24m',
  rev: '\x1b[7m',
  civis: '\x1b[?25l',
  cnorm: '\x1b[?12l\x1b[?25h',
  el: '\x1b[K',
  colors: '256\n',
}

/** Small programs about the terminal, and others that have nothing to do in a simulation. */
export const terminalPrograms: readonly Program[] = [
  simple('clear', function* (p) {
    p.stdout.write('\x1b[H\x1b[2J\x1b[3J')
    return 0
  }),
  simple('reset', function* (p) {
    p.stdout.write('\x1bc')
    return 0
  }),
  simple('tput', function* (p) {
    const terminal = controllingTerminal(p)
    const [, cap, n] = p.argv
    if (cap === 'cols') p.stdout.write(`${terminal?.cols ?? 80}\n`)
    else if (cap === 'lines') p.stdout.write(`${terminal?.rows ?? 24}\n`)
    else if (cap === 'setaf' || cap === 'setab') p.stdout.write(`\x1b[${cap === 'setaf' ? 3 : 4}${n}m`)
    else if (cap !== undefined && cap in CAPABILITIES) p.stdout.write(CAPABILITIES[cap])
    else {
      p.stderr.write(`tput: unknown terminfo capability '${cap ?? ''}'\n`)
      return 4
    }
    return 0
  }),
  simple('stty', function* (p) {
    const terminal = controllingTerminal(p)
    if (p.argv[1] === 'size') p.stdout.write(`${terminal?.rows ?? 24} ${terminal?.cols ?? 80}\n`)
    return 0
  }),
  simple('tty', function* (p) {
    const on = p.stdin.isTty
    p.stdout.write(on ? '/dev/pts/0\n' : 'not a tty\n')
    return on ? 0 : 1
  }),
  simple('sync', function* () {
    return 0
  }),
  simple('arch', function* (p) {
    p.stdout.write('x86_64\n')
    return 0
  }),
  simple('logname', function* (p) {
    p.stdout.write(`${p.env.LOGNAME ?? 'root'}\n`)
    return 0
  }),
  simple('man', function* (p) {
    const topic = p.argv.slice(1).filter((a) => !/^-|^\d$/.test(a))[0]
    if (topic === undefined) {
      p.stderr.write("What manual page do you want?\nFor example, try 'man man'.\n")
      return 1
    }
    const page = p.fs.find(`/usr/share/man/${topic}`)
    if (page?.kind === 'file') {
      p.stdout.write(page.read())
      return 0
    }
    p.stderr.write(`No manual entry for ${topic}\n`)
    return 16
  }),
]
