import { MONTHS } from '../../../kernel/index.ts'
import type { Json } from './json.ts'
import { JqError, needArray } from './values.ts'

/** jq's broken-down time (UTC) of milliseconds since 1970: year, month from 0, day, hours, minutes, seconds, weekday, yearday. */
export const brokenDown = (ms: number): Json => {
  const d = new Date(ms)
  return [
    d.getUTCFullYear(),
    d.getUTCMonth(),
    d.getUTCDate(),
    d.getUTCHours(),
    d.getUTCMinutes(),
    d.getUTCSeconds() + (ms % 1000) / 1000,
    d.getUTCDay(),
    Math.floor((d.getTime() - Date.UTC(d.getUTCFullYear(), 0, 1)) / 86_400_000),
  ]
}

/** Milliseconds since 1970 of seconds or of a broken-down time. */
export const toMs = (v: Json): number => {
  if (typeof v === 'number') return v * 1000
  const [y, mo, d, h, mi, s] = needArray(v, 'strftime/1 requires parsed datetime inputs') as number[]
  return Date.UTC(y, mo, d, h, mi) + s * 1000
}

/** The broken-down time that a text says in strptime's format. */
export function strptime(s: string, f: string): Json {
  const parts: Record<string, string> = {
    Y: '(?<Y>\\d{4})',
    m: '(?<m>\\d\\d?)',
    d: '(?<d>\\d\\d?)',
    H: '(?<H>\\d\\d)',
    M: '(?<M>\\d\\d)',
    S: '(?<S>\\d\\d)',
    Z: '(?<Z>[A-Z]+)',
    z: '(?<z>[-+]\\d{4})',
    b: '(?<b>[A-Z][a-z]{2})',
    e: '\\s?(?<d>\\d\\d?)',
    a: '[A-Z][a-z]{2}',
    T: '(?<H>\\d\\d):(?<M>\\d\\d):(?<S>\\d\\d)',
    j: '\\d{3}',
  }
  const source = f.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%([A-Za-z])/g, (_m, c: string) => parts[c] ?? c)
  const g = new RegExp(`^${source}$`).exec(s)?.groups
  if (!g) throw new JqError(`date "${s}" does not match format "${f}"`)
  const month = g.b ? (MONTHS as readonly string[]).indexOf(g.b) : Number(g.m ?? 1) - 1
  return brokenDown(
    Date.UTC(Number(g.Y ?? 1900), month, Number(g.d ?? 1), Number(g.H ?? 0), Number(g.M ?? 0), Number(g.S ?? 0)),
  )
}
