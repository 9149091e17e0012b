import { type Mark, YamlCursor } from './yaml-cursor.ts'
import { skipBlockScalar, skipPlain, skipQuoted } from './yaml-skip-scalar.ts'

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

interface SimpleKey {
  readonly possible: boolean
  readonly required: boolean
  readonly token: number
  readonly mark: Mark
}

const NO_KEY: SimpleKey = { possible: false, required: false, token: 0, mark: { index: 0, line: 0, column: 0 } }
const MAX_KEY_LENGTH = 1024
const MAX_DEPTH = 10_000

/**
 * Takes a YAML text apart into tokens in the order, and with the complaints, of the scanner of libyaml that Go's
 * YAML package is built on. It keeps no contents: it exists to word and place errors.
 */
export class YamlScanner {
  private readonly cursor: YamlCursor
  private readonly tokens: Token[] = []
  private taken = 0
  private done = false
  private flow = 0
  private indent = -1
  private readonly indents: number[] = []
  private keyAllowed = true
  private readonly keys: SimpleKey[] = [NO_KEY]

  constructor(text: string) {
    this.cursor = new YamlCursor(text)
  }

  peek(): Token {
    this.fill()
    return this.tokens[0]
  }

  next(): Token {
    this.fill()
    this.taken++
    return this.tokens.shift()!
  }

  private add(type: TokenType, mark = this.cursor.mark, value?: string): void {
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
    const { line, index } = this.cursor.mark
    if (key.mark.line === line && key.mark.index + MAX_KEY_LENGTH >= index) return true
    if (key.required) this.cursor.fail("could not find expected ':'")
    this.keys[at] = { ...key, possible: false }
    return false
  }

  private saveKey(): void {
    if (!this.keyAllowed) return
    const required = this.flow === 0 && this.indent === this.cursor.column
    const key = { possible: true, required, token: this.taken + this.tokens.length, mark: this.cursor.mark }
    this.removeKey()
    this.keys[this.keys.length - 1] = key
  }

  private removeKey(): void {
    const at = this.keys.length - 1
    if (this.keys[at].possible && this.keys[at].required) this.cursor.fail("could not find expected ':'")
    this.keys[at] = { ...this.keys[at], possible: false }
  }

  private roll(column: number, position: number | undefined, type: TokenType, mark: Mark): void {
    if (this.flow > 0 || this.indent >= column) return
    this.indents.push(this.indent)
    this.indent = column
    if (this.indents.length > MAX_DEPTH) this.cursor.fail(`exceeded max depth of ${MAX_DEPTH}`)
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
    this.unroll(this.cursor.column)
    const c = this.cursor.at()
    if (c === '') return this.end()
    if (this.cursor.column === 0 && c === '%') return this.directive()
    if (this.cursor.documentMark()) return this.documentIndicator(c === '-')
    if (c === '[' || c === '{') return this.flowStart(c)
    if (c === ']' || c === '}') return this.flowEnd(c)
    if (c === ',') return this.flowEntry()
    if (c === '-' && this.cursor.blankOrEnd(1)) return this.blockEntry()
    if (c === '?' && (this.flow > 0 || this.cursor.blankOrEnd(1))) return this.key()
    if (c === ':' && (this.flow > 0 || this.cursor.blankOrEnd(1))) return this.value()
    if (c === '*' || c === '&') return this.anchor(c === '*' ? 'alias' : 'anchor')
    if (c === '!') return this.tag()
    if ((c === '|' || c === '>') && this.flow === 0) return this.blockScalar()
    if (c === "'" || c === '"') return this.quoted()
    const indicator = '-?:,[]{}#&*!|>\'"%@`'.includes(c)
    if (
      (!this.cursor.blankOrEnd() && !indicator) ||
      (c === '-' && !this.cursor.blank(1)) ||
      (this.flow === 0 && (c === '?' || c === ':') && !this.cursor.blankOrEnd(1))
    )
      return this.plain()
    this.cursor.fail('found character that cannot start any token')
  }

  private toNextToken(): void {
    this.cursor.skipByteOrderMark()
    for (;;) {
      while (this.cursor.at() === ' ' || ((this.flow > 0 || !this.keyAllowed) && this.cursor.at() === '\t'))
        this.cursor.skip()
      if (this.cursor.at() === '#') this.cursor.skipToBreak()
      if (!this.cursor.breaks()) return
      this.cursor.skipLine()
      if (this.flow === 0) this.keyAllowed = true
    }
  }

  private end(): void {
    this.cursor.endLine()
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
    const start = this.cursor.mark
    let text = ''
    while (this.cursor.at() !== '' && !this.cursor.breaks()) {
      text += this.cursor.at()
      this.cursor.skip()
    }
    this.add('directive', start, text)
  }

  private documentIndicator(starts: boolean): void {
    this.unroll(-1)
    this.removeKey()
    this.keyAllowed = false
    this.add(starts ? 'document-start' : 'document-end')
    this.cursor.skip(3)
  }

  private flowStart(c: string): void {
    this.saveKey()
    this.keys.push(NO_KEY)
    this.flow++
    if (this.flow > MAX_DEPTH) this.cursor.fail(`exceeded max depth of ${MAX_DEPTH}`)
    this.keyAllowed = true
    this.add(c === '[' ? 'flow-sequence-start' : 'flow-mapping-start')
    this.cursor.skip()
  }

  private flowEnd(c: string): void {
    this.removeKey()
    if (this.flow > 0) {
      this.flow--
      this.keys.pop()
    }
    this.keyAllowed = false
    this.add(c === ']' ? 'flow-sequence-end' : 'flow-mapping-end')
    this.cursor.skip()
  }

  private flowEntry(): void {
    this.removeKey()
    this.keyAllowed = true
    this.add('flow-entry')
    this.cursor.skip()
  }

  private blockEntry(): void {
    if (this.flow === 0) {
      if (!this.keyAllowed) this.cursor.fail('block sequence entries are not allowed in this context')
      this.roll(this.cursor.column, undefined, 'block-sequence-start', this.cursor.mark)
    }
    this.removeKey()
    this.keyAllowed = true
    this.add('block-entry')
    this.cursor.skip()
  }

  private key(): void {
    if (this.flow === 0) {
      if (!this.keyAllowed) this.cursor.fail('mapping keys are not allowed in this context')
      this.roll(this.cursor.column, undefined, 'block-mapping-start', this.cursor.mark)
    }
    this.removeKey()
    this.keyAllowed = this.flow === 0
    this.add('key')
    this.cursor.skip()
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
        if (!this.keyAllowed) this.cursor.fail('mapping values are not allowed in this context')
        this.roll(this.cursor.column, undefined, 'block-mapping-start', this.cursor.mark)
      }
      this.keyAllowed = this.flow === 0
    }
    this.add('value')
    this.cursor.skip()
  }

  private anchor(type: 'alias' | 'anchor'): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.cursor.mark
    this.cursor.skip()
    let name = ''
    while (/[A-Za-z0-9_-]/.test(this.cursor.at())) {
      name += this.cursor.at()
      this.cursor.skip()
    }
    if (name === '' || !(this.cursor.blankOrEnd() || '?:,]}%@`'.includes(this.cursor.at())))
      this.cursor.fail('did not find expected alphabetic or numeric character')
    this.add(type, start, name)
  }

  private tag(): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.cursor.mark
    while (!this.cursor.blankOrEnd() && !(this.flow > 0 && ',]}'.includes(this.cursor.at()))) this.cursor.skip()
    this.add('tag', start)
  }

  private blockScalar(): void {
    this.removeKey()
    this.keyAllowed = true
    const start = this.cursor.mark
    skipBlockScalar(this.cursor, this.indent)
    this.add('scalar', start)
  }

  private quoted(): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.cursor.mark
    skipQuoted(this.cursor)
    this.add('scalar', start)
  }

  private plain(): void {
    this.saveKey()
    this.keyAllowed = false
    const start = this.cursor.mark
    if (skipPlain(this.cursor, this.indent, this.flow > 0)) this.keyAllowed = true
    this.add('scalar', start)
  }
}
