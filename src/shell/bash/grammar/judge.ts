import { conditional, near } from './conditional.ts'
import type { OpenHereDoc } from './here-docs.ts'
import { Lexer, type Reading } from './lexer.ts'
import { type SyntaxProblem, SyntaxStop } from './problem.ts'
import { REDIRECTIONS, type Token } from './token.ts'

/** What a text is as a program. */
export interface Judgement {
  readonly problem?: SyntaxProblem
  /** Here-documents that the end of the text cut short. */
  readonly openHereDocs: readonly OpenHereDoc[]
  /** Where the last complete command (or the one given up) began. */
  readonly unit: number
  /** Where the lines of complete commands end, with the bodies of their here-documents. */
  readonly ends: readonly number[]
}

/**
 * Reads a text by bash's grammar (parse.y) and finds the first token that cannot stand where it stands, with bash's words
 * for it. The tree comes from elsewhere: the parser that makes it forgives much.
 */
export function judge(text: string, how: Reading): Judgement {
  const lexer = new Lexer(text, how, (inner) => new Grammar(inner).substitution())
  const grammar = new Grammar(lexer)
  let problem: SyntaxProblem | undefined
  try {
    grammar.program()
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error
    problem = { ...error.problem, unit: grammar.unit }
  }
  return { problem, openHereDocs: lexer.hereDocs.open, unit: grammar.unit, ends: grammar.ends }
}

const STARTS = new Set(
  'word assignment number fd arith ( { ! if while until for case function select time coproc [['.split(' '),
)

class Grammar {
  private readonly lexer: Lexer
  /** Where the complete command began that is being read. */
  unit = 0
  readonly ends: number[] = []

  constructor(lexer: Lexer) {
    this.lexer = lexer
  }

  /** Complete commands, one line of them after the other. */
  program(): void {
    for (;;) {
      const before = this.unit
      // Its first token may be what cannot be read.
      this.unit = this.lexer.at
      if (!this.is('newline') && !this.is('eof')) this.line()
      else {
        this.unit = before
        if (this.lexer.next().type === 'eof') return
      }
    }
  }

  private line(): void {
    this.andOr()
    while (this.is(';') || this.is('&')) {
      this.lexer.next()
      if (this.is('newline') || this.is('eof')) break
      this.andOr()
    }
    if (!this.is('eof')) this.expect('newline')
    this.ends.push(this.lexer.at)
  }

  /** The inside of `$(…)`, and its closing parenthesis. */
  substitution(): void {
    this.newlines()
    if (!this.is(')')) this.list()
    this.expect(')')
  }

  /** `compound_list`: at least one command. */
  private list(): void {
    this.newlines()
    this.andOr()
    for (;;) {
      const { type } = this.lexer.peek()
      if (type !== ';' && type !== '&' && type !== 'newline') return
      this.lexer.next()
      this.newlines()
      if (!this.startsCommand(this.lexer.peek())) return
      this.andOr()
    }
  }

  private andOr(): void {
    this.pipeline()
    while (this.is('&&') || this.is('||')) {
      this.lexer.next()
      this.newlines()
      this.pipeline()
    }
  }

  private pipeline(): void {
    while (this.is('!') || this.is('time')) {
      const { type } = this.lexer.next()
      if (type === 'time')
        while (this.is('-p') || (this.is('word') && this.lexer.peek().text === '--')) this.lexer.next()
      if (this.is(';') || this.is('newline') || this.is('eof')) return
    }
    this.command()
    while (this.is('|') || this.is('|&')) {
      this.lexer.next()
      this.newlines()
      this.command()
    }
  }

  private command(): void {
    const token = this.lexer.peek()
    switch (token.type) {
      case 'word':
      case 'assignment':
      case 'number':
      case 'fd':
        return this.simple()
      case 'function':
        this.lexer.next()
        this.expect('word')
        if (this.is('(')) {
          this.lexer.next()
          this.expect(')')
        }
        return this.functionBody()
      case 'coproc':
        return this.coproc()
      default:
        if (REDIRECTIONS.has(token.type)) return this.simple()
        if (!this.shellCommand()) this.fail()
        return this.redirections()
    }
  }

  private coproc(): void {
    this.lexer.next()
    if (this.shellCommand()) return this.redirections()
    const { type } = this.lexer.peek()
    if (type !== 'word') return this.simple()
    this.lexer.next()
    if (this.shellCommand()) this.redirections()
    else this.elements()
  }

  private simple(): void {
    const first = this.lexer.peek()
    if (!this.startsCommand(first)) this.fail()
    this.element()
    if (first.type === 'word' && this.is('(')) {
      this.lexer.next()
      this.expect(')')
      return this.functionBody()
    }
    this.elements()
  }

  private elements(): void {
    while (this.element());
  }

  private element(): boolean {
    const { type } = this.lexer.peek()
    if (type === 'word' || type === 'assignment') {
      this.lexer.next()
      return true
    }
    return this.redirection()
  }

  private redirections(): void {
    while (this.redirection());
  }

  private redirection(): boolean {
    const token = this.lexer.peek()
    if (token.type === 'number' || token.type === 'fd') this.lexer.next()
    else if (!REDIRECTIONS.has(token.type)) return false
    const op = this.lexer.next()
    const target = this.lexer.peek()
    const descriptor = (op.type === '>&' || op.type === '<&') && (target.type === 'number' || target.type === '-')
    if (!descriptor) this.expect('word')
    else this.lexer.next()
    if (op.type === '<<' || op.type === '<<-') this.lexer.hereDocs.expect(target.text, op.type === '<<-', op.start)
    return true
  }

  private functionBody(): void {
    this.newlines()
    if (!this.shellCommand()) this.fail()
    this.redirections()
  }

  /** A compound command, when one begins here. */
  private shellCommand(): boolean {
    const token = this.lexer.peek()
    switch (token.type) {
      case '(':
        this.lexer.next()
        this.list()
        this.expect(')')
        return true
      case '{':
        this.lexer.next()
        this.list()
        this.expect('}')
        return true
      case 'arith':
        this.lexer.next()
        return true
      case '[[':
        this.lexer.next()
        conditional(this.lexer)
        return true
      case 'if':
        this.conditionAndBody()
        return true
      case 'while':
      case 'until':
        this.lexer.next()
        this.list()
        this.loopBody(['do'])
        return true
      case 'for':
      case 'select':
        this.loop()
        return true
      case 'case':
        this.cases()
        return true
      default:
        return false
    }
  }

  private conditionAndBody(): void {
    do {
      this.lexer.next()
      this.list()
      this.expect('then')
      this.list()
    } while (this.is('elif'))
    if (this.is('else')) {
      this.lexer.next()
      this.list()
    }
    this.expect('fi')
  }

  private loop(): void {
    const word = this.lexer.next()
    if (word.type === 'for' && this.is('arith')) {
      this.arithmeticLoop(this.lexer.next())
      if (this.is(';')) this.lexer.next()
      this.newlines()
      return this.loopBody(['do', '{'])
    }
    if (this.is('bad-arith')) this.failNear()
    this.expect('word')
    if (this.is(';')) {
      this.lexer.next()
      this.newlines()
      return this.loopBody(['do', '{'])
    }
    this.newlines()
    if (this.is('in')) {
      this.lexer.next()
      while (this.is('word')) this.lexer.next()
      if (!this.is(';') && !this.is('newline')) this.fail()
      this.lexer.next()
      this.newlines()
    }
    this.loopBody(['do', '{'])
  }

  private arithmeticLoop(token: Token): void {
    const parts = token.text.split(';').length
    if (parts === 3) return
    const line = this.lexer.lineAt(token.end)
    const what = parts < 3 ? 'arithmetic expression required' : "`;' unexpected"
    throw new SyntaxStop({
      kind: 'unexpected',
      pos: token.start,
      token: ';',
      says: [`syntax error: ${what}`, `syntax error: \`${token.text}'`].map((text) => ({ line, text })),
    })
  }

  private loopBody(opens: readonly string[]): void {
    const token = this.lexer.peek()
    if (!opens.includes(token.type)) this.fail()
    this.lexer.next()
    this.list()
    this.expect(token.type === 'do' ? 'done' : '}')
  }

  private cases(): void {
    const { lexer } = this
    lexer.next()
    this.expect('word')
    this.newlines()
    this.expect('in')
    for (;;) {
      lexer.pattern = true
      this.newlines()
      if (this.is('esac')) break
      if (this.is('(')) lexer.next()
      this.expect('word')
      while (this.is('|')) {
        lexer.next()
        this.expect('word')
      }
      this.expect(')')
      this.newlines()
      if (this.startsCommand(lexer.peek())) this.list()
      if (this.is('esac')) break
      if (!this.is(';;') && !this.is(';&') && !this.is(';;&')) this.fail()
      lexer.next()
    }
    lexer.pattern = false
    lexer.next()
  }

  private startsCommand(token: Token): boolean {
    return STARTS.has(token.type) || REDIRECTIONS.has(token.type)
  }

  private newlines(): void {
    while (this.is('newline')) this.lexer.next()
  }

  private is(type: string): boolean {
    return this.lexer.peek().type === type
  }

  private expect(type: string): void {
    if (!this.is(type)) this.fail()
    this.lexer.next()
  }

  /** The next token cannot stand here. */
  private fail(): never {
    const { lexer } = this
    const token = lexer.peek()
    if (token.type !== 'eof') lexer.unexpected(token)
    const line = lexer.lastLine
    if (lexer.substitutions > 0) lexer.unclosed(')', token.start, line)
    throw new SyntaxStop({
      kind: 'incomplete',
      pos: token.start,
      says: [{ line, text: 'syntax error: unexpected end of file' }],
    })
  }

  private failNear(): never {
    const { lexer } = this
    const line = lexer.lineAt(lexer.at)
    throw new SyntaxStop({
      kind: 'unexpected',
      pos: lexer.at,
      token: ';',
      says: [{ line, text: `syntax error near \`${near(lexer, line)}'` }],
      offending: { line, text: lexer.text.split('\n')[line - 1] },
    })
  }
}
