import type { Process, Program } from '../../../host/index.ts'
import { pidSeen, terminalOf } from '../../jobs/group.ts'
import { userByName, userName } from '../../text/users.ts'
import { COLUMNS, type Column, columnOf, sorted } from './columns.ts'
import { comm, commandLine, cpu, pcpu, pmem, ppid, startText, state, tty, visible, vsz } from './facts.ts'
import { forest } from './forest.ts'
import { BEYOND, type How, parseArguments } from './options.ts'

const HINT = `

Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`

/** procps' ps. */
export const ps: Program = {
  name: 'ps',
  *main(p) {
    const how = parseArguments(p.argv)
    if (typeof how === 'string' && how.startsWith(BEYOND)) {
      p.stderr.write(`ps: ${how}\n`)
      return 127
    }
    if (typeof how === 'string') {
      p.stderr.write(`error: ${how}${HINT}`)
      return 1
    }
    const nobody = how.users?.some((u) => !/^\d+$/.test(u) && !userByName(p.fs, u))
    const unsortable = how.sort?.split(',').some((key) => !columnOf(key.replace(/^[-+]/, '')))
    if (nobody || unsortable) {
      p.stderr.write(`error: ${nobody ? 'user name does not exist' : 'unknown sort specifier'}${HINT}`)
      return 1
    }
    let list = chosen(p, how)
    if (how.sort) list = sorted(p, list, how.sort)
    const indent = how.forest ? forest(list) : new Map<Process, string>()
    if (how.forest) list = [...indent.keys()]
    const art = (q: Process): string => indent.get(q) ?? ''
    let [head, line] = how.bsd ? BSD : how.full ? FULL : SHORT
    if (how.columns) {
      const cols = how.columns.map(([name, own]) => ({ c: columnOf(name)!, name, own }))
      const unknown = cols.find((c) => !c.c)
      if (unknown) {
        p.stderr.write(`error: unknown user-defined format specifier "${unknown.name}"${HINT}`)
        return 1
      }
      const columns = cols.map(({ c }) => c)
      head = cols.some((c) => c.own !== '')
        ? row(
            columns,
            cols.map((c) => c.own ?? c.c.head),
          )
        : undefined
      line = (p, q, art) =>
        row(
          columns,
          cols.map(({ c }) => (c.head === 'CMD' || c.head === 'COMMAND' ? art : '') + c.get(p, q)),
        )
    }
    const out = list.map((q) => line(p, q, art(q)))
    if (how.header && head !== undefined) out.unshift(head)
    p.stdout.write(out.map((l) => `${l}\n`).join(''))
    return list.length > 0 ? 0 : 1
  },
}

function chosen(p: Process, how: How): Process[] {
  const list = visible(p)
  const { pids, commands, users } = how
  if (pids) return list.filter((q) => pids.has(pidSeen(p, q)))
  if (commands) return list.filter((q) => commands.includes(comm(q)))
  if (users)
    return list.filter((q) => users.some((u) => u === String(q.creds.uid) || userByName(p.fs, u)?.uid === q.creds.uid))
  return how.all ? list : list.filter((q) => terminalOf(q) !== undefined && terminalOf(q) === terminalOf(p))
}

/** Header and lines of an output format; `art` is the tree in front of a command. */
type Format = readonly [head: string | undefined, line: (p: Process, q: Process, art: string) => string]

const BSD: Format = [
  'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND',
  (p, q, art) =>
    `${COLUMNS.user.get(p, q).padEnd(8)} ${String(pidSeen(p, q)).padStart(7)} ${pcpu(q).padStart(4)} ${pmem(q).padStart(4)} ${String(vsz(q)).padStart(6)} ${String(Math.round(q.rss / 1024)).padStart(5)} ${tty(q).padEnd(8)} ${state(p, q).padEnd(4)} ${startText(p, q).padEnd(5)} ${cpu(q, false).padStart(6)} ${art}${commandLine(q)}`,
]
const FULL: Format = [
  'UID          PID    PPID  C STIME TTY          TIME CMD',
  (p, q, art) =>
    `${COLUMNS.user.get(p, q).padEnd(8)} ${String(pidSeen(p, q)).padStart(7)} ${String(ppid(p, q)).padStart(7)}  ${Math.floor(q.cpuMilli / 10)} ${startText(p, q)} ${tty(q).padEnd(8)} ${cpu(q, true)} ${art}${commandLine(q)}`,
]
const SHORT: Format = [
  '    PID TTY          TIME CMD',
  (p, q, art) => `${String(pidSeen(p, q)).padStart(7)} ${tty(q).padEnd(8)} ${cpu(q, true)} ${art}${comm(q)}`,
]

/** Cells in their columns; the last one is not padded. */
const row = (columns: readonly Column[], cells: readonly string[]): string =>
  cells
    .map((text, i) =>
      columns[i].right
        ? text.padStart(columns[i].width)
        : i === cells.length - 1
          ? text
          : text.padEnd(columns[i].width),
    )
    .join(' ')

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
