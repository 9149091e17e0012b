import { JOURNAL, MACHINE, may, type Program } from '../../../host/index.ts'
import { waitFor } from '../../../kernel/index.ts'
import { command, Fail } from '../lib/command.ts'
import { getopt, OptionError } from '../lib/getopt.ts'
import { ctime } from '../lib/time.ts'

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']

/** util-linux's dmesg: the kernel's ring buffer. */
export const dmesg: Program = command('dmesg', function* (c) {
  const o = parse(c.args)
  if (!may(c.p.creds, 'SYSLOG')) throw new Fail('dmesg: read kernel buffer failed: Operation not permitted')
  const { ring } = c.host.service(JOURNAL)
  const boot = c.host.clock.now() - c.host.service(MACHINE).uptimeMs()
  const levels = o
    .get('l')
    ?.split(',')
    .map((l) => LEVELS.indexOf(l.replace('warning', 'warn')))
  const line = (e: (typeof ring)[number]): string => {
    const stamp = o.has('T')
      ? `[${ctime(boot + e.mono / 1000)}] `
      : o.has('t')
        ? ''
        : `[${(e.mono / 1e6).toFixed(6).padStart(12)}] `
    const level = o.has('x') ? `${'kern'.padEnd(6)}:${LEVELS[e.priority].padEnd(6)}: ` : ''
    return `${level}${stamp}${e.message}\n`
  }
  const wanted = (e: (typeof ring)[number]): boolean => !levels || levels.includes(e.priority)
  c.out(ring.filter(wanted).map(line).join(''))
  if (o.has('C') || o.has('c')) ring.length = 0
  if (!o.has('w')) return 0
  let seen = ring.length
  for (;;) {
    yield* waitFor(c.host.service(JOURNAL).appended)
    for (; seen < ring.length; seen++) if (wanted(ring[seen])) c.out(line(ring[seen]))
  }
})

function parse(args: readonly string[]): ReturnType<typeof getopt> {
  try {
    return getopt(args, {
      short: 'TtwCcHxkl:f:eL::PrdWu',
      long: {
        ctime: 'T',
        notime: 't',
        follow: 'w',
        clear: 'C',
        'read-clear': 'c',
        human: 'H',
        decode: 'x',
        kernel: 'k',
        'level=': 'l',
        'facility=': 'f',
        reltime: 'e',
        nopager: 'P',
        'color=?': 'L',
      },
    })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(`dmesg: ${error.message}\nTry 'dmesg --help' for more information.`)
    throw error
  }
}
