import { parseGoDuration, type Zone, zoneInDatabase } from '../print/index.ts'

/** When something is due. */
export interface Cron {
  /** The first time after `ms`, both since 1970; nothing when there is none within five years. */
  next(ms: number): number | undefined
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
]

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const EVERY = '@every '
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Reads a schedule. Throws Error in the words of robfig/cron's ParseStandard, and of the panic that it dies of
 * (pkg/util/parsers).
 */
export function parseCron(spec: string): Cron {
  if (spec === '') throw new Error('empty spec string')
  let text = spec
  let zone = zoneInDatabase('UTC')!
  const zoned = /^(?:CRON_)?TZ=([^ ]*)( ?)/.exec(spec)
  if (zoned) {
    if (!zoned[2]) throw new Error('invalid schedule format: runtime error: slice bounds out of range [:-1]')
    const found = zoneInDatabase(zoned[1])
    if (!found) throw new Error(`provided bad location ${zoned[1]}: unknown time zone ${zoned[1]}`)
    zone = found
    text = spec.slice(zoned[0].length).trim()
  }
  if (text.startsWith('@')) {
    const fields = DESCRIPTORS[text]
    if (fields) return parseFields(fields.split(' '), zone)
    if (text.startsWith(EVERY)) return every(text)
    throw new Error(`unrecognized descriptor: ${text}`)
  }
  return parseFields(text.split(/\s+/).filter(Boolean), zone)
}

function every(text: string): Cron {
  let ms: number
  try {
    ms = parseGoDuration(text.slice(EVERY.length))
  } catch (error) {
    throw new Error(`failed to parse duration ${text}: ${(error as Error).message}`)
  }
  const step = Math.max(1, Math.floor(ms / 1000)) * 1000
  return { next: (from) => Math.floor(from / 1000) * 1000 + step }
}

function parseFields(fields: readonly string[], zone: Zone): Cron {
  if (fields.length !== 5) throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  const [minute, hour, day, month, weekday] = fields.map((text, i) => parseField(text, BOUNDS[i]))
  const onDay = (local: Date): boolean => {
    const byDay = day.values.has(local.getUTCDate())
    const byWeekday = weekday.values.has(local.getUTCDay())
    return day.star || weekday.star ? byDay && byWeekday : byDay || byWeekday
  }
  /** The instant of a wall clock's time, which stands in a Date as if it were UTC. */
  const instant = (wall: number): number => {
    const guess = wall - zone.at(wall).offset * MINUTE
    return wall - zone.at(guess).offset * MINUTE
  }
  /** Where clocks are put forward at midnight that time does not come. */
  const later = (wall: number, than: number): number => Math.max(instant(wall), than + MINUTE)
  return {
    next(ms) {
      let t = (Math.floor(ms / MINUTE) + 1) * MINUTE
      const last = new Date(t).getUTCFullYear() + 5
      for (;;) {
        const wall = t + zone.at(t).offset * MINUTE
        const local = new Date(wall)
        if (local.getUTCFullYear() > last) return undefined
        if (!month.values.has(local.getUTCMonth() + 1))
          t = later(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1), t)
        else if (!onDay(local)) t = later((Math.floor(wall / DAY) + 1) * DAY, t)
        else if (!hour.values.has(local.getUTCHours())) t += HOUR - (wall % HOUR)
        else if (!minute.values.has(local.getUTCMinutes())) t += MINUTE
        else return t
      }
    },
  }
}

interface Field {
  readonly values: ReadonlySet<number>
  /** A star stood in it, which lets the other kind of day decide. */
  readonly star: boolean
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>()
  let star = false
  for (const part of text.split(',')) {
    if (part === '') continue
    const { from, to, step } = parseRange(part, bounds)
    if (/^[*?]/.test(part) && step === 1) star = true
    for (let i = from; i <= to; i += step) values.add(i)
  }
  return { values, star }
}

function parseRange(expression: string, bounds: Bounds): { from: number; to: number; step: number } {
  const [range, ...steps] = expression.split('/')
  const [low, ...highs] = range.split('-')
  let from = bounds.min
  let to = bounds.max
  if (low !== '*' && low !== '?') {
    from = parseNumber(low, bounds)
    if (highs.length > 1) throw new Error(`too many hyphens: ${expression}`)
    to = highs.length > 0 ? parseNumber(highs[0], bounds) : from
  }
  let step = 1
  if (steps.length > 1) throw new Error(`too many slashes: ${expression}`)
  if (steps.length === 1) {
    step = parseNumber(steps[0])
    if (highs.length === 0) to = bounds.max
  }
  if (from < bounds.min) throw new Error(`beginning of range (${from}) below minimum (${bounds.min}): ${expression}`)
  if (to > bounds.max) throw new Error(`end of range (${to}) above maximum (${bounds.max}): ${expression}`)
  if (from > to) throw new Error(`beginning of range (${from}) beyond end of range (${to}): ${expression}`)
  if (step === 0) throw new Error(`step of range should be a positive number: ${expression}`)
  return { from, to, step }
}

function parseNumber(text: string, { min = 0, names }: Partial<Bounds> = {}): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + min
  if (!/^[-+]?\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = Number(text)
  if (value < 0) throw new Error(`negative number (${value}) not allowed: ${text}`)
  return value
}
