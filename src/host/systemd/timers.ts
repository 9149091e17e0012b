import type { Timer } from '../../kernel/index.ts'
import { MACHINE } from '../machine.ts'
import { nextElapse } from './calendar.ts'
import type { Systemd } from './manager.ts'
import type { Unit } from './unit.ts'
import { parseSpan } from './unit-file.ts'

/** Timer units: OnCalendar=, OnBootSec=, OnUnitActiveSec= and their kin start another unit. */
export class Timers {
  private readonly armed = new Map<string, { timer: Timer; at: number }>()
  /** Host clock of the last time that each timer elapsed. */
  readonly last = new Map<string, number>()

  constructor(private readonly systemd: Systemd) {}

  /** Host clock of the next elapse. */
  next(name: string): number | undefined {
    return this.armed.get(name)?.at
  }

  /** The unit that a timer starts. */
  target(unit: Unit): string {
    return (
      unit.config.settings.find((s) => s.section === 'Timer' && s.key === 'Unit')?.value ??
      unit.name.replace(/\.timer$/, '.service')
    )
  }

  arm(unit: Unit): void {
    this.disarm(unit)
    const { host } = this.systemd
    const now = host.clock.now()
    const boot = now - host.service(MACHINE).uptimeMs()
    const active = unit.activeEnter ?? now
    const elapsed = (this.last.get(unit.name) ?? Number.NEGATIVE_INFINITY) >= active
    const candidates: number[] = []
    for (const s of unit.config.settings.filter((x) => x.section === 'Timer')) {
      const span = parseSpan(s.value)
      if (s.key === 'OnCalendar') candidates.push(nextElapse(s.value, now) ?? Number.POSITIVE_INFINITY)
      else if (span === undefined) continue
      // In the past already when the timer is activated: it elapses at once.
      else if (s.key === 'OnBootSec' || s.key === 'OnStartupSec')
        candidates.push(elapsed ? boot + span : Math.max(boot + span, now + 1))
      else if (s.key === 'OnActiveSec') candidates.push(active + span)
      else if (s.key === 'OnUnitActiveSec' || s.key === 'OnUnitInactiveSec') {
        const last = this.last.get(unit.name)
        if (last !== undefined) candidates.push(last + span)
      }
    }
    const at = Math.min(...candidates.filter((t) => t > now && Number.isFinite(t)))
    if (!Number.isFinite(at)) return
    const timer = host.kernel.after(host.clock.toTrue(at - now), () => this.elapse(unit))
    this.armed.set(unit.name, { timer, at })
  }

  disarm(unit: Unit): void {
    const armed = this.armed.get(unit.name)
    if (armed) this.systemd.host.kernel.cancel(armed.timer)
    this.armed.delete(unit.name)
  }

  disarmAll(): void {
    for (const { timer } of this.armed.values()) this.systemd.host.kernel.cancel(timer)
    this.armed.clear()
  }

  reload(): void {
    for (const name of [...this.armed.keys()]) {
      const unit = this.systemd.units.get(name)
      if (unit) this.arm(unit)
    }
  }

  unitChanged(_unit: Unit): void {}

  private elapse(unit: Unit): void {
    this.last.set(unit.name, this.systemd.host.clock.now())
    const target = this.systemd.unit(this.target(unit))
    if (target.active === 'inactive' || target.active === 'failed') this.systemd.jobs.request('start', target)
    this.arm(unit)
  }
}
