import { HereDocs } from './here-docs.ts'
import { SyntaxStop } from './problem.ts'
import { BEFORE_RESERVED, OPERATORS, REDIRECTIONS, RESERVED, TAKES_ASSIGNMENTS, type Token } from './token.ts'

/** How a text is read. */
export interface Reading {
  readonly dialect: keyof typeof RESERVED
  /** `shopt -s extglob` */
  readonly extglob: boolean
}

interface Pair {
  /** Inside double quotes. */
  quoted?: boolean
  /** The first closing character closes, however many have opened (`${…`). */
  firstClose?: boolean
  /** A quote or bracket: an array's or another one, which names whose fault its end is. */
  pos?: number
}

const META = new Set(' \t\n;&|<>()')

/**
 * The tokens of a text as bash's `read_token` finds them: what a word is depends on the token before. Quotes, expansions
 * and here-documents that do not end stop it.
 */
export class Lexer {
  readonly text: string
  readonly how: Reading
  /** What has been read. */
  at = 0
  /** Types of the last two tokens. */
  last = 'start'
  before = 'start'
  /** Where patterns of `case` stand: only `esac` is reserved. */
  pattern = false
  /** Within `[[ … ]]`: plain, after `==`, after `=~`. */
  conditional: 'no' | 'plain' | 'glob' | 'regex' = 'no'
  /** `$(…)` around. */
  substitutions = 0
  readonly hereDocs = new HereDocs(this)
  private readonly nested: (lexer: Lexer) => void
  private assignable = false
  /** Between the parentheses of `a=( … )`. */
  private listing = false
  private peeked: Token | undefined

  /** `nested` reads the inside of `$(…)` up to its parenthesis. */
  constructor(text: string, how: Reading, nested: (lexer: Lexer) => void) {
    this.text = text.endsWith('\n') || text === '' ? text : `${text}\n`
    this.how = how
    this.nested = nested
  }

  /** The next token, left in place. */
  peek(): Token {
    this.peeked ??= this.read()
    return this.peeked
  }

  next(): Token {
    const token = this.peek()
    this.peeked = undefined
    return token
  }

  /** Line (from 1) of a place. */
  lineAt(pos: number): number {
    let line = 1
    for (let i = this.text.indexOf('\n'); i >= 0 && i < pos; i = this.text.indexOf('\n', i + 1)) line++
    return line
  }

  /** The line after the last one, where end of file is noticed. */
  get lastLine(): number {
    return this.lineAt(this.text.length)
  }

  /** Ends the reading: a quote or bracket is not closed. */
  unclosed(quote: string, pos: number, line = this.lineAt(pos)): never {
    const text = `unexpected EOF while looking for matching \`${quote}'`
    throw new SyntaxStop({ kind: 'incomplete', pos, quote, says: [{ line, text }] })
  }

  private read(): Token {
    const token = this.scan()
    this.before = this.last
    this.last = token.type
    const { type } = token
    if (type !== 'word' && type !== 'assignment' && type !== 'number' && !REDIRECTIONS.has(type))
      this.assignable = false
    return token
  }

  private scan(): Token {
    const { text } = this
    this.skipBlanks()
    const start = this.at
    const token = (type: string, end = this.at): Token => {
      this.at = end
      return { type, text: text.slice(start, end), start, end }
    }
    if (start >= text.length) return token('eof')
    if (text[start] === '\n') {
      const found = token('newline', start + 1)
      this.hereDocs.gather()
      return found
    }
    const bash = this.how.dialect === 'bash'
    const substitution = bash && /[<>]/.test(text[start]) && text[start + 1] === '('
    if (META.has(text[start]) && !substitution && !(this.conditional === 'regex' && /[(|]/.test(text[start]))) {
      if (bash && text.startsWith('((', start) && this.startsArithmetic && this.conditional === 'no') {
        const arith = this.arithmeticCommand(start)
        if (arith) return arith
      }
      if (bash && text.startsWith('((', start) && this.last === 'for') {
        const arith = this.arithmeticCommand(start)
        if (arith) return arith
        this.at = this.failedAt
        return { type: 'bad-arith', text: '', start, end: this.at }
      }
      const op = OPERATORS.find((o) => text.startsWith(o, start))!
      if (op === ')') this.pattern = false
      return token(op, start + op.length)
    }
    if (text[start] === '-' && (this.last === '>&' || this.last === '<&')) return token('-', start + 1)
    this.word()
    return this.classify(token('word'))
  }

  private skipBlanks(): void {
    const { text } = this
    for (;;) {
      const c = text[this.at]
      if (c === ' ' || c === '\t') this.at++
      else if (c === '\\' && text[this.at + 1] === '\n') this.at += 2
      else break
    }
    if (text[this.at] === '#') while (this.at < text.length && text[this.at] !== '\n') this.at++
  }

  /** Where `((…` turned out to be no arithmetic. */
  private failedAt = 0

  private arithmeticCommand(start: number): Token | undefined {
    this.at = start + 2
    this.pair('(', ')', { pos: start })
    if (this.text[this.at] === ')') {
      this.at++
      return { type: 'arith', text: this.text.slice(start, this.at), start, end: this.at }
    }
    this.failedAt = this.at + 1
    this.at = start
    return undefined
  }

  /** A word is a number before a redirection, an assignment, or a reserved word, where one may stand. */
  private classify(token: Token): Token {
    const { text } = token
    const follows = this.text[token.end]
    const redirected = follows === '<' || follows === '>'
    if (redirected && /^\d+$/.test(text)) return { ...token, type: 'number' }
    if (redirected && /^\{[A-Za-z_]\w*\}$/.test(text)) return { ...token, type: 'fd' }
    if (this.conditional !== 'no') return text === ']]' ? { ...token, type: ']]' } : token
    if (this.isReserved(text)) return { ...token, type: text }
    const first = BEFORE_RESERVED.has(this.last) || this.last === 'assignment'
    if (first && TAKES_ASSIGNMENTS.has(text)) this.assignable = true
    if (!this.pattern && (first || this.assignable) && /^[A-Za-z_]\w*(\[.*\])?\+?=/s.test(text))
      return { ...token, type: first ? 'assignment' : 'word' }
    return token
  }

  private isReserved(text: string): boolean {
    const words = RESERVED[this.how.dialect]
    if (!words.has(text)) return text === '-p' && this.last === 'time'
    if (this.pattern) return text === 'esac' && this.last !== '|' && this.last !== '('
    if (this.last === 'word' && (this.before === 'for' || this.before === 'select'))
      return text === 'in' || text === 'do'
    if (this.last === 'word' && this.before === 'case') return text === 'in'
    if (this.last === 'word' && this.before === 'function') return text === '{'
    if (text === 'time' && this.last.startsWith('|') && this.last !== '||') return false
    return BEFORE_RESERVED.has(this.last) || this.last === '-p'
  }

  /** Reads to the end of a word. */
  private word(): void {
    const { text } = this
    const start = this.at
    const bash = this.how.dialect === 'bash'
    for (;;) {
      const c = text[this.at]
      if (c === undefined) return
      const next = text[this.at + 1]
      if (c === '\\') this.at += 2
      else if (c === "'" || c === '"' || c === '`') this.quote(c)
      else if (c === '$') this.dollar(false)
      else if (bash && (c === '<' || c === '>') && next === '(') this.substitution(this.at + 1)
      else if (next === '(' && '?*+@!'.includes(c) && (this.how.extglob || this.conditional === 'glob')) {
        this.at += 2
        this.pair('(', ')', { pos: start })
      } else if (this.conditional === 'regex' && (c === '(' || c === '|')) {
        this.at++
        if (c === '(') this.pair('(', ')', { pos: start })
      } else if (bash && c === '[' && this.subscripts(start)) {
        this.at++
        this.pair('[', ']', { pos: start })
      } else if (bash && c === '(' && this.arrays(start)) this.array(start)
      else if (META.has(c)) return
      else this.at++
    }
  }

  private get startsArithmetic(): boolean {
    return BEFORE_RESERVED.has(this.last) || (this.last === 'word' && this.before === 'function')
  }

  private get commandPosition(): boolean {
    return (BEFORE_RESERVED.has(this.last) || this.last === 'assignment') && !this.pattern
  }

  private subscripts(start: number): boolean {
    if (this.listing) return this.at === start
    return this.commandPosition && /^[A-Za-z_]\w*$/.test(this.text.slice(start, this.at))
  }

  private arrays(start: number): boolean {
    if (!this.commandPosition && !this.assignable) return false
    return /^[A-Za-z_]\w*(\[.*\])?\+?=$/s.test(this.text.slice(start, this.at))
  }

  /** `a=( … )`: words and newlines only. */
  private array(start: number): void {
    this.at++
    const saved = [this.last, this.before, this.assignable, this.listing] as const
    const within = 'array'
    for (;;) {
      this.last = 'word'
      this.before = 'word'
      this.assignable = false
      this.listing = true
      const token = this.element()
      if (token.type === ')') break
      if (token.type === 'newline' || token.type === 'word') continue
      if (token.type === 'eof')
        throw new SyntaxStop({
          kind: 'incomplete',
          pos: start,
          quote: ')',
          within,
          says: [{ line: this.lineAt(start), text: "unexpected EOF while looking for matching `)'" }],
        })
      this.unexpected(token, [], within)
    }
    ;[this.last, this.before, this.assignable, this.listing] = saved
  }

  private element(): Token {
    try {
      return this.scan()
    } catch (error) {
      if (error instanceof SyntaxStop) throw new SyntaxStop({ within: 'array', ...error.problem })
      throw error
    }
  }

  /** Ends the reading: this token cannot stand here. */
  unexpected(token: Token, first: readonly string[] = [], within?: 'array'): never {
    const line = this.lineAt(token.type === 'newline' ? token.start : token.end)
    const shown = token.type === 'newline' ? 'newline' : token.text
    throw new SyntaxStop({
      kind: 'unexpected',
      pos: token.start,
      token: shown,
      within,
      says: [...first, `syntax error near unexpected token \`${shown}'`].map((text) => ({ line, text })),
      offending: { line, text: this.text.split('\n')[line - 1] },
    })
  }

  /** A quoted string or backquotes, from the opening character on. */
  private quote(c: string, escapes = c !== "'"): void {
    const start = this.at++
    this.pair(c, c, { pos: start, quoted: c === '"' }, escapes)
  }

  /** What a dollar sign begins. */
  private dollar(quoted: boolean): void {
    const { text } = this
    const next = text[this.at + 1]
    const start = this.at
    const bash = this.how.dialect === 'bash'
    if (next === '(') {
      if (text[this.at + 2] === '(') {
        this.at += 2
        this.pair('(', ')', { pos: start, quoted })
      } else this.substitution(this.at + 1)
    } else if (next === '{') {
      this.at += 2
      this.pair('{', '}', { pos: start, quoted, firstClose: true })
    } else if (next === '[' && bash) {
      this.at += 2
      this.pair('[', ']', { pos: start, quoted })
    } else if (next === "'" && bash && !quoted) {
      this.at++
      this.quote("'", true)
    } else this.at++
  }

  /** `$(…)` and `<(…)`: a program of their own. */
  private substitution(open: number): void {
    const saved = [this.last, this.before, this.pattern, this.conditional, this.assignable, this.listing] as const
    this.at = open + 1
    this.last = 'start'
    this.before = 'start'
    this.pattern = false
    this.conditional = 'no'
    this.assignable = false
    this.listing = false
    this.substitutions++
    const peeked = this.peeked
    this.peeked = undefined
    const docs = this.hereDocs.enter()
    try {
      this.nested(this)
    } catch (error) {
      if (error instanceof SyntaxStop && error.problem.kind === 'unexpected')
        throw new SyntaxStop({ ...error.problem, within: 'substitution' })
      throw error
    }
    this.hereDocs.leave(docs)
    this.peeked = peeked
    this.substitutions--
    ;[this.last, this.before, this.pattern, this.conditional, this.assignable, this.listing] = saved
  }

  /** Reads past the closing character that matches one already read (`parse_matched_pair`). */
  private pair(open: string, close: string, how: Pair, escapes = true): void {
    const { text } = this
    let count = 1
    for (;;) {
      const c = text[this.at]
      if (c === undefined) this.unclosed(close, how.pos ?? this.at)
      if (c === '\\' && escapes) {
        this.at += 2
        continue
      }
      if (c === close) {
        this.at++
        if (--count === 0) return
        continue
      }
      if (open === "'") {
        this.at++
        continue
      }
      if (c === open && !how.firstClose) count++
      if (open !== close && (c === "'" || c === '"' || c === '`')) this.quote(c)
      else if (open === '"' && c === '`') this.quote(c)
      else if (c === '$' && open !== '`') this.dollar(how.quoted ?? false)
      else this.at++
    }
  }
}
