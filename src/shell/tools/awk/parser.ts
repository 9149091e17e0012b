import { posixRegex, RegexError } from '../../text/regex.ts'
import type { AwkFunction, AwkProgram, Expr, Rule, Stmt } from './ast.ts'
import { AwkSyntaxError, type Token, tokenize } from './lexer.ts'

/** Compiles an awk regular expression (ERE with awk's escapes). */
export function awkRegex(source: string): RegExp {
  return posixRegex(source.replace(/\\"/g, '"').replace(/\\\//g, '/'), { extended: true, flags: 'g' })
}

export function parseAwk(source: string): AwkProgram {
  return new Parser(tokenize(source)).program()
}

class Parser {
  private i = 0
  /** Inside `print …` an unparenthesised `>` redirects. */
  private noGreater = false
  /** Inside `for (… in …)` heads. */
  private noIn = false

  constructor(private readonly tokens: readonly Token[]) {}

  program(): AwkProgram {
    const rules: Rule[] = []
    const functions = new Map<string, AwkFunction>()
    for (;;) {
      this.newlines(true)
      if (this.at.kind === 'end') break
      if (this.takeKeyword('function')) {
        const name = this.tokens[this.i++].text
        this.expect('(')
        const params: string[] = []
        while (!this.take(')')) {
          params.push(this.tokens[this.i++].text)
          this.newlines()
          this.take(',')
          this.newlines()
        }
        this.newlines()
        functions.set(name, { name, params, body: this.block() })
      } else if (this.at.text === 'BEGIN' || this.at.text === 'END') {
        const kind = this.tokens[this.i++].text === 'BEGIN' ? 'begin' : 'end'
        if (!this.isOp('{')) this.syntax()
        rules.push({ kind, body: this.block() })
      } else if (this.at.text === '{') rules.push({ kind: 'pattern', body: this.block() })
      else {
        const pattern = this.expr()
        let until: Expr | undefined
        if (this.take(',')) {
          this.newlines()
          until = this.expr()
        }
        rules.push({ kind: 'pattern', pattern, until, body: this.at.text === '{' ? this.block() : undefined })
      }
    }
    return { rules, functions }
  }

  private get at(): Token {
    return this.tokens[this.i]
  }

  private syntax(): never {
    const t = this.at
    throw new AwkSyntaxError(
      `syntax error at or near ${t.kind === 'end' ? 'end of file' : t.kind === 'newline' ? 'end of line' : t.text}`,
      t.line,
    )
  }

  private isOp(text: string): boolean {
    return this.at.kind === 'op' && this.at.text === text
  }

  private take(text: string): boolean {
    if (!this.isOp(text)) return false
    this.i++
    return true
  }

  private takeKeyword(text: string): boolean {
    if (this.at.kind !== 'keyword' || this.at.text !== text) return false
    this.i++
    return true
  }

  private expect(text: string): void {
    if (!this.take(text)) this.syntax()
  }

  private newlines(semicolons = false): void {
    while (this.at.kind === 'newline' || (semicolons && this.isOp(';'))) this.i++
  }

  private block(): Stmt {
    this.expect('{')
    const list: Stmt[] = []
    for (;;) {
      this.newlines(true)
      if (this.take('}')) return { k: 'block', list }
      if (this.at.kind === 'end') this.syntax()
      list.push(this.statement())
    }
  }

  private endOfStatement(): void {
    if (this.at.kind === 'newline' || this.isOp(';')) this.i++
    else if (!this.isOp('}') && this.at.kind !== 'end') this.syntax()
  }

  private body(): Stmt {
    this.newlines()
    if (this.take(';')) return { k: 'block', list: [] }
    return this.statement()
  }

  private statement(): Stmt {
    const t = this.at
    if (this.isOp('{')) return this.block()
    if (this.take(';')) return { k: 'block', list: [] }
    if (t.kind === 'keyword') {
      switch (t.text) {
        case 'if': {
          this.i++
          this.expect('(')
          const test = this.expr()
          this.expect(')')
          const yes = this.body()
          const back = this.i
          this.newlines(true)
          if (this.takeKeyword('else')) return { k: 'if', test, yes, no: this.body() }
          this.i = back
          return { k: 'if', test, yes }
        }
        case 'while': {
          this.i++
          this.expect('(')
          const test = this.expr()
          this.expect(')')
          return { k: 'while', test, body: this.body() }
        }
        case 'do': {
          this.i++
          const body = this.body()
          this.newlines(true)
          if (!this.takeKeyword('while')) this.syntax()
          this.expect('(')
          const test = this.expr()
          this.expect(')')
          this.endOfStatement()
          return { k: 'do', test, body }
        }
        case 'for':
          return this.forStatement()
        case 'next':
        case 'nextfile':
        case 'break':
        case 'continue':
          this.i++
          this.endOfStatement()
          return { k: t.text }
        case 'exit':
        case 'return': {
          this.i++
          const done = this.at.kind === 'newline' || this.isOp(';') || this.isOp('}')
          const e = done ? undefined : this.expr()
          this.endOfStatement()
          return { k: t.text, e }
        }
      }
    }
    const s = this.simple()
    this.endOfStatement()
    return s
  }

  private forStatement(): Stmt {
    this.i++
    this.expect('(')
    const [a, b, c, d] = this.tokens.slice(this.i, this.i + 4)
    if (a.kind === 'name' && b.text === 'in' && c.kind === 'name' && d.text === ')') {
      this.i += 4
      return { k: 'forin', name: a.text, array: c.text, body: this.body() }
    }
    const init = this.isOp(';') ? undefined : this.simple()
    this.expect(';')
    this.newlines()
    const test = this.isOp(';') ? undefined : this.expr()
    this.expect(';')
    this.newlines()
    const step = this.isOp(')') ? undefined : this.simple()
    this.expect(')')
    return { k: 'for', init, test, step, body: this.body() }
  }

  private simple(): Stmt {
    if (this.at.kind === 'keyword' && (this.at.text === 'print' || this.at.text === 'printf')) {
      const format = this.tokens[this.i++].text === 'printf'
      const saved = this.noGreater
      this.noGreater = true
      let args: readonly Expr[] = []
      if (!this.endsPrint()) {
        args = this.list()
        if (args.length === 1 && args[0].k === 'group') args = args[0].list
      }
      this.noGreater = saved
      let to: { op: string; target: Expr } | undefined
      for (const op of ['>', '>>', '|']) {
        if (!this.take(op)) continue
        to = { op, target: this.concatenation(true) }
        break
      }
      return { k: 'print', args, format, to }
    }
    if (this.takeKeyword('delete')) {
      const name = this.tokens[this.i++].text
      if (!this.take('[')) return { k: 'delete', name }
      const index = this.list()
      this.expect(']')
      return { k: 'delete', name, index }
    }
    return { k: 'expr', e: this.expr() }
  }

  private endsPrint(): boolean {
    const t = this.at
    return t.kind === 'newline' || t.kind === 'end' || (t.kind === 'op' && [';', '}', '>', '>>', '|'].includes(t.text))
  }

  private list(): Expr[] {
    const list = [this.expr()]
    while (this.take(',')) {
      this.newlines()
      list.push(this.expr())
    }
    return list
  }

  private expr(): Expr {
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
    while (!this.noIn && this.at.kind === 'keyword' && this.at.text === 'in') {
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

  private concatenation(simple: boolean): Expr {
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
