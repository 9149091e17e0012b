import { MACHINE, memory as machineMemory, type Process, UBUNTU } from '../../host/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { terminalOf } from '../jobs/group.ts'
import { UsageError } from '../options.ts'
import { formatDate } from '../text/date.ts'
import { curly } from '../text/quotes.ts'
import { human } from '../text/size.ts'
import { userName } from '../text/users.ts'
import { zoneOf } from '../text/zone.ts'

export const uname = defineTool({
  name: 'uname',
  summary: 'Print certain system information.  With no OPTION, same as -s.',
  usage: '[OPTION]...',
  options: {
    all: flag(
      'a',
      'all',
      'print all information, in the following order,\n                             except omit -p and -i if unknown:',
    ),
    kernel: flag('s', 'kernel-name', 'print the kernel name'),
    node: flag('n', 'nodename', 'print the network node hostname'),
    release: flag('r', 'kernel-release', 'print the kernel release'),
    version: flag('v', 'kernel-version', 'print the kernel version'),
    machine: flag('m', 'machine', 'print the machine hardware name'),
    processor: flag('p', 'processor', 'print the processor type (non-portable)'),
    platform: flag('i', 'hardware-platform', 'print the hardware platform (non-portable)'),
    os: flag('o', 'operating-system', 'print the operating system'),
  },
  *run(t) {
    const o = t.opts
    if (t.args.length > 0) throw new UsageError(`extra operand ${curly(t.args[0])}`)
    const { platform } = t.p.host.has(MACHINE) ? t.p.host.service(MACHINE) : { platform: UBUNTU }
    const { kernel } = platform
    const processor = platform.unameProcessor ? 'x86_64' : 'unknown'
    const parts = [
      [o.kernel, 'Linux'],
      [o.node, t.p.hostname],
      [o.release, kernel.release],
      [o.version, kernel.version],
      [o.machine, 'x86_64'],
      [o.processor, processor],
      [o.platform, processor],
      [o.os, 'GNU/Linux'],
    ] as const
    const chosen = parts.filter(([on, text]) => on || (o.all && text !== 'unknown')).map(([, text]) => text)
    t.line(chosen.length > 0 ? chosen.join(' ') : 'Linux')
    return 0
  },
})

export const nproc = defineTool({
  name: 'nproc',
  summary:
    'Print the number of processing units available to the current process,\nwhich may be less than the number of online processors',
  usage: '[OPTION]...',
  options: {
    all: flag('', 'all', 'print the number of installed processors'),
    ignore: value('', 'ignore', 'N', 'if possible, exclude N processing units'),
  },
  *run(t) {
    t.line(String(Math.max(1, t.p.host.cpus - Number(t.opts.ignore ?? 0))))
    return 0
  },
})

/** Memory of the machine as /proc/meminfo has it. */
export const memory = (p: Process): ReturnType<typeof machineMemory> => machineMemory(p.host)

export const free = defineTool({
  name: 'free',
  summary: '',
  usage: '[options]',
  version: 'free from procps-ng 4.0.4',
  options: {
    bytes: flag('b', 'bytes', 'show output in bytes'),
    kibi: flag('k', 'kibi', 'show output in kibibytes'),
    mebi: flag('m', 'mebi', 'show output in mebibytes'),
    gibi: flag('g', 'gibi', 'show output in gibibytes'),
    human: flag('h', 'human', 'show human-readable output'),
    total: flag('t', 'total', 'show total for RAM + swap'),
    wide: flag('w', 'wide', 'wide output'),
    seconds: value('s', 'seconds', 'N', 'repeat printing every N seconds'),
    count: value('c', 'count', 'N', 'repeat printing N times, then exit'),
  },
  *run(t) {
    const o = t.opts
    const seconds = o.seconds === undefined ? undefined : Number(o.seconds)
    const wrong = (message: string): number => {
      t.complain(message)
      return 1
    }
    if (seconds !== undefined && Number.isNaN(seconds))
      return wrong(`seconds argument failed: '${o.seconds}': Invalid argument`)
    if (seconds !== undefined && seconds <= 0) return wrong(`seconds argument \`${o.seconds}' is not positive number`)
    if (o.count !== undefined && !/^-?\d+$/.test(o.count)) return wrong(`failed to parse count argument: '${o.count}'`)
    if (o.count !== undefined && Number(o.count) < 1)
      return wrong(`failed to parse count argument: '${o.count}': Numerical result out of range`)
    const m = memory(t.p)
    const unit = o.bytes ? 1 : o.mebi ? 2 ** 20 : o.gibi ? 2 ** 30 : 1024
    const show = (n: number): string => (o.human ? (n === 0 ? '0B' : `${human(n)}i`) : String(Math.floor(n / unit)))
    const row = (name: string, cells: number[]): void =>
      t.line(name.padEnd(8) + cells.map((c) => show(c).padStart(12)).join(''))
    t.line(`${' '.repeat(15)}total        used        free      shared  buff/cache   available`)
    row('Mem:', [m.total, m.used, m.free, m.shared, m.cache, m.available])
    const swapFree = m.swapTotal - m.swapUsed
    row('Swap:', [m.swapTotal, m.swapUsed, swapFree])
    if (o.total) row('Total:', [m.total + m.swapTotal, m.used + m.swapUsed, m.free + swapFree])
    return 0
  },
})

/** `up 3 days, 2:04` */
function upFor(p: Process): string {
  const minutes = Math.floor((p.host.kernel.now() - p.host.clock.bootTrue) / 60_000)
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  const mins = minutes % 60
  const time = hours > 0 ? `${String(hours).padStart(2)}:${String(mins).padStart(2, '0')}` : `${mins} min`
  return `${days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : ''}${time}`
}

/** Load averages: what running processes use of the CPUs. */
function load(p: Process): string {
  const now = [...p.host.processes.values()].reduce((n, q) => n + q.cpuMilli, 0) / 1000
  return [now, now * 0.9, now * 0.8].map((n) => n.toFixed(2)).join(', ')
}

const sessions = (p: Process): Process[] =>
  [...p.host.processes.values()].filter(
    (q) => terminalOf(q) !== undefined && (!q.parent || terminalOf(q.parent) !== terminalOf(q)),
  )

/** First line of uptime, w and top. */
export function uptimeLine(p: Process): string {
  const now = p.now()
  const users = sessions(p).length
  return ` ${formatDate('%H:%M:%S', now, zoneOf(p).at(now).offset)} up ${upFor(p)},  ${users} user${users === 1 ? '' : 's'},  load average: ${load(p)}`
}

export const uptime = defineTool({
  name: 'uptime',
  summary: '',
  usage: '[options]',
  version: 'uptime from procps-ng 4.0.4',
  options: {
    pretty: flag('p', 'pretty', 'show uptime in pretty format'),
    since: flag('s', 'since', 'system up since'),
  },
  *run(t) {
    const up = t.p.host.kernel.now() - t.p.host.clock.bootTrue
    if (t.opts.since) t.line(formatDate('%Y-%m-%d %H:%M:%S', t.p.now() - up, zoneOf(t.p).at(t.p.now()).offset))
    else if (t.opts.pretty) {
      const minutes = Math.floor(up / 60_000)
      const parts = [
        [Math.floor(minutes / 1440), 'day'],
        [Math.floor((minutes % 1440) / 60), 'hour'],
        [minutes % 60, 'minute'],
      ] as const
      t.line(
        `up ${
          parts
            .filter(([n]) => n > 0)
            .map(([n, u]) => `${n} ${u}${n === 1 ? '' : 's'}`)
            .join(', ') || '0 minutes'
        }`,
      )
    } else t.line(uptimeLine(t.p))
    return 0
  },
})

export const who = defineTool({
  name: 'who',
  summary: 'Print information about users who are currently logged in.',
  usage: '[OPTION]... [ FILE | ARG1 ARG2 ]',
  options: {
    boot: flag('b', 'boot', 'time of last system boot'),
    m: flag('m', undefined, 'only hostname and user associated with stdin'),
    all: flag('a', 'all'),
    heading: flag('H', 'heading', 'print line of column headings'),
    count: flag('q', 'count'),
  },
  *run(t) {
    const at = (ms: number): string => formatDate('%Y-%m-%d %H:%M', ms, zoneOf(t.p).at(ms).offset)
    const skew = t.p.now() - t.p.host.kernel.now()
    if (t.opts.boot) t.line(`         system boot  ${at(t.p.host.clock.bootTrue + skew)}`)
    else
      for (const [i, q] of sessions(t.p).entries())
        t.line(
          `${(userName(t.p.fs, q.creds.uid) ?? 'root').padEnd(8)} ${`pts/${i}`.padEnd(12)} ${at(q.startedAt + skew)}`,
        )
    return 0
  },
})

export const w = defineTool({
  name: 'w',
  summary: '',
  usage: '[options] [user]',
  version: 'w from procps-ng 4.0.4',
  options: { noHeader: flag('h', 'no-header', 'do not print header'), short: flag('s', 'short', 'short format') },
  *run(t) {
    if (!t.opts.noHeader) {
      t.line(uptimeLine(t.p))
      t.line('USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT')
    }
    const skew = t.p.now() - t.p.host.kernel.now()
    for (const [i, q] of sessions(t.p).entries()) {
      const login = formatDate('%H:%M', q.startedAt + skew, zoneOf(t.p).at(t.p.now()).offset)
      t.line(
        `${(userName(t.p.fs, q.creds.uid) ?? 'root').padEnd(8)} ${`pts/${i}`.padEnd(8)} ${'-'.padEnd(16)} ${login}    0.00s  0.02s  0.00s ${q.argv.join(' ')}`,
      )
    }
    return 0
  },
})
