import { MONTHS } from '../../../kernel/index.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const two = (n: number): string => String(n).padStart(2, '0')

/** `15:04:05` in UTC. */
export const clock = (ms: number): string => {
  const d = new Date(ms)
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
}

/** `2006-01-02` in UTC. */
export const isoDate = (ms: number): string => {
  const d = new Date(ms)
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`
}
/** `Sat 2026-11-21 02:30:00 UTC`. */
export const systemdTime = (ms: number): string => `${DAYS[new Date(ms).getUTCDay()]} ${isoDate(ms)} ${clock(ms)} UTC`
/** `Nov 21 02:30:00`. */
export const syslogTime = (ms: number): string => {
  const d = new Date(ms)
  return `${MONTHS[d.getUTCMonth()]} ${two(d.getUTCDate())} ${clock(ms)}`
}
/** `Sat Nov 21 02:30:00 2026`, as ctime(3) has it. */
export const ctime = (ms: number): string => {
  const d = new Date(ms)
  return `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${clock(ms)} ${d.getUTCFullYear()}`
}
/** `Sat Nov 21 02:30:00 UTC 2026`, as date(1) has it. */
export const dateTime = (ms: number): string => ctime(ms).replace(/ (\d{4})$/, ' UTC $1')
/** `Sat, 21 Nov 2026 02:30:00 GMT`. */
export const httpDate = (ms: number): string => {
  const d = new Date(ms)
  return `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} ${clock(ms)} GMT`
}

/** systemd's relative times: `57ms ago`, `1min 30s ago`, `2h 3min ago`, `1 day 4h ago`, `3 days ago`. */
export function ago(ms: number): string {
  const suffix = ms >= 0 ? 'ago' : 'left'
  const d = Math.abs(ms)
  const s = d / 1000
  const whole = Math.floor
  if (s >= 31_557_600)
    return `${plural(whole(s / 31_557_600), 'year')} ${plural(whole((s % 31_557_600) / 2_629_800), 'month')} ${suffix}`
  if (s >= 2_629_800)
    return `${plural(whole(s / 2_629_800), 'month')} ${plural(whole((s % 2_629_800) / 86_400), 'day')} ${suffix}`
  if (s >= 604_800)
    return `${plural(whole(s / 604_800), 'week')} ${plural(whole((s % 604_800) / 86_400), 'day')} ${suffix}`
  if (s >= 172_800) return `${whole(s / 86_400)} days ${suffix}`
  if (s >= 86_400) return `1 day ${whole((s % 86_400) / 3600)}h ${suffix}`
  if (s >= 3600) return `${whole(s / 3600)}h ${whole((s % 3600) / 60)}min ${suffix}`
  if (s >= 300) return `${whole(s / 60)}min ${suffix}`
  if (s >= 60) return `${whole(s / 60)}min ${whole(s % 60)}s ${suffix}`
  if (s >= 1) return `${whole(s)}s ${suffix}`
  if (d >= 1) return `${whole(d)}ms ${suffix}`
  return 'now'
}

const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`

/** Bytes as systemd prints them: `9.3M`, `654M`, `0B`. */
export function bytes(n: number): string {
  const units = ['E', 'P', 'T', 'G', 'M', 'K']
  for (let i = 0; i < units.length; i++) {
    const size = 1024 ** (6 - i)
    if (n < size) continue
    const v = n / size
    const tenth = Math.floor(v * 10) % 10
    return tenth === 0 && v >= 1 ? `${Math.floor(v)}${units[i]}` : `${Math.floor(v)}.${tenth}${units[i]}`
  }
  return `${n}B`
}

/** `--since` and `--until`: absolute, relative and named times; undefined when it cannot be parsed. */
export function parseTimestamp(text: string, now: number, span: (t: string) => number | undefined): number | undefined {
  const t = text.trim()
  const today = Math.floor(now / 86_400_000) * 86_400_000
  if (t === 'now') return now
  if (t === 'today') return today
  if (t === 'yesterday') return today - 86_400_000
  if (t === 'tomorrow') return today + 86_400_000
  if (t.startsWith('@')) return Number.isFinite(Number(t.slice(1))) ? Number(t.slice(1)) * 1000 : undefined
  if (/^[+-]/.test(t)) {
    const ms = span(t.slice(1).replace(/\s+ago$/, ''))
    return ms === undefined ? undefined : t[0] === '-' ? now - ms : now + ms
  }
  const past = /^(.*\S)\s+ago$/.exec(t)
  if (past) {
    const ms = span(past[1])
    return ms === undefined ? undefined : now - ms
  }
  const m =
    /^(?:[A-Z][a-z]{2} )?(?:(\d{2,4})-(\d{1,2})-(\d{1,2})(?:[ T]|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(?: ?UTC|Z)?$/.exec(
      t,
    )
  if (!m || (m[1] === undefined && m[4] === undefined)) return undefined
  if (Number(m[4] ?? 0) > 23 || Number(m[5] ?? 0) > 59 || Number(m[6] ?? 0) > 60) return undefined
  if (Number(m[2] ?? 1) < 1 || Number(m[2] ?? 1) > 12 || Number(m[3] ?? 1) < 1 || Number(m[3] ?? 1) > 31)
    return undefined
  const base =
    m[1] === undefined
      ? today
      : Date.UTC(m[1].length === 2 ? 2000 + Number(m[1]) : Number(m[1]), Number(m[2]) - 1, Number(m[3]))
  return (
    base +
    (Number(m[4] ?? 0) * 3600 + Number(m[5] ?? 0) * 60 + Number(m[6] ?? 0)) * 1000 +
    Number(`0.${m[7] ?? 0}`) * 1000
  )
}
