import { changes, type DiffOptions, keyed, linesOf } from './diff.ts'

const TAB = 8
const GUTTER = 3

/** Tabs and blanks that lead from one column to another. */
function gap(from: number, to: number): string {
  let out = ''
  let at = from
  for (let tab = at + TAB - (at % TAB); tab <= to; tab += TAB) {
    out += '\t'
    at = tab
  }
  return out + ' '.repeat(Math.max(0, to - at))
}

/** As much of a line as its half has room for, and the column behind it. */
function half(line: string, room: number): [text: string, column: number] {
  let out = ''
  let at = 0
  let column = 0
  for (const c of line) {
    if (c !== '\t') {
      if (++at > room) continue
      column = at
      out += c
      continue
    }
    const stop = at + TAB - (at % TAB)
    if (at === column && stop < room) {
      column = stop
      out += c
    }
    at = stop
  }
  return [out, column]
}

/** `diff -y`: both texts in two columns, `width` wide altogether (side.c of diffutils); equal lines may be left out. */
export function sideBySide(
  oldText: string,
  newText: string,
  { width, changedOnly, key = (l) => l }: DiffOptions & { width: number; changedOnly?: boolean },
): string {
  const [a, b] = [linesOf(oldText), linesOf(newText)]
  const offset = Math.floor((width + TAB + GUTTER) / (2 * TAB)) * TAB
  const room = Math.max(0, Math.min(offset - GUTTER, width - offset))
  const second = room ? offset : width
  const complete = (t: typeof a, i: number): boolean => t.newline || i < t.list.length - 1
  let out = ''
  const put = (left: number | undefined, mark: string, right: number | undefined): void => {
    let [text, column] = left === undefined ? ['', 0] : half(a.list[left], room)
    let newline = left !== undefined && complete(a, left)
    if (mark !== ' ') {
      const at = Math.floor((room + second - 1) / 2)
      const odd = mark === '|' && newline !== complete(b, right!)
      text += gap(column, at) + (odd ? (newline ? '/' : '\\') : mark)
      column = at + 1
    }
    if (right !== undefined) {
      newline ||= complete(b, right)
      if (b.list[right] !== '') text += gap(column, second) + half(b.list[right], room)[0]
    }
    out += text + (newline ? '\n' : '')
  }
  let [i, j] = [0, 0]
  const common = (to: number): void => {
    for (; i < to; i++, j++) if (!changedOnly) put(i, ' ', j)
  }
  for (const { aFrom, aTo, bTo } of changes(keyed(a, key), keyed(b, key))) {
    common(aFrom)
    while (i < aTo && j < bTo) put(i++, '|', j++)
    while (i < aTo) put(i++, '<', undefined)
    while (j < bTo) put(undefined, '>', j++)
  }
  common(a.list.length)
  return out
}
