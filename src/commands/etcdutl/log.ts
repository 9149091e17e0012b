import type { Process } from '../../host/index.ts'

type Value = string | number | boolean | readonly string[]

/** zap's console encoder, tab-separated, in UTC seconds; `caller` may be `logger@file:line`. */
export function consoleLog(
  p: Process,
): (level: string, caller: string, msg: string, fields?: Record<string, Value>, stack?: string) => void {
  return (level, caller, msg, fields, stack) => {
    const at = caller.indexOf('@')
    const parts = [new Date(p.now()).toISOString().replace(/\.\d+Z/, 'Z'), level]
    if (at >= 0) parts.push(caller.slice(0, at))
    parts.push(caller.slice(at + 1), msg)
    if (fields) parts.push(encode(fields))
    p.stderr.write(`${parts.join('\t')}${stack ? `\n${stack}` : ''}\n`)
  }
}

const encode = (fields: Record<string, Value>): string =>
  `{${Object.entries(fields)
    .map(
      ([k, v]) =>
        `${JSON.stringify(k)}: ${Array.isArray(v) ? `[${v.map((x) => JSON.stringify(x)).join(', ')}]` : JSON.stringify(v)}`,
    )
    .join(', ')}}`

const OPTIONS =
  '{Timeout: 0s, NoGrowSync: false, NoFreelistSync: true, PreLoadFreelist: false, FreelistType: , ReadOnly: false, MmapFlags: 8000, InitialMmapSize: 10737418240, PageSize: 0, NoSync: false, OpenFile: 0x0, Mlock: false, Logger: 0x3f4dc95aed00}'

/** The two lines of opening a database. */
export function opened(
  log: ReturnType<typeof consoleLog>,
  path: string,
  caller = 'bbolt@backend/backend.go:203',
): void {
  opening(log, path, caller)
  log('info', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${path}) successfully`)
}

/** Logs that bbolt opens a database. */
export const opening = (
  log: ReturnType<typeof consoleLog>,
  path: string,
  caller = 'bbolt@backend/backend.go:203',
): void => log('info', caller, `Opening db file (${path}) with mode -rw------- and with options: ${OPTIONS}`)
