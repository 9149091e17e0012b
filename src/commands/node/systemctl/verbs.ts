import { shutdown, unitName } from '../../../host/index.ts'
import { sleep } from '../../../kernel/index.ts'
import { Fail } from '../lib/command.ts'
import { asCoro, type Call, expand, type Handler, needUnits, requireRoot } from './call.ts'
import { job } from './jobs.ts'
import { listDependencies, listTimers, listUnitFiles, listUnits } from './lists.ts'
import { isActive, isEnabled, isFailed, isSystemRunning, show, status } from './query.ts'
import { cat, editUnit, files, setDefault } from './unit-files.ts'

const kill: Handler = (call) => {
  needUnits(call)
  requireRoot(call, 'kill unit')
  const given = call.o.get('s') ?? 'SIGTERM'
  const signal = /^\d+$/.test(given)
    ? ({ '1': 'SIGHUP', '2': 'SIGINT', '9': 'SIGKILL', '15': 'SIGTERM', '19': 'SIGSTOP', '18': 'SIGCONT' }[given] ??
      'SIGTERM')
    : given.startsWith('SIG')
      ? given
      : `SIG${given}`
  for (const name of expand(call)) {
    const unit = call.systemd.unit(name)
    if (unit.config.load === 'not-found')
      throw new Fail(`Failed to kill unit ${unit.name}: Unit ${unit.name} not loaded.`)
    unit.kill(signal, call.o.get('who') === 'main' ? 'main' : 'all')
  }
  return 0
}

const reload: Handler = function* (call) {
  requireRoot({ ...call, names: [] }, 'reload daemon')
  call.systemd.daemonReload()
  yield* sleep(call.c.host.kernel, 250)
  return 0
}

const power =
  (how: 'reboot' | 'poweroff'): Handler =>
  (call) => {
    requireRoot({ ...call, names: [] }, how === 'reboot' ? 'reboot system via logind' : 'power off system via logind')
    const { host } = call.c
    host.kernel.spawn(`${how} ${host.name}`, shutdown(host, how))
    return 0
  }

/** What each verb does. */
export const VERBS: Record<string, Handler> = {
  status,
  start: job('start', 'start'),
  stop: job('stop', 'stop'),
  restart: job('restart', 'restart'),
  'try-restart': job('restart', 'try-restart'),
  condrestart: job('restart', 'try-restart'),
  reload: job('reload', 'reload'),
  isolate: job('start', 'isolate'),
  'reload-or-restart': (call) => {
    const unit = call.names[0] ? call.systemd.unit(call.names[0]) : undefined
    const reloadable = (unit?.config.service?.commands.ExecReload.length ?? 0) > 0 && unit?.active === 'active'
    return job(reloadable ? 'reload' : 'restart', 'reload-or-restart')(call)
  },
  enable: files('enable', 'start'),
  disable: files('disable', 'stop'),
  reenable: function* (call) {
    yield* asCoro(files('disable', undefined)(call))
    return yield* asCoro(files('enable', undefined)(call))
  },
  mask: files('mask', 'stop'),
  unmask: files('unmask', undefined),
  'is-active': isActive,
  'is-failed': isFailed,
  'is-enabled': isEnabled,
  'is-system-running': isSystemRunning,
  cat,
  show,
  kill,
  'daemon-reload': reload,
  'daemon-reexec': reload,
  'reset-failed': (call) => {
    requireRoot(call, 'reset failed state of unit')
    const names = call.names.length > 0 ? expand(call) : [...call.systemd.units.keys()]
    for (const name of names) {
      const unit = call.systemd.unit(name)
      if (unit.config.load === 'not-found' && call.names.length > 0)
        throw new Fail(`Failed to reset failed state of unit ${unit.name}: Unit ${unit.name} not loaded.`)
      unit.reset()
      unit.send({ type: 'RESET' })
    }
    return 0
  },
  'list-units': (call) => {
    call.c.out(listUnits(call.systemd, listOptions(call)))
    return 0
  },
  'list-unit-files': (call) => {
    call.c.out(listUnitFiles(call.systemd, listOptions(call)))
    return 0
  },
  'list-timers': (call) => {
    call.c.out(listTimers(call.systemd, call.o.has('a')))
    return 0
  },
  'list-jobs': (call) => {
    call.c.out('No jobs running.\n')
    return 0
  },
  'list-dependencies': (call) => {
    call.c.out(listDependencies(call.systemd, unitName(call.names[0] ?? 'default.target')))
    return 0
  },
  'get-default': (call) => {
    call.c.out(`${call.systemd.installed.default()}\n`)
    return 0
  },
  'set-default': setDefault,
  edit: editUnit,
  reboot: power('reboot'),
  poweroff: power('poweroff'),
  halt: power('poweroff'),
}

function listOptions(call: Call): Parameters<typeof listUnits>[1] {
  const { o } = call
  const words = (key: string): string[] => o.list(key).flatMap((v) => v.split(','))
  return {
    all: o.has('a'),
    failed: o.has('failed'),
    types: words('t'),
    states: words('state'),
    patterns: call.names,
    legend: !o.has('no-legend') && o.get('legend') !== 'false',
    plain: o.has('plain'),
  }
}
