import { type Rng, Signal } from '../../kernel/index.ts'
import type { Host } from '../host.ts'
import { serviceKey } from '../host.ts'
import { JOURNAL, type Journal } from '../journal.ts'
import type { Process } from '../process.ts'
import { InstalledUnits } from './installed.ts'
import { Jobs } from './jobs.ts'
import { aliasTarget, linkedDependencies, loadUnit, signatureOf } from './load.ts'
import { Timers } from './timers.ts'
import { Unit } from './unit.ts'
import { SUFFIX, unitName } from './unit-name.ts'

/** PID 1 of a machine: its units, jobs and unit files. Models systemd 257. */
export class Systemd {
  readonly units = new Map<string, Unit>()
  readonly journal: Journal
  readonly rng: Rng
  readonly timers: Timers
  /** Fires when any unit changes its state. */
  readonly changed = new Signal()
  readonly jobs = new Jobs(this)
  readonly installed: InstalledUnits

  constructor(readonly host: Host) {
    this.journal = host.service(JOURNAL)
    this.rng = host.rng.fork('systemd')
    this.timers = new Timers(this)
    this.installed = new InstalledUnits(host.fs, host.name, {
      links: () => this.refreshDependencies(),
      unit: (name) => this.refreshUnit(name),
    })
  }

  /** The unit in memory, loaded when needed. Idle units that nobody refers to are forgotten, so their files are read anew. */
  unit(name: string): Unit {
    const full = this.resolveAlias(unitName(name))
    let unit = this.units.get(full)
    if (unit && this.collectable(unit) && unit.config.signature !== signatureOf(this.host.fs, full)) unit = undefined
    if (!unit) {
      unit = new Unit(this, loadUnit(this.host.fs, full, this.host.name))
      this.logWarnings(unit)
      if (unit.config.load !== 'not-found') this.units.set(full, unit)
      else this.units.delete(full)
    }
    return unit
  }

  /** True when files of a loaded unit changed since they were read. */
  needsReload(unit: Unit): boolean {
    return unit.config.load !== 'not-found' && unit.config.signature !== signatureOf(this.host.fs, unit.name)
  }

  /** `systemctl daemon-reload`: reads all unit files anew; what runs goes on with its new configuration. */
  daemonReload(): void {
    this.journal.write({
      message: "Reloading requested from client PID 1 ('systemctl')...",
      identifier: 'systemd',
      pid: 1,
      unit: 'init.scope',
    })
    for (const [name, unit] of [...this.units]) {
      unit.config = loadUnit(this.host.fs, name, this.host.name)
      this.logWarnings(unit)
      if (unit.config.load === 'not-found' && unit.active === 'inactive') this.units.delete(name)
    }
    this.loadWanted()
    this.timers.reload()
  }

  /** Loads everything that loaded units want, so that it shows up in list-units. */
  loadWanted(): void {
    const seen = new Set<string>()
    const visit = (name: string): void => {
      if (seen.has(name)) return
      seen.add(name)
      const unit = this.unit(name)
      for (const dep of [...unit.config.wants, ...unit.config.requires]) visit(dep)
    }
    visit(this.installed.default())
  }

  /** The unit that a process belongs to. */
  unitOf(p: Process): Unit | undefined {
    const m = /^\/system\.slice\/([^/]+)/.exec(p.cgroup)
    return m ? this.units.get(m[1]) : undefined
  }

  /** @internal */
  unitChanged(unit: Unit): void {
    this.timers.unitChanged(unit)
    this.changed.fire()
  }

  private refreshDependencies(): void {
    for (const [name, unit] of this.units)
      unit.config = {
        ...unit.config,
        wants: [
          ...new Set([
            ...unit.config.wants.filter((w) => !this.isLink(name, w)),
            ...linkedDependencies(this.host.fs, name, 'wants'),
          ]),
        ],
        requires: [...new Set([...unit.config.requires, ...linkedDependencies(this.host.fs, name, 'requires')])],
      }
    this.loadWanted()
  }

  /** Was this dependency a link that is gone now? Those written in the file itself stay. */
  private isLink(unit: string, dep: string): boolean {
    const written = this.units
      .get(unit)
      ?.config.settings.some((s) => s.key === 'Wants' && s.value.split(/\s+/).includes(dep))
    return !written
  }

  private refreshUnit(name: string): void {
    const unit = this.units.get(name)
    if (unit) unit.config = loadUnit(this.host.fs, name, this.host.name)
  }

  private collectable(unit: Unit): boolean {
    if (unit.active !== 'inactive') return false
    for (const other of this.units.values())
      if (other !== unit && (other.config.wants.includes(unit.name) || other.config.requires.includes(unit.name)))
        return false
    return true
  }

  private resolveAlias(name: string): string {
    const target = aliasTarget(this.host.fs, name)
    return SUFFIX.test(target) && !target.includes('@.') ? target : name
  }

  /** Says what is wrong in a unit's files, as at every loading. */
  logWarnings(unit: Unit): void {
    for (const message of unit.config.warnings)
      this.journal.write({ message, identifier: 'systemd', pid: 1, unit: 'init.scope', about: unit.name, priority: 4 })
  }
}

export const SYSTEMD = serviceKey<Systemd>('systemd')

/** sd_notify(3): a service says `READY=1` or `STATUS=…`. Without systemd nothing happens. */
export function sdNotify(p: Process, message: string): void {
  if (p.host.has(SYSTEMD)) p.host.service(SYSTEMD).unitOf(p)?.notify(message)
}
