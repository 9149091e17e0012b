import type { Coro } from '../../../kernel/index.ts'
import { Return, ShellError } from '../control.ts'
import type { CommandNode, FunctionNode } from '../parse.ts'
import type { Shell, ShellFunction } from '../shell.ts'
import { runCommand } from './run.ts'

/** Deeper recursion overflows the real shell's stack as well. */
const MAX_NESTING = 400

/** Defines a function, whose source `declare -f` shows. */
export function defineFunction(sh: Shell, node: FunctionNode): number {
  const name = node.name.text
  if (/['"\\`$]/.test(name) && sh.dialect === 'bash') {
    sh.complain(`\`${name}': not a valid identifier`)
    return 1
  }
  // What -c defines has no file; bash calls where it came from "environment".
  const named = sh.fromString && !sh.interactive && sh.unit.name === sh.name
  const unit = named ? { ...sh.unit, name: 'environment' } : sh.unit
  sh.functions.set(name, { name, body: node.body, unit, source: sh.unit.text.slice(node.pos, node.end) })
  return 0
}

/** Calls a function with its own positional parameters and locals. */
export function* callFunction(sh: Shell, fn: ShellFunction, args: string[]): Coro<number> {
  const limit = Number(sh.vars.get('FUNCNEST')) || MAX_NESTING
  if (sh.callStack.length >= limit)
    throw new ShellError(`${fn.name}: maximum function nesting level exceeded (${limit})`, 1, true)
  const saved = { args: sh.args, unit: sh.unit, pos: sh.pos, loopDepth: sh.loopDepth }
  sh.callStack.push({ name: fn.name, line: sh.line, unit: sh.unit })
  sh.args = args
  sh.unit = fn.unit
  sh.loopDepth = 0
  sh.vars.pushFrame()
  try {
    if (fn.body.type === 'CompoundList') return 1
    const status = yield* runCommand(sh, fn.body as CommandNode)
    return status
  } catch (error) {
    if (error instanceof Return) return error.status
    throw error
  } finally {
    sh.vars.popFrame()
    sh.callStack.pop()
    sh.args = saved.args
    sh.unit = saved.unit
    sh.pos = saved.pos
    sh.loopDepth = saved.loopDepth
  }
}
