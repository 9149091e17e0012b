import { quotePattern } from './pattern.ts'

/** One word in the making: its text, the same text as a pattern (quoted parts escaped), and whether anything was quoted. */
export interface Field {
  text: string
  pattern: string
  quoted: boolean
}

/** Collects the results of a word's expansions and splits the unquoted ones at IFS. */
export class FieldBuilder {
  readonly fields: Field[] = []
  private current: Field | undefined

  constructor(
    private readonly ifs: string,
    /** False in assignments, redirections, `case` words: nothing is split. */
    private readonly splitting: boolean,
  ) {}

  private open(): Field {
    if (!this.current) this.current = { text: '', pattern: '', quoted: false }
    return this.current
  }

  /** Quoted text: no splitting, no patterns; makes the word exist even when empty. */
  quoted(text: string): void {
    const field = this.open()
    field.text += text
    field.pattern += quotePattern(text)
    field.quoted = true
  }

  /** Text written literally without quotes: patterns are active, but it is not split. */
  plain(text: string): void {
    if (text === '') return
    const field = this.open()
    field.text += text
    field.pattern += text
  }

  /** Literal text that is a backslash-escaped character. */
  escaped(text: string): void {
    const field = this.open()
    field.text += text
    field.pattern += quotePattern(text)
    field.quoted = true
  }

  /** The result of an unquoted expansion. */
  expanded(text: string): void {
    if (text === '') return
    if (!this.splitting || this.ifs === '') return this.plain(text)
    const ifs = this.ifs
    let i = 0
    const blank = (c: string): boolean => (c === ' ' || c === '\t' || c === '\n') && ifs.includes(c)
    while (i < text.length) {
      if (!ifs.includes(text[i])) {
        let j = i
        while (j < text.length && !ifs.includes(text[j])) j++
        this.plain(text.slice(i, j))
        i = j
        continue
      }
      // A run of IFS blanks with at most one other separator ends a field; blanks alone at the start do not.
      let separators = 0
      while (i < text.length && blank(text[i])) i++
      if (i < text.length && ifs.includes(text[i]) && !blank(text[i])) {
        separators++
        i++
        while (i < text.length && blank(text[i])) i++
      }
      if (separators > 0) this.open()
      this.end()
    }
  }

  /** Ends the current word (between the elements of "$@"). */
  end(): void {
    if (this.current) this.fields.push(this.current)
    this.current = undefined
  }

  finish(): Field[] {
    this.end()
    return this.fields
  }
}
