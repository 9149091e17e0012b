import type { Editor } from './editor.ts'
import type { KeyText, Read, Reader } from './keys.ts'
import { firstNonBlank } from './motions.ts'

/** Commands that begin insert mode. */
export function* inserting(e: Editor, key: KeyText, n: number): Read<boolean> {
  const b = e.buffer
  const { row, col } = e.at
  const line = b.line(row)
  const open = (at: number): void => {
    const indent = e.options.autoindent && !e.options.paste ? /^[ \t]*/.exec(line)![0] : ''
    b.lines.splice(at, 0, indent)
    e.at = { row: at, col: indent.length }
  }
  const starts: Record<string, () => void> = {
    i: () => {},
    '<Insert>': () => {},
    I: () => (e.at.col = firstNonBlank(line)),
    a: () => (e.at.col = Math.min(line.length, col + 1)),
    A: () => (e.at.col = line.length),
    o: () => open(row + 1),
    O: () => open(row),
    s: () => {
      e.registers.yank(line.slice(col, col + n), false)
      b.lines[row] = line.slice(0, col) + line.slice(col + n)
    },
    C: () => {
      e.registers.yank(line.slice(col), false)
      b.lines[row] = line.slice(0, col)
    },
    S: () => {
      e.registers.yank(line, true)
      b.lines[row] = ''
      e.at.col = 0
    },
    R: () => {},
  }
  const start = starts[key]
  if (!start) return false
  e.checkpoint()
  e.mode = key === 'R' ? 'replace' : 'insert'
  start()
  yield* typing(e, key === 's' || key === 'C' || key === 'S' ? 1 : n)
  return true
}

/** Insert mode until Escape. */
export function* typing(e: Editor, count: number): Reader {
  let typed = ''
  const put = (text: string): void => {
    if (e.mode === 'replace' && text !== '\n') {
      const line = e.buffer.line(e.at.row)
      e.buffer.lines[e.at.row] = line.slice(0, e.at.col) + text + line.slice(e.at.col + text.length)
      e.at.col += text.length
    } else e.at = e.buffer.insert(e.at, text)
    typed += text
  }
  for (;;) {
    const key = yield* e.key()
    const { row, col } = e.at
    const line = e.buffer.line(row)
    if (key === '<Esc>' || key === '<C-c>') break
    if (key === '<CR>') {
      const indent = e.options.autoindent && !e.options.paste ? /^[ \t]*/.exec(line)![0].slice(0, col) : ''
      put(`\n${indent}`)
    } else if (key === '<Tab>') {
      const width = Number(e.options.softtabstop) || Number(e.options.tabstop)
      put(e.options.expandtab && !e.options.paste ? ' '.repeat(width - (col % width)) : '\t')
    } else if (key === '<BS>' || key === '<C-h>') {
      typed = typed.slice(0, -1)
      if (col > 0) {
        const sts = Number(e.options.softtabstop)
        const blanks = / *$/.exec(line.slice(0, col))![0].length
        const gone = sts > 0 && blanks > 0 ? Math.min(blanks, col % sts || sts) : 1
        e.buffer.lines[row] = line.slice(0, col - gone) + line.slice(col)
        e.at.col = col - gone
      } else if (row > 0) {
        const previous = e.buffer.line(row - 1)
        e.buffer.lines.splice(row - 1, 2, previous + line)
        e.at = { row: row - 1, col: previous.length }
      }
    } else if (key === '<Del>') {
      if (col < line.length) e.buffer.lines[row] = line.slice(0, col) + line.slice(col + 1)
    } else if (key === '<C-w>') {
      const from = /(\w+|[^\w\s]+)?\s*$/.exec(line.slice(0, col))!.index
      e.buffer.lines[row] = line.slice(0, from) + line.slice(col)
      e.at.col = from
    } else if (key === '<C-u>') {
      e.buffer.lines[row] = line.slice(col)
      e.at.col = 0
    } else if (key === '<C-t>' || key === '<C-d>') {
      e.shift(row, row, key === '<C-t>' ? 1 : -1)
      e.at.col = Math.max(0, col + e.buffer.line(row).length - line.length)
    } else if (key === '<C-r>') put(e.registers.get(yield* e.key())?.text ?? '')
    else if (key === '<Left>') e.at.col = Math.max(0, col - 1)
    else if (key === '<Right>') e.at.col = Math.min(line.length, col + 1)
    else if (key === '<Up>') e.moveTo(row - 1, false, col)
    else if (key === '<Down>') e.moveTo(row + 1, false, col)
    else if (key === '<Home>') e.at.col = 0
    else if (key === '<End>') e.at.col = line.length
    else if (!/^<.+>$/s.test(key) || key.length === 1) {
      // Pasted text without :set paste is indented like typed text.
      if (key.includes('\n') && e.options.autoindent && !e.options.paste) {
        for (const [i, part] of key.split('\n').entries())
          put(i === 0 ? part : `\n${/^[ \t]*/.exec(e.buffer.line(e.at.row))![0]}${part}`)
      } else put(key)
    }
  }
  for (let i = 1; i < Math.min(count, 1000); i++) e.at = e.buffer.insert(e.at, typed)
  e.mode = 'normal'
  e.at.col = Math.max(0, e.at.col - 1)
  e.wantCol = undefined
  e.remember()
}
