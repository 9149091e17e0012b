import { type ExitStatus, type Process, shellStatus } from '../../host/index.ts'

type JobState = 'running' | 'stopped' | 'done'

/** A pipeline that the shell started. */
export class Job {
  state: JobState = 'running'
  /** The state that the user was last told of. */
  told: JobState = 'running'
  stoppedBy = ''

  constructor(
    readonly id: number,
    readonly pgid: number,
    readonly processes: readonly Process[],
    readonly text: string,
    public background: boolean,
  ) {}

  /** Status of the last process once all have ended. */
  get ending(): ExitStatus | undefined {
    return this.processes.every((p) => p.status) ? this.processes[this.processes.length - 1].status : undefined
  }

  get status(): number {
    const ending = this.ending
    return ending ? shellStatus(ending) : 0
  }

  refresh(): void {
    if (this.ending) this.state = 'done'
    else this.state = this.processes.some((p) => !p.status && p.frozen) ? 'stopped' : 'running'
  }
}

const SIGNAL_WORDS: Record<string, string> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGABRT: 'Aborted',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGUSR2: 'User defined signal 2',
  SIGSEGV: 'Segmentation fault',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
}

/** What bash says of a job that a signal ended: `Killed`. */
export const signalWords = (signal: string): string => SIGNAL_WORDS[signal] ?? signal

/** The jobs of one shell, newest last. */
export class Jobs {
  list: Job[] = []
  /** The parent shell's jobs, which a subshell may name and list but not wait for. */
  inherited: readonly Job[] = []
  /** Statuses of background processes that `wait PID` may still ask for. */
  readonly ended = new Map<number, number>()
  private recent: number[] = []

  add(processes: readonly Process[], pgid: number, text: string, background: boolean): Job {
    const id = Math.max(0, ...this.list.map((j) => j.id)) + 1
    const job = new Job(id, pgid, processes, text, background)
    this.list.push(job)
    this.touch(job)
    return job
  }

  /** Makes a job the current one (%+). */
  touch(job: Job): void {
    this.recent = [...this.recent.filter((id) => id !== job.id), job.id]
  }

  remove(job: Job): void {
    this.list = this.list.filter((j) => j !== job)
    this.recent = this.recent.filter((id) => id !== job.id)
  }

  get current(): Job | undefined {
    return this.ranked[0]
  }

  get previous(): Job | undefined {
    return this.ranked[1]
  }

  /** Stopped jobs come before running ones. */
  private get ranked(): Job[] {
    const byAge = [...this.recent].reverse().flatMap((id) => this.list.filter((j) => j.id === id))
    if (byAge.length === 0) return [...this.inherited].reverse()
    return [...byAge.filter((j) => j.state === 'stopped'), ...byAge.filter((j) => j.state !== 'stopped')]
  }

  /** `%1`, `%+`, `%-`, `%name`, `%?text`, or a PID. */
  find(spec: string): Job | undefined | 'ambiguous' {
    const known = [...this.inherited, ...this.list]
    if (/^\d+$/.test(spec)) return known.find((j) => j.processes.some((p) => p.pid === Number(spec)))
    const s = spec.replace(/^%/, '')
    if (s === '' || s === '+' || s === '%') return this.current
    if (s === '-') return this.previous ?? this.current
    if (/^\d+$/.test(s)) return known.find((j) => j.id === Number(s))
    const hits = known.filter((j) => (s.startsWith('?') ? j.text.includes(s.slice(1)) : j.text.startsWith(s)))
    return hits.length > 1 ? 'ambiguous' : hits[0]
  }

  /** `[1]+  Running                 sleep 10 &` */
  describe(job: Job, long = false): string {
    const mark = job === this.current ? '+' : job === this.previous ? '-' : ' '
    const ending = job.ending
    const state =
      job.state === 'running'
        ? 'Running'
        : job.state === 'stopped'
          ? 'Stopped'
          : ending?.signal !== undefined
            ? signalWords(ending.signal)
            : ending?.code === 0
              ? 'Done'
              : `Exit ${ending?.code}`
    const pid = long ? `${job.processes[0]?.pid} ` : ''
    const tail = job.state === 'running' && job.background ? ' &' : ''
    return `[${job.id}]${mark}  ${pid}${state.padEnd(24)}${job.text}${tail}\n`
  }
}
