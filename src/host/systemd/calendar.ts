const SHORT: Record<string, string> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  yearly: '*-01-01 00:00:00',
  annually: '*-01-01 00:00:00',
}
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

type Field = (n: number) => boolean

function field(text: string): Field {
  const tests = text.split(',').map((part): Field => {
    const [range, step] = part.split('/')
    const every = step === undefined ? 1 : Number(step)
    if (range === '*') return (n) => n % every === 0
    const [a, b] = range.split('..').map(Number)
    if (b === undefined) return step === undefined ? (n) => n === a : (n) => n >= a && (n - a) % every === 0
    return (n) => n >= a && n <= b && (n - a) % every === 0
  })
  return (n) => tests.some((t) => t(n))
}

/** The next time (ms, UTC) after `now` that an OnCalendar= expression names; undefined when it cannot be parsed or never comes. */
export function nextElapse(expression: string, now: number): number | undefined {
  let text = (SHORT[expression.trim()] ?? expression).trim()
  let weekday: Field = () => true
  const m = /^([A-Za-z,.]+)\s+(.*)$/.exec(text)
  if (m) {
    const names = m[1].toLowerCase()
    const index = (s: string): number => DAYS.indexOf(s.slice(0, 3))
    const parts = names.split(',').map((p) => p.split('..').map(index))
    if (parts.flat().includes(-1)) return undefined
    weekday = (n) => parts.some(([a, b]) => (b === undefined ? n === a : (n - a + 7) % 7 <= (b - a + 7) % 7))
    text = m[2]
  }
  const words = text.split(/\s+/)
  const date = words.find((w) => w.includes('-')) ?? '*-*-*'
  const time = words.find((w) => w.includes(':')) ?? '00:00:00'
  const [y, mo, d] = (date.split('-').length === 2 ? `*-${date}` : date).split('-').map(field)
  const [h, mi, s] = (time.split(':').length === 2 ? `${time}:00` : time).split(':').map(field)
  let t = Math.floor(now / 1000) * 1000 + 1000
  const end = now + 366 * 86_400_000 * 5
  while (t < end) {
    const at = new Date(t)
    if (!y(at.getUTCFullYear()) || !mo(at.getUTCMonth() + 1) || !d(at.getUTCDate()) || !weekday(at.getUTCDay())) {
      t = (Math.floor(t / 86_400_000) + 1) * 86_400_000
      continue
    }
    if (!h(at.getUTCHours())) {
      t = (Math.floor(t / 3_600_000) + 1) * 3_600_000
      continue
    }
    if (!mi(at.getUTCMinutes())) {
      t = (Math.floor(t / 60_000) + 1) * 60_000
      continue
    }
    if (s(at.getUTCSeconds())) return t
    t += 1000
  }
  return undefined
}
