/** What encoding/json says of a text that is not JSON; undefined when it is. Follows the states of its scanner. */
export function jsonSyntaxError(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    // At the end the scanner takes one step more, with a blank.
    return new Scanner(`${text} `).value() ?? 'unexpected end of JSON input'
  }
}

/** A row of JSON values as Go's json.Decoder reads it: what came before the first error, and the error. */
export function jsonStream(text: string): { values: unknown[]; error?: string } {
  const scanner = new Scanner(text)
  const values: unknown[] = []
  for (let from = 0; ; ) {
    const { error, end } = scanner.next()
    if (end !== undefined) values.push(JSON.parse(text.slice(from, end)))
    if (error !== undefined) return { values, error }
    if (end === undefined) return { values }
    from = end
  }
}

const BLANK = /[ \t\r\n]/

class Scanner {
  private at = 0
  constructor(private readonly text: string) {}

  /** The first error, or undefined when the text ends too early. */
  value(): string | undefined {
    const error = this.element()
    if (error !== undefined) return error || undefined
    this.blanks()
    return this.at < this.text.length ? this.wrong('after top-level value') : undefined
  }

  /** The end of the next value of a row; neither when there is none left. */
  next(): { end?: number; error?: string } {
    this.blanks()
    if (this.at >= this.text.length) return {}
    const error = this.element()
    if (error === undefined) return { end: this.at }
    return { error: error === '' ? 'unexpected EOF' : `json: offset ${this.at + 1}: ${error}` }
  }

  /** '' stands for the end of input; undefined for success. */
  private element(): string | undefined {
    this.blanks()
    const c = this.text[this.at]
    if (c === undefined) return ''
    if (c === '{') return this.object()
    if (c === '[') return this.array()
    if (c === '"') return this.string()
    if (c === '-' || /\d/.test(c)) return this.number()
    for (const word of ['true', 'false', 'null']) if (c === word[0]) return this.word(word)
    return this.wrong('looking for beginning of value')
  }

  private object(): string | undefined {
    this.at++
    this.blanks()
    if (this.text[this.at] === '}') return this.done()
    for (;;) {
      this.blanks()
      if (this.at >= this.text.length) return ''
      if (this.text[this.at] !== '"') return this.wrong('looking for beginning of object key string')
      const key = this.string()
      if (key !== undefined) return key
      this.blanks()
      if (this.at >= this.text.length) return ''
      if (this.text[this.at] !== ':') return this.wrong('after object key')
      this.at++
      const value = this.element()
      if (value !== undefined) return value
      this.blanks()
      const c = this.text[this.at]
      if (c === undefined) return ''
      if (c === '}') return this.done()
      if (c !== ',') return this.wrong('after object key:value pair')
      this.at++
    }
  }

  private array(): string | undefined {
    this.at++
    this.blanks()
    if (this.text[this.at] === ']') return this.done()
    for (;;) {
      const value = this.element()
      if (value !== undefined) return value
      this.blanks()
      const c = this.text[this.at]
      if (c === undefined) return ''
      if (c === ']') return this.done()
      if (c !== ',') return this.wrong('after array element')
      this.at++
    }
  }

  private string(): string | undefined {
    this.at++
    for (;;) {
      const c = this.text[this.at]
      if (c === undefined) return ''
      if (c === '"') return this.done()
      if (c < ' ') return this.wrong('in string literal')
      if (c === '\\') {
        this.at++
        const escaped = this.text[this.at]
        if (escaped === undefined) return ''
        if (!'bfnrt\\/"u'.includes(escaped)) return this.wrong('in string escape code')
      }
      this.at++
    }
  }

  private number(): string | undefined {
    const match = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.text.slice(this.at))
    if (!match) {
      this.at++
      return this.at < this.text.length ? this.wrong('in numeric literal') : ''
    }
    this.at += match[0].length
    return undefined
  }

  private word(word: string): string | undefined {
    for (let i = 1; i < word.length; i++) {
      this.at++
      if (this.at >= this.text.length) return ''
      if (this.text[this.at] !== word[i]) return this.wrong(`in literal ${word} (expecting '${word[i]}')`)
    }
    return this.done()
  }

  private done(): undefined {
    this.at++
    return undefined
  }

  private blanks(): void {
    while (this.at < this.text.length && BLANK.test(this.text[this.at]!)) this.at++
  }

  private wrong(where: string): string {
    return `invalid character ${quoted(this.text[this.at]!)} ${where}`
  }
}

function quoted(c: string): string {
  if (c === "'") return `'\\''`
  if (c === '"') return `'"'`
  const code = c.charCodeAt(0)
  if (c === '\n') return `'\\n'`
  if (c === '\t') return `'\\t'`
  if (c === '\r') return `'\\r'`
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`
  if (code >= 0x80 && code < 0xa0) return `'\\u${code.toString(16).padStart(4, '0')}'`
  // It looks at bytes: the first of a character's encoding.
  return code < 0x80 ? `'${c}'` : `'${String.fromCharCode(new TextEncoder().encode(c)[0]!)}'`
}
