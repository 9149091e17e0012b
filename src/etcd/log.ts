/** Severity as zap names it. `fatal` ends the process with status 1. */
export type Level = 'debug' | 'info' | 'warn' | 'error' | 'panic' | 'fatal'

/** A number printed as it is although it exceeds 2^53 (request IDs, member IDs in decimal). */
export class Raw {
  constructor(readonly text: string) {}
}

type Field = string | number | boolean | readonly (string | number)[] | Raw | undefined

/** A log line's fields, in the order in which zap writes them. */
export type Fields = Readonly<Record<string, Field>>

/** Writes one line of a server's log. `caller` is upstream's file:line, possibly preceded by `logger@`, e.g. `raft@v3/raft.go:988`. */
export type Log = (level: Level, caller: string, msg: string, fields?: Fields) => void

const encode = (field: Field): string =>
  field instanceof Raw
    ? field.text
    : Array.isArray(field)
      ? `[${field.map((f) => JSON.stringify(f)).join(',')}]`
      : JSON.stringify(field)

/** One line of zap's JSON encoder, fields in the order given. `us` are the microseconds below `ms`. */
export function zapLine(
  ms: number,
  us: number,
  level: Level,
  caller: string,
  msg: string,
  fields: Fields = {},
): string {
  const at = caller.indexOf('@')
  const logger = at < 0 ? '' : `"logger":"${caller.slice(0, at)}",`
  let line = `{"level":"${level}","ts":"${stamp(ms, us)}",${logger}"caller":"${caller.slice(at + 1)}","msg":${JSON.stringify(msg)}`
  for (const name in fields) {
    const field = fields[name]
    if (field !== undefined) line += `,"${name}":${encode(field)}`
  }
  return `${line}}\n`
}

/** A log that writes zap lines with the given clock. Lines of one millisecond get rising microseconds, as real ones do. */
export function zapLog(clock: () => number, write: (line: string) => void): Log {
  let last = 0
  let us = 0
  return (level, caller, msg, fields) => {
    const ms = clock()
    us = ms === last ? Math.min(us + 13 + (msg.length % 29), 999) : (msg.length * 37 + caller.length * 11) % 400
    last = ms
    write(zapLine(ms, us, level, caller, msg, fields))
  }
}

/** 2026-11-21T02:13:07.971682Z */
function stamp(ms: number, us: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(us).padStart(3, '0')}Z`
}
