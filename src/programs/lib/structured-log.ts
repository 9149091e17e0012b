import type { Process } from '../../host/index.ts'
import { goQuote } from '../../print/index.ts'
import { writeLine } from './klog.ts'

/** A value of a structured log line: strings are quoted, lists and objects are JSON, everything else is bare. */
type KlogValue = string | number | boolean | undefined | null | readonly unknown[] | Readonly<Record<string, unknown>>

/** Models klog/v2's text format on a process's stderr: `I1121 02:16:04.999515    1162 server.go:545] "msg" key="value"`. */
export class StructuredLog {
  private lastMs = -1
  private micros = 0

  constructor(
    private readonly process: Process,
    /** What -v says. */
    private readonly verbosity = 0,
  ) {}

  /** The log for lines of a level; undefined when they are not wanted. */
  v(level: number): this | undefined {
    return level <= this.verbosity ? this : undefined
  }

  info(at: string, message: string, values?: Readonly<Record<string, KlogValue>>): void {
    this.structured('I', at, message, values)
  }

  /** An error line; `err` comes first among the values. */
  error(at: string, message: string, err?: string, values?: Readonly<Record<string, KlogValue>>): void {
    this.structured('E', at, message, err === undefined ? values : { err, ...values })
  }

  warn(at: string, message: string, values?: Readonly<Record<string, KlogValue>>): void {
    this.structured('W', at, message, values)
  }

  /** An unstructured line, as klog.Warningf writes it. */
  raw(severity: 'I' | 'W' | 'E' | 'F', at: string, text: string): void {
    this.write(`${this.head(severity)} ${at}] ${text}\n`)
  }

  private structured(
    severity: 'I' | 'W' | 'E',
    at: string,
    message: string,
    values: Readonly<Record<string, KlogValue>> | undefined,
  ): void {
    if (this.process.status) return
    let line = `${this.head(severity)} ${at}] ${goQuote(message)}`
    if (values) for (const key of Object.keys(values)) line += field(key, values[key])
    this.write(`${line}\n`)
  }

  private head(severity: string): string {
    const p = this.process
    const ms = p.now()
    // Below the millisecond only the order matters.
    this.micros = ms === this.lastMs ? Math.min(this.micros + 37, 999) : (ms * 31) % 500
    this.lastMs = ms
    const iso = new Date(ms).toISOString()
    return `${severity}${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}${String(this.micros).padStart(3, '0')} ${String(p.containerPid ?? p.pid).padStart(7)}`
  }

  private write(line: string): void {
    writeLine(this.process, line)
  }
}

function field(key: string, value: KlogValue): string {
  if (typeof value !== 'string')
    return ` ${key}=${typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value === undefined ? '<nil>' : value)}`
  if (!value.includes('\n')) return ` ${key}=${goQuote(value)}`
  // klog prints values of several lines as an indented block.
  const lines = value.replace(/\n$/, '').split('\n')
  return ` ${key}=<\n${lines.map((l) => `\t${l}\n`).join('')} >`
}
