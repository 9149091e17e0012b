import type { Spot } from './buffer.ts'
import type { Editor } from './editor.ts'
import { typing } from './insert.ts'
import { Cancel, type Reader } from './keys.ts'
import { textObject } from './motions.ts'
import { motion } from './moving.ts'

/** What follows `g`. */
export function* afterG(e: Editor, n: number): Reader {
  const key = yield* e.key()
  if (key === 'g') e.moveTo(n - 1, true)
  else if (key === 'v' || key === 'e' || key === 't' || key === 'T') return
  else if (key === 'J') {
    e.checkpoint()
    const { row } = e.at
    const a = e.buffer.line(row)
    if (row + 1 < e.buffer.size) e.buffer.lines.splice(row, 2, a + e.buffer.line(row + 1))
    e.remember()
  } else if (key === 'U' || key === 'u' || key === '~') yield* operator(e, `g${key}`, 1, false)
  else if (key === 'i') {
    e.mode = 'insert'
    yield* typing(e, 1)
  }
}

/** What follows `d`, `c`, `y` and the like: a motion, or the operator again for whole lines. */
export function* operator(e: Editor, op: string, count: number, outer: boolean): Reader {
  const counted = yield* e.count(yield* e.key())
  const n = count * counted.n
  const { key } = counted
  const given = outer || counted.given
  if (key === '<Esc>') return
  const { row } = e.at
  const same = key === op || (op.length === 2 && key === op[1])
  if (same) {
    yield* applyLines(e, op, row, Math.min(e.buffer.size - 1, row + n - 1))
    return
  }
  if (key === 'i' || key === 'a') {
    const object = textObject(e.buffer, e.at, key === 'a', yield* e.key())
    if (!object) throw new Cancel()
    if (object.lines) yield* applyLines(e, op, object.from.row, object.to.row)
    else yield* apply(e, op, object.from, object.to)
    return
  }
  const m = yield* motion(e, key, n, given, op)
  if (!m) throw new Cancel()
  if (m.lines) {
    yield* applyLines(e, op, Math.min(row, m.to.row), Math.max(row, m.to.row))
    return
  }
  const [a, z] = m.to.row < row || (m.to.row === row && m.to.col < e.at.col) ? [m.to, e.at] : [e.at, m.to]
  yield* apply(e, op, { ...a }, { row: z.row, col: z.col + (m.inclusive && z === m.to ? 1 : 0) })
}

/** The operator on the text from one place to another. */
export function* apply(e: Editor, op: string, from: Spot, to: Spot): Reader {
  const text = e.buffer.range(from, to)
  if (op === '>' || op === '<' || op === '=') {
    yield* applyLines(e, op, from.row, to.row)
    return
  }
  if (op === 'y') {
    e.registers.yank(text, false)
    e.at = { ...from }
    return
  }
  e.checkpoint()
  if (op.startsWith('g')) {
    e.buffer.remove(from, to)
    e.buffer.insert(from, changeCase(op[1], text))
    e.at = { ...from }
    e.remember()
    return
  }
  e.registers.yank(text, false)
  e.buffer.remove(from, to)
  e.at = { ...from }
  if (op === 'c') {
    e.mode = 'insert'
    yield* typing(e, 1)
  } else e.remember()
}

/** The operator on whole lines, `from` and `to` included. */
export function* applyLines(e: Editor, op: string, from: number, to: number): Reader {
  const b = e.buffer
  if (op === 'y') {
    e.registers.yank(b.lines.slice(from, to + 1).join('\n'), true)
    e.at = { row: from, col: e.at.col }
    if (to - from >= 2) e.message = `${to - from + 1} lines yanked`
    return
  }
  e.checkpoint()
  if (op === '>' || op === '<') e.shift(from, to, op === '>' ? 1 : -1)
  else if (op.startsWith('g')) for (let r = from; r <= to; r++) b.lines[r] = changeCase(op[1], b.line(r))
  else if (op === 'd') {
    e.registers.yank(b.removeLines(from, to).join('\n'), true)
    e.moveTo(Math.min(from, b.size - 1), true)
    if (to - from >= 2) e.message = `${to - from + 1} fewer lines`
  } else if (op === 'c') {
    e.registers.yank(b.lines.slice(from, to + 1).join('\n'), true)
    const indent = e.options.autoindent ? /^[ \t]*/.exec(b.line(from))![0] : ''
    b.lines.splice(from, to - from + 1, indent)
    e.at = { row: from, col: indent.length }
    e.mode = 'insert'
    yield* typing(e, 1)
    return
  }
  e.remember()
}

/** U, u or ~. */
export function changeCase(how: string, text: string): string {
  if (how === 'U') return text.toUpperCase()
  if (how === 'u') return text.toLowerCase()
  return [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('')
}
