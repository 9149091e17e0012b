import sliceAnsi from 'slice-ansi'
import type { Frame } from '../shell/tty/raw-mode.ts'
import type { Editing } from '../shell/tty/tty.ts'
import { cut, type Scrollback, widthOf } from './scrollback.ts'

/** The cursor covers a whole grapheme: an emoji is several UTF-16 units. */
const segmenter = new Intl.Segmenter()

const inverse = (text: string): string => `\u001b[7m${text}\u001b[27m`

/** Rows of the terminal pane: what was written, newest last, with the line being edited and its cursor. */
export function terminalRows(
  scrollback: Scrollback,
  live: Editing | undefined,
  width: number,
  height: number,
  scrolled: number,
): string[] {
  const finished = scrollback.rows(width)
  const [cursor = ' '] = live ? Array.from(segmenter.segment(live.after.slice(0, 40)), (s) => s.segment) : []
  const marked = live
    ? `${scrollback.tail}${live.prompt}${live.before}${inverse(cursor === '\n' ? ' ' : cursor)}${live.after.slice(cursor.length)}`
    : `${scrollback.tail}${inverse(' ')}`
  const tail = marked.split('\n').flatMap((line) => cut(line, width))
  const total = finished.length + tail.length
  const end = Math.max(Math.min(height, total), total - scrolled)
  const start = Math.max(0, end - height)
  const rows: string[] = []
  for (let i = start; i < end; i++) rows.push(i < finished.length ? finished[i] : tail[i - finished.length])
  return rows
}

/** Rows of a full-screen program's frame with its cursor. */
export function frameRows(frame: Frame, width: number, height: number): string[] {
  return Array.from({ length: height }, (_, i) => {
    const text = frame.lines[i] ?? ''
    const line = widthOf(text) > width ? sliceAnsi(text, 0, width) : text
    if (frame.cursor?.row !== i) return line
    const at = frame.cursor.column
    const padded = line + ' '.repeat(Math.max(0, at + 1 - widthOf(line)))
    return `${sliceAnsi(padded, 0, at)}${inverse(sliceAnsi(padded, at, at + 1))}${sliceAnsi(padded, at + 1)}`
  })
}
