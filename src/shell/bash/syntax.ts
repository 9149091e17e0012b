import type { OpenHereDoc } from './grammar/here-docs.ts'
import { judge } from './grammar/judge.ts'
import type { Reading } from './grammar/lexer.ts'
import type { Sentence, SyntaxProblem } from './grammar/problem.ts'
import { quoteWord } from './quote.ts'
import type { Shell } from './shell.ts'

/** How a shell reads a text just now. */
export const reading = (sh: Shell): Reading => ({ dialect: sh.dialect, extglob: sh.shopts.has('extglob') })

/** True when a text needs more lines to be a command. */
export function incomplete(sh: Shell, text: string): boolean {
  if (/(^|[^\\])(\\\\)*\\\n$/.test(text)) return true
  const { problem, openHereDocs } = judge(text, reading(sh))
  return problem ? problem.kind === 'incomplete' : openHereDocs.length > 0
}

/**
 * Reports a syntax error in the dialect's words.
 * @param construct what the text is besides the shell's input: `-c`, `eval`, `command substitution`
 */
export function reportSyntax(sh: Shell, text: string, problem: SyntaxProblem, construct?: string): void {
  if (sh.dialect === 'bash') bash(sh, problem, construct)
  else dash(sh, text, problem)
}

function bash(sh: Shell, problem: SyntaxProblem, construct: string | undefined): void {
  const chatty = sh.interactive && !sh.scripted && construct === undefined && !sh.unit.name
  const name = sh.interactive && !sh.scripted ? sh.name : sh.unit.name || sh.name
  const called = construct ?? (sh.unit.name !== '' && sh.unit.name !== name ? sh.unit.name : undefined)
  const say = ({ line, text }: Sentence): void => {
    const where = chatty ? '' : `${called ? `${called}: ` : ''}line ${sh.unit.firstLine + line - 1}: `
    sh.errorText(`${name}: ${where}${text}\n`)
  }
  for (const { line, text } of problem.says) {
    // A token with line breaks in it is shown as $'…'.
    const near = /^(syntax error near unexpected token `)(.*\n.*)'$/s.exec(text)
    say({ line, text: near ? `${near[1]}${quoteWord(near[2])}'` : text })
  }
  if (problem.offending && !chatty) say({ line: problem.offending.line, text: `\`${problem.offending.text}'` })
}

/** Here-documents that end with the text are taken as they are, with a warning. */
export function warnHereDocs(sh: Shell, text: string, docs: readonly OpenHereDoc[]): void {
  if (sh.dialect !== 'bash') return
  const last = sh.unit.firstLine + text.replace(/\n$/, '').split('\n').length - 1
  const prefix = sh.interactive && !sh.scripted ? sh.name : `${sh.unit.name || sh.name}: line ${last}`
  for (const { line, delimiter } of docs) {
    const at = sh.unit.firstLine + line - 1
    sh.errorText(`${prefix}: warning: here-document at line ${at} delimited by end-of-file (wanted \`${delimiter}')\n`)
  }
}

const DASH_QUOTES: Record<string, string> = {
  '"': 'Unterminated quoted string',
  "'": 'Unterminated quoted string',
  '`': 'EOF in backquote substitution',
  '}': "Missing '}'",
  ')': 'end of file unexpected (expecting ")")',
}

/** The word that closes an open construct, as dash expects it. */
function expecting(text: string): string {
  const open: string[] = []
  for (const word of text.match(/[^\s;&|]+/g) ?? []) {
    if (word === 'if' || word === 'elif') open.push('then')
    else if (word === 'then') open[open.length - 1] = 'fi'
    else if (word === 'for' || word === 'while' || word === 'until') open.push('do')
    else if (word === 'do') open[open.length - 1] = 'done'
    else if (word === 'fi' || word === 'done' || word === '}' || word === 'esac') open.pop()
    else if (word === '{') open.push('}')
  }
  const last = open.at(-1)
  return last ? ` (expecting "${last}")` : ''
}

function dash(sh: Shell, text: string, problem: SyntaxProblem): void {
  const line = sh.lineAt(problem.pos)
  const prefix = sh.dialect === 'dash' ? `${sh.name}: ${line}: Syntax error: ` : `${sh.name}: syntax error: `
  if (sh.dialect === 'ash') {
    const what =
      problem.kind === 'unexpected'
        ? `unexpected ${problem.token === 'newline' ? 'newline' : `"${problem.token}"`}`
        : problem.quote === "'" || problem.quote === '"'
          ? 'unterminated quoted string'
          : `unexpected end of file${expecting(text)}`
    sh.errorText(`${sh.name}: ${sh.interactive || sh.fromString ? '' : `line ${line}: `}syntax error: ${what}\n`)
    return
  }
  if (problem.kind === 'unexpected') {
    const what = problem.token === 'newline' ? 'newline' : `"${problem.token}"`
    sh.errorText(`${prefix}${what} unexpected${expecting(text.slice(0, problem.pos))}\n`)
  } else if (problem.quote) sh.errorText(`${prefix}${DASH_QUOTES[problem.quote]}\n`)
  else sh.errorText(`${prefix}end of file unexpected${expecting(text)}\n`)
}
