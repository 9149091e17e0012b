/** A place in a text: line and column from 0. */
interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

/** Kinds of tokens, as libyaml's scanner names them. */
export type TokenType =
  | 'stream-end'
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

/** A token with its place. */
export interface Token {
  readonly type: TokenType
  readonly mark: Mark
  /** Name of an anchor or alias; a directive's text. */
  readonly value?: string
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

interface SimpleKey {
  readonly possible: boolean
  readonly required: boolean
  readonly token: number
  readonly mark: Mark
}

const NO_KEY: SimpleKey = { possible: false, required: false, token: 0, mark: { index: 0, line: 0, column: 0 } }
const MAX_KEY_LENGTH = 1024
const MAX_DEPTH = 10_000
const ESCAPES = '0abt\tnvfre "\'/\\N_LP\n\r'
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 }

/**
 * Takes a YAML text apart into tokens in the order, and with the complaints, of the scanner of libyaml that Go's
 * YAML package is built on. It keeps no contents: it exists to word and place errors.
 */
export class YamlScanner {
  private index = 0
  private line = 0
  private column = 0
  private readonly tokens: Token[] = []
  private taken = 0
  private done = false
  private flow = 0
  private indent = -1
  private readonly indents: number[] = []
  private keyAllowed = true
  private readonly keys: SimpleKey[] = [NO_KEY]

  constructor(private readonly text: string) {}

  peek(): Token {
    this.fill()
    return this.tokens[0]
  }

  next(): Token {
    this.fill()
    this.taken++
    return this.tokens.shift()!
  }

  private get mark(): Mark {
    return { index: this.index, line: this.line, column: this.column }
  }

  private fail(problem: string): never {
    throw new YamlProblem('scanner', problem, this.mark)
  }

  private at(offset = 0): string {
    return this.text[this.index + offset] ?? ''
  }

  private blank(offset = 0): boolean {
    const c = this.at(offset)
    return c === ' ' || c === '\t'
  }

  private breaks(offset = 0): boolean {
    const c = this.at(offset)
    return c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029'
  }

  private blankOrEnd(offset = 0): boolean {
    return this.at(offset) === '' || this.blank(offset) || this.breaks(offset)
  }

  private skip(count = 1): void {
    this.index += count
    this.column += count
  }

  private skipLine(): void {
    this.index += this.at() === '\r' && this.at(1) === '\n' ? 2 : 1
    this.line++
    this.column = 0
  }

  private add(type: TokenType, mark = this.mark, value?: string): void {
    this.tokens.push({ type, mark, value })
  }

  /** Reads on until nothing that follows can change the first token. */
  private fill(): void {
    while (this.tokens.length === 0 || this.headMayBeKey()) {
      if (this.done) return
      this.fetch()
    }
  }

  private headMayBeKey(): boolean {
    const at = this.keys.findLastIndex((key) => key.possible && key.token === this.taken)
    return at >= 0 && this.valid(at)
  }

  private valid(at: number): boolean {
    const key = this.keys[at]
    if (!key.possible) return false
    if (key.mark.line === this.line && key.mark.index + MAX_KEY_LENGTH >= this.index) return true
    if (key.required) this.fail("could not find expected ':'")
    this.keys[at] = { ...key, possible: false }
    return false
  }

  private saveKey(): void {
    if (!this.keyAllowed) return
    const required = this.flow === 0 && this.indent === this.column
    const key = { possible: true, required, token: this.taken + this.tokens.length, mark: this.mark }
    this.removeKey()
    this.keys[this.keys.length - 1] = key
  }

  private removeKey(): void {
    const at = this.keys.length - 1
    if (this.keys[at].possible && this.keys[at].required) this.fail("could not find expected ':'")
    this.keys[at] = { ...this.keys[at], possible: false }
  }

  private roll(column: number, position: number | undefined, type: TokenType, mark: Mark): void {
    if (this.flow > 0 || this.indent >= column) return
    this.indents.push(this.indent)
    this.indent = column
    if (this.indents.length > MAX_DEPTH) this.fail(`exceeded max depth of ${MAX_DEPTH}`)
    if (position === undefined) this.tokens.push({ type, mark })
    else this.tokens.splice(position - this.taken, 0, { type, mark })
  }

  private unroll(column: number): void {
    if (this.flow > 0) return
    while (this.indent > column) {
      this.add('block-end')
      this.indent = this.indents.pop()!
    }
  }

  private fetch(): void {
    this.toNextToken()
    this.unroll(this.column)
    const c = this.at()
    if (c === '') return this.end()
    if (this.column === 0 && c === '%') return this.directive()
    if (this.column === 0 && this.documentMark()) return this.documentIndicator(c === '-')
    if (c === '[' || c === '{') return this.flowStart(c)
    if (c === ']' || c === '}') return this.flowEnd(c)
    if (c === ',') return this.flowEntry()
    if (c === '-' && this.blankOrEnd(1)) return this.blockEntry()
    if (c === '?' && (this.flow > 0 || this.blankOrEnd(1))) return this.key()
    if (c === ':' && (this.flow > 0 || this.blankOrEnd(1))) return this.value()
    if (c === '*' || c === '&') return this.anchor(c === '*' ? 'alias' : 'anchor')
    if (c === '!') return this.tag()
    if ((c === '|' || c === '>') && this.flow === 0) return this.blockScalar()
    if (c === "'" || c === '"') return this.quoted(c)
    const indicator = '-?:,[]{}#&*!|>\'"%@`'.includes(c)
    if (
      (!this.blankOrEnd() && !indicator) ||
      (c === '-' && !this.blank(1)) ||
      (this.flow === 0 && (c === '?' || c === ':') && !this.blankOrEnd(1))
    )
      return this.plain()
    this.fail('found character that cannot start any token')
  }

  private toNextToken(): void {
    if (this.index === 0 && this.at() === '\uFEFF') this.index++
    for (;;) {
      while (this.at() === ' ' || ((this.flow > 0 || !this.keyAllowed) && this.at() === '\t')) this.skip()
      if (this.at() === '#') while (this.at() !== '' && !this.breaks()) this.skip()
      if (!this.breaks()) return
      this.skipLine()
      if (this.flow === 0) this.keyAllowed = true
    }
  }

  private documentMark(): boolean {
    const three = this.text.slice(this.index, this.index + 3)
    return (three === '---' || three === '...') && this.blankOrEnd(3)
  }

  private end(): void {
    if (this.column !== 0) {
      this.column = 0
      this.line++
    }
    this.unroll(-1)
    this.removeKey()
    this.keyAllowed = false
    this.add('stream-end')
    this.done = true
  }

  private directive(): void {
    this.unroll(-1)
    this.removeKey()
    this.keyAllowed = false
    const start = this.mark
    let text = ''
    while (this.at() !== '' && !this.breaks()) {
      text += this.at()
      this.skip()
    }
    this.add('directive', start, text)
  }

  private documentIndicator(starts: boolean): void {
    this.unroll(-1)
    this.removeKey()
    this.keyAllowed = false
    this.add(starts ? 'document-start' : 'document-end')
    this.skip(3)
  }

  private flowStart(c: string): void {
    this.saveKey()
    this.keys.push(NO_KEY)
    this.flow++
    if (this.flow > MAX_DEPTH) this.fail(`exceeded max depth of ${MAX_DEPTH}`)
    this.keyAllowed = true
    this.add(c === '[' ? 'flow-sequence-start' : 'flow-mapping-start')
    this.skip()
  }

  private flowEnd(c: string): void {
    this.removeKey()
    if (this.flow > 0) {
      this.flow--
      this.keys.pop()
    }
    this.keyAllowed = false
    this.add(c === ']' ? 'flow-sequence-end' : 'flow-mapping-end')
    this.skip()
  }

  private flowEntry(): void {
    this.removeKey()
    this.keyAllowed = true
    this.add('flow-entry')
    this.skip()
  }

  private blockEntry(): void {
    if (this.flow === 0) {
      if (!this.keyAllowed) this.fail('block sequence entries are not allowed in this context')
      this.roll(this.column, undefined, 'block-sequence-start', this.mark)
    }
    this.removeKey()
    this.keyAllowed = true
    this.add('block-entry')
    this.skip()
  }

  private key(): void {
    if (this.flow === 0) {
      if (!this.keyAllowed) this.fail('mapping keys are not allowed in this context')
      this.roll(this.column, undefined, 'block-mapping-start', this.mark)
    }
    this.removeKey()
    this.keyAllowed = this.flow === 0
    this.add('key')
    this.skip()
  }

  private value(): void {
    const top = this.keys.length - 1
    if (this.valid(top)) {
      const key = this.keys[top]
      this.tokens.splice(key.token - this.taken, 0, { type: 'key', mark: key.mark })
      this.roll(key.mark.column, key.token, 'block-mapping-start', key.mark)
      this.keys[top] = { ...key, possible: false }
      this.keyAllowed = false
    } else {
      if (this.flow === 0) {
        if (!this.keyAllowed) this.fail('mapping values are not allowed in this context')
        this.roll(this.column, undefined, 'block-mapping-start', this.mark)
      }
      this.keyAllowed = this.flow === 0
    }
    this.add('value')
    this.skip()
  }

  private anchor(type: 'alias' | 'anchor'): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.mark
    this.skip()
    let name = ''
    while (/[A-Za-z0-9_-]/.test(this.at())) {
      name += this.at()
      this.skip()
    }
    if (name === '' || !(this.blankOrEnd() || '?:,]}%@`'.includes(this.at())))
      this.fail('did not find expected alphabetic or numeric character')
    this.add(type, start, name)
  }

  private tag(): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.mark
    while (!this.blankOrEnd() && !(this.flow > 0 && ',]}'.includes(this.at()))) this.skip()
    this.add('tag', start)
  }

  private blockScalar(): void {
    this.removeKey()
    this.keyAllowed = true
    const start = this.mark
    this.skip()
    let increment = 0
    for (let i = 0; i < 2; i++) {
      if (this.at() === '+' || this.at() === '-') this.skip()
      else if (/\d/.test(this.at())) {
        if (this.at() === '0') this.fail('found an indentation indicator equal to 0')
        increment = Number(this.at())
        this.skip()
      }
    }
    while (this.blank()) this.skip()
    if (this.at() === '#') while (this.at() !== '' && !this.breaks()) this.skip()
    if (this.at() !== '' && !this.breaks()) this.fail('did not find expected comment or line break')
    if (this.breaks()) this.skipLine()
    let indent = increment > 0 ? Math.max(this.indent, 0) + increment : 0
    indent = this.scalarBreaks(indent)
    while (this.column === indent && this.at() !== '') {
      while (this.at() !== '' && !this.breaks()) this.skip()
      if (this.breaks()) this.skipLine()
      this.scalarBreaks(indent)
    }
    this.add('scalar', start)
  }

  /** Empty lines of a block scalar; finds its indentation where none was given. */
  private scalarBreaks(given: number): number {
    let deepest = 0
    for (;;) {
      while ((given === 0 || this.column < given) && this.at() === ' ') this.skip()
      deepest = Math.max(deepest, this.column)
      if ((given === 0 || this.column < given) && this.at() === '\t')
        this.fail('found a tab character where an indentation space is expected')
      if (!this.breaks()) break
      this.skipLine()
    }
    return given > 0 ? given : Math.max(deepest, this.indent + 1, 1)
  }

  private quoted(quote: string): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.mark
    this.skip()
    for (;;) {
      if (this.column === 0 && this.documentMark()) this.fail('found unexpected document indicator')
      const c = this.at()
      if (c === '') {
        if (this.column !== 0) {
          this.column = 0
          this.line++
        }
        this.fail('found unexpected end of stream')
      }
      if (this.breaks()) this.skipLine()
      else if (quote === "'" && c === "'" && this.at(1) === "'") this.skip(2)
      else if (c === quote) break
      else if (quote === '"' && c === '\\') this.escape()
      else this.skip()
    }
    this.skip()
    this.add('scalar', start)
  }

  private escape(): void {
    if (this.breaks(1)) {
      this.skip()
      this.skipLine()
      return
    }
    const digits = HEX_DIGITS[this.at(1)]
    if (digits === undefined) {
      if (!ESCAPES.includes(this.at(1))) this.fail('found unknown escape character')
      return this.skip(2)
    }
    this.skip(2)
    for (let i = 0; i < digits; i++)
      if (!/[0-9A-Fa-f]/.test(this.at(i))) this.fail('did not find expected hexdecimal number')
    this.skip(digits)
  }

  private plain(): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.mark
    const indent = this.indent + 1
    let leading = false
    for (;;) {
      if ((this.column === 0 && this.documentMark()) || this.at() === '#') break
      while (!this.blankOrEnd()) {
        if (this.at() === ':' && this.blankOrEnd(1)) break
        if (this.flow > 0 && ',?[]{}'.includes(this.at())) break
        leading = false
        this.skip()
      }
      if (!(this.blank() || this.breaks())) break
      while (this.blank() || this.breaks()) {
        if (this.breaks()) {
          this.skipLine()
          leading = true
        } else {
          if (leading && this.column < indent && this.at() === '\t')
            this.fail('found a tab character that violates indentation')
          this.skip()
        }
      }
      if (this.flow === 0 && this.column < indent) break
    }
    if (leading) this.keyAllowed = true
    this.add('scalar', start)
  }
}
