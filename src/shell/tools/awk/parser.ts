import type { AwkFunction, AwkProgram, Expr, Rule, Stmt } from './ast.ts'
import { ExpressionParser } from './expression.ts'
import { AwkSyntaxError, tokenize } from './lexer.ts'

/** The program of a source text. Throws AwkSyntaxError. */
export function parseAwk(source: string, gnu = false): AwkProgram {
  return new Parser(tokenize(source, gnu)).program()
}

/** Reads rules, functions and statements. */
class Parser extends ExpressionParser {
  /** What is being read: `return` belongs into functions only, `next` not into BEGIN and END. */
  private inside: 'function' | 'begin' | 'end' | 'rule' = 'rule'

  program(): AwkProgram {
    const rules: Rule[] = []
    const functions = new Map<string, AwkFunction>()
    for (;;) {
      this.newlines(true)
      if (this.at.kind === 'end') break
      if (this.isOp('}')) {
        const { line } = this.at
        throw new AwkSyntaxError(`extra '}'\nawk: line ${line}: syntax error at or near end of line`, line)
      }
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
        this.inside = 'function'
        functions.set(name, { name, params, body: this.block() })
        this.inside = 'rule'
      } else if (this.at.text === 'BEGIN' || this.at.text === 'END') {
        const kind = this.tokens[this.i++].text === 'BEGIN' ? 'begin' : 'end'
        if (!this.isOp('{')) this.syntax()
        this.inside = kind
        rules.push({ kind, body: this.block() })
        this.inside = 'rule'
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
    const undefinedCall = this.tokens.find((t) => t.kind === 'function-call' && !functions.has(t.text))
    if (undefinedCall)
      throw new AwkSyntaxError(`function ${undefinedCall.text} never defined`, this.tokens.at(-1)!.line + 1)
    return { rules, functions }
  }

  private block(): Stmt {
    this.expect('{')
    const list: Stmt[] = []
    for (;;) {
      this.newlines(true)
      if (this.take('}')) return { k: 'block', list }
      if (this.at.kind === 'end') this.missing('}')
      list.push(this.statement())
    }
  }

  private endOfStatement(): void {
    if (this.at.kind === 'newline' || this.isOp(';')) this.i++
    else if (!this.isOp('}') && this.at.kind !== 'end') {
      if (this.isOp(')')) throw new AwkSyntaxError("extra ')'", this.at.line)
      this.syntax()
    }
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
          if (t.text.startsWith('next') && (this.inside === 'begin' || this.inside === 'end'))
            throw new AwkSyntaxError(`improper use of ${t.text}`, t.line)
          this.i++
          this.endOfStatement()
          return { k: t.text }
        case 'exit':
        case 'return': {
          if (t.text === 'return' && this.inside !== 'function')
            throw new AwkSyntaxError('return outside function body', t.line)
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
}
