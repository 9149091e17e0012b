import type { HttpResponse } from '../../../host/index.ts'
import { utf8Length } from '../../../kernel/index.ts'
import { httpDate } from '../lib/time.ts'
import { STATUS_TEXT } from './status-text.ts'
import type { Transfer } from './transfer.ts'

/** A header's value; names are compared without case. */
export const header = (r: HttpResponse, name: string): string | undefined =>
  Object.entries(r.headers ?? {}).find(([k]) => k.toLowerCase() === name)?.[1]

/** JSON values are written as servers do for curl: indented. */
export const bodyText = (r: HttpResponse): string =>
  r.body === undefined ? '' : typeof r.body === 'string' ? r.body : JSON.stringify(r.body, null, 2)

/** A header's name as HTTP/1.1 writes it: Content-Type. */
export const titled = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, dash: string, c: string) => dash + c.toUpperCase())

/** Status line and headers. `now`: what the answering server's clock is taken to say, ms. */
export function headText(t: Transfer, now: number, size = utf8Length(bodyText(t.response))): string {
  const own = t.response.headers ?? {}
  const all: Record<string, string> = { ...own }
  const has = (name: string): boolean => Object.keys(own).some((k) => k.toLowerCase() === name)
  if (!has('date') && !t.response.undated) all.date = httpDate(now)
  if (!has('content-length') && !t.response.stream) all['content-length'] = String(size)
  const lines = Object.entries(all).map(([k, v]) => `${t.http2 ? k.toLowerCase() : titled(k)}: ${v}\r\n`)
  const { status } = t.response
  return `${t.http2 ? `HTTP/2 ${status} ` : `HTTP/${t.response.old ? '1.0' : '1.1'} ${status} ${STATUS_TEXT[status] ?? ''}`}\r\n${lines.join('')}\r\n`
}
