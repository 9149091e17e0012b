/** A position in the text. */
export interface Spot {
  row: number
  col: number
}

interface Snapshot {
  readonly lines: readonly string[]
  readonly row: number
  readonly col: number
}

/** Undo states kept. */
const MAX_UNDO = 1000

/** The edited text with its undo history. Lines are never empty as a list: an empty file has one empty line. */
export class Buffer {
  lines: string[]
  /** True when the file's last line ends with a newline. */
  newline: boolean
  modified = false
  private undos: Snapshot[] = []
  private redos: Snapshot[] = []

  constructor(text: string) {
    this.newline = text === '' || text.endsWith('\n')
    this.lines = text === '' ? [''] : (this.newline ? text.slice(0, -1) : text).split('\n')
  }

  get text(): string {
    if (this.lines.length === 1 && this.lines[0] === '') return ''
    return `${this.lines.join('\n')}\n`
  }

  get size(): number {
    return this.lines.length
  }

  line(row: number): string {
    return this.lines[row] ?? ''
  }

  /** Remembers the present state before a change. */
  checkpoint(at: Spot): void {
    this.undos.push({ lines: [...this.lines], row: at.row, col: at.col })
    if (this.undos.length > MAX_UNDO) this.undos.shift()
    this.redos = []
    this.modified = true
  }

  undo(at: Spot): Spot | undefined {
    return this.travel(this.undos, this.redos, at)
  }

  redo(at: Spot): Spot | undefined {
    return this.travel(this.redos, this.undos, at)
  }

  private travel(from: Snapshot[], to: Snapshot[], at: Spot): Spot | undefined {
    const state = from.pop()
    if (!state) return undefined
    to.push({ lines: [...this.lines], row: at.row, col: at.col })
    this.lines = [...state.lines]
    this.modified = true
    return { row: state.row, col: state.col }
  }

  /** Text between two positions (end exclusive). */
  range(a: Spot, b: Spot): string {
    if (a.row === b.row) return this.line(a.row).slice(a.col, b.col)
    return [
      this.line(a.row).slice(a.col),
      ...this.lines.slice(a.row + 1, b.row),
      this.line(b.row).slice(0, b.col),
    ].join('\n')
  }

  remove(a: Spot, b: Spot): void {
    const joined = this.line(a.row).slice(0, a.col) + this.line(b.row).slice(b.col)
    this.lines.splice(a.row, b.row - a.row + 1, joined)
  }

  removeLines(from: number, to: number): string[] {
    const gone = this.lines.splice(from, to - from + 1)
    if (this.lines.length === 0) this.lines = ['']
    return gone
  }

  insert(at: Spot, text: string): Spot {
    const parts = text.split('\n')
    const line = this.line(at.row)
    const [head, tail] = [line.slice(0, at.col), line.slice(at.col)]
    const next =
      parts.length === 1
        ? [head + text + tail]
        : [head + parts[0], ...parts.slice(1, -1), parts[parts.length - 1] + tail]
    this.lines.splice(at.row, 1, ...next)
    const row = at.row + parts.length - 1
    return { row, col: parts.length === 1 ? at.col + text.length : parts[parts.length - 1].length }
  }
}
