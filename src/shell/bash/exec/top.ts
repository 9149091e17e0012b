import { SysError, signalNumber } from '../../../host/index.ts'
import { type Coro, Interrupt } from '../../../kernel/index.ts'
import { Abandon, Break, Continue, Exit, Interrupted, Return, ShellError } from '../control.ts'
import type { Shell } from '../shell.ts'
import { ReadonlyError } from '../variables.ts'
import { runTrap } from './traps.ts'

/** Runs the body of a shell process to its end: `exit`, fatal errors, death by signal, and the EXIT trap. */
export function* runToExit(sh: Shell, body: (sh: Shell) => Coro<number>): Coro<number> {
  let status: number
  try {
    status = yield* guarded(sh, body)
  } catch (error) {
    if (!(error instanceof Interrupt)) throw error
    // A shell dying of a signal still runs its EXIT trap.
    if (sh.traps.has('EXIT') && error.signal !== 'SIGKILL' && error.signal !== 'SIGPIPE') {
      sh.status = 128 + signalNumber(error.signal)
      yield* exitTrap(sh)
    }
    throw error
  }
  sh.status = status
  return yield* exitTrap(sh)
}

function* exitTrap(sh: Shell): Coro<number> {
  const action = sh.traps.get('EXIT')
  sh.traps.delete('EXIT')
  if (!action) return sh.status
  const status = sh.status
  return yield* guarded(sh, function* () {
    yield* runTrap(sh, action, 'exit trap')
    return status
  })
}

/** Turns every way of leaving the tree walk into an exit status. */
export function* guarded(sh: Shell, body: (sh: Shell) => Coro<number>): Coro<number> {
  try {
    return yield* body(sh)
  } catch (error) {
    return statusOf(sh, error)
  }
}

/** The exit status that an unwound tree walk leaves; reports the shell's own errors. Foreign errors go on. */
export function statusOf(sh: Shell, error: unknown): number {
  if (error instanceof Exit || error instanceof Return || error instanceof Abandon || error instanceof Interrupted)
    return error.status
  if (error instanceof Break || error instanceof Continue) return 0
  if (error instanceof ShellError) {
    sh.complain(error.message)
    return error.status
  }
  if (error instanceof ReadonlyError) {
    sh.complain(sh.dialect === 'dash' ? `${error.variable}: is read only` : error.message)
    return sh.dialect === 'bash' ? 1 : 2
  }
  if (error instanceof SysError) {
    sh.complain(error.message)
    return 1
  }
  if (error instanceof RangeError && /call stack|Invalid string length|array length/i.test(error.message)) {
    // What would exhaust the real shell's stack or memory.
    sh.errorText('Segmentation fault (core dumped)\n')
    return 139
  }
  throw error
}
