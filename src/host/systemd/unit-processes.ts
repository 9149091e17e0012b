import type { ExitStatus, Process } from '../process.ts'
import type { ExecCommand } from './exec-line.ts'
import type { ExecKey, ServiceConfig } from './load.ts'
import { type Spawned, spawn } from './spawn.ts'
import type { Unit } from './unit.ts'

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

/** What systemd runs for a service: its main process, the control commands around it, and what they all used. */
export class UnitProcesses {
  main: Process | undefined
  /** Of the present or last run, oldest first. */
  records: ExecRecord[] = []
  /** Peak memory and CPU of earlier processes. */
  cpuMs = 0
  peak = 0
  private control: Process | undefined

  constructor(private readonly unit: Unit) {}

  private get config(): ServiceConfig {
    return this.unit.config.service!
  }

  /** A new run begins. */
  forget(): void {
    this.records = []
    this.cpuMs = 0
    this.peak = 0
  }

  /** Whether that end counts as success: SuccessExitStatus= and the clean signals. */
  clean(status: ExitStatus): boolean {
    if (status.signal !== undefined)
      return CLEAN_SIGNALS.has(status.signal) || this.config.successExit.includes(status.signal)
    return status.code === 0 || this.config.successExit.includes(String(status.code))
  }

  /** Whom a stop signals: KillMode=. */
  targets(): Process[] {
    if (this.config.killMode === 'process' || this.config.killMode === 'mixed')
      return this.main ? [this.main] : this.control ? [this.control] : []
    return this.unit.processes()
  }

  /** Signals those; where there is nobody, the stop is done. */
  signal(name: string): void {
    const targets = this.targets()
    if (targets.length === 0) {
      this.unit.soon(() => this.unit.send({ type: 'MAIN_EXITED', code: 0 }))
      return
    }
    for (const p of targets) {
      p.kill(name)
      // So that a stopped process takes notice (systemd.kill(5)).
      if (name !== 'SIGKILL') p.kill('SIGCONT')
    }
  }

  /** What the main process leaves behind is killed with it, unless KillMode= spares it. */
  killRest(): void {
    const rest = this.unit.processes().filter((p) => !p.status && p !== this.main)
    if (this.config.killMode === 'process' || this.config.killMode === 'none') {
      for (const p of rest)
        this.unit.log(
          `${this.unit.name}: Unit process ${p.pid} (${p.program.name.slice(0, 15)}) remains running after unit stopped.`,
          5,
        )
    } else for (const p of rest) p.kill(this.config.killMode === 'mixed' ? 'SIGKILL' : this.config.killSignal)
  }

  /** Runs control commands one after the other. */
  sequence(keys: readonly ExecKey[], done: () => void, failed: (status: ExitStatus) => void): void {
    const queue = keys.flatMap((key) => this.config.commands[key].map((command) => ({ key, command })))
    const next = (i: number): void => {
      if (i >= queue.length) {
        this.control = undefined
        if (queue.length === 0) done()
        else this.unit.soon(done)
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

  /** Starts one command; `ended` comes with its end. */
  exec(key: ExecKey, command: ExecCommand, ended: (status: ExitStatus) => void): Spawned {
    const spawned = spawn(this.unit, command, (status) => {
      record.status = status
      record.endedAt = this.unit.manager.host.clock.now()
      if (spawned.process) {
        this.cpuMs += spawned.process.cpuMs
        this.peak = Math.max(this.peak, spawned.process.rss)
      }
      ended(status)
    })
    const record: ExecRecord = { key, command, pid: spawned.pid, startedAt: this.unit.manager.host.clock.now() }
    this.records.push(record)
    return spawned
  }
}
