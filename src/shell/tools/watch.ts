import type { Process } from '../../host/index.ts'
import { Capture, TextSource } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { pidSeen } from '../jobs/group.ts'
import { controllingTerminal } from '../jobs/terminal.ts'
import { runProgram } from '../run-program.ts'
import { formatDate } from '../text/date.ts'
import { userByName, userName } from '../text/users.ts'
import { zoneOf } from '../text/zone.ts'
import { keyName, ttyOf } from '../tty/index.ts'
import { commandLine, visible } from './ps/facts.ts'
import { memory, uptimeLine } from './system.ts'

export const watch = defineTool({
  name: 'watch',
  summary: '',
  usage: '[options] command',
  version: 'watch from procps-ng 4.0.4',
  ordered: true,
  options: {
    beep: flag('b', 'beep', 'beep if command has a non-zero exit'),
    color: flag('c', 'color', 'interpret ANSI color and style sequences'),
    differences: optional('d', 'differences', 'permanent', 'highlight changes between updates'),
    errexit: flag('e', 'errexit', 'exit if command has a non-zero exit'),
    chgexit: flag('g', 'chgexit', 'exit when output from command changes'),
    interval: value('n', 'interval', '<secs>', 'seconds to wait between updates'),
    precise: flag('p', 'precise', 'attempt run command in precise intervals'),
    noTitle: flag('t', 'no-title', 'turn off header'),
    noWrap: flag('w', 'no-wrap', 'turn off line wrapping'),
    exec: flag('x', 'exec', 'pass command to exec instead of "sh -c"'),
  },
  *run(t) {
    const { p } = t
    const o = t.opts
    if (t.args.length === 0) {
      p.stderr.write('\nUsage:\n watch [options] command\n')
      return 1
    }
    const interval = Math.max(0.1, Number((o.interval ?? '2').replace(',', '.')))
    if (Number.isNaN(interval)) return t.fail(`failed to parse argument: '${o.interval}'`)
    const command = t.args.join(' ')
    const tty = ttyOf(p, controllingTerminal(p))
    const raw = tty?.openRaw({ keepSignals: true })
    let before: string | undefined
    try {
      for (;;) {
        const capture = new Capture()
        const argv = o.exec ? t.args : ['/bin/sh', '-c', command]
        const status = yield* runProgram(p, argv, {
          name: 'watch',
          stdin: new TextSource(''),
          stdout: capture,
          stderr: capture,
        })
        const text = capture.text()
        const now = p.now()
        const left = `Every ${interval.toFixed(1)}s: ${command}`
        const right = `${p.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', now, zoneOf(p).at(now).offset)}`
        const cols = raw?.cols ?? 80
        const title =
          left.length + right.length + 1 > cols ? left.slice(0, cols) : left + right.padStart(cols - left.length)
        if (raw) {
          const head = o.noTitle ? [] : [title, '']
          raw.paint({ lines: [...head, ...body(text, before, cols, o.differences !== undefined)].slice(0, raw.rows) })
        } else p.stdout.write(`${o.noTitle ? '' : `${title}\n\n`}${text}`)
        if (o.errexit && status !== 0) return 8
        if (o.chgexit && before !== undefined && before !== text) return 0
        before = text
        const until = p.host.kernel.now() + interval * 1000
        if (raw) yield* ignoreKeys(raw, p, until)
        else yield { until }
      }
    } finally {
      raw?.close()
    }
  },
})

type Raw = ReturnType<NonNullable<ReturnType<typeof ttyOf>>['openRaw']>

function* ignoreKeys(raw: Raw, p: Process, until: number): Coro {
  while (p.host.kernel.now() < until) yield* raw.readKey(until)
}

/** The output's lines; with -d changed characters are shown in reverse video. */
function body(text: string, before: string | undefined, cols: number, differences: boolean): string[] {
  const old = before?.split('\n') ?? []
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, i) => {
      const cut = line.replace(/\t/g, '        ').slice(0, cols)
      if (!differences || before === undefined) return cut
      const was = (old[i] ?? '').replace(/\t/g, '        ')
      return [...cut].map((c, j) => (c === was[j] ? c : `\x1b[7m${c}\x1b[27m`)).join('')
    })
}

/** One screen of top. */
function snapshot(p: Process, rows: number, cols: number, wanted: (q: Process) => boolean): string[] {
  const all = visible(p)
  const m = memory(p)
  const mib = (n: number): string => (n / 2 ** 20).toFixed(1).padStart(8)
  const busy = Math.min(100, all.reduce((n, q) => n + q.cpuMilli, 0) / 10 / p.host.cpus)
  const stopped = all.filter((q) => q.frozen).length
  const cpu = (n: number): string => n.toFixed(1).padStart(4)
  const out = [
    `top -${uptimeLine(p)}`,
    `Tasks: ${String(all.length).padStart(3)} total,   1 running, ${String(all.length - 1 - stopped).padStart(3)} sleeping, ${String(stopped).padStart(3)} stopped,   0 zombie`,
    `%Cpu(s): ${cpu(busy * 0.7)} us, ${cpu(busy * 0.3)} sy,  0.0 ni, ${cpu(100 - busy)} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st`,
    `MiB Mem : ${mib(m.total)} total, ${mib(m.free)} free, ${mib(m.used)} used, ${mib(m.cache)} buff/cache`,
    `MiB Swap: ${mib(0)} total, ${mib(0)} free, ${mib(0)} used. ${mib(m.available)} avail Mem`,
    '',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
  ]
  const sorted = [...all].sort((a, b) => b.cpuMilli - a.cpuMilli || pidSeen(p, a) - pidSeen(p, b))
  for (const q of sorted.filter(wanted)) {
    const seconds = q.cpuMs / 1000
    const time = `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, '0')}`
    const kb = Math.round(q.rss / 1024)
    out.push(
      `${String(pidSeen(p, q)).padStart(7)} ${(userName(p.fs, q.creds.uid) ?? String(q.creds.uid)).padEnd(8)}  20   0 ${String(kb * 3).padStart(7)} ${String(kb).padStart(6)} ${String(Math.round(kb * 0.6)).padStart(6)} ${q === p ? 'R' : q.frozen ? 'T' : 'S'} ${(q.cpuMilli / 10).toFixed(1).padStart(5)} ${((q.rss / p.host.memory) * 100).toFixed(1).padStart(5)} ${time.padStart(9)} ${(commandLine(q).split(' ')[0].split('/').at(-1) ?? '').slice(0, 15)}`,
    )
  }
  return out.slice(0, rows).map((l) => l.slice(0, cols))
}

/** Fields that top can sort by. */
const TOP_FIELDS =
  'PID PPID UID USER RUID RUSER SUID SUSER GID GROUP PGRP TTY TPGID SID PR NI nTH P %CPU TIME TIME+ %MEM VIRT SWAP RES CODE DATA SHR nMaj nMin nDRT S COMMAND WCHAN Flags CGROUPS SUPGIDS SUPGRPS TGID OOMa OOMs ENVIRON vMj vMn USED nsIPC nsMNT nsNET nsPID nsUSER nsUTS LXC RSan RSfd RSlk RSsh CGNAME NU LOGID EXE RSS PSS PSan PSfd PSsh USS ioR ioRop ioW ioWop AGID AGNI STARTED ELAPSED %CUU %CUC nsCGROUP nsTIME'.split(
    ' ',
  )

export const top = defineTool({
  name: 'top',
  summary: '',
  usage: '[options]',
  version: 'top from procps-ng 4.0.4',
  options: {
    batch: flag('b', 'batch-mode', 'run in non-interactive batch mode'),
    count: value('n', 'iterations', 'NUMBER', 'exit on maximum iterations NUMBER'),
    delay: value('d', 'delay', 'SECS', 'iterative delay as SECS [.TENTHS]'),
    pid: value('p', 'pid', 'PIDLIST', 'monitor only the tasks in PIDLIST'),
    user: value('u', 'filter-only-euser', 'USER', 'show only processes owned by USER'),
    flags: flag('cHiS1'),
    order: value('o', 'sort-override', 'FIELD', 'force sorting on this named FIELD'),
  },
  *run(t) {
    const { p } = t
    const { count, delay: pause, pid, user, order } = t.opts
    if (count !== undefined && !(Number(count) > 0)) return t.fail(`bad iterations argument '${count}'`)
    if (pause !== undefined && !(Number(pause) >= 0)) return t.fail(`bad delay interval '${pause}'`)
    const alien = pid?.split(',').find((word) => !/^\d+$/.test(word))
    if (alien !== undefined) return t.fail(`bad pid '${alien}'`)
    const owner = user === undefined || /^\d+$/.test(user) ? user : userByName(p.fs, user)?.uid
    if (user !== undefined && owner === undefined) return t.fail('Invalid user')
    if (order !== undefined && !TOP_FIELDS.includes(order.replace(/^[-+]/, '')))
      return t.fail(`unrecognized field name '${order}'`)
    const pids = pid?.split(',').map(Number)
    const wanted = (q: Process): boolean =>
      (pids?.includes(pidSeen(p, q)) ?? true) && (owner === undefined || q.creds.uid === Number(owner))
    const delay = Number(pause ?? 3) * 1000
    const rounds = count === undefined ? Number.POSITIVE_INFINITY : Number(count)
    const tty = t.opts.batch ? undefined : ttyOf(p, controllingTerminal(p))
    if (!tty && !t.opts.batch && !p.stdin.isTty) return t.fail('failed tty get')
    if (!tty) {
      for (let i = 0; i < rounds; i++) {
        if (i > 0) {
          yield* t.flush()
          yield { until: p.host.kernel.now() + delay }
          t.write('\n')
        }
        for (const line of snapshot(p, 10_000, 512, wanted)) t.line(line)
      }
      return 0
    }
    const raw = tty.openRaw({ keepSignals: true })
    try {
      for (let i = 0; i < rounds; i++) {
        raw.paint({ lines: snapshot(p, raw.rows, raw.cols, wanted) })
        const until = p.host.kernel.now() + delay
        while (p.host.kernel.now() < until) {
          const key = yield* raw.readKey(until)
          if (key && (keyName(key) === 'q' || keyName(key) === 'C-c')) return 0
        }
      }
    } finally {
      raw.close()
    }
    return 0
  },
})
