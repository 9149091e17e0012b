import {
  type JobResult,
  type JobType,
  MACHINE,
  type Program,
  readAll,
  SYSTEMD,
  type Systemd,
  shutdown,
  type Unit,
  unitName,
} from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { paged } from '../lib/page.ts'
import { ago, systemdTime } from '../lib/time.ts'
import { edit } from './edit.ts'
import { listDependencies, listTimers, listUnitFiles, listUnits } from './lists.ts'
import { properties } from './show.ts'
import { statusText } from './status.ts'

const CHANGED = (name: string): string =>
  `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.`

/** Status and exit codes of systemd 257's systemctl. */
export const systemctl: Program = command('systemctl', function* (c) {
  let o: Options
  try {
    o = getopt(c.args, {
      short: 't:p:P:alqfn:o:H:M:Ts:',
      long: {
        'type=': 't',
        'state=': 'state',
        'property=': 'p',
        all: 'a',
        full: 'l',
        quiet: 'q',
        force: 'f',
        'lines=': 'n',
        'output=': 'o',
        failed: 'failed',
        now: 'now',
        'no-legend': 'no-legend',
        'legend=': 'legend',
        'no-pager': 'no-pager',
        value: 'value',
        'signal=': 's',
        'kill-whom=': 'who',
        'kill-who=': 'who',
        system: 'system',
        user: 'user',
        plain: 'plain',
        'no-block': 'no-block',
        runtime: 'runtime',
        version: 'version',
        help: 'h',
        reverse: 'reverse',
        'no-ask-password': 'x',
        'no-wall': 'x',
        recursive: 'x',
        'no-reload': 'x',
        stdin: 'stdin',
        'no-warn': 'x',
        'with-dependencies': 'x',
        wait: 'wait',
        'dry-run': 'x',
        'job-mode=': 'x',
        after: 'x',
        before: 'x',
      },
    })
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`systemctl: ${error.message}`)
    throw error
  }
  if (o.has('version')) {
    c.out(VERSION)
    return 0
  }
  const [verb = 'list-units', ...names] = o.args
  const handler = VERBS[verb]
  if (!handler) throw new Fail(`Unknown command verb '${verb}'.`)
  if (o.has('user')) throw new Fail('Failed to connect to user scope bus via local transport: No medium found')
  if (!c.host.has(SYSTEMD))
    throw new Fail(
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to system scope bus via local transport: Host is down",
    )
  const systemd = c.host.service(SYSTEMD)
  yield* sleep(c.host.kernel, 20)
  const options = o
  const run = (through: Command): Coro<number> | number => handler({ c: through, o: options, systemd, names, verb })
  if (PAGED.has(verb) && !o.has('no-pager')) return yield* paged(c, run)
  const result = run(c)
  return typeof result === 'number' ? result : yield* result
})

/** Verbs whose output goes through the pager. */
const PAGED = new Set([
  'cat',
  'list-dependencies',
  'list-jobs',
  'list-sockets',
  'list-timers',
  'list-unit-files',
  'list-units',
  'show',
  'status',
])

interface Call {
  readonly c: Command
  readonly o: Options
  readonly systemd: Systemd
  readonly names: readonly string[]
  readonly verb: string
}
type Handler = (call: Call) => Coro<number> | number

const VERSION = `systemd 257 (257.13-1~deb13u1)
+PAM +AUDIT +SELINUX +APPARMOR +IMA +IPE +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBCRYPTSETUP_PLUGINS +LIBFDISK +PCRE2 +PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD +BPF_FRAMEWORK +BTF -XKBCOMMON -UTMP +SYSVINIT +LIBARCHIVE
`

const needUnits = ({ names, verb }: Call): void => {
  if (names.length === 0 && verb) throw new Fail('Too few arguments.')
}

const requireRoot = (call: Call, what: string): void => {
  if (call.c.p.creds.uid === 0) return
  const name = call.names[0] ? unitName(call.names[0]) : ''
  throw new Fail(
    `Failed to ${what}${name ? ` ${name}` : ''}: Interactive authentication required.${name ? `\nSee system logs and 'systemctl status ${name}' for details.` : ''}`,
  )
}

/** Names with shell patterns stand for loaded units. */
function expand(call: Call): string[] {
  return call.names.flatMap((n) => {
    if (!/[*?]/.test(n)) return [unitName(n)]
    const re = new RegExp(
      `^${n
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    )
    return [...call.systemd.units.keys()].filter((k) => re.test(k))
  })
}

const job = (type: JobType, words: string): Handler =>
  function* (call) {
    needUnits(call)
    requireRoot(call, words)
    const { c, systemd, o } = call
    let status = 0
    const jobs: {
      unit: Unit
      run: { result: JobResult | undefined; finished: import('../../../kernel/index.ts').Signal }
    }[] = []
    for (const name of expand(call)) {
      const unit = systemd.unit(name)
      const refused = refusal(type, unit, words, call.verb)
      if (refused) {
        c.err(`${refused.text}\n`)
        status = refused.status
        continue
      }
      if (refused === null) continue
      if (systemd.needsReload(unit)) c.err(`${CHANGED(unit.name)}\n`)
      jobs.push({ unit, run: systemd.request(type, unit) })
    }
    if (o.has('no-block')) return status
    for (const { unit, run } of jobs) {
      while (run.result === undefined) yield { on: [run.finished] }
      if (run.result !== 'done' && run.result !== 'skipped' && run.result !== 'canceled') {
        if (!o.has('q')) c.err(failureText(unit, run.result))
        status = 1
      }
    }
    return status
  }

/** Why a job cannot be queued; null: nothing to do; undefined: go on. */
function refusal(
  type: JobType,
  unit: Unit,
  words: string,
  verb: string,
): { text: string; status: number } | null | undefined {
  const { load } = unit.config
  const fail = (text: string, status: number): { text: string; status: number } => ({
    text: `Failed to ${words} ${unit.name}: ${text}`,
    status,
  })
  if (load === 'not-found') return fail(`Unit ${unit.name} not ${type === 'stop' ? 'loaded' : 'found'}.`, 5)
  if (load === 'masked' && type !== 'stop') return fail(`Unit ${unit.name} is masked.`, 1)
  if (load === 'bad-setting' && type !== 'stop')
    return fail(
      `Unit ${unit.name} has a bad unit file setting.\nSee system logs and 'systemctl status ${unit.name}' for details.`,
      1,
    )
  if (verb.startsWith('try-') && unit.active !== 'active') return null
  if (type === 'reload') {
    if ((unit.config.service?.commands.ExecReload.length ?? 0) === 0)
      return fail(`Job type reload is not applicable for unit ${unit.name}.`, 3)
    if (unit.active !== 'active') return { text: `${unit.name} is not active, cannot reload.`, status: 1 }
  }
  return undefined
}

function failureText(unit: Unit, result: JobResult): string {
  const name = unit.name
  if (result === 'dependency') return `A dependency job for ${name} failed. See 'journalctl -xe' for details.\n`
  const see = `See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`
  if (unit.result === 'start-limit-hit')
    return `Job for ${name} failed because start of the service was attempted too often.\n${see}To force a start use "systemctl reset-failed ${name}"\nfollowed by "systemctl start ${name}" again.\n`
  const why: Record<string, string> = {
    'exit-code': ' because the control process exited with error code',
    signal: ' because a fatal signal was delivered to the control process',
    timeout: ' because a timeout was exceeded',
    resources: ' because of unavailable resources or another system error',
  }
  return `Job for ${name} failed${why[unit.result] ?? ''}.\n${see}`
}

const status: Handler = (call) => {
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
    if (systemd.needsReload(unit)) c.err(`${CHANGED(unit.name)}\n`)
    c.out(`${shown++ > 0 ? '\n' : ''}${statusText(systemd, unit, lines)}`)
    if (code === 0 && unit.active !== 'active' && unit.active !== 'reloading') code = 3
  }
  return code
}

const unitOfPid = (systemd: Systemd, pid: number): string | undefined => {
  const p = systemd.host.processes.get(pid)
  return p && systemd.unitOf(p)?.name
}

function overview(systemd: Systemd): string {
  const units = [...systemd.units.values()]
  const failed = units.filter((u) => u.active === 'failed').length
  const now = systemd.host.clock.now()
  const since = now - systemd.host.service(MACHINE).uptimeMs()
  const groups = units
    .filter((u) => u.config.type === 'service' && u.processes().length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const tree = groups.flatMap((u, i) => {
    const last = i === groups.length - 1
    return [
      `               ${last ? '└─' : '├─'}${u.name}`,
      ...u
        .processes()
        .map(
          (p, j, all) =>
            `               ${last ? '  ' : '│ '}${j === all.length - 1 ? '└─' : '├─'}${p.pid} ${p.argv.join(' ')}`,
        ),
    ]
  })
  return `● ${systemd.host.name}\n    State: ${failed > 0 ? 'degraded' : 'running'}\n    Units: ${units.length} loaded (incl. loaded aliases)\n     Jobs: 0 queued\n   Failed: ${failed} units\n    Since: ${systemdTime(since)}; ${ago(now - since)}\n  systemd: 257.13-1~deb13u1\n   CGroup: /\n           ├─init.scope\n           │ └─1 /sbin/init\n           └─system.slice\n${tree.join('\n')}\n`
}

const isActive: Handler = (call) => {
  needUnits(call)
  const units = expand(call).map((n) => call.systemd.unit(n))
  if (!call.o.has('q')) for (const u of units) call.c.out(`${u.active}\n`)
  if (units.some((u) => u.active === 'active' || u.active === 'reloading')) return 0
  return units.some((u) => u.config.load !== 'not-found') ? 3 : 4
}

const isFailed: Handler = (call) => {
  const units = expand(call).map((n) => call.systemd.unit(n))
  if (units.length === 0) {
    const degraded = [...call.systemd.units.values()].some((u) => u.active === 'failed')
    call.c.out(degraded ? 'degraded\n' : 'running\n')
    return degraded ? 0 : 1
  }
  if (!call.o.has('q')) for (const u of units) call.c.out(`${u.active}\n`)
  return units.some((u) => u.active === 'failed') ? 0 : 1
}

const isEnabled: Handler = (call) => {
  needUnits(call)
  let code = 1
  for (const name of call.names) {
    const state = call.systemd.fileState(name)
    if (!call.o.has('q')) call.c.out(`${state ?? 'not-found'}\n`)
    if (state === undefined) code = code === 1 ? 4 : code
    else if (['enabled', 'enabled-runtime', 'static', 'alias', 'indirect', 'generated'].includes(state)) code = 0
  }
  return code
}

const NO_INSTALL = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.

Possible reasons for having these kinds of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/, .requires/, or .upholds/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.
`

const files = (verb: 'enable' | 'disable' | 'mask' | 'unmask', now: JobType | undefined): Handler =>
  function* (call) {
    needUnits(call)
    requireRoot({ ...call, names: [] }, `${verb} unit`)
    const { c, systemd } = call
    for (const name of call.names) {
      const path = name.startsWith('/') ? name.slice(name.lastIndexOf('/') + 1) : name
      try {
        const lines = systemd[verb](path)
        if (verb === 'enable' && lines.length === 0 && !systemd.hasInstall(path)) c.err(NO_INSTALL)
        if (!call.o.has('q')) for (const line of lines) c.err(`${line}\n`)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        throw new Fail(`Failed to ${verb} unit: ${error.message}`)
      }
    }
    if (verb === 'unmask' || verb === 'enable' || verb === 'disable') systemd.daemonReload()
    if (!call.o.has('now') || !now) return 0
    return yield* asCoro(job(now, now)({ ...call, verb: now }))
  }

function* asCoro(result: Coro<number> | number): Coro<number> {
  return typeof result === 'number' ? result : yield* result
}

const cat: Handler = (call) => {
  needUnits(call)
  const { c, systemd } = call
  let code = 0
  call.names.forEach((name, i) => {
    const unit = systemd.unit(name)
    const { fragment, dropIns } = unit.config
    if (!fragment) {
      c.err(`No files found for ${unit.name}.\n`)
      code = 1
      return
    }
    if (systemd.needsReload(unit)) c.err(`${CHANGED(unit.name)}\n`)
    const texts = [fragment, ...dropIns].map((path) => {
      const file = c.host.fs.find(path)
      return `# ${path}\n${file?.kind === 'file' ? file.read() : ''}`
    })
    c.out(`${i > 0 ? '\n' : ''}${texts.join('\n')}`)
  })
  return code
}

const show: Handler = (call) => {
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

const VERBS: Record<string, Handler> = {
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
  'is-system-running': (call) => {
    const failed = [...call.systemd.units.values()].some((u) => u.active === 'failed')
    call.c.out(failed ? 'degraded\n' : 'running\n')
    return failed ? 1 : 0
  },
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
    call.c.out(`${call.systemd.getDefault()}\n`)
    return 0
  },
  'set-default': (call) => {
    needUnits(call)
    requireRoot({ ...call, names: [] }, 'set default target')
    const target = unitName(call.names[0]).replace(/\.service$/, '.target')
    const path = '/etc/systemd/system/default.target'
    const { fs } = call.c.host
    if (!fs.exists(`/usr/lib/systemd/system/${target}`))
      throw new Fail(`Failed to set default target: Unit ${target} does not exist`)
    if (fs.exists(path)) {
      fs.unlink(path)
      call.c.err(`Removed '${path}'.\n`)
    }
    fs.symlink(`/usr/lib/systemd/system/${target}`, path)
    call.c.err(`Created symlink '${path}' → '/usr/lib/systemd/system/${target}'.\n`)
    return 0
  },
  edit: function* (call) {
    needUnits(call)
    requireRoot({ ...call, names: [] }, 'edit unit')
    const stdin = call.o.has('stdin') ? yield* readAll(call.c.p.stdin) : undefined
    return yield* edit(call.c, call.systemd, call.names[0], call.o.has('l'), stdin)
  },
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

/** `service NAME ACTION`: Debian's wrapper around systemctl. */
export const service: Program = {
  name: 'service',
  *main(p) {
    const [, name, action] = p.argv
    if (!name || !action) {
      p.stderr.write('Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n')
      return 1
    }
    p.argv = ['systemctl', action, name]
    return yield* systemctl.main(p)
  },
}

/** `reboot`, `poweroff`, `halt`, `shutdown`: systemctl under other names. */
export const powerCommands: Program[] = ['reboot', 'poweroff', 'halt', 'shutdown'].map((name) => ({
  name,
  *main(p) {
    const args = p.argv.slice(1)
    const verb = name === 'shutdown' ? (args.includes('-r') ? 'reboot' : 'poweroff') : name
    if (name === 'shutdown' && args.includes('-c')) return 0
    const delay = name === 'shutdown' ? args.find((a) => !a.startsWith('-')) : undefined
    const minutes =
      name === 'shutdown' ? (delay === 'now' || delay === '+0' ? 0 : Number(delay?.replace('+', '') ?? 1)) : 0
    if (minutes > 0) {
      const at = p.host.clock.now() + minutes * 60_000
      p.stderr.write(
        `${verb === 'reboot' ? 'Reboot' : 'Shutdown'} scheduled for ${systemdTime(at)}, use 'shutdown -c' to cancel.\n`,
      )
      p.host.kernel.after(minutes * 60_000, () =>
        p.host.kernel.spawn(verb, shutdown(p.host, verb === 'reboot' ? 'reboot' : 'poweroff')),
      )
      return 0
    }
    p.argv = ['systemctl', verb]
    return yield* systemctl.main(p)
  },
}))
