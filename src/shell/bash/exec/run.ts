import type { Coro } from '../../../kernel/index.ts'
import { Exit, ShellError } from '../control.ts'
import { evaluateText } from '../expand/arith-scope.ts'
import type { CommandNode, PipelineNode, Statement } from '../parse.ts'
import { COST, type Shell } from '../shell.ts'
import { ReadonlyError } from '../variables.ts'
import { runBackground } from './background.ts'
import { runArithmeticFor, runCase, runFor, runIf, runSelect, runWhile } from './compound.ts'
import { defineFunction } from './function.ts'
import { runPipeline } from './pipeline.ts'
import { withRedirects } from './redirect.ts'
import { runSimple } from './simple.ts'
import { runGroupIn, runSubshell } from './subshell.ts'
import { runTest } from './test.ts'
import { traceCommand } from './trace.ts'
import { runPendingTraps, runTrap } from './traps.ts'

/** Runs statements one after the other; the status is the last one's. */
export function* runList(sh: Shell, statements: readonly Statement[]): Coro<number> {
  if (statements.length === 0) return sh.status
  const tail = sh.tail
  sh.tail = false
  for (let i = 0; i < statements.length; i++) {
    if (tail && i === statements.length - 1) sh.tail = true
    yield* runStatement(sh, statements[i])
  }
  return sh.status
}

/** Runs a statement, in the background when it says so. Gives the exit status. */
export function* runStatement(sh: Shell, statement: Statement): Coro<number> {
  sh.pos = statement.pos
  if (sh.pendingTraps.length > 0) yield* runPendingTraps(sh)
  if (statement.background) {
    sh.status = yield* runBackground(sh, statement)
    return sh.status
  }
  const node = statement.command
  if (node.type === 'AndOr') {
    sh.tail = false
    const last = node.commands.length - 1
    let status = sh.status
    for (let i = 0; i <= last; i++) {
      if (i > 0 && (node.operators[i - 1] === '&&') !== (status === 0)) continue
      status = i < last ? yield* unguarded(sh, node.commands[i]) : yield* runNode(sh, node.commands[i])
      sh.status = status
    }
  } else sh.status = yield* runNode(sh, node)
  if (sh.pendingTraps.length > 0) yield* runPendingTraps(sh)
  return sh.status
}

/** Runs a command whose failure is expected: `set -e` and the ERR trap look away. */
export function* unguarded(sh: Shell, node: PipelineNode): Coro<number> {
  sh.guarded++
  try {
    return yield* runNode(sh, node)
  } finally {
    sh.guarded--
  }
}

/** Runs commands whose failure neither `set -e` nor the ERR trap takes notice of; true when they succeed. */
export function* condition(sh: Shell, statements: readonly Statement[]): Coro<boolean> {
  sh.guarded++
  try {
    return (yield* runList(sh, statements)) === 0
  } finally {
    sh.guarded--
  }
}

/** Runs a pipeline, an and-or list, or one command. Gives the exit status. */
export function* runNode(sh: Shell, node: PipelineNode): Coro<number> {
  switch (node.type) {
    case 'Pipeline': {
      const tail = node.commands.length === 1 && sh.tail && node.prefixes.length === 0
      sh.tail = tail
      const status = yield* runPipeline(sh, node)
      return yield* settle(sh, status, !node.prefixes.some((p) => p.type === 'Negation'))
    }
    default: {
      sh.pos = node.pos
      const status = yield* runCommand(sh, node)
      const simple = node.type === 'Command' || node.type === 'Subshell' || node.type === 'TestCommand'
      if (
        !simple &&
        node.type !== 'ArithmeticCommand' &&
        !(node.type === 'Redirected' && node.command.type === 'Subshell')
      )
        return status
      sh.pipeStatus = [status]
      return yield* settle(sh, status, true)
    }
  }
}

/** What follows a failed command: the ERR trap and `set -e`. */
function* settle(sh: Shell, status: number, matters: boolean): Coro<number> {
  sh.status = status
  if (status === 0 || sh.guarded > 0 || !matters) return status
  const trap = sh.traps.get('ERR')
  if (trap && (!sh.vars.inFunction || sh.option('errtrace'))) yield* runTrap(sh, trap)
  if (sh.option('errexit')) throw new Exit(status)
  return status
}

/** Runs one command of a pipeline in this shell. */
export function* runCommand(sh: Shell, node: CommandNode): Coro<number> {
  if (sh.charge(COST.builtin)) yield* sh.breathe()
  if (node.type !== 'Command') sh.tail = false
  switch (node.type) {
    case 'Command':
      return yield* runSimple(sh, node)
    case 'Redirected':
      return yield* withRedirects(sh, node.redirects, () => runCommand(sh, node.command))
    case 'BraceGroup':
      return yield* runGroupIn(sh, node.body)
    case 'Subshell':
      return yield* runSubshell(sh, node)
    case 'If':
      return yield* runIf(sh, node)
    case 'For':
      return yield* runFor(sh, node)
    case 'ArithmeticFor':
      return yield* reported(sh, () => runArithmeticFor(sh, node))
    case 'While':
      return yield* runWhile(sh, node)
    case 'Case':
      return yield* runCase(sh, node)
    case 'Select':
      return yield* runSelect(sh, node)
    case 'Function':
      return defineFunction(sh, node)
    case 'TestCommand':
      return yield* runTest(sh, node.expression)
    case 'ArithmeticCommand':
      if (sh.option('xtrace')) traceCommand(sh, `(( ${node.body.trim()} ))`)
      return yield* reported(sh, function* () {
        return (yield* evaluateText(sh, node.body, '((: ')) === 0n ? 1 : 0
      })
    case 'Coproc':
      throw new ShellError('coproc: not simulated', 127)
  }
}

/** Runs something whose shell errors only fail the command (they do not end the line). */
export function* reported(sh: Shell, body: () => Coro<number>): Coro<number> {
  try {
    return yield* body()
  } catch (error) {
    if (error instanceof ReadonlyError || (error instanceof ShellError && !error.fatal && !error.discards)) {
      sh.complain(error.message)
      return error instanceof ShellError ? error.status : 1
    }
    throw error
  }
}
