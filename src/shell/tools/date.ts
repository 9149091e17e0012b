import { may } from '../../host/index.ts'
import { zoneByName } from '../../print/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { formatDate } from '../text/date.ts'
import { parseDate } from '../text/parse-date.ts'
import { curly } from '../text/quotes.ts'
import { zoneOf } from '../text/zone.ts'

const ISO: Record<string, string> = {
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
}

export const date = defineTool({
  name: 'date',
  summary:
    'Display date and time in the given FORMAT.\nWith -s, or with [MMDDhhmm[[CC]YY][.ss]], set the date and time.',
  usage: '[OPTION]... [+FORMAT]\n[-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]',
  options: {
    date: value('d', 'date', 'STRING', "display time described by STRING, not 'now'"),
    file: value('f', 'file', 'DATEFILE', 'like --date; once for each line of DATEFILE'),
    iso: optional('I', 'iso-8601', 'FMT', 'output date/time in ISO 8601 format'),
    rfcEmail: flag('R', 'rfc-email', 'output date and time in RFC 5322 format'),
    rfc3339: value('', 'rfc-3339', 'FMT', 'output date/time in RFC 3339 format'),
    reference: value('r', 'reference', 'FILE', 'display the last modification time of FILE'),
    set: value('s', 'set', 'STRING', 'set time described by STRING'),
    utc: { ...flag('u', 'utc', 'print or set Coordinated Universal Time (UTC)'), alias: 'universal' },
  },
  *run(t) {
    const o = t.opts
    const zone = o.utc ? zoneByName('UTC') : zoneOf(t.p)
    let format: string | undefined
    let operand: string | undefined
    for (const arg of t.args) {
      if (arg.startsWith('+')) {
        if (format !== undefined) throw new UsageError(`extra operand ${curly(arg)}`)
        format = arg.slice(1)
      } else if (operand === undefined) operand = arg
      else {
        t.complain(`extra operand ${curly(arg)}`)
        t.p.stderr.write("Try 'date --help' for more information.\n")
        return 1
      }
    }
    if (o.iso !== undefined) {
      format = ISO[o.iso === '' ? 'date' : (Object.keys(ISO).find((k) => k.startsWith(o.iso!)) ?? '')]
      if (format === undefined) return t.fail(`invalid argument ${curly(o.iso)} for ‘--iso-8601’`)
    }
    if (o.rfcEmail) format = '%a, %d %b %Y %H:%M:%S %z'
    if (o.rfc3339 !== undefined)
      format =
        { date: '%Y-%m-%d', seconds: '%Y-%m-%d %H:%M:%S%:z', ns: '%Y-%m-%d %H:%M:%S.%N%:z' }[o.rfc3339] ?? '%Y-%m-%d'
    format ??= '%a %b %e %H:%M:%S %Z %Y'
    const print = (ms: number): void => {
      const at = zone.at(ms)
      t.line(formatDate(format, ms, at.offset, at.name))
    }
    if (o.file !== undefined) {
      const source = t.open(o.file)
      if (!source) return 1
      yield* t.lines(source, (line) => {
        const ms = parseDate(line, t.p.now(), zone)
        if (ms === undefined) t.complain(`invalid date ${curly(line)}`)
        else print(ms)
      })
      return 0
    }
    let ms = t.p.now()
    if (o.reference !== undefined) {
      const node = t.p.fs.find(o.reference, t.p.cwd)
      if (!node) return t.fail(`${o.reference}: No such file or directory`)
      ms = node.mtime
    } else {
      const text = o.date ?? o.set ?? operand
      if (text !== undefined) {
        const parsed =
          operand !== undefined && o.date === undefined && o.set === undefined
            ? posixDate(operand, t.p.now(), zone.at(ms).offset)
            : parseDate(text, t.p.now(), zone)
        if (parsed === undefined) return t.fail(`invalid date ${curly(text)}`)
        ms = parsed
        if (o.date === undefined) {
          if (!may(t.p.creds, 'SYS_TIME')) {
            print(ms)
            t.complain('cannot set date: Operation not permitted')
            return 1
          }
          t.p.host.clock.set(ms)
        }
      }
    }
    print(ms)
    return 0
  },
})

/** MMDDhhmm[[CC]YY][.ss] */
function posixDate(text: string, now: number, offset: number): number | undefined {
  const m = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:\.(\d\d))?$/.exec(text)
  if (!m) return undefined
  const year =
    m[6] !== undefined ? Number(m[5] + m[6]) : m[5] !== undefined ? 2000 + Number(m[5]) : new Date(now).getUTCFullYear()
  return Date.UTC(year, Number(m[1]) - 1, Number(m[2]), Number(m[3]), Number(m[4]), Number(m[7] ?? 0)) - offset * 60_000
}
