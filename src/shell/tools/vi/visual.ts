import type { Editor } from './editor.ts'
import { execute } from './ex.ts'
import { typing } from './insert.ts'
import type { KeyText, Reader } from './keys.ts'
import { textObject } from './motions.ts'
import { apply, applyLines } from './operators.ts'

/** Keys in visual mode that are no motions. */
export function* visual(e: Editor, key: KeyText, n: number): Reader {
  const linewise = e.mode === 'visual-line'
  const block = e.mode === 'visual-block'
  const [a, z] =
    e.at.row < e.anchor.row || (e.at.row === e.anchor.row && e.at.col < e.anchor.col)
      ? [e.at, e.anchor]
      : [e.anchor, e.at]
  const from = { ...a }
  const to = { row: z.row, col: z.col + 1 }
  if (to.col > e.buffer.line(to.row).length) {
    // The cursor stands behind the line's end: its newline belongs to the selection.
    const joins = !linewise && !block && to.row + 1 < e.buffer.size
    to.col = joins ? 0 : e.buffer.line(to.row).length
    if (joins) to.row++
  }
  e.marks.set('<', { ...from })
  e.marks.set('>', { ...z })
  const done = (): void => {
    e.mode = 'normal'
  }
  switch (key) {
    case '<Esc>':
    case '<C-c>':
    case 'v':
      done()
      return
    case 'V':
      if (linewise) done()
      else e.mode = 'visual-line'
      return
    case '<C-v>':
      if (block) done()
      else e.mode = 'visual-block'
      return
    case 'o': {
      const other = e.anchor
      e.anchor = { ...e.at }
      e.at = { ...other }
      return
    }
    case 'g': {
      const next = yield* e.key()
      if (next === 'g') e.moveTo(n - 1, true)
      else if (next === 'U' || next === 'u' || next === '~') {
        done()
        yield* linewise ? applyLines(e, `g${next}`, from.row, to.row) : apply(e, `g${next}`, from, to)
      }
      return
    }
    case 'i':
    case 'a': {
      const object = textObject(e.buffer, e.at, key === 'a', yield* e.key())
      if (!object) return
      e.anchor = { ...object.from }
      e.at = { row: object.to.row, col: Math.max(0, object.to.col - 1) }
      return
    }
    case ':': {
      const text = yield* e.prompt(":'<,'>")
      done()
      execute(e, `'<,'>${text}`)
      return
    }
    case 'J':
      done()
      e.checkpoint()
      e.joinLines(from.row, Math.max(from.row + 1, to.row))
      return
    case 'r': {
      const c = yield* e.key()
      done()
      e.checkpoint()
      for (let r = from.row; r <= to.row; r++) {
        const line = e.buffer.line(r)
        const [x, y] = linewise
          ? [0, line.length]
          : [r === from.row ? from.col : 0, r === to.row ? to.col : line.length]
        e.buffer.lines[r] = line.slice(0, x) + c.repeat(Math.max(0, y - x)) + line.slice(y)
      }
      e.at = from
      return
    }
    case 'p':
    case 'P': {
      const register = e.registers.get(e.registers.chosen)
      done()
      e.checkpoint()
      const gone = linewise ? e.buffer.removeLines(from.row, to.row).join('\n') : e.buffer.range(from, to)
      if (linewise) e.buffer.lines.splice(from.row, 0, ...(register?.text ?? '').split('\n'))
      else {
        e.buffer.remove(from, to)
        e.buffer.insert(from, register?.text ?? '')
      }
      e.registers.yank(gone, linewise)
      e.at = from
      return
    }
    case '>':
    case '<':
      done()
      e.checkpoint()
      e.shift(from.row, to.row, key === '>' ? n : -n)
      e.remember()
      return
    case 'I':
    case 'A':
      if (block) {
        yield* blockInsert(e, key, from.row, to.row)
        return
      }
      done()
      return
  }
  const op = {
    d: 'd',
    x: 'd',
    X: 'd',
    D: 'd',
    y: 'y',
    Y: 'y',
    c: 'c',
    s: 'c',
    S: 'c',
    C: 'c',
    u: 'gu',
    U: 'gU',
    '~': 'g~',
    '=': '=',
    '<Del>': 'd',
  }[key]
  if (!op) return
  done()
  if (block && (op === 'd' || op === 'y')) {
    const [x, y] = [Math.min(e.anchor.col, e.at.col), Math.max(e.anchor.col, e.at.col) + 1]
    e.registers.yank(
      e.buffer.lines
        .slice(from.row, to.row + 1)
        .map((l) => l.slice(x, y))
        .join('\n'),
      false,
    )
    if (op === 'd') {
      e.checkpoint()
      for (let r = from.row; r <= to.row; r++)
        e.buffer.lines[r] = e.buffer.line(r).slice(0, x) + e.buffer.line(r).slice(y)
    }
    e.at = { row: from.row, col: x }
    return
  }
  if (linewise || /[XDYSC]/.test(key)) yield* applyLines(e, op, from.row, to.row)
  else yield* apply(e, op, from, to)
}

/** Ctrl-V … I or A: what is typed on the first line appears on all of them. */
function* blockInsert(e: Editor, key: string, from: number, to: number): Reader {
  const col = key === 'I' ? Math.min(e.anchor.col, e.at.col) : Math.max(e.anchor.col, e.at.col) + 1
  e.checkpoint()
  e.mode = 'insert'
  e.at = { row: from, col: Math.min(col, e.buffer.line(from).length) }
  const before = e.buffer.line(from)
  yield* typing(e, 1)
  const after = e.buffer.line(from)
  const typed = after.slice(col, col + after.length - before.length)
  for (let r = from + 1; r <= to; r++) {
    const line = e.buffer.line(r)
    if (key === 'I' && line.length < col) continue
    e.buffer.lines[r] = line.padEnd(col).slice(0, col) + typed + line.slice(col)
  }
  e.at = { row: from, col }
}
