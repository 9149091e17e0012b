const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const DAY = 86_400_000

/** strftime with GNU date's extensions. `ms` since the epoch, `offset` minutes east of UTC, `zone` its abbreviation. */
export function formatDate(format: string, ms: number, offset: number, zone = 'UTC'): string {
  const d = new Date(ms + offset * 60_000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const hour12 = d.getUTCHours() % 12 || 12
  const startOfYear = Date.UTC(d.getUTCFullYear(), 0, 1)
  const yday = Math.floor((d.getTime() - startOfYear) / DAY)
  const week = (first: number): string => two(Math.floor((yday + 7 - ((d.getUTCDay() - first + 7) % 7)) / 7))
  const iso = isoWeek(d)
  const field = (c: string, colons: number): string | undefined => {
    switch (c) {
      case '%':
        return '%'
      case 'a':
        return DAYS[d.getUTCDay()].slice(0, 3)
      case 'A':
        return DAYS[d.getUTCDay()]
      case 'b':
      case 'h':
        return MONTHS[d.getUTCMonth()].slice(0, 3)
      case 'B':
        return MONTHS[d.getUTCMonth()]
      case 'c':
        return formatDate('%a %b %e %H:%M:%S %Y', ms, offset, zone)
      case 'C':
        return two(Math.floor(d.getUTCFullYear() / 100))
      case 'd':
        return two(d.getUTCDate())
      case 'D':
        return formatDate('%m/%d/%y', ms, offset, zone)
      case 'e':
        return String(d.getUTCDate()).padStart(2)
      case 'F':
        return formatDate('%Y-%m-%d', ms, offset, zone)
      case 'g':
        return two(iso.year % 100)
      case 'G':
        return String(iso.year)
      case 'H':
        return two(d.getUTCHours())
      case 'I':
        return two(hour12)
      case 'j':
        return String(yday + 1).padStart(3, '0')
      case 'k':
        return String(d.getUTCHours()).padStart(2)
      case 'l':
        return String(hour12).padStart(2)
      case 'm':
        return two(d.getUTCMonth() + 1)
      case 'M':
        return two(d.getUTCMinutes())
      case 'n':
        return '\n'
      case 'N':
        return String(Math.floor((((ms % 1000) + 1000) % 1000) * 1e6)).padStart(9, '0')
      case 'p':
        return d.getUTCHours() < 12 ? 'AM' : 'PM'
      case 'P':
        return d.getUTCHours() < 12 ? 'am' : 'pm'
      case 'q':
        return String(Math.floor(d.getUTCMonth() / 3) + 1)
      case 'r':
        return formatDate('%I:%M:%S %p', ms, offset, zone)
      case 'R':
        return formatDate('%H:%M', ms, offset, zone)
      case 's':
        return String(Math.floor(ms / 1000))
      case 'S':
        return two(d.getUTCSeconds())
      case 't':
        return '\t'
      case 'T':
      case 'X':
        return formatDate('%H:%M:%S', ms, offset, zone)
      case 'u':
        return String(d.getUTCDay() || 7)
      case 'U':
        return week(0)
      case 'V':
        return two(iso.week)
      case 'w':
        return String(d.getUTCDay())
      case 'W':
        return week(1)
      case 'x':
        return formatDate('%m/%d/%y', ms, offset, zone)
      case 'y':
        return two(((d.getUTCFullYear() % 100) + 100) % 100)
      case 'Y':
        return String(d.getUTCFullYear())
      case 'z':
        return zoneOffset(offset, colons)
      case 'Z':
        return zone
      default:
        return undefined
    }
  }
  return format.replace(
    /%([-_0^#]*)(\d*)(:*)([EO]?)([A-Za-z%])/g,
    (whole, flags: string, width: string, colons: string, _e, c: string) => {
      let text = field(c, colons.length)
      if (text === undefined) return whole
      if (flags.includes('-')) text = text.replace(/^[0 ]+(?=.)/, '')
      if (flags.includes('_')) text = text.replace(/^0+(?=.)/, (z) => ' '.repeat(z.length))
      if (flags.includes('^')) text = text.toUpperCase()
      if (flags.includes('#')) text = /[a-z]/.test(text) ? text.toUpperCase() : text.toLowerCase()
      if (c === 'N' && width) return text.slice(0, Number(width))
      if (width) text = text.padStart(Number(width), /\d$/.test(text) && !flags.includes('_') ? '0' : ' ')
      return text
    },
  )
}

/** `+0000`, `+00:00`, `+00:00:00`, `+00` by the number of colons. */
function zoneOffset(offset: number, colons = 0): string {
  const abs = Math.abs(offset)
  const h = String(Math.floor(abs / 60)).padStart(2, '0')
  const m = String(abs % 60).padStart(2, '0')
  const sign = offset < 0 ? '-' : '+'
  if (colons === 0) return `${sign}${h}${m}`
  if (colons === 3) return `${sign}${h}${m === '00' ? '' : `:${m}`}`
  return `${sign}${h}:${m}${colons === 2 ? ':00' : ''}`
}

function isoWeek(d: Date): { year: number; week: number } {
  const day = d.getUTCDay() || 7
  const thursday = new Date(d.getTime() + (4 - day) * DAY)
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY / 7) + 1
  return { year, week }
}
