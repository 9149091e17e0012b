import { type Process, type Program, readAll, SysError } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { umaskOf } from '../../io/files.ts'
import { controllingTerminal } from '../../jobs/terminal.ts'
import { type Frame, type Key, keyName, ttyOf } from '../../tty/index.ts'
import { Editor, type EditorFiles } from './editor.ts'
import { execute } from './ex.ts'
import { ExError } from './ex-error.ts'
import { splitKeys } from './keys.ts'

/** vim's access to files, with its messages. */
function filesOf(p: Process): EditorFiles {
  return {
    read(path) {
      try {
        const node = p.fs.resolve(path, p.cwd, p.creds)
        if (node.kind === 'dir') return { text: '', error: `"${path}" is a directory` }
        return { text: p.fs.readFile(path, p.cwd, p.creds) }
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        if (error.code === 'ENOENT') return { text: undefined }
        return {
          text: '',
          error: error.code === 'EACCES' ? `"${path}" [Permission Denied]` : `"${path}" ${error.strerror}`,
        }
      }
    },
    write(path, text, append) {
      const existed = p.fs.exists(path, p.cwd)
      try {
        p.fs.writeFile(path, text, { cwd: p.cwd, creds: p.creds, append, mode: 0o666 & ~umaskOf(p) })
        const lines = text === '' ? 0 : text.split('\n').length - 1
        return {
          message: `"${path}" ${existed ? '' : '[New] '}${lines}L, ${new TextEncoder().encode(text).length}B ${append ? 'appended' : 'written'}`,
          failed: false,
        }
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        if (error.code === 'ENOSPC') return { message: `E514: Write error (file system full?)`, failed: true }
        return { message: `"${path}" E212: Can't open file for writing`, failed: true }
      }
    },
  }
}

// biome-ignore format: one table
const NAMES: Record<string, string> = {
  enter: '<CR>', escape: '<Esc>', tab: '<Tab>', backspace: '<BS>', delete: '<Del>', up: '<Up>', down: '<Down>', left: '<Left>',
  right: '<Right>', home: '<Home>', end: '<End>', pageup: '<PageUp>', pagedown: '<PageDown>', insert: '<Insert>',
}

/** A key press in vim's notation. */
function toVim(key: Key): string {
  if (key.name === 'paste') return (key.text ?? '').replace(/\r\n?/g, '\n')
  if (key.name === 'char' && !key.ctrl && !key.alt) return key.text ?? ''
  const name = keyName(key)
  if (name === 'C-[') return '<Esc>'
  if (name === 'C-m' || name === 'C-j') return '<CR>'
  if (name === 'C-i') return '<Tab>'
  if (name === 'C-h') return '<BS>'
  if (key.ctrl) return `<C-${key.name === 'char' ? key.text : key.name}>`
  return NAMES[key.name] ?? ''
}

/** Columns that a line takes, tabs expanded. */
function expanded(line: string, tab: number): string {
  let out = ''
  for (const c of line)
    out +=
      c === '\t' ? ' '.repeat(tab - (out.length % tab)) : c < ' ' ? `^${String.fromCharCode(c.charCodeAt(0) + 64)}` : c
  return out
}

/** Draws the editor as vim does: text, tildes below it, message or mode and ruler on the last line. */
function draw(ed: Editor, rows: number, cols: number): Frame {
  const height = Math.max(1, rows - 1)
  ed.height = height
  const tab = Number(ed.options.tabstop) || 8
  const gutter = ed.options.number || ed.options.relativenumber ? Math.max(4, String(ed.buffer.size).length + 1) : 0
  const width = Math.max(1, cols - gutter)
  const wrap = Boolean(ed.options.wrap)
  const heightOf = (row: number): number =>
    wrap ? Math.max(1, Math.ceil(expanded(ed.buffer.line(row), tab).length / width)) : 1
  if (ed.at.row < ed.top) ed.top = ed.at.row
  for (;;) {
    let used = 0
    for (let r = ed.top; r <= ed.at.row; r++) used += heightOf(r)
    if (used <= height || ed.top >= ed.at.row) break
    ed.top++
  }
  const lines: string[] = []
  let cursor = { row: 0, column: 0 }
  for (let row = ed.top; row < ed.buffer.size && lines.length < height; row++) {
    const text = selection(ed, row, expanded(ed.buffer.line(row), tab), tab)
    const label =
      gutter === 0
        ? ''
        : ed.options.relativenumber && row !== ed.at.row
          ? `${String(Math.abs(row - ed.at.row)).padStart(gutter - 1)} `
          : `${String(row + 1).padStart(gutter - 1)} `
    if (row === ed.at.row) {
      const column = expanded(ed.buffer.line(row).slice(0, ed.at.col), tab).length
      cursor = {
        row: lines.length + (wrap ? Math.floor(column / width) : 0),
        column: gutter + (wrap ? column % width : Math.min(column, width - 1)),
      }
    }
    const pieces = text.slice(width)
    for (const [i, piece] of pieces.entries()) {
      if (lines.length >= height || (i > 0 && !wrap)) break
      lines.push((i === 0 ? label : ' '.repeat(gutter)) + piece)
    }
  }
  while (lines.length < height) lines.push('\x1b[34m~\x1b[0m')
  if (ed.mode === 'command') {
    lines.push(ed.commandLine.slice(0, cols))
    cursor = { row: height, column: Math.min(cols - 1, ed.commandLine.length) }
  } else {
    const mode = {
      insert: '-- INSERT --',
      replace: '-- REPLACE --',
      visual: '-- VISUAL --',
      'visual-line': '-- VISUAL LINE --',
      'visual-block': '-- VISUAL BLOCK --',
      normal: '',
      command: '',
    }[ed.mode]
    const left = (mode || ed.message).slice(0, Math.max(0, cols - 1))
    const share =
      ed.buffer.size <= height
        ? 'All'
        : ed.top === 0
          ? 'Top'
          : ed.top + height >= ed.buffer.size
            ? 'Bot'
            : `${Math.floor((ed.top * 100) / (ed.buffer.size - height))}%`
    const line = ed.buffer.line(ed.at.row)
    const screenCol = expanded(line.slice(0, ed.at.col), tab).length + 1
    const column =
      line === '' ? '0-1' : screenCol === ed.at.col + 1 ? String(ed.at.col + 1) : `${ed.at.col + 1}-${screenCol}`
    const ruler = `${`${ed.at.row + 1},${column}`.padEnd(13)} ${share}`
    lines.push(cols >= 40 && left.length < cols - 19 ? `${left.padEnd(cols - 18)}${ruler}` : left)
  }
  return { lines, cursor }
}

/** A line cut to the width, with the visual selection in reverse video. */
function selection(ed: Editor, row: number, text: string, tab: number): { slice(width: number): string[] } {
  let from = -1
  let to = -1
  if (ed.mode.startsWith('visual')) {
    const [a, z] =
      ed.at.row < ed.anchor.row || (ed.at.row === ed.anchor.row && ed.at.col < ed.anchor.col)
        ? [ed.at, ed.anchor]
        : [ed.anchor, ed.at]
    if (row >= a.row && row <= z.row) {
      const raw = ed.buffer.line(row)
      const start =
        ed.mode === 'visual-line' ? 0 : ed.mode === 'visual-block' ? Math.min(a.col, z.col) : row === a.row ? a.col : 0
      const end =
        ed.mode === 'visual-line'
          ? raw.length
          : ed.mode === 'visual-block'
            ? Math.max(a.col, z.col) + 1
            : row === z.row
              ? z.col + 1
              : raw.length
      from = expanded(raw.slice(0, start), tab).length
      to = expanded(raw.slice(0, end), tab).length
    }
  }
  return {
    slice(width) {
      const out: string[] = []
      for (let i = 0; i === 0 || i < text.length; i += width) {
        const piece = text.slice(i, i + width)
        const [x, y] = [Math.max(0, from - i), Math.max(0, to - i)]
        out.push(
          to > from && y > 0 && x < width
            ? `${piece.slice(0, x)}\x1b[7m${piece.slice(x, y) || ' '}\x1b[0m${piece.slice(y)}`
            : piece,
        )
      }
      return out
    },
  }
}

interface Invocation {
  path: string
  readonly commands: string[]
  readonly before: string[]
  readOnly: boolean
  silent: boolean
}

function parse(p: Process): Invocation | string {
  const how: Invocation = {
    path: '',
    commands: [],
    before: [],
    readOnly: p.argv[0]?.endsWith('view') ?? false,
    silent: p.argv[0]?.endsWith('ex') ?? false,
  }
  const args = p.argv.slice(1)
  for (let i = 0; i < args.length; i++) {
    const a = args[i]
    if (a === '--version') return 'VIM - Vi IMproved 9.1 (2024 Jan 02, compiled Apr 01 2024 00:00:00)\n'
    if (a === '-c') how.commands.push(args[++i] ?? '')
    else if (a === '--cmd') how.before.push(args[++i] ?? '')
    else if (a === '-u' || a === '-i' || a === '-T') i++
    else if (a === '-R') how.readOnly = true
    else if (a === '-s' || a === '-es' || a === '-e') how.silent = true
    else if (a.startsWith('+')) how.commands.push(a === '+' ? '$' : a.slice(1))
    else if (a.startsWith('-') && a !== '-') continue
    else how.path ||= a
  }
  return how
}

function* run(p: Process): Coro<number> {
  const how = parse(p)
  if (typeof how === 'string') {
    p.stdout.write(how)
    return 0
  }
  const ed = new Editor(filesOf(p))
  const attempt = (command: string): void => {
    try {
      execute(ed, command)
    } catch (error) {
      if (!(error instanceof ExError)) throw error
      ed.message = error.message
    }
  }
  for (const line of vimrc(p)) attempt(line)
  for (const c of how.before) attempt(c)
  ed.message = ''
  ed.edit(how.path)
  if (how.readOnly) ed.options.readonly = true
  for (const c of how.commands) if (ed.exit === undefined) attempt(c)
  const tty = ttyOf(p, controllingTerminal(p))
  if (tty && !how.silent && p.stdin.isTty) {
    const raw = tty.openRaw()
    try {
      while (ed.exit === undefined) {
        raw.paint(draw(ed, raw.rows, raw.cols))
        const key = yield* raw.readKey()
        if (key && keyName(key) === 'C-z') yield* raw.suspend()
        else if (key) ed.press(toVim(key))
      }
    } finally {
      raw.close()
    }
    return ed.exit
  }
  if (ed.exit !== undefined) return ed.exit
  if (how.silent) {
    for (const line of (yield* readAll(p.stdin)).split('\n')) if (ed.exit === undefined) attempt(line)
    return ed.exit ?? 1
  }
  if (!p.stdout.isTty) p.stderr.write('Vim: Warning: Output is not to a terminal\n')
  if (!p.stdin.isTty) p.stderr.write('Vim: Warning: Input is not from a terminal\n')
  yield { until: p.host.kernel.now() + 2000 }
  for (const key of splitKeys(yield* readAll(p.stdin))) ed.press(key)
  if (ed.exit !== undefined) return ed.exit
  p.stderr.write('Vim: Error reading input, exiting...\nVim: Finished.\n')
  return 1
}

/** Lines of ~/.vimrc that set something. */
function vimrc(p: Process): string[] {
  const node = p.fs.find(`${p.env.HOME ?? '/root'}/.vimrc`)
  if (node?.kind !== 'file') return []
  return node
    .read()
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('"'))
}

const program = (name: string): Program => ({ name, main: run })

export const viPrograms: readonly Program[] = ['vi', 'vim', 'view', 'ex'].map(program)
