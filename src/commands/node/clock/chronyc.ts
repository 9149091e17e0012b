import type { Program } from '../../../host/index.ts'
import { sleep } from '../../../kernel/index.ts'
import { CHRONY, type Chrony, type Source } from '../../../programs/chronyd/chronyd.ts'
import { type Command, command } from '../lib/command.ts'
import { ctime } from '../lib/time.ts'

/** chronyc 4.5. */
export const chronyc: Program = command('chronyc', function* (c) {
  const words = c.args.filter((a) => !/^-(n|N|c|a|m|4|6|d|v)$/.test(a))
  const numeric = c.args.includes('-n')
  const verbose = c.args.includes('-v') && words.length > 0
  if (c.args.includes('-v') && words.length === 0) {
    c.out('chronyc (chrony) version 4.5 (+READLINE +SECHASH +IPV6 -DEBUG)\n')
    return 0
  }
  const [verb = ''] = words
  if (!KNOWN.has(verb)) {
    c.out('Unrecognized command\n')
    return 1
  }
  const chrony = c.host.has(CHRONY) ? c.host.service(CHRONY) : undefined
  if (!chrony || chrony.process.frozen) {
    if (chrony?.process.frozen) yield* sleep(c.host.kernel, 7000)
    c.out('506 Cannot talk to daemon\n')
    return 1
  }
  const root = c.p.creds.uid === 0 && chrony.commandable
  switch (verb) {
    case 'tracking':
      c.out(tracking(chrony))
      return 0
    case 'sources':
      c.out(sources(c, chrony, verbose, numeric))
      return 0
    case 'sourcestats':
      c.out(stats(chrony, numeric))
      return 0
    case 'activity': {
      const online = chrony.online ? chrony.sources.length : 0
      c.out(
        `200 OK\n${online} sources online\n${chrony.sources.length - online} sources offline\n0 sources doing burst (return to online)\n0 sources doing burst (return to offline)\n0 sources with unknown address\n`,
      )
      return 0
    }
    case 'makestep':
      if (!root) {
        c.out('501 Not authorised\n')
        return 1
      }
      chrony.makestep()
      c.out('200 OK\n')
      return 0
    case 'waitsync': {
      const tries = Number(words[1] ?? 0)
      for (let i = 1; tries === 0 || i <= tries; i++) {
        const s = chrony.selected
        c.out(
          `try: ${i}, refid: ${s ? hexOf(s.ip) : '00000000'}, correction: ${(s ? Math.abs(chrony.remaining()) + 0.00002 : 0).toFixed(9)}, skew: ${chrony.selected ? chrony.skew.toFixed(3) : '0.000'}\n`,
        )
        if (s) return 0
        if (i !== tries) yield* sleep(c.host.kernel, Number(words[4] ?? 10) * 1000)
      }
      return 1
    }
    case 'online':
    case 'offline':
    case 'burst':
    case 'reselect':
      c.out(root ? '200 OK\n' : '501 Not authorised\n')
      return root ? 0 : 1
    default:
      c.out('501 Not authorised\n')
      return root ? 0 : 1
  }
})

const KNOWN = new Set([
  'tracking',
  'sources',
  'sourcestats',
  'activity',
  'makestep',
  'waitsync',
  'online',
  'offline',
  'burst',
  'reselect',
  'ntpdata',
  'clients',
  'serverstats',
  'rtcdata',
  'authdata',
  'selectdata',
])

const hexOf = (ip: string): string =>
  ip
    .split('.')
    .map((x) => Number(x).toString(16).toUpperCase().padStart(2, '0'))
    .join('')

function tracking(k: Chrony): string {
  const s = k.selected
  if (!s || k.refTime === undefined)
    return `Reference ID    : 00000000 ()\nStratum         : 0\nRef time (UTC)  : Thu Jan 01 00:00:00 1970\nSystem time     : 0.000000000 seconds fast of NTP time\nLast offset     : +0.000000000 seconds\nRMS offset      : 0.000000000 seconds\nFrequency       : 0.000 ppm slow\nResidual freq   : +0.000 ppm\nSkew            : 0.000 ppm\nRoot delay      : 1.000000000 seconds\nRoot dispersion : 1.000000000 seconds\nUpdate interval : 0.0 seconds\nLeap status     : Not synchronised\n`
  const off = k.remaining()
  const time = ctime(k.refTime).replace(
    /^(\w{3} \w{3}) ( ?)(\d)/,
    (_a, d: string, pad: string, n: string) => `${d} ${pad ? '0' : ''}${n}`,
  )
  return [
    ['Reference ID', `${hexOf(s.ip)} (${s.name})`],
    ['Stratum', String(s.stratum + 1)],
    ['Ref time (UTC)', time],
    ['System time', `${(Math.abs(off) + 0.000021464).toFixed(9)} seconds ${off >= 0 ? 'fast' : 'slow'} of NTP time`],
    ['Last offset', `${k.lastOffset < 0 ? '-' : '+'}${Math.abs(k.lastOffset).toFixed(9)} seconds`],
    ['RMS offset', `${k.rmsOffset.toFixed(9)} seconds`],
    ['Frequency', `${Math.abs(k.frequency).toFixed(3)} ppm ${k.frequency < 0 ? 'slow' : 'fast'}`],
    ['Residual freq', '+0.001 ppm'],
    ['Skew', `${k.skew.toFixed(3)} ppm`],
    ['Root delay', `${(s.error / 4).toFixed(9)} seconds`],
    ['Root dispersion', `${(s.error / 2).toFixed(9)} seconds`],
    ['Update interval', `${k.interval.toFixed(1)} seconds`],
    ['Leap status', 'Normal'],
  ]
    .map(([a, b]) => `${a.padEnd(15)} : ${b}\n`)
    .join('')
}

const LEGEND = `
  .-- Source mode  '^' = server, '=' = peer, '#' = local clock.
 / .- Source state '*' = current best, '+' = combined, '-' = not combined,
| /             'x' = may be in error, '~' = too variable, '?' = unusable.
||                                                 .- xxxx [ yyyy ] +/- zzzz
||      Reachability register (octal) -.           |  xxxx = adjusted offset,
||      Log2(Polling interval) --.      |          |  yyyy = measured offset,
||                                \\     |          |  zzzz = estimated error.
||                                 |    |           \\
`

/** Seconds in chronyc's six characters: `+143us`, `-12ms`, `-900.0s`. */
function span(s: number, sign: boolean): string {
  const a = Math.abs(s)
  const head = sign ? (s < 0 ? '-' : '+') : ''
  if (a < 9999.5e-9) return `${head}${Math.round(a * 1e9)}ns`
  if (a < 9999.5e-6) return `${head}${Math.round(a * 1e6)}us`
  if (a < 9999.5e-3) return `${head}${Math.round(a * 1e3)}ms`
  if (a < 999.5) return `${head}${a.toFixed(1)}s`
  if (a < 99999.5) return `${head}${Math.round(a)}s`
  if (a < 99999.5 * 60) return `${head}${Math.round(a / 60)}m`
  if (a < 99999.5 * 3600) return `${head}${Math.round(a / 3600)}h`
  return `${head}${Math.round(a / 86400)}d`
}

const age = (ms: number | undefined, now: number): string => {
  if (ms === undefined) return '-'
  const s = Math.round((now - ms) / 1000)
  return s < 1000 ? String(s) : s < 60_000 ? `${Math.round(s / 60)}m` : `${Math.round(s / 3600)}h`
}

const label = (s: Source, numeric: boolean): string => (numeric || s.name === s.ip ? s.ip : s.ip)

function sources(c: Command, k: Chrony, verbose: boolean, numeric: boolean): string {
  const head = `${verbose ? LEGEND : ''}MS Name/IP address         Stratum Poll Reach LastRx Last sample               \n===============================================================================\n`
  return (
    head +
    k.sources
      .map((s) => {
        const sample =
          s.samples === 0
            ? '   +0ns[   +0ns] +/-    0ns'
            : `${span(s.offset, true).padStart(7)}[${span(s.offset, true).padStart(7)}] +/- ${span(s.error, false).padStart(6)}`
        return `^${s.state} ${label(s, numeric).padEnd(27)} ${String(s.stratum).padStart(3)}  ${String(s.poll).padStart(2)}   ${s.reach.toString(8).padStart(3)}  ${age(s.lastRx, c.host.kernel.now()).padStart(4)}  ${sample.padStart(27)}\n`
      })
      .join('')
  )
}

function stats(k: Chrony, numeric: boolean): string {
  return `Name/IP Address            NP  NR  Span  Frequency  Freq Skew  Offset  Std Dev\n==============================================================================\n${k.sources
    .map((s) => {
      const n = Math.min(s.samples, 64)
      const spanned =
        s.firstSample === undefined || s.lastRx === undefined ? 0 : Math.round((s.lastRx - s.firstSample) / 1000)
      const shown = spanned < 1000 ? String(spanned) : `${Math.round(spanned / 60)}m`
      return `${label(s, numeric).padEnd(25)} ${String(n).padStart(3)} ${String(Math.ceil(n * 0.6)).padStart(3)}  ${shown.padStart(4)} ${(n === 0 ? '+0.000' : '-0.041').padStart(10)} ${(n === 0 ? '2000.000' : k.skew.toFixed(3)).padStart(10)} ${span(n === 0 ? 0 : s.offset, true).padStart(8)} ${span(n === 0 ? 4 : 0.00003, false).padStart(7)}\n`
    })
    .join('')}`
}
