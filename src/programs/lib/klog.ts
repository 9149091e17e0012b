import type { Process } from '../../host/index.ts'
import { Interrupt } from '../../kernel/index.ts'

/** Below the millisecond only the order matters. */
const last = new WeakMap<Process, { ms: number; micros: number }>()

function microsOf(p: Process): number {
  const ms = p.now()
  const before = last.get(p)
  const micros = before?.ms === ms ? Math.min(before.micros + 37, 999) : (ms * 31) % 500
  if (before) {
    before.ms = ms
    before.micros = micros
  } else last.set(p, { ms, micros })
  return micros
}

/** The letter with which a line begins. */
export type KlogLevel = 'I' | 'W' | 'E' | 'F'

const pad = (n: number, width: number): string => String(n).padStart(width, '0')

/**
 * Writes to standard error from wherever the program runs at the moment, which may be another process' call: when nobody
 * reads any more, it is the writer who dies of SIGPIPE.
 */
export function writeLine(p: Process, line: string): void {
  if (p.status) return
  try {
    p.stderr.write(line)
  } catch (error) {
    if (!(error instanceof Interrupt)) throw error
    p.kill(error.signal)
  }
}

/** Head of a klog line, e.g. `I1121 02:57:31.094236       1 serving.go:411] `, by the host's clock (UTC). */
export function klogHead(p: Process, level: KlogLevel, place: string): string {
  const d = new Date(p.now())
  const micros = microsOf(p)
  const time = `${pad(d.getUTCHours(), 2)}:${pad(d.getUTCMinutes(), 2)}:${pad(d.getUTCSeconds(), 2)}.${pad(d.getUTCMilliseconds(), 3)}${pad(micros, 3)}`
  const pid = String(p.containerPid ?? p.pid).padStart(7)
  return `${level}${pad(d.getUTCMonth() + 1, 2)}${pad(d.getUTCDate(), 2)} ${time} ${pid} ${place}] `
}

/** A process's klog: `place` is file:line of the real source, the message is already formatted. Goes to standard error. */
export class Klog {
  constructor(private readonly p: Process) {}
  info(place: string, message: string): void {
    this.write('I', place, message)
  }
  warning(place: string, message: string): void {
    this.write('W', place, message)
  }
  error(place: string, message: string): void {
    this.write('E', place, message)
  }
  write(level: KlogLevel, place: string, message: string): void {
    writeLine(this.p, `${klogHead(this.p, level, place)}${message}\n`)
  }
}

/** A Go-quoted string (%q). */
export const goQuoted = (text: string): string => JSON.stringify(text)
