import type { ExitStatus } from '../process.ts'
import { signalNumber } from '../process.ts'
import { exitForLog } from './exit-status.ts'
import type { ServiceConfig } from './load.ts'
import { STOPPING } from './stopping.ts'
import type { UnitActions, UnitEvent } from './unit.machine.ts'
import type { Result, Unit } from './unit.ts'
import type { UnitProcesses } from './unit-processes.ts'

/** Timers in the kernel's queue must be finite. */
const NEVER = 3e11

/** systemd.service(5), Restart=: after which results a service is started again. */
const RESTARTS_AFTER: Readonly<Record<ServiceConfig['restart'], (result: Result) => boolean>> = {
  no: () => false,
  always: () => true,
  'on-success': (result) => result === 'success',
  'on-failure': (result) => result !== 'success',
  'on-abnormal': (result) => result === 'signal' || result === 'timeout' || result === 'core-dump',
  'on-abort': (result) => result === 'signal',
  'on-watchdog': () => false,
}

/** How a service does what its life cycle decides: the commands it runs, what it tells the journal, how it judges an end. */
export class ServiceLife implements UnitActions {
  /** Kernel time of the latest starts, for StartLimitBurst=. */
  private starts: number[] = []
  /** Somebody asked for its end. */
  private stopping = false
  private ready = false

  constructor(
    private readonly unit: Unit,
    private readonly processes: UnitProcesses,
  ) {}

  private get config(): ServiceConfig {
    return this.unit.config.service!
  }

  hasPre(): boolean {
    return this.config.commands.ExecCondition.length + this.config.commands.ExecStartPre.length > 0
  }
  mustGetReady(): boolean {
    return ['notify', 'notify-reload', 'dbus', 'forking', 'oneshot'].includes(this.config.type)
  }
  hasStop(): boolean {
    return this.config.commands.ExecStop.length > 0
  }
  restartMs(): number {
    return Math.min(NEVER, this.config.restartMs)
  }
  timeoutStartMs(): number {
    return Math.min(NEVER, this.config.timeoutStartMs)
  }
  timeoutStopMs(): number {
    return Math.min(NEVER, this.config.timeoutStopMs)
  }

  startLimitHit(): boolean {
    const { startLimitMs, startLimitBurst } = this.unit.config
    if (startLimitMs === 0 || startLimitBurst === 0) return false
    const now = this.unit.manager.host.kernel.now()
    this.starts = this.starts.filter((t) => now - t < startLimitMs)
    return this.starts.length >= startLimitBurst
  }

  refuse(): void {
    this.unit.log(`${this.unit.name}: Start request repeated too quickly.`, 4)
    if (this.unit.result === 'success') this.unit.result = 'start-limit-hit'
    this.logFailed()
    this.logNotStarted()
  }

  restarts(): boolean {
    if (this.stopping || this.unit.manager.host.has(STOPPING)) return false
    const { restart, restartPrevent } = this.config
    const last = this.processes.records.at(-1)?.status
    if (last && restartPrevent.includes(last.signal ?? String(last.code))) return false
    return RESTARTS_AFTER[restart]?.(this.unit.result) ?? false
  }

  failed(): boolean {
    return this.unit.result !== 'success'
  }

  remainsAfterExit(): boolean {
    return this.config.remainAfterExit && this.unit.result === 'success' && !this.stopping
  }

  announceStart(): void {
    if (this.unit.sub === 'dead' || this.unit.sub === 'failed')
      this.unit.firstLine = this.unit.manager.journal.lastSeq + 1
    this.starts.push(this.unit.manager.host.kernel.now())
    this.stopping = false
    this.ready = false
    this.unit.result = 'success'
    this.processes.forget()
    this.unit.statusText = ''
    this.unit.invocation = this.unit.manager.rng.hex(32)
    this.unit.job ??= this.unit.manager.jobs.next()
    if (this.hasPre() || this.mustGetReady())
      this.unit.log(`Starting ${this.unit.title}...`, 6, { id: 'unit-starting', job: this.unit.job })
    for (const p of this.unit.processes())
      if (!p.status) {
        this.unit.log(
          `${this.unit.name}: Found left-over process ${p.pid} (${p.program.name.slice(0, 15)}) in control group while starting unit. Ignoring.`,
          4,
        )
        this.unit.log(
          'This usually indicates unclean termination of a previous run, or service implementation deficiencies.',
          4,
        )
      }
  }

  runPre(): void {
    this.processes.sequence(
      ['ExecCondition', 'ExecStartPre'],
      () => this.unit.send({ type: 'PRE_DONE' }),
      (status) => {
        this.unit.result = status.signal !== undefined ? 'signal' : 'exit-code'
        this.unit.log(`${this.unit.name}: Control process exited, ${exitForLog(status, signalNumber)}`, 5, {
          id: 'unit-exited',
          exitCode: 'exited',
          exitStatus: String(status.code ?? ''),
          result: 'ExecStartPre',
        })
        this.logFailed()
        this.unit.send({ type: 'PRE_FAILED' })
      },
    )
  }

  spawnMain(): void {
    const commands = this.config.commands.ExecStart
    if (commands.length === 0) {
      this.unit.soon(() => this.unit.send({ type: 'MAIN_EXITED', code: 0 }))
      return
    }
    const run = (i: number): void => {
      const command = commands[i]
      const spawned = this.processes.exec('ExecStart', command, (status) => {
        this.processes.main = undefined
        const bad = !this.processes.clean(status) && !command.ignoreFailure
        const end = (last: ExitStatus): void => this.unit.send({ type: 'MAIN_EXITED', ...last })
        if (!bad && i + 1 < commands.length && !this.stopping) run(i + 1)
        // Of a oneshot the work is its start: what comes after that belongs to it.
        else if (!bad && this.config.type === 'oneshot' && !this.stopping)
          this.processes.sequence(['ExecStartPost'], () => end(status), end)
        else end(status)
      })
      this.processes.main = spawned.process
      // A daemon that forks is ready once its parent has returned; our programs do not fork, so it is ready at once.
      if (this.config.type === 'forking' || this.config.type === 'dbus')
        this.unit.soon(() => this.unit.notify('READY=1'))
    }
    run(0)
  }

  announceReady(): void {
    this.ready = true
    this.unit.log(`Started ${this.unit.title}.`, 6, { id: 'unit-started', job: this.unit.job })
    this.unit.job = undefined
    this.processes.sequence(
      ['ExecStartPost'],
      () => {},
      () => {},
    )
  }

  recordExit(event: UnitEvent): void {
    if (event.type !== 'MAIN_EXITED') return
    const status = (event.signal !== undefined ? { signal: event.signal } : { code: event.code ?? 0 }) as ExitStatus
    const ignored = this.processes.records.findLast((r) => r.key === 'ExecStart')?.command.ignoreFailure === true
    if (!this.processes.clean(status) && !ignored) {
      if (this.unit.result === 'success') this.unit.result = status.signal !== undefined ? 'signal' : 'exit-code'
      this.unit.log(
        `${this.unit.name}: Main process exited, ${exitForLog(status, signalNumber)}`,
        status.signal ? 4 : 5,
        {
          id: 'unit-exited',
          exitCode: status.signal ? 'killed' : 'exited',
          exitStatus: String(status.code ?? signalNumber(status.signal ?? '')),
        },
      )
    }
    if (this.unit.result !== 'success') this.logFailed()
    else if (!this.remainsAfterExit()) this.logDeactivated()
    if (this.config.type === 'oneshot' && this.unit.result === 'success' && !this.stopping && !this.ready) {
      this.ready = true
      this.unit.log(`Finished ${this.unit.title}.`, 6, { id: 'unit-started', job: this.unit.job })
    }
    this.processes.killRest()
    if (this.stopping) this.logStopped()
    else if (!this.ready) this.logNotStarted()
    this.unit.job = undefined
  }

  announceRestart(): void {
    this.unit.nRestarts++
    this.unit.job ??= this.unit.manager.jobs.next()
    this.unit.log(`${this.unit.name}: Scheduled restart job, restart counter is at ${this.unit.nRestarts}.`, 6, {
      id: 'unit-restart',
    })
  }

  cancelRestart(): void {
    this.logStopped()
  }

  announceStop(): void {
    this.stopping = true
    if (this.unit.sub !== 'exited') this.unit.result = 'success'
    this.unit.log(`Stopping ${this.unit.title}...`, 6, { id: 'unit-stopping', job: this.unit.job })
    if (this.unit.sub === 'exited' && !this.hasStop()) {
      this.logDeactivated()
      this.logStopped()
    }
  }

  runStop(): void {
    this.processes.sequence(
      ['ExecStop'],
      () => this.unit.send({ type: 'STOP_DONE' }),
      () => this.unit.send({ type: 'STOP_DONE' }),
    )
  }

  sendTerm(): void {
    this.processes.signal(this.config.killSignal)
  }

  sendKill(): void {
    const alive = this.processes.targets()
    for (const p of alive)
      this.unit.log(
        `${this.unit.name}: Killing process ${p.pid} (${p.program.name.slice(0, 15)}) with signal SIGKILL.`,
        5,
      )
    this.processes.signal('SIGKILL')
  }

  timedOut(what: 'start' | 'stop'): void {
    this.unit.result = 'timeout'
    if (what === 'start') this.unit.log(`${this.unit.name}: ${this.unit.sub} operation timed out. Terminating.`, 4)
    else this.unit.log(`${this.unit.name}: State '${this.unit.sub}' timed out. Killing.`, 4)
  }

  runReload(): void {
    const done = (): void => this.unit.send({ type: 'RELOAD_DONE' })
    this.unit.log(`Reloading ${this.unit.title}...`, 6)
    this.processes.sequence(
      ['ExecReload'],
      () => {
        this.unit.log(`Reloaded ${this.unit.title}.`, 6)
        done()
      },
      done,
    )
  }

  reset(): void {
    this.unit.reset()
  }

  /** What counted towards StartLimitBurst= so far does no more. */
  forgetStarts(): void {
    this.starts = []
  }

  private logFailed(): void {
    this.unit.log(`${this.unit.name}: Failed with result '${this.unit.result}'.`, 4, {
      id: 'unit-failed',
      result: this.unit.result,
    })
  }

  private logDeactivated(): void {
    this.unit.log(`${this.unit.name}: Deactivated successfully.`, 6, { id: 'unit-success' })
  }

  private logStopped(): void {
    this.unit.log(`Stopped ${this.unit.title}.`, 6, { id: 'unit-stopped', job: this.unit.job, result: 'done' })
  }

  private logNotStarted(): void {
    this.unit.log(`Failed to start ${this.unit.title}.`, 3, {
      id: 'unit-failed-start',
      job: this.unit.job,
      result: 'failed',
    })
  }
}
