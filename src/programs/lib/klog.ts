import type { Process } from '../../host/index.ts'

export type KlogLevel = 'I' | 'W' | 'E' | 'F'

const pad = (n: number, width: number): string => String(n).padStart(width, '0')

/** Head of a klog line, e.g. `I1121 02:57:31.094236       1 serving.go:411] `, by the host's clock (UTC). */
export function klogHead(p: Process, level: KlogLevel, place: string): string {
  const d = new Date(p.now())
  const micros = p.host.rng.int(1000)
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
    this.p.stderr.write(`${klogHead(this.p, level, place)}${message}\n`)
  }
}

/** A Go-quoted string (%q). */
export const goQuoted = (text: string): string => JSON.stringify(text)
