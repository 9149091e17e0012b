import { type Zone, zoneByName } from '../../print/index.ts'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const UNITS: Record<string, number> = {
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  fortnight: 1_209_600_000,
}

/** What the items of a date string have said so far. */
interface Parts {
  year: number
  month: number
  day: number
  /** A date was given, so the time of day counts from midnight. */
  dated: boolean
  /** Milliseconds into the day; undefined: none given. */
  time: number | undefined
  /** Minutes east of UTC, when a zone was given. */
  offset: number | undefined
  /** Relative items: milliseconds and months. */
  shift: number
  months: number
  weekday: number | undefined
  /** Weeks that `next` and `last` add to the weekday. */
  weeks: number
}

const MONTH = MONTHS.join('|')
const ZONES: Readonly<Record<string, number>> = {
  CET: 60,
  CEST: 120,
  EST: -300,
  EDT: -240,
  PST: -480,
  PDT: -420,
  CST: -360,
  CDT: -300,
  BST: 60,
}
const COUNTS: Readonly<Record<string, number>> = { next: 1, a: 1, an: 1, last: -1, this: 0 }

/** Takes an item into the parts. False: the whole text is no date. */
type Take = (parts: Parts, m: RegExpExecArray) => undefined | false

const date =
  (order: (m: RegExpExecArray, parts: Parts) => readonly [year: number, month: number, day: number]): Take =>
  (parts, m) => {
    ;[parts.year, parts.month, parts.day] = order(m, parts)
    parts.dated = true
    return undefined
  }

const yearFirst = date((m) => [Number(m[1]), Number(m[2]) - 1, Number(m[3])])
const monthOf = (text: string): number => MONTHS.indexOf(text.slice(0, 3).toLowerCase())
const afternoon = (letter: string): number => (letter.toLowerCase() === 'p' ? 12 : 0)

const timeOfDay: Take = (parts, m) => {
  let h = Number(m[1])
  if (m[5]) h = (h % 12) + afternoon(m[5])
  if (h > 24 || Number(m[2]) > 59 || Number(m[3] ?? 0) > 60) return false
  parts.time =
    h * 3_600_000 + Number(m[2]) * 60_000 + Number(m[3] ?? 0) * 1000 + Math.floor(Number(`0.${m[4] ?? 0}`) * 1000)
  if (m[6]) parts.offset = zoneOffset(m[6])
  return undefined
}

const relative: Take = (parts, m) => {
  const word = (m[2] ?? '1').toLowerCase()
  let n = COUNTS[word] ?? Number(word)
  if (m[1] === '-') n = -n
  if (m[4]) n = -n
  const unit = m[3].toLowerCase()
  if (unit === 'month') parts.months += n
  else if (unit === 'year') parts.months += 12 * n
  else parts.shift += n * UNITS[unit]
  return undefined
}

const shifted =
  (ms: number): Take =>
  (parts) => {
    parts.shift += ms
    return undefined
  }

const at =
  (ms: number): Take =>
  (parts) => {
    parts.time = ms
    return undefined
  }

const ZONE_BEHIND = String.raw`(?:[\s,]*(Z|UTC|GMT|[-+]\d\d:?\d\d|[-+]\d\d)(?![\w:]))?`
const CLOCK = String.raw`^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?`

/** The items of a date string; the first that fits what is left is taken (the grammar of gnulib's parse-datetime.y). */
const ITEMS: readonly (readonly [RegExp, Take])[] = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[\sTt])[Tt]?/, yearFirst],
  [/^(\d{4})(\d\d)(\d\d)(?=$|\s)/, yearFirst],
  [
    /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?(?=$|\s)/,
    date((m, parts) => [
      m[3] === undefined ? parts.year : Number(m[3]) < 100 ? 2000 + Number(m[3]) : Number(m[3]),
      Number(m[1]) - 1,
      Number(m[2]),
    ]),
  ],
  [new RegExp(String.raw`${CLOCK}\s*([ap])\.?m\.?${ZONE_BEHIND}`, 'i'), timeOfDay],
  [new RegExp(`${CLOCK}()${ZONE_BEHIND}`, 'i'), timeOfDay],
  [
    /^(\d{1,2})\s*([ap])\.?m\.?/i,
    (parts, m) => {
      parts.time = ((Number(m[1]) % 12) + afternoon(m[2])) * 3_600_000
      return undefined
    },
  ],
  [
    new RegExp(String.raw`^(\d{1,2})[\s-](${MONTH})[a-z]*\.?(?:[\s-](\d{4}))?(?=$|[\s,])`, 'i'),
    date((m, parts) => [Number(m[3] ?? parts.year), monthOf(m[2]), Number(m[1])]),
  ],
  [
    new RegExp(String.raw`^(${MONTH})[a-z]*\.?\s+(\d{1,2})(?!:)(?:,?\s+(\d{4})(?!:))?`, 'i'),
    date((m, parts) => [Number(m[3] ?? parts.year), monthOf(m[1]), Number(m[2])]),
  ],
  [/^(now|today)\b/i, () => undefined],
  [/^tomorrow\b/i, shifted(86_400_000)],
  [/^yesterday\b/i, shifted(-86_400_000)],
  [/^midnight\b/i, at(0)],
  [/^noon\b/i, at(43_200_000)],
  [
    /^(Z|UTC|GMT)\b/i,
    (parts) => {
      parts.offset = 0
      return undefined
    },
  ],
  [
    new RegExp(`^(${Object.keys(ZONES).join('|')})\\b`),
    (parts, m) => {
      parts.offset = ZONES[m[1]]
      return undefined
    },
  ],
  [
    /^([-+]?)\s*(\d+|a|an|next|last|this)?\s*(sec(?:ond)?|min(?:ute)?|hour|day|week|fortnight|month|year)s?(\s+ago)?\b/i,
    relative,
  ],
  [
    /^(?:(next|last|this)\s+)?(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/i,
    (parts, m) => {
      parts.weekday = DAYS.indexOf(m[2].toLowerCase())
      parts.weeks = COUNTS[m[1]?.toLowerCase() ?? 'this']
      return undefined
    },
  ],
  [
    /^ago\b/i,
    (parts) => {
      parts.shift = -parts.shift
      parts.months = -parts.months
      return undefined
    },
  ],
  [
    /^(\d{4})(?=$|\s)/,
    (parts, m) => {
      if (!parts.dated) return false
      parts.year = Number(m[1])
      return undefined
    },
  ],
]

/** date -d: absolute dates, times, zones, and relative items in any order. undefined when it is no date. */
export function parseDate(text: string, now: number, zone: Zone): number | undefined {
  let rest = text.trim().replace(/\([^)]*\)/g, ' ')
  if (/^@-?\d+(\.\d+)?$/.test(rest)) return Math.round(Number(rest.slice(1)) * 1000)
  // The date of today is that of the usual zone even behind TZ="…".
  const local = new Date(now + zone.at(now).offset * 60_000)
  const parts: Parts = {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    dated: false,
    time: undefined,
    offset: undefined,
    shift: 0,
    months: 0,
    weekday: undefined,
    weeks: 0,
  }
  const quoted = /^TZ="([^"]+)"\s*/.exec(rest)
  if (quoted) rest = rest.slice(quoted[0].length)
  for (let guard = 0; rest !== '' && guard < 50; guard++) {
    const left = takeItem(rest, parts)
    if (left === undefined) return undefined
    rest = left
  }
  if (rest !== '' || parts.month > 11 || parts.day > 31 || parts.day < 1) return undefined
  return instantOf(parts, now, quoted ? zoneByName(quoted[1]) : zone)
}

/** Takes the item in front. Returns what is left; undefined when nothing fits. */
function takeItem(rest: string, parts: Parts): string | undefined {
  for (const [regex, take] of ITEMS) {
    const m = regex.exec(rest)
    if (!m) continue
    return take(parts, m) === false ? undefined : rest.slice(m[0].length).replace(/^[\s,]+/, '')
  }
  return undefined
}

function instantOf(parts: Parts, now: number, zone: Zone): number {
  const { dated, weekday, weeks } = parts
  const offset = parts.offset ?? zone.at(now).offset
  const keepsTime = parts.time === undefined && !dated && weekday === undefined
  const time = parts.time ?? (keepsTime ? (now + offset * 60_000) % 86_400_000 : 0)
  let day = Date.UTC(parts.year, parts.month + parts.months, parts.day)
  if (weekday !== undefined && !dated) {
    const ahead = (weekday - new Date(day).getUTCDay() + 7) % 7
    day += (ahead + (weeks > 0 ? (ahead === 0 ? 7 : 0) : weeks * 7)) * 86_400_000
  }
  const instant = day + time + parts.shift
  const at = parts.offset ?? zone.at(instant - offset * 60_000).offset
  return instant - at * 60_000
}

function zoneOffset(text: string): number {
  const m = /^([-+])(\d\d):?(\d\d)?$/.exec(text)
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0)) : 0
}
