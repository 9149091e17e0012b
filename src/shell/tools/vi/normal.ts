import type { Editor } from './editor.ts'
import { execute } from './ex.ts'
import { ExError } from './ex-error.ts'
import { joinKeys, type KeyText, type Read } from './keys.ts'
import { changeCase } from './operators.ts'

/** Single-key commands. */
export function* simple(e: Editor, key: KeyText, n: number): Read<boolean> {
  const b = e.buffer
  const { row, col } = e.at
  const line = b.line(row)
  switch (key) {
    case 'x':
    case '<Del>':
    case 'X': {
      if (line === '') return true
      e.checkpoint()
      const from = key === 'X' ? Math.max(0, col - n) : col
      const to = key === 'X' ? col : Math.min(line.length, col + n)
      e.registers.yank(line.slice(from, to), false)
      b.lines[row] = line.slice(0, from) + line.slice(to)
      e.at.col = from
      break
    }
    case 'D':
      e.checkpoint()
      e.registers.yank(line.slice(col), false)
      b.lines[row] = line.slice(0, col)
      break
    case 'Y':
      e.registers.yank(b.lines.slice(row, row + n).join('\n'), true)
      return true
    case 'p':
    case 'P':
      put(e, key === 'P', n)
      break
    case 'r': {
      const c = yield* e.key()
      if (c === '<Esc>' || col + n > line.length) return true
      e.checkpoint()
      if (c === '<CR>') e.at = b.insert({ row, col }, '\n')
      b.lines[e.at.row] =
        c === '<CR>' ? b.line(e.at.row).slice(1) : line.slice(0, col) + c.repeat(n) + line.slice(col + n)
      if (c !== '<CR>') e.at.col = col + n - 1
      break
    }
    case 'J':
      e.checkpoint()
      e.joinLines(row, Math.min(b.size - 1, row + Math.max(1, n - 1)))
      break
    case '~':
      e.checkpoint()
      b.lines[row] = line.slice(0, col) + changeCase('~', line.slice(col, col + n)) + line.slice(col + n)
      e.at.col = col + n
      break
    case '<C-a>':
    case '<C-x>': {
      const m = [...line.matchAll(/-?\d+/g)].find((x) => x.index + x[0].length > col)
      if (!m) return true
      e.checkpoint()
      const next = String(Number(m[0]) + (key === '<C-a>' ? n : -n))
      b.lines[row] = line.slice(0, m.index) + next + line.slice(m.index + m[0].length)
      e.at.col = m.index + next.length - 1
      break
    }
    case 'u':
      for (let i = 0; i < n; i++) e.undo()
      return true
    case '<C-r>':
      for (let i = 0; i < n; i++) e.undo(true)
      return true
    case '.': {
      if (e.replaying || e.lastChange.length === 0) return true
      e.replaying = true
      for (let i = 0; i < n; i++) e.feed(e.lastChange)
      e.replaying = false
      return true
    }
    case ':': {
      const text = yield* e.prompt(':')
      execute(e, text)
      return true
    }
    case 'v':
    case 'V':
    case '<C-v>':
      e.mode = key === 'v' ? 'visual' : key === 'V' ? 'visual-line' : 'visual-block'
      e.anchor = { ...e.at }
      while (e.mode.startsWith('visual') && e.exit === undefined) {
        const next = yield* e.key()
        yield* e.command(next)
        if (e.mode.startsWith('visual')) e.clamp()
      }
      return true
    case 'm':
      e.marks.set(yield* e.key(), { ...e.at })
      return true
    case 'q': {
      if (e.macro) {
        e.registers.set(e.macro.name, { text: joinKeys(e.macro.keys.slice(0, -1)), lines: false })
        e.macro = undefined
      } else e.macro = { name: yield* e.key(), keys: [] }
      return true
    }
    case '@': {
      const keys = e.registers.get(yield* e.key())?.text ?? ''
      for (let i = 0; i < Math.min(n, 1000); i++) e.feed(keys)
      return true
    }
    case 'Z': {
      const next = yield* e.key()
      if (next === 'Z') execute(e, 'x')
      else if (next === 'Q') execute(e, 'q!')
      return true
    }
    case 'z': {
      const next = yield* e.key()
      if (next === 't' || next === '<CR>') e.top = row
      else if (next === 'z' || next === '.') e.top = Math.max(0, row - Math.floor(e.height / 2))
      else if (next === 'b' || next === '-') e.top = Math.max(0, row - e.height + 1)
      return true
    }
    case '<C-e>':
    case '<C-y>':
      e.top = Math.max(0, Math.min(b.size - 1, e.top + (key === '<C-e>' ? n : -n)))
      return true
    case '<C-g>':
      e.message = `"${e.path}"${b.modified ? ' [Modified]' : ''} ${b.size} lines --${Math.floor(((row + 1) * 100) / b.size)}%--`
      return true
    case '<C-c>':
      e.message = 'Type  :qa  and press <Enter> to exit Vim'
      return true
    case '&':
      execute(e, 's')
      return true
    case 'K':
    case 'Q':
      return true
    default:
      return false
  }
  e.remember()
  return true
}

function put(e: Editor, before: boolean, n: number): void {
  const name = e.registers.take()
  const register = e.registers.get(name.toLowerCase())
  if (!register) throw new ExError(`E353: Nothing in register ${name}`)
  e.checkpoint()
  const b = e.buffer
  const { row, col } = e.at
  if (register.lines) {
    const lines = Array.from({ length: Math.min(n, 10_000) }, () => register.text.split('\n')).flat()
    const at = before ? row : row + 1
    b.lines.splice(at, 0, ...lines)
    e.moveTo(at, true)
    if (lines.length >= 3) e.message = `${lines.length} more lines`
    return
  }
  const text = register.text.repeat(Math.min(n, 10_000))
  const at = { row, col: before || b.line(row) === '' ? col : col + 1 }
  const end = b.insert(at, text)
  e.at = text.includes('\n') ? at : { row: end.row, col: Math.max(0, end.col - 1) }
}
