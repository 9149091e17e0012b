import type { ShellFunction } from './shell.ts'

/** How `declare -f` and `type` show a function: its body as written, laid out as bash lays it out. */
export function functionText(fn: ShellFunction): string {
  const from = fn.source.indexOf('{')
  if (fn.body.type !== 'BraceGroup' || from < 0) {
    const body = fn.source.replace(/^(function\s+)?[^\s(]+\s*(\(\s*\))?\s*/, '')
    return `${fn.name} () \n{ \n    ${body}\n}\n`
  }
  const inner = fn.source.slice(from + 1, fn.source.lastIndexOf('}'))
  const lines = inner
    .split('\n')
    .flatMap((line) => (/["'`$#]|<<|;;/.test(line) || inner.includes('<<') ? [line] : line.split(/;\s+/)))
    .map((line) => line.trim().replace(/;$/, ''))
    .filter((line) => line !== '')
  const body = lines
    .map((line, i) => `    ${line}${i < lines.length - 1 && !/(^|\s)(then|do|else|in|\{)$/.test(line) ? ';' : ''}\n`)
    .join('')
  return `${fn.name} () \n{ \n${body}}\n`
}
