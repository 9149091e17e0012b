import type { JournalEntry } from '../../../host/index.ts'
import { type Command, Fail } from '../lib/command.ts'
import type { Options } from '../lib/getopt.ts'
import { cursor } from './format.ts'

/** From where on entries are shown, and whether it is from behind that place. */
interface Place {
  readonly text: string
  readonly after: boolean
}

/** --cursor, --after-cursor, --cursor-file. Undefined: from the beginning, or the end. */
export function startingPlace(c: Command, o: Options): Place | undefined {
  const given = o.get('c') ?? o.get('after-cursor')
  if (given !== undefined) return { text: given, after: !o.has('c') }
  const path = o.get('cursor-file')
  if (path === undefined || path === '' || !c.p.fs.exists(path, c.p.cwd)) return undefined
  const [line] = c.p.fs.readFile(path, c.p.cwd, c.p.creds).split('\n', 1)
  return line === '' ? undefined : { text: line, after: true }
}

/** Those of `entries` that come from a place on, or, `backwards`, up to it: sd_journal_seek_cursor. */
export function fromPlace(entries: readonly JournalEntry[], place: Place, backwards: boolean): readonly JournalEntry[] {
  const parts = new Map(place.text.split(';').map((part) => [part[0], part.slice(2)] as const))
  const wellFormed = place.text.split(';').every((part) => /^([sb]=[0-9a-f]{32}|[imtx]=[0-9a-f]+)$/.test(part))
  const known = (parts.has('s') && parts.has('i')) || (parts.has('b') && parts.has('m')) || parts.has('t')
  if (!wellFormed || !known) throw new Fail('Failed to seek to cursor: Invalid argument')
  const number = (key: string): number => Number.parseInt(parts.get(key) ?? '', 16)
  const order = parts.has('i')
    ? (e: JournalEntry): number => e.seq - number('i')
    : (e: JournalEntry): number =>
        parts.has('t') ? Math.round(e.time) - number('t') : Math.round(e.mono) - number('m')
  return entries.filter((e) => {
    const distance = order(e)
    if (distance === 0) return !place.after
    return backwards ? distance < 0 : distance > 0
  })
}

/** --show-cursor and --cursor-file: tells where the output ended. */
export function tellCursor(c: Command, o: Options, last: JournalEntry | undefined): void {
  if (!last) return
  const text = cursor(last, c.host)
  if (o.has('show-cursor')) c.out(`-- cursor: ${text}\n`)
  const path = o.get('cursor-file')
  if (path === undefined) return
  if (path === '') throw new Fail('Failed to write new cursor to : Invalid argument')
  const problem = c.p.fs.exists(path.replace(/[^/]*$/, '') || '.', c.p.cwd) ? undefined : 'No such file or directory'
  if (problem !== undefined) throw new Fail(`Failed to write new cursor to ${path}: ${problem}`)
  c.p.fs.writeFile(path, `${text}\n`, { cwd: c.p.cwd, creds: c.p.creds })
}
