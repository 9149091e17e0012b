import { formatSpan, type Systemd, type Unit } from '../../../host/index.ts'
import { systemdTime } from '../lib/time.ts'

const time = (ms: number | undefined): string => (ms === undefined || ms === 0 ? '' : systemdTime(ms))
const yes = (b: boolean): string => (b ? 'yes' : 'no')

/** Properties in the order in which `systemctl show` prints them. */
export function properties(systemd: Systemd, unit: Unit): [string, string][] {
  const { config } = unit
  const s = config.service
  const out: [string, string][] = []
  const main = unit.records.findLast((r) => r.key === 'ExecStart')
  if (s) {
    out.push(
      ['Type', s.type],
      ['ExitType', 'main'],
      ['Restart', s.restart],
      ['RestartMode', 'normal'],
      ['NotifyAccess', s.type.startsWith('notify') ? 'main' : 'none'],
      ['RestartUSec', formatSpan(s.restartMs)],
      ['TimeoutStartUSec', formatSpan(s.timeoutStartMs)],
      ['TimeoutStopUSec', formatSpan(s.timeoutStopMs)],
      ['RemainAfterExit', yes(s.remainAfterExit)],
      ['MainPID', String(unit.main?.pid ?? 0)],
      ['ControlPID', '0'],
      ['StatusText', unit.statusText],
      ['Result', unit.result],
      ['NRestarts', String(unit.nRestarts)],
      ['ExecMainStartTimestamp', time(main?.startedAt)],
      ['ExecMainExitTimestamp', time(main?.endedAt)],
      ['ExecMainPID', String(main?.pid ?? 0)],
      ['ExecMainCode', main?.status ? (main.status.signal !== undefined ? '2' : '1') : '0'],
      ['ExecMainStatus', String(main?.status?.code ?? (main?.status ? 15 : 0))],
    )
    for (const key of ['ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecReload', 'ExecStop'] as const)
      for (const c of s.commands[key]) {
        const r = unit.records.findLast((x) => x.key === key && x.command === c)
        const code = r?.status ? (r.status.signal !== undefined ? 'killed' : 'exited') : '(null)'
        out.push([
          key,
          `{ path=${c.path} ; argv[]=${c.text} ; ignore_errors=${yes(c.ignoreFailure)} ; start_time=[${r ? systemdTime(r.startedAt) : 'n/a'}] ; stop_time=[${r?.endedAt ? systemdTime(r.endedAt) : 'n/a'}] ; pid=${r?.pid ?? 0} ; code=${code} ; status=${r?.status ? (r.status.code ?? r.status.signal?.slice(3)) : '0/0'} }`,
        ])
      }
    out.push(
      ['Slice', 'system.slice'],
      ['ControlGroup', unit.processes().length > 0 ? unit.cgroup : ''],
      [
        'MemoryCurrent',
        unit.processes().length > 0 ? String(unit.processes().reduce((n, p) => n + p.rss, 0)) : '[not set]',
      ],
      ['TasksCurrent', unit.processes().length > 0 ? String(unit.processes().length) : '[not set]'],
      ['Environment', s.environment.map(([k, v]) => (/\s/.test(v) ? `"${k}=${v}"` : `${k}=${v}`)).join(' ')],
      ...s.environmentFiles.map((f): [string, string] => [
        'EnvironmentFiles',
        `${f.replace(/^-/, '')} (ignore_errors=${yes(f.startsWith('-'))})`,
      ]),
      ['User', s.user ?? ''],
      ['KillMode', s.killMode],
      ['KillSignal', s.killSignal === 'SIGTERM' ? '15' : s.killSignal],
    )
  }
  out.push(
    ['Id', unit.name],
    ['Names', unit.name],
    ['Requires', config.requires.join(' ')],
    ['Wants', config.wants.join(' ')],
    ['Before', config.before.join(' ')],
    ['After', config.after.join(' ')],
    ['Documentation', config.documentation.join(' ')],
    ['Description', config.description],
    ['LoadState', config.load],
    ['ActiveState', unit.active],
    ['SubState', unit.sub],
    ['FragmentPath', config.fragment ?? ''],
    ['DropInPaths', config.dropIns.join(' ')],
    ['UnitFileState', systemd.installed.state(unit.name) ?? ''],
    ['UnitFilePreset', 'enabled'],
    ['StateChangeTimestamp', time(unit.activeSince)],
    ['InactiveExitTimestamp', time(unit.inactiveExit)],
    ['ActiveEnterTimestamp', time(unit.activeEnter)],
    ['ActiveExitTimestamp', time(unit.activeExit)],
    ['CanStart', yes(config.load === 'loaded')],
    ['CanStop', yes(config.load === 'loaded')],
    ['CanReload', yes((s?.commands.ExecReload.length ?? 0) > 0)],
    ['NeedDaemonReload', yes(systemd.needsReload(unit))],
    ['StartLimitIntervalUSec', formatSpan(config.startLimitMs)],
    ['StartLimitBurst', String(config.startLimitBurst)],
    ['InvocationID', unit.invocation],
  )
  return out
}
