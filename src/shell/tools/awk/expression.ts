import { RegexError } from '../../text/regex.ts'
import type { Expr } from './ast.ts'
import { AwkSyntaxError, type Token } from './lexer.ts'
import { awkRegex } from './regex.ts'

/** Reads expressions off the tokens, weakest operator first: one method a level of precedence. */
export class ExpressionParser {
  protected i = 0
  /** Inside `print …` an unparenthesised `>` redirects. */
  protected noGreater = false

  constructor(protected readonly tokens: readonly Token[]) {}

  protected get at(): Token {
    return this.tokens[this.i]
  }

  protected syntax(): never {
    const t = this.at
    throw new AwkSyntaxError(
      `syntax error at or near ${t.kind === 'end' ? 'end of file' : t.kind === 'newline' ? 'end of line' : t.text}`,
      t.line,
    )
  }

  /** The program ends where `what` had to come. */
  protected missing(what: string): never {
    throw new AwkSyntaxError(`missing ${what} near end of file`, this.at.line + 1)
  }

  protected isOp(text: string): boolean {
    return this.at.kind === 'op' && this.at.text === text
  }

  protected take(text: string): boolean {
    if (!this.isOp(text)) return false
    this.i++
    return true
  }

  protected takeKeyword(text: string): boolean {
    if (this.at.kind !== 'keyword' || this.at.text !== text) return false
    this.i++
    return true
  }

  protected expect(text: string): void {
    if (!this.take(text)) this.syntax()
  }

  protected newlines(semicolons = false): void {
    while (this.at.kind === 'newline' || (semicolons && this.isOp(';'))) this.i++
  }

  protected list(): Expr[] {
    const list = [this.expr()]
    while (this.take(',')) {
      this.newlines()
      list.push(this.expr())
    }
    return list
  }

  protected expr(): Expr {
    return this.ternary()
  }

  private isTarget(e: Expr): boolean {
    return e.k === 'var' || e.k === 'field' || e.k === 'elem'
  }

  private ternary(): Expr {
    const test = this.or()
    if (this.take('?')) {
      this.newlines()
      const yes = this.ternary()
      this.newlines()
      this.expect(':')
      this.newlines()
      return { k: 'cond', test, yes, no: this.ternary() }
    }
    const op = this.at
    if (op.kind === 'op' && /^[-+*/%^]?=$/.test(op.text) && this.isTarget(test)) {
      this.i++
      this.newlines()
      return { k: 'assign', op: op.text.slice(0, -1), target: test, value: this.ternary() }
    }
    return test
  }

  private or(): Expr {
    let a = this.and()
    while (this.take('||')) {
      this.newlines()
      a = { k: 'binary', op: '||', a, b: this.and() }
    }
    return a
  }

  private and(): Expr {
    let a = this.inArray()
    while (this.take('&&')) {
      this.newlines()
      a = { k: 'binary', op: '&&', a, b: this.inArray() }
    }
    return a
  }

  private inArray(): Expr {
    let a = this.matching()
    while (this.at.kind === 'keyword' && this.at.text === 'in') {
      this.i++
      const name = this.tokens[this.i++].text
      a = { k: 'in', index: a.k === 'group' ? a.list : [a], name }
    }
    return a
  }

  private matching(): Expr {
    let a = this.comparison()
    while (this.isOp('~') || this.isOp('!~')) {
      const negated = this.tokens[this.i++].text === '!~'
      a = { k: 'match', negated, a, b: this.comparison() }
    }
    return a
  }

  private comparison(): Expr {
    const a = this.concatenation(false)
    for (const op of ['<=', '==', '!=', '>=', '<', '>']) {
      if (op === '>' && this.noGreater) continue
      if (this.take(op)) return { k: 'binary', op, a, b: this.concatenation(false) }
    }
    if (this.isOp('|') && this.tokens[this.i + 1].text === 'getline') return this.pipedGetline(a)
    return a
  }

  private pipedGetline(command: Expr): Expr {
    let e = command
    while (this.isOp('|') && this.tokens[this.i + 1].text === 'getline') {
      this.i += 2
      e = { k: 'getline', target: this.optionalTarget(), command: e }
    }
    return e
  }

  protected concatenation(simple: boolean): Expr {
    let a = this.additive()
    for (;;) {
      const t = this.at
      const starts =
        t.kind === 'number' ||
        t.kind === 'string' ||
        t.kind === 'regex' ||
        t.kind === 'name' ||
        t.kind === 'function-call' ||
        t.kind === 'builtin' ||
        (t.kind === 'op' &&
          (t.text === '$' ||
            t.text === '!' ||
            t.text === '(' ||
            t.text === '-' ||
            t.text === '+' ||
            t.text === '++' ||
            t.text === '--'))
      if (!starts) return a
      if (simple && t.kind === 'op' && t.text === '!') return a
      a = { k: 'binary', op: ' ', a, b: this.additive() }
    }
  }

  private additive(): Expr {
    let a = this.multiplicative()
    while (this.isOp('+') || this.isOp('-')) {
      const op = this.tokens[this.i++].text
      a = { k: 'binary', op, a, b: this.multiplicative() }
    }
    return a
  }

  private multiplicative(): Expr {
    let a = this.unary()
    while (this.isOp('*') || this.isOp('/') || this.isOp('%')) {
      const op = this.tokens[this.i++].text
      a = { k: 'binary', op, a, b: this.unary() }
    }
    return a
  }

  private unary(): Expr {
    for (const op of ['!', '-', '+']) if (this.take(op)) return { k: 'unary', op, a: this.unary() }
    return this.power()
  }

  private power(): Expr {
    const a = this.postfix()
    if (!this.take('^')) return a
    const b = this.isOp('-') || this.isOp('+') || this.isOp('!') ? this.unary() : this.power()
    return { k: 'binary', op: '^', a, b }
  }

  private postfix(): Expr {
    const e = this.primary()
    if (this.isTarget(e)) {
      if (this.take('++')) return { k: 'incr', delta: 1, prefix: false, target: e }
      if (this.take('--')) return { k: 'incr', delta: -1, prefix: false, target: e }
    }
    return e
  }

  private optionalTarget(): Expr | undefined {
    if (this.isOp('$') || this.at.kind === 'name') return this.primary()
    return undefined
  }

  private primary(): Expr {
    const t = this.tokens[this.i]
    this.i++
    switch (t.kind) {
      case 'number':
        return { k: 'num', n: Number(t.text) }
      case 'string':
        return { k: 'str', s: t.text }
      case 'regex':
        try {
          return { k: 'regex', regex: awkRegex(t.text) }
        } catch (error) {
          if (error instanceof RegexError)
            throw new AwkSyntaxError(`regular expression compile failed (${error.message})`, t.line)
          throw error
        }
      case 'name':
        if (this.take('[')) {
          const index = this.list()
          this.expect(']')
          return { k: 'elem', name: t.text, index }
        }
        return { k: 'var', name: t.text }
      case 'function-call':
        return { k: 'call', name: t.text, args: this.args() }
      case 'builtin':
        if (!this.isOp('(')) {
          if (t.text === 'length') return { k: 'builtin', name: 'length', args: [] }
          this.syntax()
        }
        return { k: 'builtin', name: t.text, args: this.args() }
      case 'keyword':
        if (t.text === 'getline') {
          const target = this.optionalTarget()
          if (this.take('<')) return { k: 'getline', target, file: this.postfix() }
          return { k: 'getline', target }
        }
        break
      case 'op':
        if (t.text === '$') {
          if (this.take('++'))
            return { k: 'field', index: { k: 'incr', delta: 1, prefix: true, target: this.primary() } }
          if (this.take('-')) return { k: 'field', index: { k: 'unary', op: '-', a: this.primary() } }
          return { k: 'field', index: this.primary() }
        }
        if (t.text === '++' || t.text === '--')
          return { k: 'incr', delta: t.text === '++' ? 1 : -1, prefix: true, target: this.primary() }
        if (t.text === '-' || t.text === '+' || t.text === '!') return { k: 'unary', op: t.text, a: this.unary() }
        if (t.text === '(') {
          const saved = this.noGreater
          this.noGreater = false
          const list = this.list()
          this.noGreater = saved
          this.expect(')')
          return list.length === 1 ? (list[0].k === 'group' ? list[0] : { k: 'group', list }) : { k: 'group', list }
        }
    }
    this.i--
    return this.syntax()
  }

  private args(): Expr[] {
    this.expect('(')
    const saved = this.noGreater
    this.noGreater = false
    const args: Expr[] = []
    this.newlines()
    while (!this.take(')')) {
      args.push(this.expr())
      this.newlines()
      if (!this.take(',') && !this.isOp(')')) this.syntax()
      this.newlines()
    }
    this.noGreater = saved
    return args
  }
}
