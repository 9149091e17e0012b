import {
  JOURNAL,
  type Journal,
  type JournalEntry,
  MACHINE,
  type Program,
  parseSpan,
  unitName,
} from '../../../host/index.ts'
import { type Coro, globRegex, waitFor } from '../../../kernel/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { paged } from '../lib/page.ts'
import { bytes, parseTimestamp, systemdTime } from '../lib/time.ts'
import { fields, formatter } from './format.ts'

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']
const ALIASES: Record<string, number> = { panic: 0, error: 3, warn: 4 }

type Filter = (e: JournalEntry) => boolean

/** Options of systemd 257's journalctl. */
const TABLE = {
  short: 'u:fn::rS:U:o:p:t:T:g:b::kxeqalmNF:c:D:M:hi:',
  long: {
    'unit=': 'u',
    follow: 'f',
    'lines=?': 'n',
    reverse: 'r',
    'since=': 'S',
    'until=': 'U',
    'output=': 'o',
    'priority=': 'p',
    'identifier=': 't',
    'exclude-identifier=': 'T',
    'grep=': 'g',
    'case-sensitive=?': 'case',
    'boot=?': 'b',
    dmesg: 'k',
    catalog: 'x',
    'pager-end': 'e',
    quiet: 'q',
    all: 'a',
    full: 'l',
    'no-full': 'l',
    merge: 'm',
    fields: 'N',
    'field=': 'F',
    'no-pager': 'no-pager',
    'no-hostname': 'no-hostname',
    'no-tail': 'no-tail',
    'list-boots': 'list-boots',
    'disk-usage': 'disk-usage',
    'vacuum-size=': 'vacuum-size',
    'vacuum-time=': 'vacuum-time',
    'vacuum-files=': 'vacuum-files',
    rotate: 'rotate',
    flush: 'flush',
    sync: 'sync',
    verify: 'verify',
    utc: 'utc',
    system: 'system',
    user: 'user',
    'file=': 'file',
    'directory=': 'D',
    header: 'header',
    'user-unit=': 'user-unit',
    'cursor=': 'c',
    version: 'version',
    help: 'h',
    'output-fields=': 'output-fields',
    'relinquish-var': 'flush',
    'invocation=': 'invocation',
    'truncate-newline': 'a',
    'show-cursor': 'show-cursor',
    'after-cursor=': 'after-cursor',
    'facility=': 'facility',
  },
}

export const journalctl: Program = command('journalctl', function* (c) {
  let o: Options
  try {
    o = getopt(pullOptional(c.args), TABLE)
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`journalctl: ${error.message}`)
    throw error
  }
  if (!c.host.has(JOURNAL)) throw new Fail('No journal files were found.', 0)
  const options = o
  if (o.has('f') || o.has('no-pager')) return yield* read(c, options)
  return yield* paged(c, (through) => read(through, options), o.has('e'))
})

function* read(c: Command, o: Options): Coro<number> {
  const journal = c.host.service(JOURNAL)
  const special = otherVerb(c, o, journal)
  if (special !== undefined) return special
  const filters = selection(c, o, journal)
  const format = formatter(o.get('o') ?? (o.has('k') ? 'short' : 'short'), {
    host: c.host,
    noHostname: o.has('no-hostname'),
    catalog: o.has('x'),
  })
  if (!format) throw new Fail(`Unknown output format "${o.get('o')}".`)
  if (o.has('F')) {
    const seen = new Set<string>()
    for (const e of journal.entries()) {
      const v = fields(e, c.host, true)[o.get('F')!]
      if (v !== undefined) seen.add(v)
    }
    c.out(
      [...seen]
        .reverse()
        .map((v) => `${v}\n`)
        .join(''),
    )
    return 0
  }
  const matches = (e: JournalEntry): boolean => filters.every((f) => f(e))
  let chosen = journal.entries().filter(matches)
  const lines = lineCount(o)
  if (lines !== undefined)
    chosen = lines.oldest ? chosen.slice(0, lines.count) : lines.count === 0 ? [] : chosen.slice(-lines.count)
  const reverse = o.has('r') || (o.has('g') && o.has('n'))
  if (reverse) chosen = [...chosen].reverse()
  const hint = access(c, o)
  if (hint !== undefined) {
    c.err(hint)
    return 1
  }
  let boot: string | undefined
  const show = (e: JournalEntry): string => {
    const change = boot !== undefined && boot !== e.boot && !/json|export|cat|verbose/.test(o.get('o') ?? '')
    boot = e.boot
    return `${change ? `-- Boot ${e.boot} --\n` : ''}${format(e)}`
  }
  let text = ''
  for (const e of chosen) {
    text += show(e)
    if (text.length > 65_536) {
      c.out(text)
      text = ''
      while (c.p.stdout.full) yield* waitFor(c.p.stdout.drained)
    }
  }
  c.out(text)
  if (!o.has('f')) {
    if (chosen.length === 0 && !o.has('q')) c.out('-- No entries --\n')
    return chosen.length === 0 && o.has('g') ? 1 : 0
  }
  let seq = journal.entries().at(-1)?.seq ?? 0
  for (;;) {
    yield* waitFor(journal.appended)
    const all = journal.entries()
    let from = all.length
    while (from > 0 && all[from - 1].seq > seq) from--
    for (const e of all.slice(from)) {
      seq = Math.max(seq, e.seq)
      if (matches(e)) c.out(show(e))
    }
  }
}

/** `-n` and `-b` take an attached value, and also a following word that looks like one. */
function pullOptional(args: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i < args.length; i++) {
    const a = args[i]
    const next = args[i + 1]
    const count = /^-[a-z]*n$/.test(a) || a === '--lines'
    const boot = /^-[a-z]*b$/.test(a) || a === '--boot'
    if (
      (count && next !== undefined && /^(\+?\d+|all)$/.test(next)) ||
      (boot && next !== undefined && /^([+-]?\d+|all|[0-9a-f]{32}([+-]\d+)?)$/.test(next))
    ) {
      out.push(a.startsWith('--') ? `${a}=${next}` : a + next)
      i++
    } else out.push(a)
  }
  return out
}

function lineCount(o: Options): { count: number; oldest: boolean } | undefined {
  const n = o.get('n')
  if (n === undefined) {
    if (o.has('f') && !o.has('no-tail')) return { count: 10, oldest: false }
    return o.has('e') ? { count: 1000, oldest: false } : undefined
  }
  if (n === 'all') return undefined
  if (n === '') return { count: 10, oldest: false }
  if (!/^\+?\d+$/.test(n)) throw new Fail(`Failed to parse --lines='${n}'.`)
  return { count: Number(n.replace('+', '')), oldest: n.startsWith('+') }
}

/** Filters from options and FIELD=VALUE matches. */
function selection(c: Command, o: Options, journal: Journal): Filter[] {
  const filters: Filter[] = []
  const now = c.host.clock.now()
  const units = o.list('u').map((u) => (/[*?]/.test(u) ? u : unitName(u)))
  if (units.length > 0) {
    const tests: (string | RegExp)[] = units.flatMap((u): (string | RegExp)[] =>
      /[*?]/.test(u) ? [globRegex(u), globRegex(`${u}.*`)] : [u],
    )
    const hit = (name: string | undefined): boolean =>
      name !== undefined && tests.some((t) => (typeof t === 'string' ? t === name : t.test(name)))
    filters.push((e) => hit(e.unit) || hit(e.about))
  }
  if (o.has('t')) {
    const ids = o.list('t')
    filters.push((e) => ids.includes(e.identifier))
  }
  if (o.has('k')) filters.push((e) => e.transport === 'kernel')
  if (o.has('p')) filters.push(priority(o.get('p')!))
  for (const [key, keep] of [
    ['S', (t: number) => (e: JournalEntry) => e.time >= t * 1000],
    ['U', (t: number) => (e: JournalEntry) => e.time <= t * 1000],
  ] as const) {
    const text = o.get(key)
    if (text === undefined) continue
    const t = parseTimestamp(text, now, parseSpan)
    if (t === undefined) throw new Fail(`Failed to parse timestamp: ${text}`)
    filters.push(keep(t))
  }
  if (o.has('g')) filters.push(grep(o))
  if (o.has('b') || o.has('k')) filters.push(bootFilter(o.get('b') ?? '', journal))
  const alternatives = new Map<string, string[]>()
  for (const arg of o.args) {
    if (arg === '+') continue
    const m = /^([A-Z_0-9]+)=(.*)$/s.exec(arg)
    if (m) alternatives.set(m[1], [...(alternatives.get(m[1]) ?? []), m[2]])
    else if (arg.startsWith('/')) alternatives.set('_EXE', [...(alternatives.get('_EXE') ?? []), arg])
    else throw new Fail(`Failed to add match '${arg}': Invalid argument`)
  }
  for (const [key, values] of alternatives)
    filters.push((e) => values.includes(fields(e, c.host, true)[key] ?? '\u0000'))
  return filters
}

function priority(text: string): Filter {
  const level = (t: string): number => {
    const n = /^[0-7]$/.test(t) ? Number(t) : (ALIASES[t] ?? LEVELS.indexOf(t))
    if (n < 0) throw new Fail(`Unknown log level ${t}`)
    return n
  }
  const [a, b] = text.split('..')
  if (b === undefined) {
    const max = level(a)
    return (e) => e.priority <= max
  }
  const [lo, hi] = [level(a), level(b)].sort((x, y) => x - y)
  return (e) => e.priority >= lo && e.priority <= hi
}

function grep(o: Options): Filter {
  const pattern = o.get('g')!
  const sensitive = o.has('case')
    ? o.get('case') !== 'false' && o.get('case') !== 'no'
    : pattern !== pattern.toLowerCase()
  try {
    const re = new RegExp(pattern, sensitive ? '' : 'i')
    return (e) => re.test(e.message)
  } catch {
    throw new Fail(`Bad pattern "${pattern}": missing terminating ]`)
  }
}

function bootFilter(text: string, journal: Journal): Filter {
  if (text === 'all') return () => true
  const boots = journal.boots()
  const id = /^[0-9a-f]{32}/.exec(text)?.[0]
  const offset = id ? 0 : text === '' ? 0 : Number(text)
  const index = id ? boots.findIndex((b) => b.id === id) : offset <= 0 ? boots.length - 1 + offset : offset - 1
  const boot = boots[index]
  if (!boot)
    throw new Fail(
      `No journal boot entry found for the specified boot (${id ?? (offset > 0 ? `+${offset}` : offset)}).`,
    )
  return (e) => e.boot === boot.id
}

/** Everything that is not showing entries. */
function otherVerb(c: Command, o: Options, journal: Journal): number | undefined {
  const machineId = c.host.service(MACHINE).machineId
  if (o.has('version')) {
    c.out('systemd 257 (257.13-1~deb13u1)\n')
    return 0
  }
  if (o.has('file') || o.has('D')) {
    const path = o.get('file') ?? o.get('D')!
    if (!c.host.fs.exists(path))
      throw new Fail(
        o.has('file')
          ? 'Failed to open files: No such file or directory'
          : `Failed to open ${path}: No such file or directory`,
      )
    return undefined
  }
  if (o.has('list-boots')) {
    const boots = journal.boots()
    if (o.get('o')?.startsWith('json')) {
      c.out(
        `${JSON.stringify(boots.map((b, i) => ({ index: i - boots.length + 1, boot_id: b.id, first_entry: b.first, last_entry: b.last })))}\n`,
      )
      return 0
    }
    const width = Math.max(3, ...boots.map((_, i) => String(i - boots.length + 1).length))
    c.out(`${'IDX'.padStart(width)} BOOT ID                          FIRST ENTRY                 LAST ENTRY\n`)
    boots.forEach((b, i) => {
      c.out(
        `${String(i - boots.length + 1).padStart(width)} ${b.id} ${systemdTime(b.first / 1000)} ${systemdTime(b.last / 1000)}\n`,
      )
    })
    return 0
  }
  if (o.has('disk-usage')) {
    c.out(`Archived and active journals take up ${bytes(journal.diskUsage())} in the file system.\n`)
    return 0
  }
  if (o.has('vacuum-size') || o.has('vacuum-time') || o.has('vacuum-files')) {
    const size = o.get('vacuum-size')
    const time = o.get('vacuum-time')
    const before = journal.diskUsage()
    if (size !== undefined) journal.vacuum({ bytes: sizeOf(size) })
    if (time !== undefined) journal.vacuum({ before: (c.host.clock.now() - (parseSpan(time) ?? 0)) * 1000 })
    const freed = before - journal.diskUsage()
    c.err(
      `Vacuuming done, freed 0B of archived journals from /var/log/journal.\nVacuuming done, freed ${bytes(Math.max(0, freed))} of archived journals from /var/log/journal/${machineId}.\nVacuuming done, freed 0B of archived journals from /run/log/journal.\n`,
    )
    return 0
  }
  if (o.has('rotate')) journal.rotate()
  if (o.has('rotate') || o.has('flush') || o.has('sync')) return 0
  if (o.has('verify')) {
    for (const name of journal.files) c.err(`PASS: /var/log/journal/${machineId}/${name}.journal\n`)
    return 0
  }
  if (o.has('N')) {
    const names = new Set<string>()
    for (const e of journal.entries().slice(-500)) for (const k of Object.keys(fields(e, c.host, false))) names.add(k)
    c.out([...names].map((n) => `${n}\n`).join(''))
    return 0
  }
  return undefined
}

const sizeOf = (text: string): number => {
  const m = /^(\d+(?:\.\d+)?)([KMGT]?)/.exec(text)
  return m ? Number(m[1]) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(m[2]) : 0
}

/** What somebody without rights is told. */
function access(c: Command, o: Options): string | undefined {
  const { uid, groups = [], gid } = c.p.creds
  if (uid === 0 || [4, 999].some((g) => g === gid || groups.includes(g))) return undefined
  const hint = `Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', 'systemd-journal' can see all messages.\n      Pass -q to turn off this notice.\n`
  return `${o.has('q') ? '' : hint}No journal files were opened due to insufficient permissions.\n`
}
