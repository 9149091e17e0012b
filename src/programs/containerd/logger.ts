import type { Process } from '../../host/index.ts'
import { rfc3339Nano } from './log-file.ts'

/** logfmt quoting of logrus: quoted unless it is plain. */
const field = (value: string): string =>
  value !== '' && /^[A-Za-z0-9\-._/@^+]+$/.test(value) ? value : goString(value)

const goString = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`

/** containerd's log on stderr: `time="…" level=info msg="…" key=value`. */
export class Logger {
  private nanos = 0
  private lastMs = 0

  constructor(private readonly process: Process) {}

  info(message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.write('info', message, fields)
  }

  warn(message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.write('warning', message, fields)
  }

  error(message: string, error?: string, fields: Readonly<Record<string, string>> = {}): void {
    this.write('error', message, error === undefined ? fields : { error, ...fields })
  }

  private write(level: string, message: string, fields: Readonly<Record<string, string>>): void {
    const p = this.process
    if (p.status) return
    const now = p.now()
    this.nanos = now === this.lastMs ? this.nanos + 7_919 : (now * 7919) % 300_000
    this.lastMs = now
    let line = `time="${rfc3339Nano(now, this.nanos)}" level=${level} msg=${field(message)}`
    for (const key of Object.keys(fields).sort()) line += ` ${key}=${field(fields[key])}`
    p.stderr.write(`${line}\n`)
  }
}
