import { type Journal, MACHINE, parseSpan } from '../../../host/index.ts'
import { type Command, Fail } from '../lib/command.ts'
import type { Options } from '../lib/getopt.ts'
import { bytes, systemdTime } from '../lib/time.ts'
import { FORMATS, fields } from './format.ts'
import { facilityHelp } from './selection.ts'

/** Everything that is not showing entries. */
export function otherVerb(c: Command, o: Options, journal: Journal): number | undefined {
  const machineId = c.host.service(MACHINE).machineId
  if (o.get('facility') === 'help') {
    c.out(facilityHelp())
    return 0
  }
  if (o.get('o') === 'help') {
    c.out(FORMATS.map((f) => `${f}\n`).join(''))
    return 0
  }
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
    const files = o.get('vacuum-files')
    if (size !== undefined && sizeOf(size) === undefined) throw new Fail(`Failed to parse vacuum size: ${size}`)
    if (time !== undefined && parseSpan(time) === undefined) throw new Fail(`Failed to parse vacuum time: ${time}`)
    if (files !== undefined && !/^\d+$/.test(files)) throw new Fail(`Failed to parse vacuum files: ${files}`)
    const before = journal.diskUsage()
    if (size !== undefined) journal.vacuum({ bytes: sizeOf(size) ?? 0 })
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
    for (const e of journal.entries()) for (const k of Object.keys(fields(e, c.host, false))) names.add(k)
    c.out([...names].map((n) => `${n}\n`).join(''))
    return 0
  }
  return undefined
}

/** A size such as `200M`; undefined: not one. */
function sizeOf(text: string): number | undefined {
  const m = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text)
  return m ? Number(m[1]) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(m[2]) : undefined
}
