const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** When a cron expression fires (robfig/cron's standard parser: five fields, names, steps, macros, @every). */
interface Schedule {
  /** First time after `ms` (UTC), or undefined within five years. */
  next(ms: number): number | undefined
}

/** Parses a schedule. Throws Error when it is malformed. */
export function parseSchedule(text: string): Schedule {
  const every = /^@every (\d+)(s|m|h)$/.exec(text.trim())
  if (every) {
    const step = Number(every[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[every[2] as 's' | 'm' | 'h']
    return { next: (ms) => Math.floor(ms / 1000) * 1000 + step }
  }
  const fields = (MACROS[text.trim()] ?? text).trim().split(/\s+/)
  if (fields.length !== 5) throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  const minute = field(fields[0], 0, 59)
  const hour = field(fields[1], 0, 23)
  const day = field(fields[2], 1, 31)
  const month = field(fields[3], 1, 12, MONTHS, 1)
  const weekday = field(fields[4], 0, 7, DAYS)
  if (weekday.has(7)) weekday.add(0)
  const anyDay = fields[2].startsWith('*')
  const anyWeekday = fields[4].startsWith('*')
  const dayMatches = (d: Date): boolean => {
    const byDay = day.has(d.getUTCDate())
    const byWeekday = weekday.has(d.getUTCDay())
    return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday
  }
  return {
    next(ms) {
      const d = new Date(Math.floor(ms / 60_000) * 60_000 + 60_000)
      const limit = ms + 5 * 366 * 86_400_000
      while (d.getTime() <= limit) {
        if (!month.has(d.getUTCMonth() + 1)) {
          d.setUTCMonth(d.getUTCMonth() + 1, 1)
          d.setUTCHours(0, 0)
        } else if (!dayMatches(d)) {
          d.setUTCDate(d.getUTCDate() + 1)
          d.setUTCHours(0, 0)
        } else if (!hour.has(d.getUTCHours())) d.setUTCHours(d.getUTCHours() + 1, 0)
        else if (!minute.has(d.getUTCMinutes())) d.setUTCMinutes(d.getUTCMinutes() + 1)
        else return d.getTime()
      }
      return undefined
    },
  }
}

function field(text: string, min: number, max: number, names: string[] = [], first = 0): Set<number> {
  const out = new Set<number>()
  for (const part of text.split(',')) {
    const m = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part)
    if (!m) throw new Error(`failed to parse ${part}`)
    const value = (t: string): number => {
      const name = names.indexOf(t.toLowerCase())
      const n = name >= 0 ? name + first : Number(t)
      if (!Number.isInteger(n))
        throw new Error(`failed to parse int from ${t}: strconv.Atoi: parsing "${t}": invalid syntax`)
      return n
    }
    const all = m[1] === '*' || m[1] === '?'
    const from = all ? min : value(m[1])
    const to = m[2] ? value(m[2]) : all || m[3] ? max : from
    const step = m[3] ? Number(m[3]) : 1
    if (from < min) throw new Error(`beginning of range (${from}) below minimum (${min}): ${part}`)
    if (to > max) throw new Error(`end of range (${to}) above maximum (${max}): ${part}`)
    if (from > to) throw new Error(`beginning of range (${from}) beyond end of range (${to}): ${part}`)
    if (step === 0) throw new Error(`step of range should be a positive number: ${part}`)
    for (let i = from; i <= to; i += step) out.add(i)
  }
  return out
}
