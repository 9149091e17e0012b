import { Capture, type Process, TextSource } from '../../src/host/index.ts'
import type { Coro } from '../../src/kernel/index.ts'

/** A process without a host: enough for commands that only read arguments and write. */
export function fakeProcess(options: { stdin?: string; env?: Record<string, string> } = {}) {
  const stdout = new Capture()
  const stderr = new Capture()
  const p = {
    stdin: new TextSource(options.stdin ?? ''),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: '/root',
    argv: [],
  } as unknown as Process
  return { p, stdout, stderr }
}

/** Runs a coroutine that must not wait. */
export function finish<T>(coro: Coro<T>): T {
  const step = coro.next()
  if (!step.done) throw new Error('the command waits for something')
  return step.value
}
