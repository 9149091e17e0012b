import { drain, SysError, shellStatus } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { builtins } from '../builtins/index.ts'
import { Abandon, Exit, ShellError, Unwind } from '../control.ts'
import { expandString, expandWords } from '../expand/words.ts'
import { type Assignment, type Command, type CommandArgument, parseWords, type Word } from '../parse.ts'
import { quoteWord } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { ReadonlyError, type Variable } from '../variables.ts'
import { assign } from './assign.ts'
import { becomeExternal, resolveCommand, startExternal } from './external.ts'
import { callFunction } from './function.ts'
import { awaitJob, startJob } from './job.ts'
import { applyForGood, withRedirects } from './redirect.ts'
import { statusOf } from './top.ts'
import { traceCommand as trace } from './trace.ts'

/** Builtins that take assignments as arguments (`export x=$y` is not split). */
const DECLARATIONS = new Set(['declare', 'typeset', 'local', 'export', 'readonly'])

/** A simple command: expansions, assignments, redirections, then a function, a builtin or a program. */
export function* runSimple(sh: Shell, node: Command): Coro<number> {
  const tail = sh.tail
  sh.tail = false
  const made = sh.substitutions.length
  try {
    return yield* runParts(sh, node, tail)
  } catch (error) {
    // A failed expansion gives up this command; a script goes on with the next line unless the error is fatal.
    if (error instanceof Unwind) throw error
    if (error instanceof ShellError || error instanceof ReadonlyError || error instanceof SysError) {
      const status = statusOf(sh, error)
      return afterError(sh, error, status)
    }
    throw error
  } finally {
    for (const undo of sh.substitutions.splice(made)) undo()
  }
}

function afterError(sh: Shell, error: Error, status: number): number {
  const discards = error instanceof ReadonlyError || (error instanceof ShellError && error.discards)
  if (sh.interactive || (discards && sh.dialect === 'bash'))
    throw new Abandon(error instanceof ShellError && error.fatal ? 1 : status)
  if (error instanceof ReadonlyError || (error instanceof ShellError && (error.fatal || sh.dialect !== 'bash')))
    throw new Exit(status)
  return status
}

function* runParts(sh: Shell, node: Command, tail: boolean): Coro<number> {
  sh.substitutionStatus = undefined
  const assignments: Assignment[] = []
  for (const part of node.prefix) if (part.type === 'Assignment') assignments.push(part)
  const first = node.name ? yield* expandWords(sh, [node.name]) : []
  const argv = first
  const declaring = first.length > 0 && DECLARATIONS.has(first[0])
  yield* expandArguments(sh, node.args, argv, declaring)
  if (argv.length === 0) return yield* assignOnly(sh, node, assignments)
  if (sh.option('xtrace')) trace(sh, argv.map((a) => quoteWord(a)).join(' '))
  const name = argv[0]
  sh.lastArg = argv[argv.length - 1]
  const fn = sh.functions.get(name)
  if (fn) {
    return yield* withRedirects(sh, node.redirects, () =>
      withTemporary(sh, assignments, () => callFunction(sh, fn, argv.slice(1))),
    )
  }
  if (name === 'exec') return yield* execBuiltin(sh, node, argv, assignments)
  const builtin = builtins.get(name)
  if (builtin && (sh.dialect === 'bash' || !BASH_ONLY.has(name)))
    return yield* withRedirects(sh, node.redirects, () =>
      withTemporary(sh, assignments, () => runBuiltin(sh, argv, builtin)),
    )
  return yield* withRedirects(sh, node.redirects, () => runExternal(sh, argv, assignments, tail))
}

const BASH_ONLY = new Set([
  'declare',
  'typeset',
  'source',
  'pushd',
  'popd',
  'dirs',
  'mapfile',
  'readarray',
  'let',
  'shopt',
  'disown',
  'caller',
  'enable',
  'compgen',
  'complete',
  'compopt',
  'bind',
  'suspend',
  'logout',
  'help',
  'history',
  'builtin',
])

function* expandArguments(sh: Shell, args: readonly CommandArgument[], argv: string[], declaring: boolean): Coro {
  const words: Word[] = []
  for (const arg of args) {
    if (arg.type === 'Word') {
      words.push(arg)
      continue
    }
    argv.push(...(yield* expandWords(sh, words.splice(0))))
    if (declaring) argv.push(yield* declared(sh, arg))
    // For other commands NAME=VALUE is a word like any other.
    else argv.push(...(yield* expandWords(sh, parseWords(arg.text))))
  }
  argv.push(...(yield* expandWords(sh, words)))
}

/** `declare -a x=(1 2)` assigns while it expands; the builtin then only sees the name. */
function* declared(sh: Shell, arg: Assignment): Coro<string> {
  if (arg.value.type !== 'ArrayValue') {
    const index = arg.index ? `[${yield* expandString(sh, arg.index)}]` : ''
    return `${arg.name}${index}${arg.append ? '+' : ''}=${yield* expandString(sh, arg.value, true)}`
  }
  sh.pendingArrays.set(arg.name, arg)
  return arg.name
}

function* nothing(): Coro<number> {
  return 0
}

function* assignOnly(sh: Shell, node: Command, assignments: readonly Assignment[]): Coro<number> {
  for (const a of assignments) {
    const value = yield* assign(sh, a)
    if (sh.option('xtrace'))
      trace(sh, `${a.name}${a.append ? '+' : ''}=${a.value.type === 'ArrayValue' ? value : quoteWord(value)}`)
  }
  if (node.redirects.length > 0) {
    const failed = yield* withRedirects(sh, node.redirects, nothing)
    if (failed !== 0) return failed
  }
  return sh.substitutionStatus ?? 0
}

/** `x=1 command`: the assignments last as long as the command. */
function* withTemporary(sh: Shell, assignments: readonly Assignment[], body: () => Coro<number>): Coro<number> {
  if (assignments.length === 0) return yield* body()
  const saved: [string, Variable | undefined][] = []
  for (const a of assignments) {
    saved.push([a.name, sh.vars.own(a.name)])
    const value = yield* assign(sh, a)
    if (sh.option('xtrace')) trace(sh, `${a.name}=${quoteWord(value)}`)
    sh.vars.export(a.name)
  }
  try {
    return yield* body()
  } finally {
    for (const [name, old] of saved.reverse()) {
      if (old) sh.vars.define(name, old)
      else sh.vars.unset(name)
    }
  }
}

/** Runs a builtin; its errors become messages and a status. */
export function* runBuiltin(
  sh: Shell,
  argv: readonly string[],
  builtin: (sh: Shell, argv: readonly string[]) => Coro<number> | number,
): Coro<number> {
  let status: number
  try {
    const result = builtin(sh, argv)
    status = typeof result === 'number' ? result : yield* result
  } catch (error) {
    if (error instanceof SysError && error.syscall === 'write') {
      sh.complain(`${argv[0]}: write error: ${error.strerror}`)
      return 1
    }
    if (error instanceof ShellError) {
      const message = `${argv[0]}: ${error.message}`
      if (error.fatal) throw new ShellError(message, error.status, true)
      sh.complain(message)
      return error.status
    }
    if (error instanceof ReadonlyError) {
      // export and readonly assign as the shell itself does.
      const own = argv[0] === 'export' || argv[0] === 'readonly'
      sh.complain(own ? error.message : `${argv[0]}: ${error.message}`)
      return 1
    }
    throw error
  }
  const out = sh.fds.get(1)
  if (out?.full) yield* drain(out)
  return status
}

/** Runs a program and waits for it (or becomes it). */
export function* runExternal(
  sh: Shell,
  argv: readonly string[],
  assignments: readonly Assignment[] = [],
  tail = false,
  path?: string,
): Coro<number> {
  const env = yield* environment(sh, assignments)
  const exe = resolveCommand(sh, argv[0], argv, path)
  if (!('program' in exe)) {
    const handler =
      exe.status === 127 && !argv[0].includes('/') ? sh.functions.get('command_not_found_handle') : undefined
    if (handler) return yield* callFunction(sh, handler, [...argv])
    if (exe.bare) sh.errorText(`${exe.message}\n`)
    else sh.complain(exe.message)
    return exe.status
  }
  if (tail && !sh.traps.has('EXIT') && sh.subshell) return yield* becomeExternal(sh, exe, env)
  const process = yield* startExternal(sh, exe, env, sh.option('monitor') ? 0 : undefined)
  const job = startJob(sh, [process], argv.map((a) => quoteWord(a)).join(' '), false)
  const status = yield* awaitJob(sh, job)
  return process.status ? shellStatus(process.status) : status
}

function* environment(sh: Shell, assignments: readonly Assignment[]): Coro<Record<string, string>> {
  const env = sh.vars.environment()
  for (const a of assignments) {
    if (a.value.type === 'ArrayValue') continue
    env[a.name] = yield* expandString(sh, a.value, true)
    if (sh.option('xtrace')) trace(sh, `${a.name}=${quoteWord(env[a.name])}`)
  }
  env._ = sh.lastArg
  return env
}

/** `exec`: replaces the shell by a program, or keeps the redirections. */
function* execBuiltin(sh: Shell, node: Command, argv: string[], assignments: readonly Assignment[]): Coro<number> {
  let args = argv.slice(1)
  let zero: string | undefined
  let clear = false
  while (args[0]?.startsWith('-') && args[0] !== '-') {
    const option = args.shift()!
    if (option === '--') break
    if (option.includes('c')) clear = true
    if (option.endsWith('a')) zero = args.shift()
  }
  const failed = yield* applyForGood(sh, node.redirects)
  if (failed !== undefined && sh.dialect !== 'bash') throw new Exit(failed)
  if (failed !== undefined) return failed
  if (args.length === 0) return 0
  const env = clear ? {} : yield* environment(sh, assignments)
  const exe = resolveCommand(sh, args[0], args)
  if (!('program' in exe)) {
    if (exe.bare) sh.errorText(`${exe.message}\n`)
    else sh.complain(exe.status === 127 && !args[0].includes('/') ? `exec: ${args[0]}: not found` : exe.message)
    if (sh.interactive || sh.shopts.has('execfail')) return exe.status
    throw new Exit(exe.status)
  }
  args = [...exe.argv]
  if (zero !== undefined) args[0] = zero
  sh.traps.delete('EXIT')
  // Nothing of the shell is left to go on with.
  sh.p.exit(yield* becomeExternal(sh, { ...exe, argv: args }, env))
  return yield* sh.p.park()
}
