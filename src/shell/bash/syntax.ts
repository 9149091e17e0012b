import type { SyntaxProblem } from './parse.ts'
import type { Shell } from './shell.ts'

/** Reports a syntax error in the dialect's words. */
export function reportSyntax(sh: Shell, text: string, problem: SyntaxProblem, fromString: boolean): void {
  if (sh.dialect === 'bash') bash(sh, text, problem, fromString)
  else dash(sh, text, problem)
}

function bash(sh: Shell, text: string, problem: SyntaxProblem, fromString: boolean): void {
  const line = sh.lineAt(problem.pos)
  const chatty = sh.interactive && !sh.scripted
  const prefix = chatty ? `${sh.name}: ` : `${sh.unit.name || sh.name}: ${fromString ? '-c: ' : ''}line ${line}: `
  if (problem.kind === 'unexpected') {
    sh.errorText(`${prefix}syntax error near unexpected token \`${problem.token}'\n`)
    if (chatty) return
    const from = text.lastIndexOf('\n', Math.max(0, problem.pos - 1)) + 1
    const end = text.indexOf('\n', from)
    sh.errorText(`${prefix}\`${text.slice(from, end < 0 ? undefined : end)}'\n`)
    return
  }
  if (problem.quote !== undefined) {
    sh.errorText(`${prefix}unexpected EOF while looking for matching \`${problem.quote}'\n`)
    return
  }
  const last = sh.unit.firstLine + text.replace(/\n$/, '').split('\n').length
  const at = chatty ? `${sh.name}: ` : `${sh.unit.name || sh.name}: ${fromString ? '-c: ' : ''}line ${last}: `
  sh.errorText(`${at}syntax error: unexpected end of file\n`)
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
