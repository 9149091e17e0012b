import { type Program, shellStatus } from '../../host/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { openWrite } from '../io/files.ts'
import { groupOf, setGroup } from '../jobs/group.ts'
import { UsageError } from '../options.ts'
import { lookup, runProgram, startProgram } from '../run-program.ts'
import { seconds } from '../text/duration.ts'
import { curly } from '../text/quotes.ts'
import { signalFromText } from '../text/signals.ts'

export const timeout = defineTool({
  name: 'timeout',
  summary: 'Start COMMAND, and kill it if still running after DURATION.',
  usage: '[OPTION] DURATION COMMAND [ARG]...\n[OPTION]',
  ordered: true,
  usageStatus: 125,
  options: {
    preserve: flag('', 'preserve-status', 'exit with the same status as COMMAND, even when the command times out'),
    foreground: flag(
      '',
      'foreground',
      'when not running timeout directly from a shell prompt, allow COMMAND to read from the TTY and get TTY signals',
    ),
    killAfter: value(
      'k',
      'kill-after',
      'DURATION',
      'also send a KILL signal if COMMAND is still running this long after the initial signal was sent',
    ),
    signal: value('s', 'signal', 'SIGNAL', 'specify the signal to be sent on timeout'),
    verbose: flag('v', 'verbose', 'diagnose to stderr any signal sent upon timeout'),
  },
  *run(t) {
    const o = t.opts
    if (t.args.length < 2) {
      t.p.stderr.write("Try 'timeout --help' for more information.\n")
      return 125
    }
    const limit = seconds(t.args[0])
    if (limit === undefined) throw new UsageError(`invalid time interval ${curly(t.args[0])}`)
    const signal = signalFromText(o.signal ?? 'TERM')
    if (!signal) throw new UsageError(`${curly(o.signal ?? '')}: invalid signal`)
    const child = startProgram(t.p, t.args.slice(1), { name: 'timeout' })
    if (typeof child === 'number') return child
    t.p.defer(() => child.kill('SIGTERM'))
    const kernel = t.p.host.kernel
    const deadline = limit === 0 ? undefined : kernel.now() + limit * 1000
    while (!child.status && (deadline === undefined || kernel.now() < deadline))
      yield { on: [child.exited], until: deadline }
    if (child.status) return shellStatus(child.status)
    if (o.verbose) t.p.stderr.write(`timeout: sending signal ${signal.slice(3)} to command ${curly(t.args[1])}\n`)
    child.kill(signal)
    child.kill('SIGCONT')
    const grace = o.killAfter === undefined ? undefined : kernel.now() + (seconds(o.killAfter) ?? 0) * 1000
    while (!child.status && (grace === undefined || kernel.now() < grace)) yield { on: [child.exited], until: grace }
    if (!child.status) {
      child.kill('SIGKILL')
      return 137
    }
    // busybox's turns itself into the command: its end is the command's.
    return o.preserve || t.applet ? shellStatus(child.status) : signal === 'SIGKILL' ? 137 : 124
  },
})

export const nohup = defineTool({
  name: 'nohup',
  summary: 'Run COMMAND, ignoring hangup signals.',
  usage: 'COMMAND [ARG]...\nOPTION',
  ordered: true,
  usageStatus: 125,
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    const toFile = t.p.stdout.isTty
    if (toFile) t.p.stderr.write(`nohup: ignoring input and appending output to 'nohup.out'\n`)
    const out = toFile ? openWrite(t.p, 'nohup.out', { append: true, mode: 0o600 }) : t.p.stdout
    const child = startProgram(t.p, t.args, { name: 'nohup', stdout: out, stderr: t.p.stderr.isTty ? out : t.p.stderr })
    if (typeof child === 'number') return child
    child.onSignal('SIGHUP', () => {})
    return shellStatus(yield* child.wait())
  },
})

export const setsid: Program = defineTool({
  name: 'setsid',
  summary: 'Run a program in a new session.',
  usage: '[options] <program> [arguments ...]',
  version: 'setsid from util-linux 2.39.3',
  ordered: true,
  options: {
    ctty: flag('c', 'ctty'),
    fork: flag('f', 'fork', 'always fork'),
    wait: flag('w', 'wait', 'wait program to exit, and use the same return'),
  },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('no command specified')
    // The leader of a group cannot begin a session: only then, or when asked to, does it fork.
    if (!t.opts.fork && groupOf(t.p) !== t.p.pid) {
      const exe = lookup(t.p, t.args)
      if (!('program' in exe)) return yield* runProgram(t.p, t.args, { name: 'setsid' })
      setGroup(t.p, t.p.pid)
      return yield* t.p.exec(exe.program, exe.argv, exe.path)
    }
    const child = startProgram(t.p, t.args, { name: 'setsid' })
    if (typeof child === 'number') return child
    setGroup(child, child.pid)
    return t.opts.wait ? shellStatus(yield* child.wait()) : 0
  },
})

/** /usr/bin/time: GNU time's default format is for scripts that avoid the keyword. */
export const time = defineTool({
  name: 'time',
  summary: 'Run COMMAND, then print system resource usage.',
  usage: '[OPTIONS] COMMAND [ARG]...',
  version: 'time (GNU Time) 1.9',
  ordered: true,
  options: {
    portable: flag('p', 'portability', 'print POSIX standard 1003.2 conformant string'),
    verbose: flag('v', 'verbose'),
  },
  *run(t) {
    const start = t.p.host.kernel.now()
    const status = yield* runProgram(t.p, t.args, { name: 'time' })
    const elapsed = (t.p.host.kernel.now() - start) / 1000
    if (t.opts.portable) t.p.stderr.write(`real ${elapsed.toFixed(2)}\nuser 0.00\nsys 0.00\n`)
    else
      t.p.stderr.write(
        `0.00user 0.00system ${Math.floor(elapsed / 60)}:${(elapsed % 60).toFixed(2).padStart(5, '0')}elapsed 0%CPU (0avgtext+0avgdata 2048maxresident)k\n0inputs+0outputs (0major+90minor)pagefaults 0swaps\n`,
      )
    return status
  },
})

export const nice = defineTool({
  name: 'nice',
  summary: 'Run COMMAND with an adjusted niceness, which affects process scheduling.',
  usage: '[OPTION] [COMMAND [ARG]...]',
  ordered: true,
  options: { adjustment: value('n', 'adjustment', 'N', 'add integer N to the niceness (default 10)') },
  *run(t) {
    if (t.args.length === 0) {
      t.line('0')
      return 0
    }
    return yield* runProgram(t.p, t.args, { name: 'nice' })
  },
})
