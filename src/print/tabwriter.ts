interface TabOptions {
  /** Minimal width of a cell including padding. */
  readonly minWidth: number
  readonly tabWidth: number
  readonly padding: number
  /** `\t` pads with tabs, as the describers of some tools do. */
  readonly padChar: ' ' | '\t'
  /** A column keeps the width it had in earlier flushes (liggitt/tabwriter, used by kubectl get -w). */
  readonly rememberWidths?: boolean
}

/** printers.GetNewTabWriter of cli-runtime: what `kubectl get` prints tables with. */
export const KUBECTL_TABLE: TabOptions = { minWidth: 6, tabWidth: 4, padding: 3, padChar: ' ', rememberWidths: true }
/** tabbedString of the describers. */
export const DESCRIBE: TabOptions = { minWidth: 0, tabWidth: 8, padding: 2, padChar: ' ' }

const width = (text: string): number => {
  let n = 0
  for (const _ of text) n++
  return n
}

/**
 * Go's text/tabwriter: cells end in tabs, and a column is a block of adjacent lines that have a cell there, so that a
 * line without one ends the block. Text after the last tab of a line is not part of any column.
 */
export class TabWriter {
  private remembered: number[] = []

  constructor(private readonly options: TabOptions) {}

  /** Lays out the text of one flush. */
  format(text: string): string {
    const lines = text.split('\n').map((line) => line.split('\t'))
    const out: string[] = []
    this.block(lines, out, 0, lines.length, [])
    return out.join('\n')
  }

  private block(lines: string[][], out: string[], from: number, to: number, widths: number[]): void {
    const column = widths.length
    let start = from
    for (let i = from; i < to; i++) {
      if (column >= lines[i].length - 1) continue
      for (let j = start; j < i; j++) out.push(this.line(lines[j], widths))
      let end = i
      let w = this.options.minWidth
      while (end < to && column < lines[end].length - 1) {
        const cell = width(lines[end][column])
        if (cell + this.options.padding > w) w = cell + this.options.padding
        end++
      }
      if (this.options.rememberWidths) {
        if ((this.remembered[column] ?? 0) > w) w = this.remembered[column]
        this.remembered[column] = w
      }
      this.block(lines, out, i, end, [...widths, w])
      start = end
      i = end - 1
    }
    for (let j = start; j < to; j++) out.push(this.line(lines[j], widths))
  }

  private line(cells: string[], widths: number[]): string {
    let out = ''
    cells.forEach((cell, j) => {
      if (j < widths.length && j < cells.length) out += this.pad(cell, widths[j])
      else out += cell
    })
    return out
  }

  private pad(cell: string, cellWidth: number): string {
    if (this.options.padChar === ' ') return cell + ' '.repeat(Math.max(0, cellWidth - width(cell)))
    const { tabWidth } = this.options
    const full = Math.ceil(cellWidth / tabWidth) * tabWidth
    return cell + '\t'.repeat(Math.ceil((full - width(cell)) / tabWidth))
  }
}

/** Lays out lines of tab-separated cells once. */
export const tabulate = (text: string, options: TabOptions = KUBECTL_TABLE): string =>
  new TabWriter(options).format(text)
