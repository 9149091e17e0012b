/** A place in a text: line and column from 0. */
export interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

/** What go-yaml says about a text it cannot read. */
export class YamlProblem extends Error {
  constructor(
    readonly kind: 'scanner' | 'parser',
    problem: string,
    readonly mark: Mark,
  ) {
    super(problem)
  }
}

const NO_BREAK = /[^\n\r\u0085\u2028\u2029]+/y

/** The reading position in a YAML text, and what stands there. Past the end of the text stands ''. */
export class YamlCursor {
  private index = 0
  private line = 0
  private columnNow = 0

  constructor(private readonly text: string) {}

  get column(): number {
    return this.columnNow
  }

  get mark(): Mark {
    return { index: this.index, line: this.line, column: this.columnNow }
  }

  fail(problem: string): never {
    throw new YamlProblem('scanner', problem, this.mark)
  }

  at(offset = 0): string {
    return this.text[this.index + offset] ?? ''
  }

  blank(offset = 0): boolean {
    const c = this.at(offset)
    return c === ' ' || c === '\t'
  }

  breaks(offset = 0): boolean {
    const c = this.at(offset)
    return c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029'
  }

  blankOrEnd(offset = 0): boolean {
    return this.at(offset) === '' || this.blank(offset) || this.breaks(offset)
  }

  /** Does a line's `---` or `...` stand here? */
  documentMark(): boolean {
    if (this.columnNow !== 0) return false
    const three = this.text.slice(this.index, this.index + 3)
    return (three === '---' || three === '...') && this.blankOrEnd(3)
  }

  skip(count = 1): void {
    this.index += count
    this.columnNow += count
  }

  /** Passes over what a sticky pattern finds here, all in this line. */
  skipRun(run: RegExp): void {
    run.lastIndex = this.index
    if (run.test(this.text)) this.skip(run.lastIndex - this.index)
  }

  /** The byte order mark at a text's beginning takes no column. */
  skipByteOrderMark(): void {
    if (this.index === 0 && this.at() === '\uFEFF') this.index++
  }

  skipLine(): void {
    this.index += this.at() === '\r' && this.at(1) === '\n' ? 2 : 1
    this.newLine()
  }

  /** On to a line break, or the end. */
  skipToBreak(): void {
    this.skipRun(NO_BREAK)
  }

  /** The end of the text counts as the end of a line that was begun. */
  endLine(): void {
    if (this.columnNow !== 0) this.newLine()
  }

  private newLine(): void {
    this.line++
    this.columnNow = 0
  }
}
