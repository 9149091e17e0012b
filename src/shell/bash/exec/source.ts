import type { Coro } from '../../../kernel/index.ts'
import { expandAliases } from '../aliases.ts'
import { Abandon } from '../control.ts'
import { openHereDoc, type ParsedScript, parseScript, type Statement, syntaxProblem } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { reportSyntax } from '../syntax.ts'
import { runStatement } from './run.ts'

interface SourceOptions {
  /** What errors call it. */
  readonly name: string
  readonly firstLine?: number
  /** `-c`: syntax errors say so. */
  readonly fromString?: boolean
}

/**
 * Parses and runs a text, line by line as bash reads it: what precedes a syntax error has run, and an alias is known
 * from the line after its definition.
 */
export function* runSource(sh: Shell, source: string, options: SourceOptions): Coro<number> {
  const saved = { unit: sh.unit, pos: sh.pos }
  try {
    return yield* runUnit(sh, source, options)
  } finally {
    sh.unit = saved.unit
    sh.pos = saved.pos
  }
}

function* runUnit(sh: Shell, source: string, options: SourceOptions): Coro<number> {
  let text = source
  let script = parseScript(text)
  let version = ''
  let firstLine = options.firstLine ?? 1
  let next = 0
  const load = (from: number): void => {
    // Reparse what is left with the aliases of now.
    firstLine += countLines(text.slice(0, from))
    text = text.slice(from)
    const expanded = expandAliases(text, parseScript(text), sh.aliases)
    text = expanded
    script = parseScript(text)
    next = 0
  }
  const aliasState = (): string => (sh.shopts.has('expand_aliases') ? [...sh.aliases].join('\0') : '')
  if (aliasState() !== '') load(0)
  version = aliasState()
  for (;;) {
    sh.unit = { name: options.name, text, firstLine }
    const problem = syntaxProblem(text, script)
    const badLine = problem ? lineStart(text, problem.pos) : Number.POSITIVE_INFINITY
    const statement: Statement | undefined = script.commands[next]
    if (problem && (!statement || endOfStatement(statement) > badLine)) {
      sh.pos = problem.pos
      reportSyntax(sh, text, problem, options.fromString ?? false)
      sh.status = 2
      return 2
    }
    if (!statement) break
    if (openHereDoc(script) && next === script.commands.length - 1) warnHereDoc(sh, text, script)
    next++
    try {
      yield* runStatement(sh, statement)
    } catch (error) {
      // A script goes on with the line after a failed expression; a string is given up.
      if (!(error instanceof Abandon) || sh.interactive || options.fromString) throw error
      sh.status = error.status
      const line = text.indexOf('\n', statement.end)
      while (script.commands[next] && (line < 0 || script.commands[next].pos < line)) next++
    }
    const following = script.commands[next]
    if (following && aliasState() !== version && text.slice(statement.end, following.pos).includes('\n')) {
      version = aliasState()
      load(following.pos)
    }
  }
  return sh.status
}

const countLines = (text: string): number => text.split('\n').length - 1

const lineStart = (text: string, pos: number): number => text.lastIndexOf('\n', Math.max(0, pos - 1)) + 1

/** Statements that the parser gave up have no end of their own: they reach into the error. */
const endOfStatement = (s: Statement): number => (s.end <= s.pos ? Number.POSITIVE_INFINITY : s.end)

function warnHereDoc(sh: Shell, text: string, script: ParsedScript): void {
  if (sh.dialect !== 'bash') return
  const m = /<<-?\s*\\?(['"]?)([^\s'";|&<>()]+)\1/.exec(text.slice(script.commands.at(-1)!.pos))
  const last = sh.unit.firstLine + countLines(text.replace(/\n$/, ''))
  const at = sh.lineAt(script.commands.at(-1)!.pos)
  sh.errorText(
    `${sh.interactive && !sh.scripted ? sh.name : `${sh.unit.name || sh.name}: line ${last}`}: warning: here-document at line ${at} delimited by end-of-file (wanted \`${m?.[2] ?? ''}')\n`,
  )
}
