import { Capture, Dir, File, Pipe, readAll, type Source, Special, SysError, shellStatus } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Fd, OpenFile } from '../../io/fd.ts'
import { openRead } from '../../io/files.ts'
import { ShellError } from '../control.ts'
import { fork } from '../exec/fork.ts'
import { runList } from '../exec/run.ts'
import { judge } from '../grammar/judge.ts'
import type { CommandExpansionPart, ParsedScript, ProcessSubstitutionPart, Redirection } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { reading, reportSyntax } from '../syntax.ts'
import { expandString } from './words.ts'

/** Nested deeper than this, the real shell would run out of processes. */
const MAX_DEPTH = 200

/** `$(…)`: the output of a subshell without its trailing newlines. */
export function* commandSubstitution(sh: Shell, part: CommandExpansionPart): Coro<string> {
  const script = part.script
  if (part.text.startsWith('`') && !isProgram(sh, part)) return ''
  if (!script || script.commands.length === 0) return ''
  if (sh.subshellDepth > MAX_DEPTH) throw new ShellError('fork: Resource temporarily unavailable', 254, true)
  const file = onlyRedirect(script)
  if (file?.type === 'Redirect' && file.target) {
    const name = yield* expandString(sh, file.target)
    try {
      return (yield* readAll(openRead(sh.p, sh.path(name)))).replace(/\n+$/, '')
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      sh.complain(`${name}: ${error.strerror}`)
      sh.substitutionStatus = 1
      return ''
    }
  }
  const capture = new Capture()
  const out = new OpenFile('pipe:', undefined, capture).open()
  const body = (sub: Shell): Coro<number> => {
    sub.substitutionDepth++
    return runScript(sub, script)
  }
  const child = yield* fork(sh, body, {
    fds: new Map([[1, out]]),
    tail: script.commands.length === 1 && !sh.option('xtrace'),
  })
  while (!child.status) yield* sh.waitOn([child.exited])
  sh.substitutionStatus = shellStatus(child.status)
  sh.status = sh.substitutionStatus
  let text = capture.text()
  if (text.includes('\0')) {
    text = text.replaceAll('\0', '')
    sh.complain('warning: command substitution: ignored null byte in input')
  }
  return text.replace(/\n+$/, '')
}

/** What stands in backquotes is only parsed now; a syntax error fails the substitution alone. */
function isProgram(sh: Shell, part: CommandExpansionPart): boolean {
  const text = part.script?.source ?? part.text.slice(1, -1)
  const { problem } = judge(text, reading(sh))
  if (!problem || sh.dialect !== 'bash') return !problem
  const { unit } = sh
  sh.unit = { name: unit.name, text, firstLine: sh.lineAt(part.pos) }
  reportSyntax(sh, text, problem, 'command substitution')
  sh.unit = unit
  sh.substitutionStatus = 2
  return false
}

function* runScript(sub: Shell, script: ParsedScript): Coro<number> {
  // Backquotes with escapes have a text of their own that positions refer to.
  if (script.source !== undefined) sub.unit = { ...sub.unit, text: script.source }
  if (sub.dialect === 'bash' && !sub.option('posix')) sub.options.delete('errexit')
  return yield* runList(sub, script.commands)
}

/** `$(< file)` */
function onlyRedirect(script: ParsedScript): Redirection | undefined {
  const command = script.commands.length === 1 ? script.commands[0].command : undefined
  if (command?.type !== 'Command' || command.name || command.prefix.length !== 1) return undefined
  const redirect = command.redirects[0]
  return redirect?.type === 'Redirect' && redirect.operator === '<' && !redirect.descriptor ? redirect : undefined
}

/** Starts the command of `<(…)` and returns what it writes as it writes it. */
export function* substitutionSource(sh: Shell, script: ParsedScript): Coro<Source> {
  const pipe = new Pipe()
  const out = new OpenFile('pipe:', undefined, pipe).open()
  yield* fork(sh, (sub) => runScript(sub, script), { fds: new Map([[1, out]]), tail: script.commands.length === 1 })
  return pipe.reader
}

/** Starts the command of `>(…)` and returns the descriptor that feeds it. */
export function* substitutionSink(sh: Shell, script: ParsedScript): Coro<Fd> {
  const pipe = new Pipe()
  const stdin = new OpenFile('pipe:', pipe.reader).open()
  yield* fork(sh, (sub) => runScript(sub, script), { fds: new Map([[0, stdin]]) })
  return new OpenFile('pipe:', undefined, pipe).open()
}

/**
 * A process substitution as a word: a path below /dev/fd. Programs open it like any file, so what `<(…)` writes is
 * collected first; `>(…)` stays a stream.
 */
export function* processSubstitution(sh: Shell, part: ProcessSubstitutionPart): Coro<string> {
  const script = part.script
  if (!script) return '/dev/null'
  const dir = fdDirectory(sh)
  let n = 63
  while (dir.entries.has(String(n))) n--
  const name = String(n)
  const enter = (node: File | Special): void => {
    dir.entries.set(name, node)
    sh.substitutions.push(() => {
      if (dir.entries.get(name) === node) dir.entries.delete(name)
    })
  }
  if (part.operator === '<') {
    const node = new File(dir.fs, 0o600)
    enter(node)
    const source = yield* substitutionSource(sh, script)
    const text = yield* readAll(source)
    node.write(text, 0)
    return `/dev/fd/${name}`
  }
  const fd = yield* substitutionSink(sh, script)
  const node = new Special(dir.fs, 0o600, 'fifo', { sink: fd })
  enter(node)
  sh.substitutions.push(() => fd.close())
  return `/dev/fd/${name}`
}

/** /dev/fd as a plain directory, made when the host has none (or only a link into /proc). */
function fdDirectory(sh: Shell): Dir {
  const found = sh.p.fs.find('/dev/fd')
  if (found instanceof Dir) return found
  try {
    sh.p.fs.remove('/dev/fd')
    return sh.p.fs.mkdir('/dev/fd', { parents: true })
  } catch (error) {
    if (error instanceof SysError) throw new ShellError('cannot make pipe for process substitution')
    throw error
  }
}
