import sliceAnsi from 'slice-ansi'
import stringWidth from './width.ts'

/** Logical lines that are kept. */
const MAX_LINES = 5000
const MAX_LINE = 20_000
const TAB = 8

const TOKEN =
  /\u001b\[([0-9;]*)m|\u001b\[([0-9;?]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b.|[\u0000-\u001f\u007f-\u009f]/g

/**
 * What has been written to the terminal: a bounded list of lines with SGR colours. Understands newline, carriage return,
 * backspace, tab and clear; every other control sequence is dropped, so that nothing that the simulation prints can
 * drive the real terminal.
 */
export class Scrollback {
  private lines: string[] = []
  private current = ''
  /** Column in `current` at which the next text goes, when a carriage return or backspace moved it back. */
  private column: number | undefined
  private wrapped: { width: number; rows: string[]; count: number } = { width: 0, rows: [], count: 0 }
  version = 0

  write(text: string): void {
    this.version++
    let last = 0
    for (const m of text.matchAll(TOKEN)) {
      this.put(text.slice(last, m.index))
      last = m.index + m[0].length
      if (m[1] !== undefined) this.put(m[0])
      else if (m[3] === 'J' || (m[3] === 'H' && m[2] === '')) {
        if (m[3] === 'J') this.clear()
      } else if (m[0] === '\n') this.newline()
      else if (m[0] === '\r') this.column = 0
      else if (m[0] === '\b') this.column = Math.max(0, (this.column ?? stringWidth(this.current)) - 1)
      else if (m[0] === '\t') this.put(' '.repeat(TAB - (stringWidth(this.current) % TAB)))
    }
    this.put(text.slice(last))
  }

  clear(): void {
    this.lines = []
    this.current = ''
    this.column = undefined
    this.wrapped = { width: 0, rows: [], count: 0 }
    this.version++
  }

  /** The unfinished last line, e.g. output without a newline before the prompt. */
  get tail(): string {
    return this.current
  }

  /** Rows of the finished lines, cut to `width` columns. */
  rows(width: number): readonly string[] {
    const w = this.wrapped
    if (w.width !== width) {
      w.width = width
      w.rows = []
      w.count = 0
    }
    for (; w.count < this.lines.length; w.count++) w.rows.push(...cut(this.lines[w.count], width))
    return w.rows
  }

  private put(text: string): void {
    if (text === '') return
    if (this.column === undefined || text.startsWith('\u001b')) {
      if (this.current.length < MAX_LINE) this.current += text
      return
    }
    const width = stringWidth(text)
    this.current = sliceAnsi(this.current, 0, this.column) + text + sliceAnsi(this.current, this.column + width)
    const end = this.column + width
    this.column = end >= stringWidth(this.current) ? undefined : end
  }

  private newline(): void {
    this.lines.push(this.current)
    this.current = ''
    this.column = undefined
    if (this.lines.length > MAX_LINES) {
      this.lines.splice(0, MAX_LINES / 5)
      this.wrapped = { width: 0, rows: [], count: 0 }
    }
  }
}

const PRINTABLE = /^[ -~]*$/

/** Cells that a text takes. Most lines are plain ASCII. */
export const widthOf = (text: string): number => (PRINTABLE.test(text) ? text.length : stringWidth(text))

/** A line in pieces of at most `width` columns; colours are carried over by slice-ansi. */
export function cut(line: string, width: number): string[] {
  if (line.length <= width && PRINTABLE.test(line)) return [line]
  const total = widthOf(line)
  if (total <= width) return [line]
  const out: string[] = []
  for (let at = 0; at < total; at += width) out.push(sliceAnsi(line, at, at + width))
  return out
}
