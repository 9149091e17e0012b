import { RegexError } from '../../text/regex.ts'
import type { Editor } from './editor.ts'
import { ExError } from './ex-error.ts'
import { vimRegex, vimReplacement } from './pattern.ts'

/** Runs an ex command (without its colon). */
export function execute(ed: Editor, input: string): void {
  const text = input.trim().replace(/^:+/, '')
  if (text === '') return
  const { from, to, rest, given } = range(ed, text)
  const m = /^(s(?=[^\w\s"|]|$)|&&|[a-zA-Z]+!?|[<>]+|!|=|#|&)?\s*(.*)$/s.exec(rest)!
  const command = m[1] ?? ''
  const argument = m[2]
  if (command === '') {
    if (argument !== '') throw new ExError(`E492: Not an editor command: ${text}`)
    ed.moveTo(to, true)
    return
  }
  const bang = command.endsWith('!')
  const name = bang ? command.slice(0, -1) : command
  const rows = { from, to }
  switch (name) {
    case 'w':
    case 'write':
      ed.write(argument, { bang, rows: given ? rows : undefined })
      return
    case 'wa':
    case 'wall':
      ed.write('', { bang })
      return
    case 'q':
    case 'quit':
    case 'qa':
    case 'qall':
      if (ed.buffer.modified && !bang) throw new ExError('E37: No write since last change (add ! to override)')
      ed.quit()
      return
    case 'cq':
      ed.quit(1)
      return
    case 'wq':
    case 'wqa':
    case 'x':
    case 'xit':
    case 'xa':
    case 'exit':
      if (name.startsWith('w') || ed.buffer.modified || !ed.exists) if (!ed.write(argument, { bang })) return
      ed.quit()
      return
    case 'e':
    case 'edit':
      if (ed.buffer.modified && !bang) throw new ExError('E37: No write since last change (add ! to override)')
      ed.edit(argument || ed.path)
      return
    case 'r':
    case 'read':
      ed.readFile(argument, given ? to : ed.at.row)
      return
    case 'set':
    case 'se':
      for (const option of argument.split(/\s+/).filter(Boolean)) {
        const said = ed.settings.set(option)
        if (said !== undefined) ed.message = said
      }
      return
    case 'syntax':
    case 'sy':
    case 'filetype':
    case 'colorscheme':
    case 'colo':
    case 'map':
    case 'inoremap':
    case 'nnoremap':
    case 'nmap':
    case 'imap':
    case 'let':
    case 'autocmd':
    case 'au':
    case 'augroup':
    case 'highlight':
    case 'hi':
      return
    case 'noh':
    case 'nohlsearch':
    case 'nohl':
      return
    case 'd':
    case 'delete':
      ed.checkpoint()
      ed.registers.yank(ed.buffer.removeLines(from, to).join('\n'), true)
      ed.moveTo(Math.min(from, ed.buffer.size - 1), true)
      return
    case 'y':
    case 'yank':
      ed.registers.yank(ed.buffer.lines.slice(from, to + 1).join('\n'), true)
      return
    case 'm':
    case 'move':
    case 't':
    case 'co':
    case 'copy': {
      const target = address(ed, argument)?.row ?? -1
      ed.checkpoint()
      const lines = ed.buffer.lines.slice(from, to + 1)
      const after = target + 1
      if (name.startsWith('m')) {
        ed.buffer.lines.splice(from, lines.length)
        const at = after > from ? after - lines.length : after
        ed.buffer.lines.splice(at, 0, ...lines)
        ed.moveTo(at + lines.length - 1, true)
      } else {
        ed.buffer.lines.splice(after, 0, ...lines)
        ed.moveTo(after + lines.length - 1, true)
      }
      return
    }
    case 'j':
    case 'join':
      ed.checkpoint()
      ed.joinLines(from, given && to > from ? to : from + 1)
      return
    case 's':
    case 'substitute':
    case '&&':
    case '&':
      substitute(ed, rows, argument)
      return
    case 'g':
    case 'global':
    case 'v':
    case 'vglobal':
      global(ed, given ? rows : { from: 0, to: ed.buffer.size - 1 }, argument, name.startsWith('v') || bang)
      return
    case 'normal':
    case 'norm':
      for (let r = from; r <= to && r < ed.buffer.size; r++) {
        ed.moveTo(r, false)
        ed.feed(argument)
      }
      return
    case 'u':
    case 'undo':
      ed.feed('u')
      return
    case 'red':
    case 'redo':
      ed.undo(true)
      return
    case '=':
      ed.message = String(given ? to + 1 : ed.buffer.size)
      return
    case 'h':
    case 'help':
      throw new ExError(`E149: Sorry, no help for ${argument || 'help.txt'}`)
    case '!':
      throw new ExError('E79: shell commands in the editor: not simulated')
  }
  if (/^[<>]+$/.test(name)) {
    ed.checkpoint()
    ed.shift(from, to, name[0] === '>' ? name.length : -name.length)
    return
  }
  throw new ExError(`E492: Not an editor command: ${text}`)
}

function range(ed: Editor, text: string): { from: number; to: number; rest: string; given: boolean } {
  if (text.startsWith('%')) return { from: 0, to: ed.buffer.size - 1, rest: text.slice(1), given: true }
  const first = address(ed, text)
  if (!first) return { from: ed.at.row, to: ed.at.row, rest: text, given: false }
  let rest = text.slice(first.length).trimStart()
  let to = first.row
  if (rest.startsWith(',') || rest.startsWith(';')) {
    rest = rest.slice(1).trimStart()
    const second = address(ed, rest)
    to = second ? second.row : ed.at.row
    rest = rest.slice(second?.length ?? 0)
  }
  const [a, b] = first.row <= to ? [first.row, to] : [to, first.row]
  if (b >= ed.buffer.size || a < -1) throw new ExError('E16: Invalid range')
  return { from: Math.max(0, a), to: Math.max(0, b), rest: rest.trimStart(), given: true }
}

function address(ed: Editor, text: string): { row: number; length: number } | undefined {
  let m: RegExpExecArray | null
  let row: number
  let length: number
  if ((m = /^\d+/.exec(text))) {
    row = Number(m[0]) - 1
    length = m[0].length
  } else if (text[0] === '.') {
    row = ed.at.row
    length = 1
  } else if (text[0] === '$') {
    row = ed.buffer.size - 1
    length = 1
  } else if ((m = /^'([a-z<>])/.exec(text))) {
    const mark = ed.marks.get(m[1])
    if (!mark) throw new ExError('E20: Mark not set')
    row = mark.row
    length = 2
  } else if ((m = /^([/?])((?:\\.|(?!\1).)*)\1?/.exec(text))) {
    const hit = ed.searchFrom(m[2], m[1] === '/' ? 1 : -1)
    row = hit.row
    length = m[0].length
  } else if (/^[-+]/.test(text)) {
    row = ed.at.row
    length = 0
  } else return undefined
  while ((m = /^\s*([-+])(\d*)/.exec(text.slice(length)))) {
    row += (m[1] === '+' ? 1 : -1) * Number(m[2] || 1)
    length += m[0].length
  }
  return { row, length }
}

/** Splits `/pattern/replacement/flags`. */
function pieces(text: string): string[] {
  const d = text[0]
  const out: string[] = ['']
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\' && i + 1 < text.length) {
      out[out.length - 1] += text[i + 1] === d ? d : text.slice(i, i + 2)
      i++
    } else if (text[i] === d && out.length < 3) out.push('')
    else out[out.length - 1] += text[i]
  }
  return out
}

function substitute(ed: Editor, rows: { from: number; to: number }, argument: string): void {
  if (argument !== '' && !/^[^\w\s"|]/.test(argument))
    throw new ExError(`E146: Regular expressions can't be delimited by letters`)
  const last = ed.lastSubstitution
  const [pattern, replacement = '', flags = ''] =
    argument === '' ? [last?.pattern ?? '', last?.replacement ?? '', ''] : pieces(argument)
  const source = pattern === '' ? ed.lastSearch : pattern
  if (source === '') throw new ExError('E35: No previous regular expression')
  ed.lastSearch = source
  ed.lastSubstitution = { pattern: source, replacement }
  let regex: RegExp
  try {
    regex = vimRegex(source, flags.includes('i') ? true : flags.includes('I') ? false : ed.settings.ignoreCase(source))
  } catch (error) {
    if (error instanceof RegexError) throw new ExError(`E486: Pattern not found: ${source}`)
    throw error
  }
  const change = vimReplacement(replacement)
  let count = 0
  let lines = 0
  let lastRow = -1
  const out = [...ed.buffer.lines]
  let shift = 0
  for (let r = rows.from; r <= rows.to && r < ed.buffer.size; r++) {
    const line = ed.buffer.line(r)
    let here = 0
    regex.lastIndex = 0
    const next = line.replace(regex, (...m) => {
      if (!flags.includes('g') && here > 0) return m[0]
      here++
      return change(m as unknown as RegExpMatchArray)
    })
    if (here === 0) continue
    count += here
    lines++
    const parts = next.split('\n')
    out.splice(r + shift, 1, ...parts)
    shift += parts.length - 1
    lastRow = r + shift
  }
  if (count === 0) {
    if (flags.includes('e')) return
    throw new ExError(`E486: Pattern not found: ${source}`)
  }
  if (flags.includes('n')) {
    ed.message = `${count} match${count === 1 ? '' : 'es'} on ${lines} line${lines === 1 ? '' : 's'}`
    return
  }
  ed.checkpoint()
  ed.buffer.lines = out
  ed.moveTo(Math.max(0, lastRow), true)
  if (lines > 2) ed.message = `${count} substitution${count === 1 ? '' : 's'} on ${lines} lines`
}

function global(ed: Editor, rows: { from: number; to: number }, argument: string, inverted: boolean): void {
  const d = argument[0]
  const end = argument.indexOf(d, 1)
  const pattern = argument.slice(1, end < 0 ? undefined : end)
  const command = (end < 0 ? '' : argument.slice(end + 1)) || 'p'
  const regex = vimRegex(pattern, ed.settings.ignoreCase(pattern))
  ed.lastSearch = pattern
  const hits: number[] = []
  for (let r = rows.from; r <= rows.to; r++) {
    regex.lastIndex = 0
    if (regex.test(ed.buffer.line(r)) !== inverted) hits.push(r)
  }
  if (hits.length === 0) throw new ExError(`E486: Pattern not found: ${pattern}`)
  ed.checkpoint()
  if (/^d(elete)?$/.test(command)) {
    const gone = new Set(hits)
    ed.registers.yank(hits.map((r) => ed.buffer.line(r)).join('\n'), true)
    ed.buffer.lines = ed.buffer.lines.filter((_, r) => !gone.has(r))
    if (ed.buffer.lines.length === 0) ed.buffer.lines = ['']
    ed.moveTo(Math.min(hits[0], ed.buffer.size - 1), true)
    return
  }
  let shift = 0
  for (const r of hits) {
    const before = ed.buffer.size
    ed.moveTo(Math.min(r + shift, ed.buffer.size - 1), false)
    if (command !== 'p') execute(ed, command)
    shift += ed.buffer.size - before
  }
}
