import type { Coro } from '../../../kernel/index.ts'
import type { Shell } from '../shell.ts'
import { runSource } from './source.ts'

/** Runs a trap's command line; `$?` is as before afterwards. */
export function* runTrap(sh: Shell, action: string, construct = 'trap'): Coro {
  const { status, pipeStatus } = sh
  yield* runSource(sh, action, { name: sh.unit.name, firstLine: sh.line, construct })
  sh.status = status
  sh.pipeStatus = pipeStatus
}

/** Runs the traps of signals that arrived meanwhile. */
export function* runPendingTraps(sh: Shell): Coro {
  while (sh.pendingTraps.length > 0) {
    const action = sh.traps.get(sh.pendingTraps.shift()!)
    if (action) yield* runTrap(sh, action)
  }
}

/** Installs, ignores ('') or resets (undefined) a trap, with the process' signal handler that goes with it. */
export function setTrap(sh: Shell, name: string, action: string | undefined): void {
  if (action === undefined) sh.traps.delete(name)
  else sh.traps.set(name, action)
  if (name === 'EXIT' || name === 'ERR' || name === 'DEBUG' || name === 'RETURN') return
  armSignal(sh, name)
}

/** Signals that an interactive shell survives. */
const SURVIVED = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']

function armSignal(sh: Shell, name: string): void {
  const action = sh.traps.get(name)
  if (action === '') sh.p.onSignal(name, () => {})
  else if (action !== undefined)
    sh.p.onSignal(name, () => {
      sh.pendingTraps.push(name)
      sh.wakeup.fire()
    })
  else if (sh.interactive && name === 'SIGINT')
    sh.p.onSignal(name, () => {
      sh.interrupted = true
      sh.wakeup.fire()
    })
  else if (sh.interactive && SURVIVED.includes(name)) sh.p.onSignal(name, () => {})
  else sh.p.onSignal(name, undefined)
}

/** Gives a new shell process its signal dispositions. */
export function armSignals(sh: Shell): void {
  for (const name of new Set([...(sh.interactive ? SURVIVED : []), ...sh.traps.keys()]))
    if (name.startsWith('SIG')) armSignal(sh, name)
}
