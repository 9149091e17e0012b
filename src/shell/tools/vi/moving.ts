import type { Spot } from './buffer.ts'
import type { Editor } from './editor.ts'
import { ExError } from './ex-error.ts'
import { Cancel, type KeyText, type Read } from './keys.ts'
import {
  findInLine,
  firstNonBlank,
  type Motion,
  matching,
  paragraph,
  wordBack,
  wordEnd,
  wordForward,
} from './motions.ts'

/** Keys that move. Undefined for anything else. */
export function* motion(e: Editor, key: KeyText, n: number, given: boolean, operator = ''): Read<Motion | undefined> {
  const b = e.buffer
  const { row, col } = e.at
  const char = (to: Spot, inclusive = false): Motion => ({ to, lines: false, inclusive })
  const whole = (r: number): Motion => ({
    to: { row: Math.max(0, Math.min(b.size - 1, r)), col: 0 },
    lines: true,
    inclusive: true,
  })
  const nonBlank = (r: number): Motion => {
    const to = Math.max(0, Math.min(b.size - 1, r))
    return { to: { row: to, col: firstNonBlank(b.line(to)) }, lines: true, inclusive: true }
  }
  const repeat = (step: (at: Spot) => Spot): Spot => {
    let at = { ...e.at }
    for (let i = 0; i < Math.min(n, 10_000); i++) at = step(at)
    return at
  }
  const length = b.line(row).length
  switch (key) {
    case 'h':
    case '<Left>':
    case '<BS>':
      return char({ row, col: Math.max(0, col - n) })
    case 'l':
    case '<Right>':
    case ' ':
      return char({
        row,
        col: Math.min(operator ? length : Math.max(0, length - (e.mode.startsWith('visual') ? 0 : 1)), col + n),
      })
    case 'j':
    case '<Down>':
    case '<C-n>':
      return row + n > b.size - 1 && operator ? undefined : whole(row + n)
    case 'k':
    case '<Up>':
    case '<C-p>':
      return whole(row - n)
    case '+':
    case '<CR>':
      return nonBlank(row + n)
    case '-':
      return nonBlank(row - n)
    case '_':
      return nonBlank(row + n - 1)
    case '0':
    case '<Home>':
      return char({ row, col: 0 })
    case '^':
      return char({ row, col: firstNonBlank(b.line(row)) })
    case '$':
    case '<End>': {
      const r = Math.min(b.size - 1, row + n - 1)
      return char({ row: r, col: Math.max(0, b.line(r).length - 1) }, true)
    }
    case '|':
      return char({ row, col: n - 1 })
    case 'w':
    case 'W': {
      if (operator === 'c' && /\S/.test(b.line(row)[col] ?? ' ')) {
        // cw changes to the end of the word.
        let at = { row, col: col - 1 }
        for (let i = 0; i < n; i++) at = wordEnd(b, at, key === 'W')
        return char(at, true)
      }
      const to = repeat((s) => wordForward(b, s, key === 'W'))
      // dw on the last word of a line stops at its end.
      if (operator && to.row > row) return char({ row: to.row - 1, col: b.line(to.row - 1).length })
      return char(to)
    }
    case 'e':
    case 'E':
      return char(
        repeat((s) => wordEnd(b, s, key === 'E')),
        true,
      )
    case 'b':
    case 'B':
      return char(repeat((s) => wordBack(b, s, key === 'B')))
    case 'G':
      return nonBlank(given ? n - 1 : b.size - 1)
    case 'H':
      return nonBlank(e.top + n - 1)
    case 'L':
      return nonBlank(Math.min(b.size, e.top + e.height) - n)
    case 'M':
      return nonBlank(e.top + Math.floor(Math.min(b.size - e.top, e.height) / 2))
    case '{':
    case '}': {
      const to = repeat((s) => ({ row: paragraph(b, s.row, key === '}' ? 1 : -1), col: 0 }))
      return char(key === '}' && to.row === b.size - 1 ? { row: to.row, col: b.line(to.row).length } : to)
    }
    case '%': {
      if (given) return nonBlank(Math.ceil((n * b.size) / 100) - 1)
      const to = matching(b, e.at)
      if (!to) throw new Cancel()
      return char(to, true)
    }
    case 'f':
    case 'F':
    case 't':
    case 'T': {
      const c = yield* e.key()
      if (c === '<Esc>') throw new Cancel()
      e.lastFind = { how: key, c }
      return found(e, key, c, n)
    }
    case ';':
    case ',': {
      if (!e.lastFind) throw new Cancel()
      const { how, c } = e.lastFind
      return found(e, key === ';' ? how : how === how.toLowerCase() ? how.toUpperCase() : how.toLowerCase(), c, n)
    }
    case '/':
    case '?': {
      const text = yield* e.prompt(key)
      e.searchDirection = key === '/' ? 1 : -1
      return char(e.searchFrom(text.replace(new RegExp(`(?<!\\\\)\\${key}.*$`), ''), e.searchDirection))
    }
    case 'n':
    case 'N': {
      const direction = key === 'n' ? e.searchDirection : e.searchDirection === 1 ? -1 : 1
      e.message = `${direction === 1 ? '/' : '?'}${e.lastSearch}`
      let to = e.at
      for (let i = 0; i < n; i++) {
        to = e.searchFrom('', direction)
        if (i + 1 < n) e.at = to
      }
      return char(to)
    }
    case '*':
    case '#': {
      const word = /[\w]+/g
      for (const m of b.line(row).matchAll(word)) {
        if (m.index + m[0].length <= col) continue
        e.searchDirection = key === '*' ? 1 : -1
        e.at = { row, col: m.index }
        return char(e.searchFrom(`\\<${m[0]}\\>`, e.searchDirection))
      }
      throw new ExError('E348: No string under cursor')
    }
    case "'":
    case '`': {
      const mark = e.marks.get(yield* e.key())
      if (!mark) throw new ExError('E20: Mark not set')
      return key === "'" ? nonBlank(mark.row) : char(mark)
    }
    case '<C-d>':
    case '<C-u>':
    case '<C-f>':
    case '<C-b>':
    case '<PageDown>':
    case '<PageUp>': {
      const page = key === '<C-d>' || key === '<C-u>' ? Math.floor(e.height / 2) : e.height - 2
      const down = key === '<C-d>' || key === '<C-f>' || key === '<PageDown>'
      e.top = Math.max(0, Math.min(b.size - 1, e.top + (down ? page : -page)))
      return nonBlank(row + (down ? page : -page))
    }
  }
  if (key === 'g' && operator) {
    const next = yield* e.key()
    if (next === 'g') return nonBlank(given ? n - 1 : 0)
    throw new Cancel()
  }
  return undefined
}

function found(e: Editor, how: string, c: string, n: number): Motion {
  const col = findInLine(e.buffer.line(e.at.row), e.at.col, how, c, n)
  if (col === undefined) throw new Cancel()
  return { to: { row: e.at.row, col }, lines: false, inclusive: how === 'f' || how === 't' }
}
