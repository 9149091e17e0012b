import { JOURNAL, type JournalEntry, type Program } from '../../../host/index.ts'
import { type Coro, waitFor } from '../../../kernel/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import type { Options } from '../lib/getopt.ts'
import { paged } from '../lib/page.ts'
import { fromPlace, startingPlace, tellCursor } from './cursor.ts'
import { fields, formatter } from './format.ts'
import { journalOptions } from './options.ts'
import { selection } from './selection.ts'
import { otherVerb } from './verbs.ts'

export const journalctl: Program = command('journalctl', function* (c) {
  const o = journalOptions(c.args)
  if (!c.host.has(JOURNAL)) throw new Fail('No journal files were found.', 0)
  if (o.has('f') || o.has('no-pager')) return yield* read(c, o)
  return yield* paged(c, (through) => read(through, o), o.has('e'))
})

function* read(c: Command, o: Options): Coro<number> {
  const journal = c.host.service(JOURNAL)
  const special = otherVerb(c, o, journal)
  if (special !== undefined) return special
  const filters = selection(c, o, journal)
  const format = formatter(o.get('o') ?? 'short', {
    host: c.host,
    noHostname: o.has('no-hostname'),
    catalog: o.has('x'),
    fields: o.get('output-fields')?.split(','),
  })
  if (!format) throw new Fail(`Unknown output format '${o.get('o')}'.`)
  if (o.has('F')) {
    if (!/^_{0,2}[A-Z0-9][A-Z0-9_]*$/.test(o.get('F')!))
      throw new Fail('Failed to query unique data objects: Invalid argument')
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
  const candidates = journal.entries().filter(matches)
  let chosen: readonly JournalEntry[] = candidates
  const lines = lineCount(o)
  const reverse = o.has('r') || (o.has('g') && o.has('n'))
  const place = startingPlace(c, o)
  if (place) chosen = fromPlace(chosen, place, reverse)
  if (lines !== undefined)
    chosen =
      lines.oldest || (place && !reverse)
        ? chosen.slice(0, lines.count)
        : lines.count === 0
          ? []
          : chosen.slice(-lines.count)
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
    const quiet = o.has('q') || /^(json|export|cat)/.test(o.get('o') ?? '')
    if (chosen.length === 0 && !quiet) c.out('-- No entries --\n')
    tellCursor(c, o, chosen.at(-1) ?? candidates.at(-1))
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

/** What somebody without rights is told. */
function access(c: Command, o: Options): string | undefined {
  const { uid, groups = [], gid } = c.p.creds
  if (uid === 0 || [4, 999].some((g) => g === gid || groups.includes(g))) return undefined
  const hint = `Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', 'systemd-journal' can see all messages.\n      Pass -q to turn off this notice.\n`
  return `${o.has('q') ? '' : hint}No journal files were opened due to insufficient permissions.\n`
}
