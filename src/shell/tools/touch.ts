import { SysError } from '../../host/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { umaskOf } from '../io/files.ts'
import { UsageError } from '../options.ts'
import { parseDate } from '../text/parse-date.ts'
import { curly, quoteName } from '../text/quotes.ts'
import { zoneOf } from '../text/zone.ts'

export const touch = defineTool({
  name: 'touch',
  summary: 'Update the access and modification times of each FILE to the current time.',
  usage: '[OPTION]... FILE...',
  options: {
    access: flag('a', undefined, 'change only the access time'),
    noCreate: flag('c', 'no-create', 'do not create any files'),
    date: value('d', 'date', 'STRING', 'parse STRING and use it instead of current time'),
    f: flag('f', undefined, '(ignored)'),
    noDereference: flag('h', 'no-dereference', 'affect each symbolic link instead of any referenced file'),
    modification: flag('m', undefined, 'change only the modification time'),
    reference: value('r', 'reference', 'FILE', "use this file's times instead of current time"),
    stamp: value('t', undefined, 'STAMP', 'use [[CC]YY]MMDDhhmm[.ss] instead of current time'),
    time: value('', 'time', 'WORD', 'change the specified time'),
  },
  *run(t) {
    const o = t.opts
    if (t.args.length === 0) throw new UsageError('missing file operand')
    const { fs, cwd, creds } = t.p
    let at = t.p.now()
    if (o.reference !== undefined) {
      const node = fs.find(o.reference, cwd)
      if (!node) return t.fail(`failed to get attributes of ${quoteName(o.reference)}: No such file or directory`)
      at = node.mtime
    } else if (o.date !== undefined) {
      const parsed = parseDate(o.date, t.p.now(), zoneOf(t.p))
      if (parsed === undefined) return t.fail(`invalid date format ${curly(o.date)}`)
      at = parsed
    } else if (o.stamp !== undefined) {
      const m = /^(\d\d)?(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(o.stamp)
      if (!m) return t.fail(`invalid date format ${curly(o.stamp)}`)
      const year =
        m[1] !== undefined && m[2] !== undefined
          ? Number(m[1] + m[2])
          : m[1] !== undefined
            ? 2000 + Number(m[1])
            : new Date(t.p.now()).getUTCFullYear()
      at = Date.UTC(year, Number(m[3]) - 1, Number(m[4]), Number(m[5]), Number(m[6]), Number(m[7] ?? 0))
      at -= zoneOf(t.p).at(at).offset * 60_000
    }
    for (const path of t.args) {
      try {
        const found = fs.find(path, cwd)
        if (found) {
          if (!(o.access && !o.modification)) fs.utimes(path, at, cwd, creds)
        } else if (!o.noCreate) {
          fs.writeFile(path, '', { cwd, creds, mode: 0o666 & ~umaskOf(t.p) }).mtime = at
        }
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`cannot touch ${quoteName(path)}: ${error.strerror}`)
      }
    }
    return 0
  },
})
