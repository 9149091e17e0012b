import { type Journal, type JournalEntry, parseSpan, unitName } from '../../../host/index.ts'
import { globRegex } from '../../../kernel/index.ts'
import { type Command, Fail } from '../lib/command.ts'
import type { Options } from '../lib/getopt.ts'
import { parseTimestamp } from '../lib/time.ts'
import { fields } from './format.ts'

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']
const ALIASES: Record<string, number> = { panic: 0, error: 3, warn: 4 }

/** Whether an entry is wanted. */
type Filter = (e: JournalEntry) => boolean

/** Filters from options and FIELD=VALUE matches. */
export function selection(c: Command, o: Options, journal: Journal): Filter[] {
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
  const times = ['S', 'U'].map((key) => o.get(key)).map((text) => text && parseTimestamp(text, now, parseSpan))
  if (typeof times[0] === 'number' && typeof times[1] === 'number' && times[0] > times[1])
    throw new Fail('--since= must be before --until=.')
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
  if (o.has('facility')) filters.push(facility(c, o.get('facility')!))
  const matches = matchTerms(c, o.args)
  if (matches) filters.push(matches)
  return filters
}

/** FIELD=VALUE: several of one field mean any of them, several fields all of them, and `+` either side. */
function matchTerms(c: Command, args: readonly string[]): Filter | undefined {
  if (args.length === 0) return undefined
  const terms: Map<string, string[]>[] = []
  let open = false
  for (const arg of args) {
    if (arg === '+') {
      if (!open) {
        open = false
        break
      }
      open = false
      continue
    }
    const [key, value] = match(c, arg)
    if (!open) terms.push(new Map())
    open = true
    const term = terms[terms.length - 1]
    term.set(key, [...(term.get(key) ?? []), value])
  }
  if (!open) throw new Fail('"+" can only be used between terms')
  return (e) => {
    const have = fields(e, c.host, true)
    return terms.some((term) => [...term].every(([key, values]) => values.includes(have[key] ?? '\u0000')))
  }
}

function match(c: Command, arg: string): readonly [field: string, value: string] {
  const m = /^([A-Z_0-9]+)=(.*)$/s.exec(arg)
  if (m) return [m[1], m[2]]
  if (!arg.startsWith('/')) throw new Fail(`Failed to add match '${arg}': Invalid argument`)
  const node = c.p.fs.find(arg, '/')
  if (!node) throw new Fail("Couldn't canonicalize path: No such file or directory")
  if (node.kind !== 'file' || (node.mode & 0o111) === 0)
    throw new Fail(`File is neither a device node nor executable: ${arg}`)
  return ['_EXE', arg]
}

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp 12 13 14 15 local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

/** --facility: names or numbers, between commas. */
function facility(c: Command, text: string): Filter {
  const wanted = text.split(',').map((word) => {
    const at = /^\d+$/.test(word) ? Number(word) : FACILITIES.indexOf(word)
    if (at < 0 || at > 127) throw new Fail(`Bad --facility= argument "${word}".`)
    return String(at)
  })
  return (e) => wanted.includes(fields(e, c.host, false).SYSLOG_FACILITY ?? '')
}

/** What --facility=help prints. */
export const facilityHelp = (): string => `Available facilities:\n${FACILITIES.map((f) => `${f}\n`).join('')}`

function priority(text: string): Filter {
  const level = (t: string): number => {
    const n = /^[0-7]$/.test(t) ? Number(t) : (ALIASES[t] ?? LEVELS.indexOf(t))
    if (n < 0) throw new Fail(`Unknown log level ${t}`)
    return n
  }
  const [a, b] = text.split('..')
  if (b !== undefined && [a, b].some((t) => !/^[0-7]$/.test(t) && !(t in ALIASES) && !LEVELS.includes(t)))
    throw new Fail(`Failed to parse log level range ${text}`)
  if (b === undefined) {
    const max = level(a)
    return (e) => e.priority <= max
  }
  const [lo, hi] = [level(a), level(b)].sort((x, y) => x - y)
  return (e) => e.priority >= lo && e.priority <= hi
}

function grep(o: Options): Filter {
  const pattern = o.get('g')!
  const sensitivity = o.get('case')
  if (sensitivity && !/^(1|0|y(es)?|no?|t(rue)?|f(alse)?|on|off)$/i.test(sensitivity))
    throw new Fail(`Bad --case-sensitive= argument "${sensitivity}": Invalid argument`)
  const sensitive = o.has('case')
    ? !/^(0|no?|f(alse)?|off)$/i.test(sensitivity ?? '')
    : pattern !== pattern.toLowerCase()
  try {
    const re = new RegExp(pattern, sensitive ? '' : 'i')
    return (e) => re.test(e.message)
  } catch (error) {
    throw new Fail(`Bad pattern "${pattern}": ${pcreWords(String(error))}`)
  }
}

/** PCRE2's words for what is wrong with a pattern. */
function pcreWords(problem: string): string {
  if (problem.includes('Unterminated group')) return 'missing closing parenthesis'
  if (problem.includes('Nothing to repeat')) return 'quantifier does not follow a repeatable item'
  if (problem.includes('numbers out of order')) return 'numbers out of order in {} quantifier'
  if (problem.includes('Unmatched')) return 'unmatched closing parenthesis'
  if (problem.includes('at end of pattern')) return '\\ at end of pattern'
  return 'missing terminating ] for character class'
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
