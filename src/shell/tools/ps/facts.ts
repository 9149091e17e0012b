import { type Process, parentOf } from '../../../host/index.ts'
import { pidSeen, terminalOf } from '../../jobs/group.ts'
import { formatDate } from '../../text/date.ts'
import { zoneOf } from '../../text/zone.ts'

/** Processes that `p` can see: all of the host's, or those of its container, by pid. */
export function visible(p: Process): Process[] {
  const all = [...p.host.processes.values()]
  const mine =
    p.containerPid === undefined
      ? all
      : all.filter((q) => q.containerPid !== undefined && q.pidNamespace === p.pidNamespace)
  return mine.sort((a, b) => pidSeen(p, a) - pidSeen(p, b))
}

/** Controlling terminal as ps names it. */
export const tty = (q: Process): string => (terminalOf(q) ? 'pts/0' : '?')

/** Accumulated CPU time as MM:SS or HH:MM:SS. */
export const cpu = (q: Process, long: boolean): string => {
  const s = Math.floor(q.cpuMs / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return long
    ? `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
    : `${Math.floor(s / 60)}:${two(s % 60)}`
}

/** Wall-clock ms at which it started. */
export const started = (p: Process, q: Process): number => q.startedAt + (p.now() - p.host.kernel.now())

/** START of `ps u`: the time, or the day when that is long ago. */
export const startText = (p: Process, q: Process): string => {
  const at = started(p, q)
  const zone = zoneOf(p).at(at).offset
  return p.now() - at > 86_400_000 ? formatDate('%b%d', at, zone) : formatDate('%H:%M', at, zone)
}

/** Its arguments, or `[name]` of one without. */
export const commandLine = (q: Process): string => q.argv.join(' ') || `[${q.program.name}]`

/** Its name as the kernel keeps it. */
export const comm = (q: Process): string => (q.exe.split('/').at(-1) || q.program.name).slice(0, 15)

/** Virtual size: what such programs map, several times what is resident. */
export const vsz = (q: Process): number => Math.round((q.rss * 3) / 1024)

/** %CPU and %MEM. */
export const pcpu = (q: Process): string => (q.cpuMilli / 10).toFixed(1)

/** %MEM. */
export const pmem = (q: Process): string => ((q.rss / q.host.memory) * 100).toFixed(1)
/** STAT */
export const state = (p: Process, q: Process): string => (q.frozen ? 'T' : q === p ? 'R' : 'S')
/** Parent's pid as `p` sees it. */
export const ppid = (p: Process, q: Process): number => {
  const parent = parentOf(q)
  if (pidSeen(p, q) === 1) return 0
  if (!parent) return 1
  // A parent outside of the namespace of who asks has no number there.
  return p.pidNamespace === undefined || parent.pidNamespace === p.pidNamespace ? pidSeen(p, parent) : 0
}

/** ELAPSED: `[[DD-]hh:]mm:ss`. */
export const elapsed = (p: Process, q: Process): string => {
  const s = Math.floor((p.host.kernel.now() - q.startedAt) / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const d = Math.floor(s / 86400)
  const h = Math.floor(s / 3600) % 24
  return `${d > 0 ? `${d}-` : ''}${d > 0 || h > 0 ? `${two(h)}:` : ''}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}
