import { compileMachine, happened, Lifecycle } from '../../kernel/index.ts'
import type { JournalEntry, Write } from '../journal.ts'
import type { ExitStatus, Process } from '../process.ts'
import { signalNumber } from '../process.ts'
import type { ExecCommand } from './exec-line.ts'
import { exitForLog } from './exit-status.ts'
import type { ExecKey, ServiceConfig, UnitConfig } from './load.ts'
import type { Systemd } from './manager.ts'
import { type Spawned, spawn } from './spawn.ts'
import { STOPPING } from './stopping.ts'
import { type UnitActions, type UnitEvent, unitMachine } from './unit.machine.ts'

const machine = compileMachine(unitMachine)
/** Timers in the kernel's queue must be finite. */
const NEVER = 3e11

/** Clean ways for a main process to die of a signal. */
const CLEAN_SIGNALS = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'])

/** One command of a unit that has run: what `systemctl status` lists. */
export interface ExecRecord {
  readonly key: ExecKey
  readonly command: ExecCommand
  readonly pid: number
  readonly startedAt: number
  endedAt?: number
  status?: ExitStatus
}

export type Result =
  | 'success'
  | 'exit-code'
  | 'signal'
  | 'timeout'
  | 'start-limit-hit'
  | 'resources'
  | 'core-dump'
  | 'oom-kill'

/** A unit in memory: its configuration as last loaded, and its life. Services run the machine; other types only switch. */
export class Unit implements UnitActions {
  config: UnitConfig
  result: Result = 'success'
  /** ms of the host's clock when the active state, and the SUB state, last changed. */
  activeSince: number
  /** Host clock of entering and leaving the active state. */
  activeEnter: number | undefined
  activeExit: number | undefined
  /** Journal entry with which it last left the inactive or failed state; `status` shows the journal from there on. */
  firstLine = 0
  /** Host clock of that moment. */
  inactiveExit = 0
  invocation = ''
  nRestarts = 0
  main: Process | undefined
  records: ExecRecord[] = []
  /** What the service said about itself (sd_notify STATUS=). */
  statusText = ''
  /** Peak memory and CPU of earlier processes. */
  cpuMs = 0
  peak = 0
  /** Present job's number, while there is one: also that of an automatic restart, until its start is over. */
  job: number | undefined
  private readonly life: Lifecycle | undefined
  /** State of a unit that is no service. */
  private on = false
  private starts: number[] = []
  private stopping = false
  private ready = false
  private control: Process | undefined

  constructor(
    readonly manager: Systemd,
    config: UnitConfig,
  ) {
    this.config = config
    this.activeSince = 0
    if (config.type === 'service')
      this.life = new Lifecycle(machine, manager.host.kernel, { unit: this }, (to, from) => this.moved(to, from))
  }

  get name(): string {
    return this.config.name
  }

  /** SUB state. */
  get sub(): string {
    if (this.life) return this.life.state
    const [active, idle] = SUB[this.config.type] ?? ['active', 'inactive']
    return this.on ? active : idle
  }

  /** ACTIVE state. */
  get active(): 'active' | 'inactive' | 'activating' | 'deactivating' | 'failed' | 'reloading' {
    if (!this.life) return this.on ? 'active' : 'inactive'
    switch (this.life.state) {
      case 'running':
      case 'exited':
        return 'active'
      case 'reload':
        return 'reloading'
      case 'start-pre':
      case 'start':
      case 'auto-restart':
        return 'activating'
      case 'stop':
      case 'stop-sigterm':
      case 'stop-sigkill':
        return 'deactivating'
      case 'failed':
        return 'failed'
      default:
        return 'inactive'
    }
  }

  private get service(): ServiceConfig {
    return this.config.service!
  }

  /** `kubelet.service - kubelet: The Kubernetes Node Agent`. */
  get title(): string {
    return this.config.description === this.name ? this.name : `${this.name} - ${this.config.description}`
  }

  get cgroup(): string {
    return `/system.slice/${this.name}`
  }

  /** All processes of its control group. */
  processes(): Process[] {
    return [...this.manager.host.processes.values()].filter((p) => p.cgroup === this.cgroup)
  }

  send(event: UnitEvent): void {
    this.life?.send(event)
  }

  /** Starts or stops a unit that is no service. */
  switch(on: boolean): void {
    if (this.on === on) return
    this.on = on
    this.stamp()
  }

  /** Ends everything without ceremony: the machine has lost power. */
  powerOff(): void {
    this.life?.stop()
  }

  // What the machine asks

  hasPre(): boolean {
    return this.service.commands.ExecCondition.length + this.service.commands.ExecStartPre.length > 0
  }
  mustGetReady(): boolean {
    return ['notify', 'notify-reload', 'dbus', 'forking', 'oneshot'].includes(this.service.type)
  }
  hasStop(): boolean {
    return this.service.commands.ExecStop.length > 0
  }
  restartMs(): number {
    return Math.min(NEVER, this.service.restartMs)
  }
  timeoutStartMs(): number {
    return Math.min(NEVER, this.service.timeoutStartMs)
  }
  timeoutStopMs(): number {
    return Math.min(NEVER, this.service.timeoutStopMs)
  }

  startLimitHit(): boolean {
    const { startLimitMs, startLimitBurst } = this.config
    if (startLimitMs === 0 || startLimitBurst === 0) return false
    const now = this.manager.host.kernel.now()
    this.starts = this.starts.filter((t) => now - t < startLimitMs)
    return this.starts.length >= startLimitBurst
  }

  refuse(): void {
    this.log(`${this.name}: Start request repeated too quickly.`, 4)
    if (this.result === 'success') this.result = 'start-limit-hit'
    this.logFailed()
    this.log(`Failed to start ${this.title}.`, 3, { id: 'unit-failed-start', job: this.job, result: 'failed' })
  }

  restarts(): boolean {
    if (this.stopping || this.manager.host.has(STOPPING)) return false
    const { restart, restartPrevent } = this.service
    const last = this.records.at(-1)?.status
    if (last && restartPrevent.includes(last.signal ?? String(last.code))) return false
    switch (restart) {
      case 'always':
        return true
      case 'on-success':
        return this.result === 'success'
      case 'on-failure':
        return this.result !== 'success'
      case 'on-abnormal':
        return this.result === 'signal' || this.result === 'timeout' || this.result === 'core-dump'
      case 'on-abort':
        return this.result === 'signal'
      default:
        return false
    }
  }

  failed(): boolean {
    return this.result !== 'success'
  }

  remainsAfterExit(): boolean {
    return this.service.remainAfterExit && this.result === 'success' && !this.stopping
  }

  announceStart(): void {
    if (this.sub === 'dead' || this.sub === 'failed') this.firstLine = this.manager.journal.lastSeq + 1
    this.starts.push(this.manager.host.kernel.now())
    this.stopping = false
    this.ready = false
    this.result = 'success'
    this.records = []
    this.statusText = ''
    this.cpuMs = 0
    this.peak = 0
    this.invocation = this.manager.rng.hex(32)
    this.job ??= this.manager.nextJob()
    if (this.hasPre() || this.mustGetReady())
      this.log(`Starting ${this.title}...`, 6, { id: 'unit-starting', job: this.job })
    for (const p of this.processes())
      if (!p.status) {
        this.log(
          `${this.name}: Found left-over process ${p.pid} (${p.program.name.slice(0, 15)}) in control group while starting unit. Ignoring.`,
          4,
        )
        this.log(
          'This usually indicates unclean termination of a previous run, or service implementation deficiencies.',
          4,
        )
      }
  }

  runPre(): void {
    this.sequence(
      ['ExecCondition', 'ExecStartPre'],
      () => this.send({ type: 'PRE_DONE' }),
      (status) => {
        this.result = status.signal !== undefined ? 'signal' : 'exit-code'
        this.log(`${this.name}: Control process exited, ${exitForLog(status, signalNumber)}`, 5, {
          id: 'unit-exited',
          exitCode: 'exited',
          exitStatus: String(status.code ?? ''),
          result: 'ExecStartPre',
        })
        this.logFailed()
        this.send({ type: 'PRE_FAILED' })
      },
    )
  }

  spawnMain(): void {
    const commands = this.service.commands.ExecStart
    if (commands.length === 0) {
      this.soon(() => this.send({ type: 'MAIN_EXITED', code: 0 }))
      return
    }
    const run = (i: number): void => {
      const command = commands[i]
      const spawned = this.exec('ExecStart', command, (status) => {
        this.main = undefined
        const bad = !this.clean(status) && !command.ignoreFailure
        const end = (last: ExitStatus): void => this.send({ type: 'MAIN_EXITED', ...last })
        if (!bad && i + 1 < commands.length && !this.stopping) run(i + 1)
        // Of a oneshot the work is its start: what comes after that belongs to it.
        else if (!bad && this.service.type === 'oneshot' && !this.stopping)
          this.sequence(['ExecStartPost'], () => end(status), end)
        else end(status)
      })
      this.main = spawned.process
      // A daemon that forks is ready once its parent has returned; our programs do not fork, so it is ready at once.
      if (this.service.type === 'forking' || this.service.type === 'dbus') this.soon(() => this.notify('READY=1'))
    }
    run(0)
  }

  announceReady(): void {
    this.ready = true
    this.log(`Started ${this.title}.`, 6, { id: 'unit-started', job: this.job })
    this.job = undefined
    this.sequence(
      ['ExecStartPost'],
      () => {},
      () => {},
    )
  }

  recordExit(event: UnitEvent): void {
    if (event.type !== 'MAIN_EXITED') return
    const status = (event.signal !== undefined ? { signal: event.signal } : { code: event.code ?? 0 }) as ExitStatus
    const ignored = this.records.findLast((r) => r.key === 'ExecStart')?.command.ignoreFailure === true
    if (!this.clean(status) && !ignored) {
      if (this.result === 'success') this.result = status.signal !== undefined ? 'signal' : 'exit-code'
      this.log(`${this.name}: Main process exited, ${exitForLog(status, signalNumber)}`, status.signal ? 4 : 5, {
        id: 'unit-exited',
        exitCode: status.signal ? 'killed' : 'exited',
        exitStatus: String(status.code ?? signalNumber(status.signal ?? '')),
      })
    }
    if (this.result !== 'success') this.logFailed()
    else if (!this.remainsAfterExit()) this.log(`${this.name}: Deactivated successfully.`, 6, { id: 'unit-success' })
    if (this.service.type === 'oneshot' && this.result === 'success' && !this.stopping && !this.ready) {
      this.ready = true
      this.log(`Finished ${this.title}.`, 6, { id: 'unit-started', job: this.job })
    }
    this.killRest()
    if (this.stopping) this.log(`Stopped ${this.title}.`, 6, { id: 'unit-stopped', job: this.job, result: 'done' })
    else if (!this.ready)
      this.log(`Failed to start ${this.title}.`, 3, { id: 'unit-failed-start', job: this.job, result: 'failed' })
    this.job = undefined
  }

  announceRestart(): void {
    this.nRestarts++
    this.job ??= this.manager.nextJob()
    this.log(`${this.name}: Scheduled restart job, restart counter is at ${this.nRestarts}.`, 6, { id: 'unit-restart' })
  }

  cancelRestart(): void {
    this.log(`Stopped ${this.title}.`, 6, { id: 'unit-stopped', job: this.job, result: 'done' })
  }

  announceStop(): void {
    this.stopping = true
    if (this.sub !== 'exited') this.result = 'success'
    this.log(`Stopping ${this.title}...`, 6, { id: 'unit-stopping', job: this.job })
    if (this.sub === 'exited' && !this.hasStop()) {
      this.log(`${this.name}: Deactivated successfully.`, 6, { id: 'unit-success' })
      this.log(`Stopped ${this.title}.`, 6, { id: 'unit-stopped', job: this.job, result: 'done' })
    }
  }

  runStop(): void {
    this.sequence(
      ['ExecStop'],
      () => this.send({ type: 'STOP_DONE' }),
      () => this.send({ type: 'STOP_DONE' }),
    )
  }

  sendTerm(): void {
    this.signal(this.service.killSignal)
  }

  sendKill(): void {
    const alive = this.targets()
    for (const p of alive)
      this.log(`${this.name}: Killing process ${p.pid} (${p.program.name.slice(0, 15)}) with signal SIGKILL.`, 5)
    this.signal('SIGKILL')
  }

  timedOut(what: 'start' | 'stop'): void {
    this.result = 'timeout'
    if (what === 'start') this.log(`${this.name}: ${this.sub} operation timed out. Terminating.`, 4)
    else this.log(`${this.name}: State '${this.sub}' timed out. Killing.`, 4)
  }

  runReload(): void {
    const done = (): void => this.send({ type: 'RELOAD_DONE' })
    this.log(`Reloading ${this.title}...`, 6)
    this.sequence(
      ['ExecReload'],
      () => {
        this.log(`Reloaded ${this.title}.`, 6)
        done()
      },
      done,
    )
  }

  ended(): void {}

  reset(): void {
    this.result = 'success'
    this.starts = []
    this.nRestarts = 0
  }

  /** sd_notify: `READY=1`, `STATUS=…`. */
  notify(message: string): void {
    if (message.startsWith('STATUS=')) this.statusText = message.slice(7)
    else if (message === 'READY=1') this.send({ type: 'READY' })
  }

  /** Kills by `systemctl kill`. */
  kill(signal: string, who: 'main' | 'all'): void {
    for (const p of who === 'main' && this.main ? [this.main] : this.processes()) p.kill(signal)
  }

  log(message: string, priority: number, catalog?: JournalEntry['catalog'], extra: Partial<Write> = {}): void {
    this.manager.journal.write({
      message,
      priority,
      identifier: 'systemd',
      pid: 1,
      unit: 'init.scope',
      about: this.name,
      catalog,
      invocation: this.invocation,
      ...extra,
    })
  }

  private logFailed(): void {
    this.log(`${this.name}: Failed with result '${this.result}'.`, 4, { id: 'unit-failed', result: this.result })
  }

  private clean(status: ExitStatus): boolean {
    if (status.signal !== undefined)
      return CLEAN_SIGNALS.has(status.signal) || this.service.successExit.includes(status.signal)
    return status.code === 0 || this.service.successExit.includes(String(status.code))
  }

  private targets(): Process[] {
    if (this.service.killMode === 'process' || this.service.killMode === 'mixed')
      return this.main ? [this.main] : this.control ? [this.control] : []
    return this.processes()
  }

  private signal(name: string): void {
    const targets = this.targets()
    if (targets.length === 0) {
      this.soon(() => this.send({ type: 'MAIN_EXITED', code: 0 }))
      return
    }
    for (const p of targets) {
      p.kill(name)
      // So that a stopped process takes notice (systemd.kill(5)).
      if (name !== 'SIGKILL') p.kill('SIGCONT')
    }
  }

  /** What the main process leaves behind is killed with it, unless KillMode= spares it. */
  private killRest(): void {
    const rest = this.processes().filter((p) => !p.status && p !== this.main)
    if (this.service.killMode === 'process' || this.service.killMode === 'none') {
      for (const p of rest)
        this.log(
          `${this.name}: Unit process ${p.pid} (${p.program.name.slice(0, 15)}) remains running after unit stopped.`,
          5,
        )
    } else for (const p of rest) p.kill(this.service.killMode === 'mixed' ? 'SIGKILL' : this.service.killSignal)
  }

  /** Runs control commands one after the other. */
  private sequence(keys: readonly ExecKey[], done: () => void, failed: (status: ExitStatus) => void): void {
    const queue = keys.flatMap((key) => this.service.commands[key].map((command) => ({ key, command })))
    const next = (i: number): void => {
      if (i >= queue.length) {
        this.control = undefined
        if (queue.length === 0) done()
        else this.soon(done)
        return
      }
      const { key, command } = queue[i]
      this.control = this.exec(key, command, (status) => {
        this.control = undefined
        if (!this.clean(status) && !command.ignoreFailure) failed(status)
        else next(i + 1)
      }).process
    }
    next(0)
  }

  private exec(key: ExecKey, command: ExecCommand, ended: (status: ExitStatus) => void): Spawned {
    const spawned = spawn(this, command, (status) => {
      record.status = status
      record.endedAt = this.manager.host.clock.now()
      if (spawned.process) {
        this.cpuMs += spawned.process.cpuMs
        this.peak = Math.max(this.peak, spawned.process.rss)
      }
      ended(status)
    })
    const record: ExecRecord = { key, command, pid: spawned.pid, startedAt: this.manager.host.clock.now() }
    this.records.push(record)
    return spawned
  }

  private soon(fn: () => void): void {
    this.manager.host.kernel.soon(fn)
  }

  private moved(to: string, from: string): void {
    if (to === 'judge' || to === 'settle') return
    this.stamp()
    if (from === 'dead' || from === 'failed' || to === 'auto-restart') this.inactiveExit = this.activeSince
    if (TELLING.has(to) && !this.manager.host.has(STOPPING))
      happened(this.manager.host.name, `${this.name}: ${to === 'auto-restart' ? 'failed' : to}`)
    if (to === 'auto-restart') this.firstLine = this.manager.journal.lastSeq + 1
    if (to === 'running' && from !== 'reload') this.activeEnter = this.activeSince
    if ((from === 'running' || from === 'exited' || from === 'judge') && to !== 'exited')
      this.activeExit = this.activeSince
    this.manager.unitChanged(this)
  }

  private stamp(): void {
    this.activeSince = this.manager.host.clock.now()
    if (!this.life) {
      if (this.on) this.activeEnter = this.inactiveExit = this.activeSince
      this.manager.unitChanged(this)
    }
  }
}

/** States that are news when something led to them. */
const TELLING = new Set(['failed', 'auto-restart', 'dead'])

/** SUB states of units that are no services: active, inactive. */
const SUB: Record<string, readonly [string, string]> = {
  target: ['active', 'dead'],
  timer: ['waiting', 'dead'],
  socket: ['listening', 'dead'],
  mount: ['mounted', 'dead'],
  swap: ['active', 'dead'],
  slice: ['active', 'dead'],
  scope: ['running', 'dead'],
  device: ['plugged', 'dead'],
  path: ['waiting', 'dead'],
  automount: ['waiting', 'dead'],
}
