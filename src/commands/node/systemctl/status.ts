import {
  exitForStatus,
  type Host,
  type JournalEntry,
  MACHINE,
  type Process,
  type Systemd,
  type Unit,
} from '../../../host/index.ts'
import { shortLine } from '../journalctl/format.ts'
import { ago, bytes, systemdTime } from '../lib/time.ts'

/** 15 % of the threads that the machine allows. */
const tasksMax = (host: Host): number =>
  Math.floor(0.15 * Number(host.service(MACHINE).modules.sysctls?.get('kernel.threads-max') ?? 31_328))

/** CPU time of a process, ms: what it accounted for itself, at least a small share of its life. */
const cpuTime = (p: Process): number => {
  const lived = p.host.kernel.now() - p.startedAt
  return Math.max(p.cpuMs, (lived * p.cpuMilli) / 1000, 12 + (lived * (p.rss >> 20)) / 40_000)
}

/** The mark before a unit's name. */
export const dot = (unit: Unit): string => (unit.active === 'failed' ? '×' : unit.active === 'inactive' ? '○' : '●')

/** `systemctl status` of one unit. Models print_status_info of systemd 257. */
export function statusText(systemd: Systemd, unit: Unit, lines: number): string {
  const { host } = systemd
  const now = host.clock.now()
  const out: string[] = [`${dot(unit)} ${unit.title}`]
  const row = (label: string, text: string): void => void out.push(`${`${label}:`.padStart(12)} ${text}`)
  const { config } = unit
  if (config.load === 'loaded') {
    const state = systemd.installed.state(unit.name)
    const preset = state === 'enabled' || state === 'disabled' ? '; preset: enabled' : ''
    row('Loaded', `loaded (${config.fragment}; ${state}${preset})`)
  } else if (config.load === 'masked') row('Loaded', `masked (Reason: Unit ${unit.name} is masked.)`)
  else if (config.load === 'bad-setting')
    row('Loaded', `bad-setting (Reason: Unit ${unit.name} has a bad unit file setting.)`)
  else row('Loaded', `not-found (Reason: Unit ${unit.name} not found.)`)
  const dirs = new Map<string, string[]>()
  for (const path of config.dropIns) {
    const cut = path.lastIndexOf('/')
    dirs.set(path.slice(0, cut), [...(dirs.get(path.slice(0, cut)) ?? []), path.slice(cut + 1)])
  }
  let first = true
  for (const [dir, files] of dirs) {
    out.push(`${first ? '    Drop-In: ' : '             '}${dir}`, `             └─${files.join(', ')}`)
    first = false
  }
  const result = unit.result !== 'success' && unit.active !== 'active' ? ` (Result: ${unit.result})` : ''
  const sub = unit.active === 'failed' ? 'failed' : `${unit.active} (${unit.sub})`
  const since = unit.activeSince > 0 ? ` since ${systemdTime(unit.activeSince)}; ${ago(now - unit.activeSince)}` : ''
  row('Active', `${sub}${result}${since}`)
  if (
    (unit.active === 'inactive' || unit.active === 'failed') &&
    unit.activeEnter !== undefined &&
    unit.activeExit !== undefined
  )
    row('Duration', ago(Math.max(1, unit.activeExit - unit.activeEnter)).replace(/ ago$/, ''))
  if (unit.job !== undefined && (unit.active === 'activating' || unit.active === 'deactivating'))
    row('Job', String(unit.job))
  if (unit.invocation !== '' && unit.activeSince > 0) row('Invocation', unit.invocation)
  if (config.documentation.length > 0) row('Docs', config.documentation.join('\n             '))
  for (const r of unit.records)
    if (r.status) row('Process', `${r.pid} ${r.key}=${r.command.text} (${exitForStatus(r.status)})`)
  const main = unit.records.findLast((r) => r.key === 'ExecStart')
  if (unit.main && !unit.main.status) row('Main PID', `${unit.main.pid} (${unit.main.program.name.slice(0, 15)})`)
  else if (main?.status) row('Main PID', `${main.pid} (${exitForStatus(main.status)})`)
  if (unit.statusText !== '' && unit.active !== 'inactive') row('Status', `"${unit.statusText}"`)
  const processes = config.type === 'service' ? unit.processes().filter((p) => !p.status) : []
  if (processes.length > 0) {
    const rss = processes.reduce((n, p) => n + p.rss, 0)
    const cpu = processes.reduce((n, p) => n + cpuTime(p), unit.cpuMs)
    const limit = config.service?.tasksMax === 'infinity' ? '' : ` (limit: ${tasksMax(host)})`
    row('Tasks', `${processes.length * 6 + 1}${limit}`)
    const accounted = host.service(MACHINE).platform.cgroups === 2
    const peak = bytes(Math.round(Math.max(rss * 1.04, unit.peak)))
    row('Memory', accounted ? `${bytes(rss)} (peak: ${peak})` : bytes(rss))
    if (accounted)
      row(
        'CPU',
        cpu >= 60_000
          ? `${Math.floor(cpu / 60_000)}min ${((cpu % 60_000) / 1000).toFixed(3)}s`
          : cpu >= 1000
            ? `${(cpu / 1000).toFixed(3)}s`
            : `${Math.max(1, Math.round(cpu))}ms`,
      )
    row('CGroup', unit.cgroup)
    const width = Math.max(...processes.map((p) => String(p.pid).length))
    processes.forEach((p, i) => {
      out.push(
        `             ${i === processes.length - 1 ? '└─' : '├─'}${String(p.pid).padStart(width)} ${p.argv.join(' ')}`,
      )
    })
  }
  // A unit that cannot be used is not kept: it was loaded anew for this.
  if (config.load === 'bad-setting') systemd.logWarnings(unit)
  const log = recent(systemd, unit, lines)
  if (log.length > 0) out.push('', ...log.map((e) => shortLine(e, host.name)))
  return `${out.join('\n')}\n`
}

/** Journal of the unit since it last left the inactive state. */
function recent(systemd: Systemd, unit: Unit, lines: number): JournalEntry[] {
  if (lines === 0) return []
  const boot = systemd.journal.boots().at(-1)?.id
  return systemd.journal.tail(
    lines,
    (e) =>
      e.boot === boot &&
      (e.unit === unit.name || e.about === unit.name) &&
      (unit.config.load === 'bad-setting' || e.seq >= unit.firstLine),
  )
}

/** `systemctl status` without a name: the host with its services. */
export function overview(systemd: Systemd): string {
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
