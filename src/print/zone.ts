/** A time zone. */
export interface Zone {
  /** Offset in minutes east of UTC and abbreviation at an instant. */
  at(ms: number): { readonly offset: number; readonly name: string }
}

const UTC: Zone = { at: () => ({ offset: 0, name: 'UTC' }) }

/** UTC's own name in the database, and its links; machines are set to one of them. */
const UTC_NAMES = new Set(['', 'UTC', 'UCT', 'Universal', 'Zulu', 'Etc/UTC', 'Etc/UCT', 'Etc/Universal', 'Etc/Zulu'])

const ABBREVIATIONS: Record<string, readonly [string, string]> = {
  'Europe/Paris': ['CET', 'CEST'],
  'Europe/Berlin': ['CET', 'CEST'],
  'Europe/Madrid': ['CET', 'CEST'],
  'Europe/Rome': ['CET', 'CEST'],
  'Europe/Zurich': ['CET', 'CEST'],
  'Europe/London': ['GMT', 'BST'],
  'America/New_York': ['EST', 'EDT'],
  'America/Chicago': ['CST', 'CDT'],
  'America/Los_Angeles': ['PST', 'PDT'],
  'Asia/Tokyo': ['JST', 'JST'],
  'Asia/Kolkata': ['IST', 'IST'],
  'Etc/GMT': ['GMT', 'GMT'],
  GMT: ['GMT', 'GMT'],
}

/** The zone of a TZ value: a name of the tz database or `EST5`-like; UTC when it is neither. */
export function zoneByName(name: string): Zone {
  const fixed = /^([A-Za-z]{3,}|<[^>]+>)([-+]?\d{1,2})(?::(\d\d))?$/.exec(name)
  if (fixed) {
    const hours = Number(fixed[2])
    const offset = -(hours * 60 + Math.sign(hours || 1) * Number(fixed[3] ?? 0))
    return { at: () => ({ offset, name: fixed[1].replace(/[<>]/g, '') }) }
  }
  return name === 'Z' ? UTC : (zoneInDatabase(name) ?? UTC)
}

/** A zone of the tz database (time.LoadLocation); nothing when it has none of that name. */
export function zoneInDatabase(name: string): Zone | undefined {
  if (UTC_NAMES.has(name)) return UTC
  // The database is files, whose names are spelled in one way; ICU is less strict.
  if (!/^[A-Z][^/]*(?:\/[A-Z][^/]*)*$/.test(name)) return undefined
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const offsetAt = (ms: number): number => {
    const parts = Object.fromEntries(format.formatToParts(ms).map((x) => [x.type, Number(x.value)]))
    const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
    return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000)
  }
  return {
    at(ms) {
      const offset = offsetAt(ms)
      const standard = Math.min(offsetAt(Date.UTC(2026, 0, 1)), offsetAt(Date.UTC(2026, 6, 1)))
      const names = ABBREVIATIONS[name]
      const sign = offset < 0 ? '-' : '+'
      const digits = `${sign}${String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')}`
      return { offset, name: names ? names[offset > standard ? 1 : 0] : digits }
    },
  }
}
