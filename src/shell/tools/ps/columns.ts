import type { Process } from '../../../host/index.ts'
import { groupOf, pidSeen } from '../../jobs/group.ts'
import { formatDate } from '../../text/date.ts'
import { userName } from '../../text/users.ts'
import { zoneOf } from '../../text/zone.ts'
import { comm, commandLine, cpu, elapsed, pcpu, pmem, ppid, started, state, tty, vsz } from './facts.ts'

/** A column of `ps -o`: header, alignment and value. */
export interface Column {
  readonly head: string
  readonly right?: boolean
  readonly width: number
  get(p: Process, q: Process): string
}

export const COLUMNS: Readonly<Record<string, Column>> = {
  pid: { head: 'PID', right: true, width: 7, get: (p, q) => String(pidSeen(p, q)) },
  ppid: { head: 'PPID', right: true, width: 7, get: (p, q) => String(ppid(p, q)) },
  pgid: { head: 'PGID', right: true, width: 7, get: (_p, q) => String(groupOf(q)) },
  user: { head: 'USER', width: 8, get: (p, q) => userName(p.fs, q.creds.uid) ?? String(q.creds.uid) },
  uid: { head: 'UID', right: true, width: 5, get: (_p, q) => String(q.creds.uid) },
  comm: { head: 'COMMAND', width: 15, get: (_p, q) => comm(q) },
  ucmd: { head: 'CMD', width: 15, get: (_p, q) => comm(q) },
  cmd: { head: 'CMD', width: 27, get: (_p, q) => commandLine(q) },
  args: { head: 'COMMAND', width: 27, get: (_p, q) => commandLine(q) },
  command: { head: 'COMMAND', width: 27, get: (_p, q) => commandLine(q) },
  pcpu: { head: '%CPU', right: true, width: 4, get: (_p, q) => pcpu(q) },
  pmem: { head: '%MEM', right: true, width: 4, get: (_p, q) => pmem(q) },
  rss: { head: 'RSS', right: true, width: 5, get: (_p, q) => String(Math.round(q.rss / 1024)) },
  vsz: { head: 'VSZ', right: true, width: 6, get: (_p, q) => String(vsz(q)) },
  tty: { head: 'TT', width: 8, get: (_p, q) => tty(q) },
  stat: { head: 'STAT', width: 4, get: (p, q) => state(p, q) },
  s: { head: 'S', width: 1, get: (p, q) => state(p, q) },
  time: { head: 'TIME', right: true, width: 8, get: (_p, q) => cpu(q, true) },
  etime: { head: 'ELAPSED', right: true, width: 11, get: (p, q) => elapsed(p, q) },
  etimes: {
    head: 'ELAPSED',
    right: true,
    width: 7,
    get: (p, q) => String(Math.floor((p.host.kernel.now() - q.startedAt) / 1000)),
  },
  start: {
    head: 'STARTED',
    right: true,
    width: 8,
    get: (p, q) => formatDate('%H:%M:%S', started(p, q), zoneOf(p).at(p.now()).offset),
  },
  lstart: {
    head: 'STARTED',
    width: 24,
    get: (p, q) => formatDate('%a %b %e %H:%M:%S %Y', started(p, q), zoneOf(p).at(p.now()).offset),
  },
  ni: { head: 'NI', right: true, width: 3, get: () => '0' },
  nlwp: { head: 'NLWP', right: true, width: 4, get: () => '1' },
  cgroup: { head: 'CGROUP', width: 27, get: (_p, q) => `0::${q.cgroup}` },
}

/** Other names of columns. */
const ALIASES: Readonly<Record<string, string>> = {
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  euser: 'user',
  ruser: 'user',
  state: 's',
  tname: 'tty',
  tt: 'tty',
  rssize: 'rss',
  vsize: 'vsz',
  nice: 'ni',
  bsdstart: 'start',
  euid: 'uid',
}

/** The column of a format specifier. */
export const columnOf = (name: string): Column | undefined => COLUMNS[ALIASES[name] ?? name]

/** `--sort=KEY,-KEY`: by columns. */
export function sorted(p: Process, list: Process[], spec: string): Process[] {
  const keys = spec.split(',').map((k) => ({ c: columnOf(k.replace(/^[-+]/, '')), down: k.startsWith('-') }))
  return [...list].sort((a, b) => {
    for (const { c, down } of keys) {
      if (!c) continue
      const [x, y] = [c.get(p, a), c.get(p, b)]
      const d = c.right ? Number.parseFloat(x) - Number.parseFloat(y) : x < y ? -1 : x > y ? 1 : 0
      if (d !== 0) return down ? -d : d
    }
    return 0
  })
}
