import { type Zone, zoneByName } from './zone.ts'

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

interface Parts {
  year: number
  month: number
  day: number
  /** Milliseconds into the day; undefined: none given. */
  time: number | undefined
}

/** date -d: absolute dates, times, zones, and relative items in any order. undefined when it is no date. */
export function parseDate(text: string, now: number, zone: Zone): number | undefined {
  let rest = text.trim().replace(/\([^)]*\)/g, ' ')
  if (/^@-?\d+(\.\d+)?$/.test(rest)) return Math.round(Number(rest.slice(1)) * 1000)
  let offset = zone.at(now).offset
  const local = new Date(now + offset * 60_000)
  const parts: Parts = {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    time: undefined,
  }
  let dated = false
  let zoned = false
  let shift = 0
  let months = 0
  let weekday: number | undefined
  let weekdayCount = 0
  const take = (regex: RegExp): RegExpExecArray | null => {
    const m = regex.exec(rest)
    if (m) rest = rest.slice(m[0].length).replace(/^[\s,]+/, '')
    return m
  }
  const quoted = /^TZ="([^"]+)"\s*/.exec(rest)
  let inner = zone
  if (quoted) {
    inner = zoneByName(quoted[1])
    offset = inner.at(now).offset
    rest = rest.slice(quoted[0].length)
  }
  for (let guard = 0; rest !== '' && guard < 50; guard++) {
    let m: RegExpExecArray | null
    if ((m = take(/^(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[\sTt])[Tt]?/))) {
      Object.assign(parts, { year: Number(m[1]), month: Number(m[2]) - 1, day: Number(m[3]) })
      dated = true
    } else if ((m = take(/^(\d{4})(\d\d)(\d\d)(?=$|\s)/))) {
      Object.assign(parts, { year: Number(m[1]), month: Number(m[2]) - 1, day: Number(m[3]) })
      dated = true
    } else if ((m = take(/^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?(?=$|\s)/))) {
      const y = m[3] === undefined ? parts.year : Number(m[3]) < 100 ? 2000 + Number(m[3]) : Number(m[3])
      Object.assign(parts, { year: y, month: Number(m[1]) - 1, day: Number(m[2]) })
      dated = true
    } else if (
      (m = take(/^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*([ap])\.?m\.?/i)) ||
      (m = take(/^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?/))
    ) {
      let h = Number(m[1])
      if (m[5]) h = (h % 12) + (m[5].toLowerCase() === 'p' ? 12 : 0)
      if (h > 24 || Number(m[2]) > 59 || Number(m[3] ?? 0) > 60) return undefined
      parts.time =
        h * 3_600_000 + Number(m[2]) * 60_000 + Number(m[3] ?? 0) * 1000 + Math.floor(Number(`0.${m[4] ?? 0}`) * 1000)
      const z = take(/^(Z|UTC|GMT|[-+]\d\d:?\d\d|[-+]\d\d)(?![\w:])/i)
      if (z) {
        offset = zoneOffset(z[1])
        zoned = true
      }
    } else if ((m = take(/^(\d{1,2})\s*([ap])\.?m\.?/i))) {
      parts.time = ((Number(m[1]) % 12) + (m[2].toLowerCase() === 'p' ? 12 : 0)) * 3_600_000
    } else if (
      (m = take(
        /^(\d{1,2})[\s-](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:[\s-](\d{4}))?(?=$|[\s,])/i,
      )) &&
      MONTHS.includes(m[2].toLowerCase())
    ) {
      Object.assign(parts, {
        day: Number(m[1]),
        month: MONTHS.indexOf(m[2].toLowerCase()),
        year: Number(m[3] ?? parts.year),
      })
      dated = true
    } else if (
      (m = /^([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?!:)(?:,?\s+(\d{4})(?!:))?/i.exec(rest)) &&
      MONTHS.includes(m[1].toLowerCase())
    ) {
      take(/^([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?!:)(?:,?\s+(\d{4})(?!:))?/i)
      Object.assign(parts, {
        month: MONTHS.indexOf(m[1].toLowerCase()),
        day: Number(m[2]),
        year: Number(m[3] ?? parts.year),
      })
      dated = true
    } else if ((m = take(/^(now|today)\b/i))) {
      if (m[1].toLowerCase() === 'today') dated = dated || false
    } else if (take(/^tomorrow\b/i)) shift += 86_400_000
    else if (take(/^yesterday\b/i)) shift -= 86_400_000
    else if (take(/^midnight\b/i)) parts.time = 0
    else if (take(/^noon\b/i)) parts.time = 43_200_000
    else if ((m = take(/^(Z|UTC|GMT)\b/i))) {
      offset = 0
      zoned = true
    } else if ((m = take(/^(CET|CEST|EST|EDT|PST|PDT|CST|CDT|BST)\b/))) {
      offset = { CET: 60, CEST: 120, EST: -300, EDT: -240, PST: -480, PDT: -420, CST: -360, CDT: -300, BST: 60 }[m[1]]!
      zoned = true
    } else if (
      (m = take(
        /^([-+]?)\s*(\d+|a|an|next|last|this)?\s*(sec(?:ond)?|min(?:ute)?|hour|day|week|fortnight|month|year)s?(\s+ago)?\b/i,
      ))
    ) {
      const word = (m[2] ?? '1').toLowerCase()
      let n =
        word === 'next' || word === 'a' || word === 'an' ? 1 : word === 'last' ? -1 : word === 'this' ? 0 : Number(word)
      if (m[1] === '-') n = -n
      if (m[4]) n = -n
      const unit = m[3].toLowerCase()
      if (unit === 'month') months += n
      else if (unit === 'year') months += 12 * n
      else shift += n * UNITS[unit]
    } else if ((m = take(/^(?:(next|last|this)\s+)?(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/i))) {
      weekday = DAYS.indexOf(m[2].toLowerCase())
      weekdayCount = m[1]?.toLowerCase() === 'next' ? 1 : m[1]?.toLowerCase() === 'last' ? -1 : 0
    } else if (take(/^ago\b/i)) {
      shift = -shift
      months = -months
    } else if ((m = take(/^(\d{4})(?=$|\s)/)) && dated) parts.year = Number(m[1])
    else return undefined
  }
  if (rest !== '') return undefined
  if (parts.month > 11 || parts.day > 31 || parts.day < 1) return undefined
  const keepsTime = parts.time === undefined && !dated && weekday === undefined
  const time = parts.time ?? (keepsTime ? (now + offset * 60_000) % 86_400_000 : 0)
  let day = Date.UTC(parts.year, parts.month + months, parts.day)
  if (weekday !== undefined && !dated) {
    const ahead = (weekday - new Date(day).getUTCDay() + 7) % 7
    day += (ahead + (weekdayCount > 0 ? (ahead === 0 ? 7 : 0) : weekdayCount * 7)) * 86_400_000
  }
  const instant = day + time + shift
  const at = zoned ? offset : inner.at(instant - offset * 60_000).offset
  return instant - at * 60_000
}

function zoneOffset(text: string): number {
  const m = /^([-+])(\d\d):?(\d\d)?$/.exec(text)
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0)) : 0
}
