const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`

/** duration.HumanDuration (apimachinery): two or three significant figures, e.g. `119s`, `6m21s`, `5d3h`. */
export function humanDuration(ms: number): string {
  const s = Math.trunc(ms / 1000)
  if (s < -1) return '<invalid>'
  if (s < 0) return '0s'
  if (s < 2 * MINUTE) return `${s}s`
  if (s < 10 * MINUTE) return two(Math.trunc(s / MINUTE), 'm', s % MINUTE, 's')
  if (s < 3 * HOUR) return `${Math.trunc(s / MINUTE)}m`
  if (s < 8 * HOUR) return two(Math.trunc(s / HOUR), 'h', Math.trunc(s / MINUTE) % 60, 'm')
  if (s < 2 * DAY) return `${Math.trunc(s / HOUR)}h`
  if (s < 8 * DAY) return two(Math.trunc(s / DAY), 'd', Math.trunc(s / HOUR) % 24, 'h')
  if (s < 2 * YEAR) return `${Math.trunc(s / DAY)}d`
  if (s < 8 * YEAR) return two(Math.trunc(s / YEAR), 'y', Math.trunc(s / DAY) % 365, 'd')
  return `${Math.trunc(s / YEAR)}y`
}

/** duration.ShortHumanDuration: one figure. */
export function shortHumanDuration(ms: number): string {
  const s = Math.trunc(ms / 1000)
  if (s < -1) return '<invalid>'
  if (s < 0) return '0s'
  if (s < MINUTE) return `${s}s`
  if (s < HOUR) return `${Math.trunc(s / MINUTE)}m`
  if (s < DAY) return `${Math.trunc(s / HOUR)}h`
  if (s < YEAR) return `${Math.trunc(s / DAY)}d`
  return `${Math.trunc(s / YEAR)}y`
}

/** translateTimestampSince: the age of an RFC 3339 time as seen at `now` (ms since the epoch). */
export function age(timestamp: string | undefined | null, now: number): string {
  if (!timestamp) return '<unknown>'
  return humanDuration(now - Date.parse(timestamp))
}

/** Go's time.Duration.String(), e.g. `1m30s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  const abs = Math.abs(ms)
  if (abs < 1e-3) return `${sign}${trim(abs * 1e6)}ns`
  if (abs < 1) return `${sign}${trim(abs * 1e3)}µs`
  if (abs < 1000) return `${sign}${trim(abs)}ms`
  const whole = Math.floor(abs / 1000)
  const h = Math.floor(whole / HOUR)
  const m = Math.floor(whole / MINUTE) % 60
  const s = trim((abs - Math.floor(abs / 60_000) * 60_000) / 1000)
  if (h > 0) return `${sign}${h}h${m}m${s}s`
  return m > 0 ? `${sign}${m}m${s}s` : `${sign}${s}s`
}

const trim = (value: number): string => value.toFixed(9).replace(/\.?0+$/, '')

const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** time.ParseDuration in ms. Throws an Error with Go's text, e.g. `time: invalid duration "foo"`. */
export function parseGoDuration(text: string): number {
  const bad = (): Error => new Error(`time: invalid duration "${text}"`)
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return 0
  if (rest === '') throw bad()
  let total = 0
  while (rest !== '') {
    const m = /^(\d*)(?:\.(\d*))?/.exec(rest)!
    if (m[0] === '' || (m[1] === '' && !m[2])) throw bad()
    rest = rest.slice(m[0].length)
    const unit = /^[^.\d]*/.exec(rest)![0]
    if (unit === '') throw new Error(`time: missing unit in duration "${text}"`)
    if (UNITS[unit] === undefined) throw new Error(`time: unknown unit "${unit}" in duration "${text}"`)
    total += Number(`${m[1] || 0}.${m[2] || 0}`) * UNITS[unit]
    rest = rest.slice(unit.length)
  }
  return text.startsWith('-') ? -total : total
}
