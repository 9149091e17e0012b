import type { Process, Program } from '../../host/index.ts'
import { defineTool, flag, type Tool, value } from '../command.ts'
import { groupOf, pidSeen, terminalOf } from '../jobs/group.ts'
import { formatDate } from '../text/date.ts'
import { signalFromText, signalNames } from '../text/signals.ts'
import { userByName, userName } from '../text/users.ts'
import { zoneOf } from '../text/zone.ts'

/** Processes that `p` can see: all of the host's, or those of its container, by pid. */
export function visible(p: Process): Process[] {
  const all = [...p.host.processes.values()]
  const mine =
    p.containerPid === undefined
      ? all
      : all.filter((q) => q.containerPid !== undefined && q.pidNamespace === p.pidNamespace)
  return mine.sort((a, b) => pidSeen(p, a) - pidSeen(p, b))
}

const tty = (q: Process): string => (terminalOf(q) ? 'pts/0' : '?')

/** Accumulated CPU time as MM:SS or HH:MM:SS. */
const cpu = (q: Process, long: boolean): string => {
  const s = Math.floor(q.cpuMs / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return long
    ? `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
    : `${Math.floor(s / 60)}:${two(s % 60)}`
}

const started = (p: Process, q: Process): number => q.startedAt + (p.now() - p.host.kernel.now())

const startText = (p: Process, q: Process): string => {
  const at = started(p, q)
  const zone = zoneOf(p).at(at).offset
  return p.now() - at > 86_400_000 ? formatDate('%b%d', at, zone) : formatDate('%H:%M', at, zone)
}

export const commandLine = (q: Process): string => q.argv.join(' ') || `[${q.program.name}]`

const comm = (q: Process): string => (q.exe.split('/').at(-1) || q.program.name).slice(0, 15)

/** Virtual size: what such programs map, several times what is resident. */
const vsz = (q: Process): number => Math.round((q.rss * 3) / 1024)

const pcpu = (q: Process): string => (q.cpuMilli / 10).toFixed(1)
const pmem = (q: Process): string => ((q.rss / q.host.memory) * 100).toFixed(1)
const state = (p: Process, q: Process): string => (q.frozen ? 'T' : q === p ? 'R' : 'S')
/** Whose child it is, unless that has ended. */
const parentOf = (q: Process): Process | undefined => q.parent ?? (q.keeper?.status ? undefined : q.keeper)

const ppid = (p: Process, q: Process): number => {
  const parent = parentOf(q)
  if (pidSeen(p, q) === 1) return 0
  if (!parent) return 1
  // A parent outside of the namespace of who asks has no number there.
  return p.pidNamespace === undefined || parent.pidNamespace === p.pidNamespace ? pidSeen(p, parent) : 0
}

const elapsed = (p: Process, q: Process): string => {
  const s = Math.floor((p.host.kernel.now() - q.startedAt) / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const d = Math.floor(s / 86400)
  const h = Math.floor(s / 3600) % 24
  return `${d > 0 ? `${d}-` : ''}${d > 0 || h > 0 ? `${two(h)}:` : ''}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

/** Columns of `ps -o`: header, alignment and value. */
const COLUMNS: Record<
  string,
  { head: string; right?: boolean; width: number; get: (p: Process, q: Process) => string }
> = {
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

const ALIASES: Record<string, string> = {
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

interface How {
  all: boolean
  full: boolean
  bsd: boolean
  forest: boolean
  header: boolean
  sort?: string
  columns?: [string, string | undefined][]
  pids?: Set<number>
  commands?: string[]
  users?: string[]
  ownTty: boolean
}

function parse(p: Process): How | string {
  const how: How = { all: false, full: false, bsd: false, forest: false, header: true, ownTty: true }
  const args = [...p.argv.slice(1)]
  const columns = (spec: string): void => {
    how.columns ??= []
    for (const c of spec.split(/[, ]/)) {
      const [name, head] = c.split('=', 2)
      how.columns.push([name, c.includes('=') ? (head ?? '') : undefined])
    }
  }
  while (args.length > 0) {
    const a = args.shift()!
    if (/^\d+(,\d+)*$/.test(a)) how.pids = new Set([...(how.pids ?? []), ...a.split(',').map(Number)])
    else if (a.startsWith('--')) {
      const [name, v] = a.slice(2).split('=', 2)
      if (name === 'forest') how.forest = true
      else if (name === 'no-headers' || name === 'no-heading') how.header = false
      else if (name === 'sort') how.sort = v ?? args.shift()
      else if (name === 'pid') how.pids = new Set((v ?? args.shift() ?? '').split(',').map(Number))
      else if (name === 'ppid') return `unknown gnu long option`
      else return 'unknown gnu long option'
    } else if (a.startsWith('-')) {
      for (let i = 1; i < a.length; i++) {
        const c = a[i]
        const rest = (): string => {
          const r = a.slice(i + 1)
          i = a.length
          return r || (args.shift() ?? '')
        }
        if (c === 'e' || c === 'A') how.all = true
        else if (c === 'a' || c === 'd') how.all = true
        else if (c === 'f' || c === 'F') how.full = true
        else if (c === 'H') how.forest = true
        else if (c === 'o') columns(rest())
        else if (c === 'p' || c === 'q') how.pids = new Set(rest().split(/[, ]/).map(Number))
        else if (c === 'C') how.commands = rest().split(',')
        else if (c === 'u' || c === 'U') {
          if (a === '-aux') {
            how.bsd = how.all = true
          } else how.users = rest().split(',')
        } else if (c === 'x' || c === 'w' || c === 'l' || c === 'L' || c === 'j' || c === 'T' || c === 'm') continue
        else return `error: unsupported SysV option`
      }
    } else {
      for (const c of a) {
        if (c === 'a' || c === 'x') how.all = true
        else if (c === 'u') how.bsd = true
        else if (c === 'f') how.forest = true
        else if (c === 'o') columns(args.shift() ?? '')
        else if (!'wejlhv'.includes(c)) return 'error: unsupported option (BSD syntax)'
      }
    }
  }
  return how
}

export const ps: Program = {
  name: 'ps',
  *main(p) {
    const how = parse(p)
    if (typeof how === 'string') {
      p.stderr.write(
        `error: ${how.replace(/^error: /, '')}\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
      )
      return 1
    }
    let list = visible(p)
    if (how.pids) list = list.filter((q) => how.pids!.has(pidSeen(p, q)))
    else if (how.commands) list = list.filter((q) => how.commands!.includes(comm(q)))
    else if (how.users)
      list = list.filter((q) =>
        how.users!.some((u) => u === String(q.creds.uid) || userByName(p.fs, u)?.uid === q.creds.uid),
      )
    else if (!how.all) list = list.filter((q) => terminalOf(q) !== undefined && terminalOf(q) === terminalOf(p))
    if (how.sort) list = sorted(p, list, how.sort)
    const indent = how.forest ? forest(list) : new Map<Process, string>()
    if (how.forest) list = [...indent.keys()]
    const art = (q: Process): string => indent.get(q) ?? ''
    const out: string[] = []
    if (how.columns) {
      const cols = how.columns.map(([n, head]) => ({ c: COLUMNS[ALIASES[n] ?? n], name: n, head }))
      const unknown = cols.find((c) => !c.c)
      if (unknown) {
        p.stderr.write(
          `error: unknown user-defined format specifier "${unknown.name}"\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
        )
        return 1
      }
      const row = (cells: string[]): string =>
        cells
          .map((text, i) =>
            cols[i].c.right
              ? text.padStart(cols[i].c.width)
              : i === cells.length - 1
                ? text
                : text.padEnd(cols[i].c.width),
          )
          .join(' ')
      if (how.header && cols.some((c) => c.head !== '')) out.push(row(cols.map((c) => c.head ?? c.c.head)))
      for (const q of list)
        out.push(row(cols.map((c) => (c.c.head === 'CMD' || c.c.head === 'COMMAND' ? art(q) : '') + c.c.get(p, q))))
    } else if (how.bsd) {
      if (how.header) out.push('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND')
      for (const q of list)
        out.push(
          `${COLUMNS.user.get(p, q).padEnd(8)} ${String(pidSeen(p, q)).padStart(7)} ${pcpu(q).padStart(4)} ${pmem(q).padStart(4)} ${String(vsz(q)).padStart(6)} ${String(Math.round(q.rss / 1024)).padStart(5)} ${tty(q).padEnd(8)} ${state(p, q).padEnd(4)} ${startText(p, q).padEnd(5)} ${cpu(q, false).padStart(6)} ${art(q)}${commandLine(q)}`,
        )
    } else if (how.full) {
      if (how.header) out.push('UID          PID    PPID  C STIME TTY          TIME CMD')
      for (const q of list)
        out.push(
          `${COLUMNS.user.get(p, q).padEnd(8)} ${String(pidSeen(p, q)).padStart(7)} ${String(ppid(p, q)).padStart(7)}  ${Math.floor(q.cpuMilli / 10)} ${startText(p, q)} ${tty(q).padEnd(8)} ${cpu(q, true)} ${art(q)}${commandLine(q)}`,
        )
    } else {
      if (how.header) out.push('    PID TTY          TIME CMD')
      for (const q of list)
        out.push(`${String(pidSeen(p, q)).padStart(7)} ${tty(q).padEnd(8)} ${cpu(q, true)} ${art(q)}${comm(q)}`)
    }
    p.stdout.write(out.map((l) => `${l}\n`).join(''))
    return list.length > 0 ? 0 : 1
  },
}

/** busybox's ps: all processes in four columns, whatever BSD or Unix options were given; `-o` picks columns. */
export const busyboxPs: Program = {
  name: 'busybox-ps',
  *main(p) {
    if (p.argv.includes('-o')) return yield* ps.main(p)
    const rows = visible(p).map((q) => {
      const user = (userName(p.fs, q.creds.uid) ?? String(q.creds.uid)).slice(0, 8)
      return `${String(pidSeen(p, q)).padStart(5)} ${user.padEnd(8)} ${cpu(q, false).padStart(5)} ${commandLine(q)}\n`
    })
    p.stdout.write(`PID   USER     TIME  COMMAND\n${rows.join('')}`)
    return 0
  },
}

function sorted(p: Process, list: Process[], spec: string): Process[] {
  const keys = spec
    .split(',')
    .map((k) => ({ c: COLUMNS[ALIASES[k.replace(/^[-+]/, '')] ?? k.replace(/^[-+]/, '')], down: k.startsWith('-') }))
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

/** ASCII art of the tree, parents before children. */
function forest(list: readonly Process[]): Map<Process, string> {
  const out = new Map<Process, string>()
  const inList = new Set(list)
  const visit = (q: Process, prefix: string, art: string): void => {
    out.set(q, art)
    const children = list.filter((c) => parentOf(c) === q)
    children.forEach((c, i) => {
      const last = i === children.length - 1
      visit(c, `${prefix}${last ? '   ' : '|  '} `, `${prefix} \\_ `)
    })
  }
  for (const q of list) {
    const parent = parentOf(q)
    if (!parent || !inList.has(parent)) visit(q, '', '')
  }
  return out
}

function select(
  t: Tool,
  pattern: string,
  how: {
    full: number
    exact: number
    user: string | undefined
    newest: number
    oldest: number
    invert: number
    icase: number
  },
): Process[] {
  const regex = new RegExp(how.exact ? `^(?:${pattern})$` : pattern, how.icase ? 'i' : '')
  let hits = visible(t.p).filter((q) => q !== t.p && regex.test(how.full ? commandLine(q) : comm(q)) !== how.invert > 0)
  if (how.user !== undefined)
    hits = hits.filter((q) => userByName(t.p.fs, how.user)?.uid === q.creds.uid || String(q.creds.uid) === how.user)
  if (how.newest) hits = hits.slice(-1)
  if (how.oldest) hits = hits.slice(0, 1)
  return hits
}

const grepOptions = {
  full: flag('f', 'full', 'use full process name to match'),
  exact: flag('x', 'exact', 'match exactly with the command name'),
  user: value('u', 'euid', '<ID,...>', 'match by effective IDs'),
  newest: flag('n', 'newest', 'select most recently started'),
  oldest: flag('o', 'oldest', 'select least recently started'),
  icase: flag('i', 'ignore-case', 'match case insensitively'),
}

export const pgrep = defineTool({
  name: 'pgrep',
  summary: '',
  usage: '[options] <pattern>',
  version: 'pgrep from procps-ng 4.0.4',
  usageStatus: 2,
  options: {
    ...grepOptions,
    list: flag('l', 'list-name', 'list PID and process name'),
    all: flag('a', 'list-full', 'list PID and full command line'),
    count: flag('c', 'count', 'count of matching processes'),
    invert: flag('v', 'inverse', 'negates the matching'),
    delimiter: value('d', 'delimiter', '<string>', 'specify output delimiter'),
  },
  *run(t) {
    if (t.args.length !== 1 && t.opts.user === undefined) {
      t.p.stderr.write(
        `pgrep: ${t.args.length === 0 ? 'no matching criteria specified' : 'only one pattern can be provided'}\nTry \`pgrep --help' for more information.\n`,
      )
      return 2
    }
    const hits = select(t as unknown as Tool, t.args[0] ?? '', t.opts)
    if (t.opts.count) t.line(String(hits.length))
    else if (t.opts.delimiter !== undefined) t.line(hits.map((q) => pidSeen(t.p, q)).join(t.opts.delimiter))
    else
      for (const q of hits)
        t.line(`${pidSeen(t.p, q)}${t.opts.all ? ` ${commandLine(q)}` : t.opts.list ? ` ${comm(q)}` : ''}`)
    return hits.length > 0 ? 0 : 1
  },
})

/** Takes a signal option (-9, -KILL) out of the arguments. */
const signalArgument = (argv: readonly string[]): readonly string[] =>
  argv.flatMap((a) =>
    /^-(\d+|[A-Z][A-Z0-9]+)$/.test(a) && signalFromText(a.slice(1)) !== undefined ? ['--signal', a.slice(1)] : [a],
  )

export const pkill = defineTool({
  name: 'pkill',
  summary: '',
  usage: '[options] <pattern>',
  version: 'pkill from procps-ng 4.0.4',
  usageStatus: 2,
  options: {
    ...grepOptions,
    signal: value('', 'signal', '<sig>', 'signal to send (either number or name)'),
    echo: flag('e', 'echo', 'display what is killed'),
  },
  legacy: signalArgument,
  *run(t) {
    if (t.args.length !== 1) {
      t.p.stderr.write(
        `pkill: ${t.args.length === 0 ? 'no matching criteria specified' : 'only one pattern can be provided'}\nTry \`pkill --help' for more information.\n`,
      )
      return 2
    }
    const hits = select(t as unknown as Tool, t.args[0], { ...t.opts, invert: 0 })
    const signal = signalFromText(t.opts.signal ?? 'TERM') || 'SIGTERM'
    for (const q of hits) {
      if (t.opts.echo) t.line(`${comm(q)} killed (pid ${pidSeen(t.p, q)})`)
      q.kill(signal)
    }
    return hits.length > 0 ? 0 : 1
  },
})

export const killall = defineTool({
  name: 'killall',
  summary: '',
  usage: '[OPTION]... [--] NAME...',
  version: 'killall (PSmisc) 23.7',
  options: {
    signal: value('s', 'signal', 'SIGNAL', 'send this signal instead of SIGTERM'),
    quiet: flag('q', 'quiet', "don't print complaints"),
    wait: flag('w', 'wait', 'wait for processes to die'),
    exact: flag('e', 'exact', 'require exact match for very long names'),
  },
  legacy: signalArgument,
  *run(t) {
    const signal = signalFromText(t.opts.signal ?? 'TERM') || 'SIGTERM'
    for (const name of t.args) {
      const hits = visible(t.p).filter((q) => comm(q) === name || q.program.name === name)
      if (hits.length === 0) {
        t.status = 1
        if (!t.opts.quiet) t.p.stderr.write(`${name}: no process found\n`)
      }
      for (const q of hits) q.kill(signal)
      if (t.opts.wait) for (const q of hits) yield* q.wait()
    }
    return 0
  },
})

/** /usr/bin/kill of procps. */
export const kill: Program = {
  name: 'kill',
  *main(p) {
    const args = [...p.argv.slice(1)]
    let signal = 'SIGTERM'
    if (args[0] === '-l' || args[0] === '-L') {
      p.stdout.write(`${signalNames().join(' ')}\n`)
      return 0
    }
    if (args[0] === '-s' || args[0] === '-n') {
      signal = signalFromText(args[1] ?? '') ?? ''
      args.splice(0, 2)
    } else if (/^-[\dA-Za-z]/.test(args[0] ?? '')) signal = signalFromText(args.shift()!.slice(1)) ?? 'SIGTERM'
    let status = 0
    for (const a of args.filter((x) => x !== '--')) {
      const q = visible(p).find((x) => pidSeen(p, x) === Number(a))
      if (!/^-?\d+$/.test(a)) p.stderr.write(`kill: failed to parse argument: '${a}'\n`)
      else if (!q) p.stderr.write(`kill: (${a}): No such process\n`)
      else {
        if (signal !== '') q.kill(signal)
        continue
      }
      status = 1
    }
    return status
  },
}

export const pidof = defineTool({
  name: 'pidof',
  summary: '',
  usage: '[options] [program-name [...]]',
  options: { single: flag('s', 'single-shot', 'return one PID only') },
  *run(t) {
    const hits = t.args.flatMap((name) => visible(t.p).filter((q) => comm(q) === name.split('/').at(-1))).reverse()
    if (hits.length > 0) t.line((t.opts.single ? hits.slice(0, 1) : hits).map((q) => pidSeen(t.p, q)).join(' '))
    return hits.length > 0 ? 0 : 1
  },
})
