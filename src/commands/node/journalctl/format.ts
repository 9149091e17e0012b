import { type Host, type JournalEntry, MACHINE } from '../../../host/index.ts'
import { clock, isoDate, syslogTime, systemdTime } from '../lib/time.ts'
import { catalogText } from './catalog.ts'

/** `Nov 21 02:30:21 cp1 kubelet[10464]: message`; further lines of a message are indented to its start. */
export function shortLine(e: JournalEntry, hostname: string | undefined, stamp = syslogTime(e.time / 1000)): string {
  const head = `${stamp} ${hostname === undefined ? '' : `${hostname} `}${e.identifier}${e.pid === undefined ? '' : `[${e.pid}]`}: `
  return head + e.message.replace(/\n/g, `\n${' '.repeat(head.length)}`)
}

const micros = (us: number): string => String(Math.round(us) % 1_000_000).padStart(6, '0')

type Format = (e: JournalEntry) => string

interface FormatOptions {
  readonly host: Host
  readonly noHostname: boolean
  readonly catalog: boolean
  /** --output-fields: those that are asked for. */
  readonly fields?: readonly string[]
}

/** What -o takes. */
export const FORMATS =
  'short short-full short-iso short-iso-precise short-precise short-monotonic short-delta short-unix verbose export json json-pretty json-sse json-seq cat with-unit'.split(
    ' ',
  )

/** Fields that --output-fields cannot leave out. */
const ALWAYS = ['__CURSOR', '__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP', '__SEQNUM', '__SEQNUM_ID', '_BOOT_ID']

/** Output modes of `-o`; undefined for an unknown one. */
export function formatter(mode: string, o: FormatOptions): Format | undefined {
  const hostname = o.noHostname ? undefined : o.host.name
  const short =
    (stamp: (e: JournalEntry) => string): Format =>
    (e) =>
      `${shortLine(e, hostname, stamp(e))}\n${o.catalog && e.catalog ? catalogText(e) : ''}`
  const wanted = (e: JournalEntry, address: boolean): Record<string, string> => {
    const all = fields(e, o.host, address)
    if (!o.fields) return all
    const kept = Object.entries(all).filter(([k]) => o.fields?.includes(k) || (address && ALWAYS.includes(k)))
    return Object.fromEntries(kept)
  }
  let previous: JournalEntry | undefined
  switch (mode) {
    case 'short':
    case '':
      return short((e) => syslogTime(e.time / 1000))
    case 'short-full':
      return short((e) => systemdTime(e.time / 1000))
    case 'short-iso':
      return short((e) => `${isoDate(e.time / 1000)}T${clock(e.time / 1000)}+00:00`)
    case 'short-iso-precise':
      return short((e) => `${isoDate(e.time / 1000)}T${clock(e.time / 1000)}.${micros(e.time)}+00:00`)
    case 'short-precise':
      return short((e) => `${syslogTime(e.time / 1000)}.${micros(e.time)}`)
    case 'short-unix':
      return short((e) => `${Math.floor(e.time / 1e6)}.${micros(e.time)}`)
    case 'short-delta':
      return short((e) => {
        const stamp = (us: number): string => `${Math.floor(us / 1e6)}.${micros(us)}`.padStart(12)
        const same = previous?.boot === e.boot
        const delta = previous && same ? `<${stamp(e.mono - previous.mono)} >` : ' '.repeat(15)
        previous = e
        return `[${stamp(e.mono)} ${delta}]`
      })
    case 'short-monotonic':
      return short((e) => `[${`${Math.floor(e.mono / 1e6)}.${micros(e.mono)}`.padStart(12)}]`)
    case 'with-unit':
      return (e) =>
        `${systemdTime(e.time / 1000)} ${hostname === undefined ? '' : `${hostname} `}${e.unit ?? e.identifier}${e.pid === undefined ? '' : `[${e.pid}]`}: ${e.message}\n`
    case 'cat':
      return (e) => {
        const all = fields(e, o.host, true)
        const shown = o.fields ? o.fields.flatMap((k) => (k in all ? [all[k]] : [])) : [e.message]
        return shown.map((v) => `${v}\n`).join('')
      }
    case 'json':
      return (e) => `${JSON.stringify(wanted(e, true))}\n`
    case 'json-pretty':
      return (e) =>
        `{\n${Object.entries(wanted(e, true))
          .map(([k, v]) => `\t${JSON.stringify(k)} : ${JSON.stringify(v)}`)
          .join(',\n')}\n}\n`
    case 'json-sse':
      return (e) => `data: ${JSON.stringify(wanted(e, true))}\n\n`
    case 'json-seq':
      return (e) => `\u001e${JSON.stringify(wanted(e, true))}\n`
    case 'export':
      return (e) =>
        `${Object.entries(wanted(e, true))
          .map(([k, v]) => `${k}=${v}`)
          .join('\n')}\n\n`
    case 'verbose':
      return (e) =>
        `${systemdTime(e.time / 1000).replace(/ UTC$/, `.${micros(e.time)} UTC`)} [${cursor(e, o.host)}]\n${Object.entries(
          wanted(e, false),
        )
          .map(([k, v]) => `    ${k}=${v}\n`)
          .join('')}`
    default:
      return undefined
  }
}

/** Names an entry for --cursor and its like. */
export const cursor = (e: JournalEntry, host: Host): string =>
  `s=${host.service(MACHINE).machineId};i=${e.seq.toString(16)};b=${e.boot};m=${Math.round(e.mono).toString(16)};t=${Math.round(e.time).toString(16)};x=${(e.seq * 2654435761).toString(16)}`

/** All fields of an entry, in the order of `-o verbose`. */
export function fields(e: JournalEntry, host: Host, address: boolean): Record<string, string> {
  const out: Record<string, string> = {}
  if (address) {
    out.__CURSOR = cursor(e, host)
    out.__REALTIME_TIMESTAMP = String(Math.round(e.time))
    out.__MONOTONIC_TIMESTAMP = String(Math.round(e.mono))
    out.__SEQNUM = String(e.seq)
    out.__SEQNUM_ID = host.service(MACHINE).machineId
  }
  const put = (key: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') out[key] = String(value)
  }
  const manager = e.pid === 1
  put('_BOOT_ID', e.boot)
  put('_MACHINE_ID', host.service(MACHINE).machineId)
  put('_HOSTNAME', host.name)
  put('_RUNTIME_SCOPE', 'system')
  put('PRIORITY', e.priority)
  put('SYSLOG_FACILITY', e.transport === 'kernel' ? 0 : 3)
  if (e.transport !== 'kernel') {
    put('_UID', 0)
    put('_GID', 0)
  }
  put('_TRANSPORT', e.transport)
  put('TID', manager ? 1 : undefined)
  put('SYSLOG_IDENTIFIER', e.identifier)
  put('_PID', e.pid)
  put('_COMM', manager ? 'systemd' : e.comm)
  put('_EXE', manager ? '/usr/lib/systemd/systemd' : e.exe)
  put('_CMDLINE', manager ? (host.processes.get(1)?.argv.join(' ') ?? '/sbin/init') : e.cmdline)
  put('_CAP_EFFECTIVE', manager ? '1fffeffffff' : undefined)
  put('_SYSTEMD_CGROUP', e.unit === 'init.scope' ? '/init.scope' : e.unit && `/system.slice/${e.unit}`)
  put('_SYSTEMD_UNIT', e.unit)
  put('_SYSTEMD_SLICE', e.unit === 'init.scope' ? '-.slice' : e.unit && 'system.slice')
  put('_SYSTEMD_INVOCATION_ID', manager ? undefined : e.invocation)
  if (e.catalog?.id === 'unit-failed') {
    put('CODE_FILE', 'src/core/unit.c')
    put('CODE_LINE', 6072)
    put('CODE_FUNC', 'unit_log_failure')
    put('MESSAGE_ID', 'd9b373ed55a64feb8242e02dbe79a49c')
  }
  put('UNIT', e.about)
  put('MESSAGE', e.message)
  put('UNIT_RESULT', e.catalog?.id === 'unit-failed' ? e.catalog.result : undefined)
  put('INVOCATION_ID', manager ? e.invocation : undefined)
  put('_SOURCE_REALTIME_TIMESTAMP', manager ? Math.round(e.time) : undefined)
  return out
}
