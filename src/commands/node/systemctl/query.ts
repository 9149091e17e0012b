import type { Systemd } from '../../../host/index.ts'
import { expand, type Handler, needUnits, warnIfChanged } from './call.ts'
import { properties } from './show.ts'
import { overview, statusText } from './status.ts'

/** `systemctl status` */
export const status: Handler = (call) => {
  const { c, o, systemd } = call
  if (call.names.length === 0) {
    c.out(overview(systemd))
    return 0
  }
  const lines = o.has('n') ? Number(o.get('n')) : 10
  let code = 0
  let shown = 0
  for (const name of expand({
    ...call,
    names: call.names.map((n) => (/^\d+$/.test(n) ? (unitOfPid(systemd, Number(n)) ?? n) : n)),
  })) {
    const unit = systemd.unit(name)
    if (unit.config.load === 'not-found' && unit.active === 'inactive') {
      c.err(`Unit ${unit.name} could not be found.\n`)
      code = 4
      continue
    }
    warnIfChanged(call, unit)
    c.out(`${shown++ > 0 ? '\n' : ''}${statusText(systemd, unit, lines)}`)
    if (code === 0 && unit.active !== 'active' && unit.active !== 'reloading') code = 3
  }
  return code
}

const unitOfPid = (systemd: Systemd, pid: number): string | undefined => {
  const p = systemd.host.processes.get(pid)
  return p && systemd.unitOf(p)?.name
}

/** `systemctl is-active` */
export const isActive: Handler = (call) => {
  needUnits(call)
  const units = expand(call).map((n) => call.systemd.unit(n))
  if (!call.o.has('q')) for (const u of units) call.c.out(`${u.active}\n`)
  if (units.some((u) => u.active === 'active' || u.active === 'reloading')) return 0
  return units.some((u) => u.config.load !== 'not-found') ? 3 : 4
}

/** `systemctl is-failed` */
export const isFailed: Handler = (call) => {
  const units = expand(call).map((n) => call.systemd.unit(n))
  if (units.length === 0) {
    const degraded = [...call.systemd.units.values()].some((u) => u.active === 'failed')
    call.c.out(degraded ? 'degraded\n' : 'running\n')
    return degraded ? 0 : 1
  }
  if (!call.o.has('q')) for (const u of units) call.c.out(`${u.active}\n`)
  return units.some((u) => u.active === 'failed') ? 0 : 1
}

/** `systemctl is-enabled` */
export const isEnabled: Handler = (call) => {
  needUnits(call)
  let code = 1
  for (const name of call.names) {
    const state = call.systemd.installed.state(name)
    if (!call.o.has('q')) call.c.out(`${state ?? 'not-found'}\n`)
    if (state === undefined) code = code === 1 ? 4 : code
    else if (['enabled', 'enabled-runtime', 'static', 'alias', 'indirect', 'generated'].includes(state)) code = 0
  }
  return code
}

/** `systemctl is-system-running` */
export const isSystemRunning: Handler = (call) => {
  const failed = [...call.systemd.units.values()].some((u) => u.active === 'failed')
  call.c.out(failed ? 'degraded\n' : 'running\n')
  return failed ? 1 : 0
}

/** `systemctl show` */
export const show: Handler = (call) => {
  const { c, o, systemd } = call
  const wanted = [...o.list('p'), ...o.list('P')].flatMap((p) => p.split(','))
  const bare = o.has('value') || o.has('P')
  if (call.names.length === 0) {
    c.out(
      `Version=257.13-1~deb13u1\nNFailedUnits=${[...systemd.units.values()].filter((u) => u.active === 'failed').length}\nSystemState=running\n`,
    )
    return 0
  }
  expand(call).forEach((name, i) => {
    const all = properties(systemd, systemd.unit(name)).filter(([k, v]) =>
      wanted.length > 0 ? wanted.includes(k) : o.has('a') || v !== '',
    )
    c.out(`${i > 0 ? '\n' : ''}${all.map(([k, v]) => (bare ? `${v}\n` : `${k}=${v}\n`)).join('')}`)
  })
  return 0
}
