import { type Process, shellStatus, signalName, signalNumber } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { killGroup, ownPid, pidSeen } from '../../jobs/group.ts'
import type { Job } from '../../jobs/table.ts'
import { signalFromText, signalTable } from '../../text/signals.ts'
import { ShellError } from '../control.ts'
import { awaitJob, notifyJobs, remember } from '../exec/job.ts'
import { runPendingTraps } from '../exec/traps.ts'
import type { Shell } from '../shell.ts'
import type { Builtin } from './index.ts'
import { parseFlags } from './options-parse.ts'

function findJob(sh: Shell, spec: string | undefined): Job {
  const job = sh.jobs.find(spec ?? '%+')
  if (job === 'ambiguous') throw new ShellError(`${spec?.replace(/^%/, '')}: ambiguous job spec`)
  if (!job) throw new ShellError(`${spec ?? 'current'}: no such job`)
  return job
}

/** Continues every process of a job. */
function resume(job: Job): void {
  for (const p of job.processes) p.kill('SIGCONT')
  job.refresh()
  job.told = 'running'
}

/** A live process of this PID namespace. */
const processByPid = (sh: Shell, pid: number): Process | undefined =>
  [...sh.p.host.processes.values()].find((q) => pidSeen(sh.p, q) === pid && sameNamespace(q, sh.p))

function sameNamespace(a: Process, b: Process): boolean {
  if (b.containerPid === undefined) return true
  return a.containerPid !== undefined && a.pidNamespace === b.pidNamespace
}

/** How each shell says that a process cannot be signalled. */
const missing = (sh: Shell, target: string, why = 'No such process'): string =>
  sh.dialect === 'ash' ? `can't kill pid ${target}: ${why}` : `kill: (${target}) - ${why}`

function killUsage(sh: Shell): number {
  sh.errorText('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n')
  return 2
}

const kill: Builtin = (sh, argv) => {
  const args = argv.slice(1)
  let signal = 'SIGTERM'
  if (args.length === 0) return killUsage(sh)
  if (args[0] === '-l' || args[0] === '-L') {
    if (args.length === 1) sh.out(signalTable())
    for (const a of args.slice(1)) {
      const n = Number(a)
      if (/^\d+$/.test(a)) sh.out(`${(signalName(n > 128 ? n - 128 : n) ?? '').replace(/^SIG/, '')}\n`)
      else sh.out(`${signalNumber(signalFromText(a) ?? '')}\n`)
    }
    return 0
  }
  if (args[0] === '-s' || args[0] === '-n') {
    const name = signalFromText(args[1] ?? '')
    if (name === undefined) throw new ShellError(`${args[1]}: invalid signal specification`)
    signal = name
    args.splice(0, 2)
  } else if (/^-./.test(args[0]) && args[0] !== '--') {
    const name = signalFromText(args[0].slice(1))
    if (name === undefined) throw new ShellError(`${args[0].slice(1)}: invalid signal specification`)
    signal = name
    args.shift()
  }
  if (args[0] === '--') args.shift()
  if (args.length === 0) return killUsage(sh)
  let status = 0
  for (const target of args) {
    if (target.startsWith('%')) {
      const job = findJob(sh, target)
      for (const q of job.processes) if (!q.status) send(q, signal)
      // A stopped job must run to die.
      if (signal === 'SIGTERM' || signal === 'SIGHUP') for (const q of job.processes) q.kill('SIGCONT')
      continue
    }
    if (!/^-?\d+$/.test(target)) {
      sh.complain(`kill: ${target}: arguments must be process or job IDs`)
      status = 1
      continue
    }
    const pid = Number(target)
    if (pid < 0) {
      if (killGroup(sh.p.host, -pid, signal) === 0) {
        sh.complain(missing(sh, target))
        status = 1
      }
      continue
    }
    const q = pid === 0 ? sh.p : processByPid(sh, pid)
    if (!q) {
      sh.complain(missing(sh, target))
      status = 1
    } else if (sh.p.creds.uid !== 0 && q.creds.uid !== sh.p.creds.uid) {
      sh.complain(missing(sh, target, 'Operation not permitted'))
      status = 1
    } else send(q, signal)
  }
  return status
}

const send = (q: Process, signal: string): void => {
  if (signal !== '') q.kill(signal)
}

function* wait(sh: Shell, argv: readonly string[]): Coro<number> {
  const parsed = parseFlags(sh, argv, 'nfp:', 'wait [-fn] [-p var] [id ...]')
  if (typeof parsed === 'number') return parsed
  const { flags, args } = parsed
  if (flags.n !== undefined) {
    const jobs = sh.jobs.list.filter((j) => j.background)
    if (jobs.length === 0) return 127
    for (;;) {
      const done = jobs.find((j) => j.ending)
      if (done) {
        remember(sh, done)
        sh.jobs.remove(done)
        return done.status
      }
      const interrupted = yield* pause(
        sh,
        jobs.flatMap((j) => j.processes),
      )
      if (interrupted !== undefined) return interrupted
    }
  }
  if (args.length === 0) {
    for (const job of [...sh.jobs.list]) {
      while (!job.ending && job.state !== 'stopped') {
        const interrupted = yield* pause(sh, job.processes)
        if (interrupted !== undefined) return interrupted
        job.refresh()
      }
      if (job.ending && !sh.interactive) {
        remember(sh, job)
        sh.jobs.remove(job)
      }
    }
    return 0
  }
  let status = 0
  for (const spec of args) {
    const job = spec.startsWith('%')
      ? findJob(sh, spec)
      : sh.jobs.list.find((j) => j.processes.some((q) => ownPid(q) === Number(spec)))
    if (job) {
      const target = spec.startsWith('%')
        ? job.processes[job.processes.length - 1]
        : job.processes.find((q) => ownPid(q) === Number(spec))!
      while (!target.status) {
        const interrupted = yield* pause(sh, [target])
        if (interrupted !== undefined) return interrupted
      }
      status = shellStatus(target.status)
      if (job.ending) {
        remember(sh, job)
        if (!sh.interactive) sh.jobs.remove(job)
      }
      continue
    }
    if (!/^\d+$/.test(spec)) {
      sh.complain(`wait: \`${spec}': not a pid or valid job spec`)
      status = 1
      continue
    }
    const old = sh.jobs.ended.get(Number(spec))
    if (old === undefined) sh.complain(`wait: pid ${spec} is not a child of this shell`)
    status = old ?? 127
  }
  return status
}

/** Waits for one of the processes; returns 128+n when a trapped signal came instead. */
function* pause(sh: Shell, processes: readonly Process[]): Coro<number | undefined> {
  yield* sh.waitOn(processes.filter((q) => !q.status).map((q) => q.exited))
  const signal = sh.pendingTraps[0]
  if (signal === undefined) return undefined
  yield* runPendingTraps(sh)
  return 128 + signalNumber(signal)
}

export const jobBuiltins: Record<string, Builtin> = {
  jobs: (sh, argv) => {
    const parsed = parseFlags(sh, argv, 'lnprs', 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]')
    if (typeof parsed === 'number') return parsed
    const { flags, args } = parsed
    for (const job of args.length > 0 ? args.map((a) => findJob(sh, a)) : [...sh.jobs.inherited, ...sh.jobs.list]) {
      job.refresh()
      if (flags.r !== undefined && job.state !== 'running') continue
      if (flags.s !== undefined && job.state !== 'stopped') continue
      sh.out(flags.p !== undefined ? `${job.processes[0].pid}\n` : sh.jobs.describe(job, flags.l !== undefined))
      if (job.state === 'done') {
        remember(sh, job)
        sh.jobs.remove(job)
      } else job.told = job.state
    }
    return 0
  },
  *fg(sh, argv) {
    if (!sh.option('monitor')) throw new ShellError('no job control')
    notifyJobs(sh, true)
    const job = findJob(sh, argv[1])
    sh.out(`${job.text}\n`)
    resume(job)
    job.background = false
    return yield* awaitJob(sh, job)
  },
  bg: (sh, argv) => {
    if (!sh.option('monitor')) throw new ShellError('no job control')
    const job = findJob(sh, argv[1])
    if (job.state === 'running') {
      sh.complain(`bg: job ${job.id} already in background`)
      return 0
    }
    job.background = true
    sh.out(`[${job.id}]${job === sh.jobs.current ? '+' : job === sh.jobs.previous ? '-' : ' '} ${job.text} &\n`)
    resume(job)
    return 0
  },
  kill,
  wait,
  disown: (sh, argv) => {
    const args = argv.slice(1).filter((a) => !a.startsWith('-'))
    if (argv.includes('-a')) sh.jobs.list = []
    else if (!argv.includes('-h')) for (const a of args.length > 0 ? args : [undefined]) sh.jobs.remove(findJob(sh, a))
    return 0
  },
  suspend: (sh) => {
    throw new ShellError(`cannot suspend${sh.option('monitor') ? ' a login shell' : ': no job control'}`)
  },
}
