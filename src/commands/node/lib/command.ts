import { type Host, type Process, type Program, Stack } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'

/** A running command: its process, arguments and the usual ways out. */
export interface Command {
  readonly p: Process
  readonly host: Host
  /** Arguments without the command's name. */
  readonly args: readonly string[]
  /** The name under which it was called. */
  readonly name: string
  out(text: string): void
  err(text: string): void
}

/** Ends a command with a message on standard error (a newline is added) and a status. */
export class Fail extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message)
  }
}

/** Declares a command. */
export function command(name: string, run: (c: Command) => Coro<number | undefined> | number | undefined): Program {
  return {
    name,
    *main(p) {
      const c: Command = {
        p,
        host: p.host,
        args: p.argv.slice(1),
        name: (p.argv[0] ?? name).replace(/^.*\//, ''),
        out: (text) => p.stdout.write(text),
        err: (text) => p.stderr.write(text),
      }
      try {
        const result = run(c)
        return (typeof result === 'object' ? yield* result : result) ?? 0
      } catch (error) {
        if (!(error instanceof Fail)) throw error
        if (error.message !== '') p.stderr.write(`${error.message}\n`)
        return error.status
      }
    },
  }
}

/** The stack of the process's network namespace. */
export function stackOf(p: Process): Stack {
  if (p.net instanceof Stack) return p.net
  throw new Fail(`${p.program.name}: not simulated outside a network namespace`, 127)
}

/** What is not simulated says so instead of making something up. */
export function notSimulated(c: Command, what: string): never {
  throw new Fail(`${c.name}: not simulated: ${what}`, 127)
}
