import type { Lexer } from './lexer.ts'

interface Pending {
  readonly delimiter: string
  readonly stripTabs: boolean
  readonly quoted: boolean
  readonly pos: number
}

/** A here-document that ended with the text. */
export interface OpenHereDoc {
  readonly delimiter: string
  /** Line (from 1) of its operator. */
  readonly line: number
}

/** The here-documents that wait for the end of the line; their bodies are read with it. */
export class HereDocs {
  private readonly lexer: Lexer
  private pending: Pending[] = []
  /** Those that the end of the text cut short. */
  readonly open: OpenHereDoc[] = []

  constructor(lexer: Lexer) {
    this.lexer = lexer
  }

  /** After `<<` a word was read. */
  expect(word: string, stripTabs: boolean, pos: number): void {
    const delimiter = word.replace(/\\(.)|'([^']*)'|"([^"]*)"/gs, (_, a, b, c) => a ?? b ?? c)
    this.pending.push({ delimiter, stripTabs, quoted: delimiter !== word, pos })
  }

  /** Those of a substitution are its own. */
  enter(): Pending[] {
    const outer = this.pending
    this.pending = []
    return outer
  }

  leave(outer: Pending[]): void {
    this.pending = outer
  }

  /** Reads the bodies, from the start of the line after. */
  gather(): void {
    const waiting = this.pending
    this.pending = []
    for (const doc of waiting) this.body(doc)
  }

  private body(doc: Pending): void {
    const { lexer } = this
    for (;;) {
      if (lexer.at >= lexer.text.length) {
        this.open.push({ delimiter: doc.delimiter, line: lexer.lineAt(doc.pos) })
        return
      }
      const line = this.line(!doc.quoted)
      const text = doc.stripTabs ? line.replace(/^\t+/, '') : line
      if (text === doc.delimiter) return
      // `$(cat <<E … E)`: the parenthesis after the delimiter ends it, too.
      if (lexer.substitutions > 0 && text.startsWith(doc.delimiter) && text.slice(doc.delimiter.length).includes(')')) {
        lexer.at -= text.length - doc.delimiter.length + 1
        return
      }
    }
  }

  /** A line; a backslash at its end joins the next one to it unless the delimiter was quoted. */
  private line(joins: boolean): string {
    const { lexer } = this
    let line = ''
    for (;;) {
      const end = lexer.text.indexOf('\n', lexer.at)
      line += lexer.text.slice(lexer.at, end)
      lexer.at = end + 1
      if (!joins || !/(^|[^\\])(\\\\)*\\$/.test(line) || lexer.at >= lexer.text.length) return line
      line = line.slice(0, -1)
    }
  }
}
