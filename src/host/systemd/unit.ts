import { compileMachine, happened, Lifecycle } from '../../kernel/index.ts'
import type { JournalEntry, Write } from '../journal.ts'
import type { Process } from '../process.ts'
import type { UnitConfig } from './load.ts'
import type { Systemd } from './manager.ts'
import { ServiceLife } from './service-life.ts'
import { STOPPING } from './stopping.ts'
import { type UnitEvent, unitMachine } from './unit.machine.ts'
import { type ExecRecord, UnitProcesses } from './unit-processes.ts'

const machine = compileMachine(unitMachine)

/** Why a service ended as it did (`Result=` of systemctl show). */
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
export class Unit {
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
  /** What the service said about itself (sd_notify STATUS=). */
  statusText = ''
  /** Present job's number, while there is one: also that of an automatic restart, until its start is over. */
  job: number | undefined
  private readonly run: UnitProcesses
  private readonly service: ServiceLife | undefined
  private readonly life: Lifecycle | undefined
  /** State of a unit that is no service. */
  private on = false

  constructor(
    readonly manager: Systemd,
    config: UnitConfig,
  ) {
    this.config = config
    this.activeSince = 0
    this.run = new UnitProcesses(this)
    if (config.type !== 'service') return
    this.service = new ServiceLife(this, this.run)
    this.life = new Lifecycle(machine, manager.host.kernel, { unit: this.service }, (to, from) => this.moved(to, from))
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
  get active(): ActiveState {
    if (!this.life) return this.on ? 'active' : 'inactive'
    return ACTIVE[this.life.state] ?? 'inactive'
  }

  get main(): Process | undefined {
    return this.run.main
  }

  /** Commands of the present or last run, oldest first. */
  get records(): readonly ExecRecord[] {
    return this.run.records
  }

  /** CPU time of processes that have ended, ms. */
  get cpuMs(): number {
    return this.run.cpuMs
  }

  /** Most memory that one of them had, bytes. */
  get peak(): number {
    return this.run.peak
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

  /** `systemctl reset-failed` */
  reset(): void {
    this.result = 'success'
    this.nRestarts = 0
    this.service?.forgetStarts()
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

  /** Does it in this very instant, but after what is being done now. */
  soon(fn: () => void): void {
    this.manager.host.kernel.soon(fn)
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

type ActiveState = 'active' | 'inactive' | 'activating' | 'deactivating' | 'failed' | 'reloading'

/** ACTIVE states of a service by its SUB state; the others are inactive. */
const ACTIVE: Readonly<Record<string, ActiveState>> = {
  running: 'active',
  exited: 'active',
  reload: 'reloading',
  'start-pre': 'activating',
  start: 'activating',
  'auto-restart': 'activating',
  stop: 'deactivating',
  'stop-sigterm': 'deactivating',
  'stop-sigkill': 'deactivating',
  failed: 'failed',
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
