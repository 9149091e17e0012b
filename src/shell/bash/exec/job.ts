import { type Process, shellStatus } from '../../../host/index.ts'
import type { Coro, Signal } from '../../../kernel/index.ts'
import { groupOf, terminalOf } from '../../jobs/group.ts'
import { type Job, signalWords } from '../../jobs/table.ts'
import { Interrupted } from '../control.ts'
import type { Shell } from '../shell.ts'

/** What a controlling terminal lets the shell do: name the process group that gets its Ctrl-C. */
interface JobTerminal {
  foreground: { readonly host: Process['host']; readonly pgid: number } | undefined
}

const jobTerminal = (sh: Shell): JobTerminal | undefined => terminalOf(sh.p) as JobTerminal | undefined

/** Enters started processes into the job table. */
export function startJob(sh: Shell, processes: readonly Process[], text: string, background: boolean): Job {
  return sh.jobs.add(processes, groupOf(processes[0]), text, background)
}

/** Gives the terminal to a job (or back to the shell itself). */
export function setForeground(sh: Shell, pgid: number): void {
  const terminal = jobTerminal(sh)
  if (terminal && sh.option('monitor')) terminal.foreground = { host: sh.p.host, pgid }
}

/** Waits until a foreground job ends or stops. A job that ends is forgotten, a stopped one announced. */
export function* awaitJob(sh: Shell, job: Job): Coro<number> {
  setForeground(sh, job.pgid)
  try {
    for (;;) {
      job.refresh()
      if (job.state !== 'running') break
      const on: Signal[] = job.processes.filter((p) => !p.status).flatMap((p) => [p.exited, p.stopped])
      yield { on: [...on, sh.wakeup] }
      // The shell's own Ctrl-C (no job control) counts once the child is gone.
    }
  } finally {
    setForeground(sh, groupOf(sh.p))
  }
  const last = job.processes[job.processes.length - 1]
  if (job.state === 'stopped') {
    job.background = true
    job.told = 'stopped'
    sh.jobs.touch(job)
    if (sh.interactive && !sh.scripted) sh.errorText(`\n${sh.jobs.describe(job)}`)
    return 148
  }
  sh.jobs.remove(job)
  return finished(sh, job, last)
}

function finished(sh: Shell, job: Job, last: Process): number {
  const ending = last.status!
  const signal = ending.signal
  const status = shellStatus(ending)
  if (signal === 'SIGINT') {
    // bash gives up the whole line when a foreground child died of Ctrl-C.
    sh.interrupted = false
    if (sh.interactive) throw new Interrupted()
    if (!sh.traps.has('SIGINT')) sh.p.kill('SIGINT')
  } else if (signal !== undefined && signal !== 'SIGPIPE') announceDeath(sh, job, signal)
  if (sh.interrupted) sh.checkInterrupt()
  return status
}

/** `Terminated`, `Killed` … as the shell tells of children that died of a signal. */
function announceDeath(sh: Shell, job: Job, signal: string): void {
  if (sh.dialect !== 'bash') {
    sh.errorText(`${signalWords(signal)}\n`)
    return
  }
  if (sh.interactive && !sh.scripted) sh.errorText(`${signalWords(signal)}\n`)
  else
    sh.errorText(
      `${sh.prefix()}${String(job.processes[0].pid).padStart(5)} ${signalWords(signal).padEnd(24)}${job.text}\n`,
    )
}

/** Tells of background jobs that ended or stopped since the last time (before a prompt), and forgets the ended. */
export function notifyJobs(sh: Shell, silent = false): void {
  for (const job of [...sh.jobs.list]) {
    job.refresh()
    if (job.state === job.told && job.state !== 'done') continue
    if (job.state === 'done') {
      remember(sh, job)
      if (!silent) sh.errorText(sh.jobs.describe(job))
      sh.jobs.remove(job)
    } else {
      job.told = job.state
      if (job.state === 'stopped' && !silent) sh.errorText(sh.jobs.describe(job))
    }
  }
}

/** Keeps a job's status for a later `wait PID`. */
export function remember(sh: Shell, job: Job): void {
  const last = job.processes[job.processes.length - 1]
  sh.jobs.ended.set(last.containerPid ?? last.pid, job.status)
}
